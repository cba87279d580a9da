"""Groups, their offsets and transactions, rightly and wrongly."""

from datetime import timedelta
from typing import Any

from tests.broker.differences.asking import Asker, Probe, said

PROTOCOLS = [{"name": "range", "metadata": b""}]
SESSION = timedelta(seconds=10)


async def joined(ask: Asker, **fields: Any) -> Any:
    wanted = {"group_id": ask.group, "session_timeout": SESSION, "rebalance_timeout": SESSION, "member_id": "", "group_instance_id": None}
    return await ask.ask(11, 9, **{**wanted, "protocol_type": "consumer", "protocols": PROTOCOLS, "reason": None, **fields})


def joining(**fields: Any) -> Probe:
    async def join(ask: Asker) -> str:
        return said(await joined(ask, **fields))

    return join


async def member(ask: Asker) -> str:
    """Join for good; the member's id. The generation is 1."""
    return str((await joined(ask, member_id=(await joined(ask)).member_id)).member_id)


def beside_a_member(**fields: Any) -> Probe:
    """A second one joins."""

    async def join(ask: Asker) -> str:
        await member(ask)
        return said(await joined(ask, **fields))

    return join


def beating(generation: int, *, known: bool = True, there: bool = True) -> Probe:
    async def beat(ask: Asker) -> str:
        who = await member(ask) if there else ""
        return await ask.codes(
            12, 4, group_id=ask.group, generation_id=generation, member_id=who if known else "stranger", group_instance_id=None
        )

    return beat


def syncing(generation: int, *, known: bool = True, protocol: str = "range") -> Probe:
    async def sync(ask: Asker) -> str:
        who = await member(ask)
        fields = {"group_id": ask.group, "generation_id": generation, "member_id": who if known else "stranger", "group_instance_id": None}
        return await ask.codes(14, 5, **fields, protocol_type="consumer", protocol_name=protocol, assignments=[])

    return sync


def leaving(*, there: bool) -> Probe:
    async def leave(ask: Asker) -> str:
        if there:
            await member(ask)
        return await ask.codes(13, 5, group_id=ask.group, members=[{"member_id": "stranger", "group_instance_id": None, "reason": None}])

    return leave


async def stored(ask: Asker, *, group: str | None = None, topic: str | None = None, partition: int = 0, **fields: Any) -> str:
    part = {"partition_index": partition, "committed_offset": 5, "committed_leader_epoch": -1, "committed_metadata": "", **fields}
    where = {"group_id": ask.group if group is None else group, "topics": [{"name": topic or ask.topic, "partitions": [part]}]}
    who = {"generation_id_or_member_epoch": fields.get("generation", -1), "member_id": fields.get("who", ""), "group_instance_id": None}
    return await ask.codes(8, 8, **where, **who)


def storing(**fields: Any) -> Probe:
    return lambda ask: stored(ask, **fields)


def storing_beside_a_member(**fields: Any) -> Probe:
    async def store(ask: Asker) -> str:
        await member(ask)
        return await stored(ask, **fields)

    return store


async def fetched(ask: Asker, group: str | None = None) -> str:
    topics = [{"name": "nowhere", "partition_indexes": [0]}]
    answer = await ask.ask(9, 8, groups=[{"group_id": ask.group if group is None else group, "topics": topics}], require_stable=True)
    return f"{said(answer)}, offset {[part.committed_offset for each in answer.groups[0].topics for part in each.partitions]}"


async def deleted(ask: Asker, *, there: bool) -> str:
    if there:
        await member(ask)
    return await ask.codes(42, 2, groups_names=[ask.group])


async def described(ask: Asker, version: int) -> str:
    answer = await ask.ask(15, version, groups=[ask.group], include_authorized_operations=False)
    return f"{said(answer)}, {answer.groups[0].group_state}"


async def offsets_deleted(ask: Asker, *, there: bool) -> str:
    if there:
        await stored(ask)
    return await ask.codes(47, 0, group_id=ask.group, topics=[{"name": "nowhere", "partitions": [{"partition_index": 0}]}])


def coordinating(kind: int, key: str) -> Probe:
    return lambda ask: ask.codes(10, 5, key_type=kind, coordinator_keys=[key])


def beating_new(**fields: Any) -> Probe:
    """KIP-848's heartbeat."""

    async def beat(ask: Asker) -> str:
        wanted = {"group_id": ask.group, "member_id": "m", "member_epoch": 0, "rebalance_timeout": SESSION, "topic_partitions": []}
        return await ask.codes(68, 1, **{**wanted, "subscribed_topic_names": [ask.topic], "subscribed_topic_regex": None, **fields})

    return beat


async def new_beside_old(ask: Asker) -> str:
    await member(ask)
    return str(await beating_new()(ask))


async def old_beside_new(ask: Asker) -> str:
    await beating_new()(ask)
    return said(await joined(ask))


def initialised(name: str | None, milliseconds: int, number: int = -1, epoch: int = -1) -> Probe:
    timeout = timedelta(milliseconds=milliseconds)
    return lambda ask: ask.codes(
        22, 5, transactional_id=name and ask.unused(), transaction_timeout=timeout, producer_id=number, producer_epoch=epoch
    )


def adding(name: str) -> Probe:
    fields = {"transactional_id": name, "producer_id": 7, "producer_epoch": 0}
    old = {f"v3_and_below_{field}": value for field, value in fields.items()}
    return lambda ask: ask.codes(24, 3, **old, v3_and_below_topics=[{"name": ask.topic, "partitions": [0]}])


def ending(version: int) -> Probe:
    return lambda ask: ask.codes(26, version, transactional_id=ask.unused(), producer_id=7, producer_epoch=0, committed=True)


async def offsets_of_nobody(ask: Asker) -> str:
    part = {"partition_index": 0, "committed_offset": 5, "committed_leader_epoch": -1, "committed_metadata": ""}
    who = {
        "transactional_id": ask.unused(),
        "group_id": ask.group,
        "producer_id": 7,
        "producer_epoch": 0,
        "generation_id": -1,
        "member_id": "",
    }
    return await ask.codes(28, 3, **who, group_instance_id=None, topics=[{"name": ask.topic, "partitions": [part]}])


PROBES: dict[str, Probe] = {
    "FindCoordinator: of a group": coordinating(0, "g"),
    "FindCoordinator: of a transaction": coordinating(1, "t"),
    "FindCoordinator: of a share group": coordinating(2, "no-such-form"),
    "FindCoordinator: of no kind": coordinating(9, "x"),
    "FindCoordinator: of a group without a name": coordinating(0, ""),
    "JoinGroup: without a member's id": joining(),
    "JoinGroup: with an id that nobody gave": joining(member_id="stranger"),
    "JoinGroup: a group without a name": joining(group_id=""),
    "JoinGroup: a session of 1 s": joining(session_timeout=timedelta(seconds=1)),
    "JoinGroup: a session of an hour": joining(session_timeout=timedelta(hours=1)),
    "JoinGroup: no assignor": joining(protocols=[]),
    "JoinGroup: no type": joining(protocol_type=""),
    "JoinGroup: another type than the others": beside_a_member(protocol_type="connect"),
    "JoinGroup: no assignor that the others have": beside_a_member(protocols=[{"name": "mine", "metadata": b""}]),
    "Heartbeat: of a member": beating(1),
    "Heartbeat: of an older generation": beating(0),
    "Heartbeat: of a stranger": beating(1, known=False),
    "Heartbeat: in a group that is not there": beating(1, known=False, there=False),
    "SyncGroup: of a member": syncing(1),
    "SyncGroup: of an older generation": syncing(0),
    "SyncGroup: of a stranger": syncing(1, known=False),
    "SyncGroup: another assignor": syncing(1, protocol="mine"),
    "LeaveGroup: of a stranger": leaving(there=True),
    "LeaveGroup: of a group that is not there": leaving(there=False),
    "OffsetCommit: by nobody's member": storing(),
    "OffsetCommit: a topic that is not there": storing(topic="nowhere"),
    "OffsetCommit: a partition that is not there": storing(partition=7),
    "OffsetCommit: a negative offset": storing(committed_offset=-7),
    "OffsetCommit: 5,000 bytes of metadata": storing(committed_metadata="x" * 5000),
    "OffsetCommit: a group without a name": storing(group=""),
    "OffsetCommit: a generation of a group that is not there": storing(generation=3, who="stranger"),
    "OffsetCommit: by nobody beside a member": storing_beside_a_member(),
    "OffsetCommit: by a stranger beside a member": storing_beside_a_member(generation=1, who="stranger"),
    "OffsetFetch: of a group that is not there": fetched,
    "OffsetFetch: of a group without a name": lambda ask: fetched(ask, ""),
    "DeleteGroups: one that is not there": lambda ask: deleted(ask, there=False),
    "DeleteGroups: one with a member": lambda ask: deleted(ask, there=True),
    "DescribeGroups 5: one that is not there": lambda ask: described(ask, 5),
    "DescribeGroups 6: one that is not there": lambda ask: described(ask, 6),
    "OffsetDelete: of a group that is not there": lambda ask: offsets_deleted(ask, there=False),
    "OffsetDelete: of a topic that is not there": lambda ask: offsets_deleted(ask, there=True),
    "ListGroups: in no such state": lambda ask: ask.codes(16, 5, states_filter=["Nowhere"], types_filter=[]),
    "ListGroups: of no such type": lambda ask: ask.codes(16, 5, states_filter=[], types_filter=["nothing"]),
    "ConsumerGroupHeartbeat: a new member": beating_new(),
    "ConsumerGroupHeartbeat: a group without a name": beating_new(group_id=""),
    "ConsumerGroupHeartbeat: no member's id": beating_new(member_id=""),
    "ConsumerGroupHeartbeat: no subscription": beating_new(subscribed_topic_names=None),
    "ConsumerGroupHeartbeat: an unknown assignor": beating_new(server_assignor="mine"),
    "ConsumerGroupHeartbeat: a wrong pattern": beating_new(subscribed_topic_regex="("),
    "ConsumerGroupHeartbeat: of a stranger": beating_new(member_epoch=5),
    "ConsumerGroupHeartbeat: in a classic group": new_beside_old,
    "JoinGroup: in a group of the new protocol": old_beside_new,
    "ConsumerGroupDescribe: one that is not there": lambda ask: ask.codes(
        69, 1, group_ids=[ask.group], include_authorized_operations=False
    ),
    "InitProducerId: without a transaction": initialised(None, 1000),
    "InitProducerId: an empty transactional id": initialised("", 1000),
    "InitProducerId: a transaction of no time": initialised("some", 0),
    "InitProducerId: a transaction of a day": initialised("some", 86_400_000),
    "InitProducerId: an epoch without an id": initialised("some", 1000, -1, 3),
    "InitProducerId: an id that is another's": initialised("some", 1000, 123456, 3),
    "AddPartitionsToTxn: of nobody": adding("nobody"),
    "AddPartitionsToTxn: without a name": adding(""),
    "AddOffsetsToTxn: of nobody": lambda ask: ask.codes(
        25, 3, transactional_id=ask.unused(), producer_id=7, producer_epoch=0, group_id=ask.group
    ),
    "EndTxn 3: of nobody": ending(3),
    "EndTxn 5: of nobody": ending(5),
    "TxnOffsetCommit: of nobody": offsets_of_nobody,
    "DescribeTransactions: one that is not there": lambda ask: ask.codes(65, 0, transactional_ids=["nowhere"]),
    "DescribeTransactions: without a name": lambda ask: ask.codes(65, 0, transactional_ids=[""]),
    "ListTransactions: in no such state": lambda ask: ask.codes(
        66, 1, state_filters=["Nowhere"], producer_id_filters=[], duration_filter=-1
    ),
}
