"""A member of a consumer group by the new protocol (KIP-848), said by hand."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from kio.schema.errors import ErrorCode

from tests.broker.raw import COMMIT, COMMITTED, METADATA, Raw

BEAT, DESCRIBE, CREATE_TOPICS, DELETE_TOPICS, GROW_TOPICS = 68, 69, 19, 20, 37
WITHIN = 20.0


class Heart:
    """`id` and `epoch` follow the answers; `has` is what the broker gave it last, as partitions of the one topic of most tests."""

    def __init__(self, raw: Raw, group: str, member: str = "m", **always: Any) -> None:
        self.raw, self.group, self.id, self.always = raw, group, member, always
        self.epoch = 0
        self.has: list[int] = []
        self.topics: set[UUID | None] = set()

    async def beat(self, *, version: int = 1, owned: Iterable[tuple[UUID | None, Iterable[int]]] | None = None, **says: Any) -> Any:
        """One heartbeat; what is not said is null, as for a member that has nothing new to say."""
        values = {"member_epoch": self.epoch, "rebalance": None, "instance_id": None, **self.always, **says}
        rebalance = values.pop("rebalance")
        parts = None if owned is None else [{"topic_id": topic, "partitions": tuple(partitions)} for topic, partitions in owned]
        fields = {"subscribed_topic_names": None, "subscribed_topic_regex": None, "server_assignor": None, "rack_id": None, **values}
        times = {"rebalance_timeout": timedelta(milliseconds=-1) if rebalance is None else timedelta(seconds=rebalance)}
        me = {"group_id": self.group, "member_id": self.id, "topic_partitions": parts}
        answer = await self.raw.ask(BEAT, version, **{**me, **times, **fields})
        if answer.error_code is ErrorCode.none:
            self.id, self.epoch = answer.member_id, answer.member_epoch
        if answer.assignment is not None:
            self.topics = {each.topic_id for each in answer.assignment.topic_partitions}
            self.has = sorted(partition for each in answer.assignment.topic_partitions for partition in each.partitions)
        return answer

    async def join(self, *names: str, rebalance: float = 5.0, **says: Any) -> Any:
        wishes = {"subscribed_topic_names": names} if names else {}
        return await self.beat(owned=(), **{"member_epoch": 0, "rebalance": rebalance, **wishes, **says})

    async def holds(self, topic: UUID | None, *partitions: int) -> Any:
        """Say what it still holds, as a member does that has given up the rest."""
        return await self.beat(owned=[(topic, partitions)])

    async def leave(self, epoch: int = -1) -> Any:
        return await self.beat(member_epoch=epoch)

    async def commit(self, topic: str, offset: int, *, version: int = 9, epoch: int | None = None) -> ErrorCode:
        parts = [{"partition_index": 0, "committed_offset": offset, "committed_leader_epoch": -1, "committed_metadata": None}]
        me = {"group_id": self.group, "member_id": self.id, "group_instance_id": None}
        said = self.epoch if epoch is None else epoch
        answer = await self.raw.ask(
            COMMIT, version, **me, generation_id_or_member_epoch=said, topics=[{"name": topic, "partitions": parts}]
        )
        return ErrorCode(answer.topics[0].partitions[0].error_code)

    async def committed(self, topic: str, *, member: str | None, epoch: int) -> Any:
        """The group's part of the answer."""
        asked = {"group_id": self.group, "member_id": member, "member_epoch": epoch}
        wanted = [{"name": topic, "partition_indexes": (0,)}]
        return (await self.raw.ask(COMMITTED, 9, groups=[{**asked, "topics": wanted}], require_stable=False)).groups[0]

    async def described(self) -> Any:
        return (await self.raw.ask(DESCRIBE, 1, group_ids=(self.group,), include_authorized_operations=False)).groups[0]


async def new_topic(raw: Raw, name: str, partitions: int = 4) -> UUID | None:
    """Make a topic, on whichever broker, and wait until clients see it."""
    wish = {"name": name, "num_partitions": partitions, "replication_factor": 1, "assignments": [], "configs": []}
    answer = await raw.ask(CREATE_TOPICS, 7, topics=[wish], timeout=timedelta(seconds=5), validate_only=False)
    assert answer.topics[0].error_code is ErrorCode.none
    await seen(raw, name, partitions)
    return UUID(str(answer.topics[0].topic_id))


async def known_topic(raw: Raw, name: str, partitions: int = 4) -> UUID | None:
    """A new topic that the group coordinator knows too: Kafka's hears of it after the clients."""
    made = await new_topic(raw, name, partitions)
    first = Heart(raw, f"{name}-first")
    await first.join(name)
    async with asyncio.timeout(WITHIN):
        while len(first.has) < partitions:
            await first.beat()
    await first.leave()
    return made


async def grow(raw: Raw, name: str, partitions: int) -> None:
    wish = {"name": name, "count": partitions, "assignments": None}
    await raw.ask(GROW_TOPICS, 3, topics=[wish], timeout=timedelta(seconds=5), validate_only=False)
    await seen(raw, name, partitions)


async def delete(raw: Raw, name: str) -> None:
    await raw.ask(DELETE_TOPICS, 6, topics=[{"name": name, "topic_id": None}], timeout=timedelta(seconds=5))
    await seen(raw, name, 0)


async def seen(raw: Raw, name: str, partitions: int) -> None:
    """Wait until the topic is described with so many partitions; 0: until it is gone."""
    flags = {"allow_auto_topic_creation": False, "include_topic_authorized_operations": False}
    async with asyncio.timeout(WITHIN):
        while True:
            (topic,) = (await raw.ask(METADATA, 12, topics=[{"name": name, "topic_id": None}], **flags)).topics
            if len(topic.partitions) == partitions:
                return
