"""Corners of the classic group protocol in which Apache Kafka 4.1 was asked what it answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from kio.schema.errors import ErrorCode

from bus.embedded import BrokerSettings
from bus.embedded.broker import Broker
from bus.embedded.groups import Join, Who
from bus.embedded.journal import Journal
from tests.broker.consumer.test_librdkafka import Reader, read, reading, shares, until
from tests.broker.librdkafka import made, produced
from tests.broker.process import BrokerProcess
from tests.broker.raw import COMMIT, HEARTBEAT, JOIN, LEAVE, SYNC, Raw
from tests.broker.test_group_protocol import Member

DELETE, DESCRIBE = 42, 15
SILENT = BrokerSettings(first_join=0.2, initial_rebalance_delay=0.0)


async def pair(one: Raw, two: Raw, group: str, **options: Any) -> tuple[Member, Member]:
    """Two members of one generation that have not asked for their parts yet, the leader first."""
    a, b = Member(one, group, **options), Member(two, group, **options)
    joined = await asyncio.gather(a.join(), b.join())
    return (a, b) if joined[0].leader == a.id else (b, a)


@pytest.fixture
async def other(memory_broker: BrokerProcess) -> AsyncIterator[Raw]:
    """A second connection: whoever waits for an answer holds the first."""
    async with Raw(memory_broker.address) as client:
        yield client


@pytest.fixture
async def third(memory_broker: BrokerProcess) -> AsyncIterator[Raw]:
    async with Raw(memory_broker.address) as client:
        yield client


async def test_an_instance_that_is_not_known_is_no_member_whatever_its_member_id(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    member = Member(raw, name, "clerk")
    await member.alone()
    member.instance = "judge"
    assert await member.heartbeat() is ErrorCode.unknown_member_id
    assert await member.commit(topic, 1) is ErrorCode.unknown_member_id
    assert (await member.join()).error_code is ErrorCode.unknown_member_id
    assert await member.leave() is ErrorCode.unknown_member_id


async def test_a_group_that_is_nothing_but_an_announced_id_can_be_deleted(raw: Raw, name: str) -> None:
    me = {"group_id": name, "member_id": "", "group_instance_id": None, "protocol_type": "consumer"}
    times = {"session_timeout": timedelta(seconds=6), "rebalance_timeout": timedelta(seconds=6)}
    announced = await raw.ask(JOIN, 5, **me, **times, protocols=[{"name": "range", "metadata": b""}])
    assert announced.error_code is ErrorCode.member_id_required
    assert (await raw.ask(DELETE, 1, groups_names=(name,))).results[0].error_code is ErrorCode.none
    late = await raw.ask(JOIN, 5, **{**me, "member_id": announced.member_id}, **times, protocols=[{"name": "range", "metadata": b""}])
    assert late.error_code is ErrorCode.unknown_member_id


async def test_what_is_missing_in_a_request_is_said_before_the_group_is_looked_at(raw: Raw, name: str) -> None:
    nobody = {"generation_id": 1, "member_id": "m", "group_instance_id": None}
    sync = {**nobody, "assignments": []}
    named = {"protocol_type": "consumer", "protocol_name": "range"}
    nameless = await raw.ask(SYNC, 5, group_id=name, **sync, protocol_type=None, protocol_name="range")
    assert nameless.error_code is ErrorCode.inconsistent_group_protocol
    assert (await raw.ask(SYNC, 5, group_id="", **sync, **named)).error_code is ErrorCode.invalid_group_id
    assert (await raw.ask(SYNC, 5, group_id=name, **sync, **named)).error_code is ErrorCode.unknown_member_id
    assert (await raw.ask(HEARTBEAT, 3, group_id="", **nobody)).error_code is ErrorCode.invalid_group_id
    assert (await raw.ask(LEAVE, 3, group_id="", members=[])).error_code is ErrorCode.invalid_group_id
    assert (await raw.ask(LEAVE, 3, group_id=name, members=[])).members == ()


async def test_that_a_partition_is_not_there_is_said_before_who_may_commit(raw: Raw, name: str) -> None:
    part = {"partition_index": 0, "committed_offset": 1, "committed_leader_epoch": -1, "committed_metadata": None}
    who = {"group_id": name, "generation_id_or_member_epoch": 3, "member_id": "m", "group_instance_id": None}
    answer = await raw.ask(COMMIT, 9, **who, topics=[{"name": f"{name}-no", "partitions": [part]}])
    assert answer.topics[0].partitions[0].error_code is ErrorCode.unknown_topic_or_partition


async def test_a_follower_that_never_asks_for_its_part_is_out_when_the_rebalance_should_be_over(raw: Raw, other: Raw, name: str) -> None:
    leader, follower = await pair(raw, other, name, rebalance=0.4, session=30)
    await leader.sync(**{leader.id: b"1", follower.id: b"2"})
    async with asyncio.timeout(10):
        while await leader.heartbeat() is ErrorCode.none:
            pass
    assert await follower.heartbeat() is ErrorCode.unknown_member_id


async def test_a_static_member_keeps_its_seat_though_it_does_not_rejoin_and_loses_it_when_it_does_not_sync(
    raw: Raw, other: Raw, third: Raw, name: str
) -> None:
    clerk = Member(raw, name, "clerk", rebalance=0.4, session=30)
    await clerk.alone()
    new = Member(other, name, rebalance=0.4, session=30)
    joined = await new.join()
    assert (joined.leader, len(joined.members)) == (new.id, 2)
    await new.sync(**{new.id: b"new"})
    clerk.generation = new.generation
    assert await clerk.heartbeat() is ErrorCode.none
    async with asyncio.timeout(10):
        while await clerk.heartbeat() is not ErrorCode.unknown_member_id:
            pass


async def test_a_static_member_that_is_silent_for_its_session_is_out(raw: Raw, other: Raw, name: str) -> None:
    clerk = Member(raw, name, "clerk", session=0.3)
    await clerk.alone()
    async with asyncio.timeout(10):
        while (await other.ask(DESCRIBE, 5, groups=(name,), include_authorized_operations=False)).groups[0].members:
            pass
    assert await clerk.heartbeat() is ErrorCode.unknown_member_id


def joining(**changes: Any) -> Join:
    fixed = {"member_id": "", "instance_id": None, "client_id": "c", "host": "/h", "session": 30.0, "rebalance": 30.0}
    protocols = {"protocol_type": "consumer", "protocols": (("range", b""),)}
    return Join(**{**fixed, **protocols, "id_first": False, "may_skip": False, **changes})


async def test_a_new_member_that_never_hears_its_first_answer_is_given_up() -> None:
    broker = Broker(SILENT, None)
    group = await broker.groups.join("g", joining())
    waiting = asyncio.create_task(broker.groups.join("g", joining()))  # the first one does not come back, so the rebalance does not end
    answer = await asyncio.wait_for(waiting, 10)
    assert (answer.error, group.error) == (ErrorCode.unknown_member_id, ErrorCode.none)
    classic = broker.groups.classic("g")
    assert classic is not None
    assert [member.id for member in classic.roster] == [group.member_id]
    broker.close()


async def test_a_transaction_commits_for_a_member_of_the_generation_or_for_nobody_at_all() -> None:
    broker = Broker(SILENT, None)
    joined = await broker.groups.join("g", joining())

    def refusal(member: str, generation: int, group: str = "g") -> ErrorCode:
        return broker.groups.commit_refusal(group, Who(member, None, generation), transactional=True)

    assert refusal("", -1) is ErrorCode.none
    assert refusal(joined.member_id, joined.generation) is ErrorCode.none  # though the leader has not spoken yet
    assert refusal(joined.member_id, joined.generation + 1) is ErrorCode.illegal_generation
    assert refusal(joined.member_id, -1) is ErrorCode.illegal_generation
    assert refusal("stranger", joined.generation) is ErrorCode.unknown_member_id
    assert refusal("m", 1, "nowhere") is ErrorCode.illegal_generation
    assert refusal("", -1, "nowhere") is ErrorCode.none
    broker.close()


async def test_a_group_of_a_state_from_before_there_were_two_kinds_is_a_classic_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    member = ["m-1", None, "m", "/127.0.0.1", 30.0, 30.0, [["range", ""]], ""]
    journal.write({("group", "g"): {"generation": 4, "type": "consumer", "protocol": "range", "leader": "m-1", "members": [member]}})
    journal.close()
    broker = Broker(SILENT, tmp_path)
    group = broker.groups.classic("g")
    assert group is not None
    assert (group.state, group.heartbeat(Who("m-1", None, 4))) == ("Stable", ErrorCode.none)
    broker.close()


@pytest.mark.parametrize("strategy", ["cooperative-sticky", "range"])
async def test_cooperative_and_eager_members_share_and_miss_nothing(memory_broker: BrokerProcess, name: str, strategy: str) -> None:
    options = {"group_protocol": "classic", "partition_assignment_strategy": strategy, "heartbeat_interval_ms": 100}

    def share() -> None:
        topic = made(memory_broker, name, 6)
        keys = [f"a{number}" for number in range(60)]
        with ExitStack() as members:
            one, two = (members.enter_context(reading(memory_broker.address, name, topic, **options)) for _ in range(2))
            until([one, two], shares([one, two], 3, 3), "two members")
            with reading(memory_broker.address, name, topic, **options) as three:
                everyone: list[Reader] = [one, two, three]
                until(everyone, shares(everyone, 2, 2, 2), "three members")
                produced(memory_broker, topic, keys)
                until(everyone, lambda: len(read(everyone)) >= 60, "sixty")
            until([one, two], shares([one, two], 3, 3), "two are left")
            assert read(everyone) == set(keys)  # on Apache Kafka too librdkafka reads one again now and then when a member left

    await asyncio.to_thread(share)
