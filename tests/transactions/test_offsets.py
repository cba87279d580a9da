"""Offsets committed in a transaction count when it is committed, and never before."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bus.embedded.journal import Journal
from bus.embedded.offsets import NOTHING, Committed, Offsets
from bus.embedded.transactions import offsets_partition
from tests.broker.process import BrokerProcess
from tests.broker.raw import COMMIT, Raw
from tests.broker.test_group_protocol import Member
from tests.broker.transact import Txn, begun, offset_of, until_calm

UNSTABLE, NONE = 88, 0
DESCRIBE_GROUPS = 15


@pytest.fixture
async def txn(raw: Raw, name: str) -> Txn:
    return await begun(raw, name)


@pytest.fixture
async def topic(memory_broker: BrokerProcess, name: str) -> str:
    return await memory_broker.topic(f"{name}-topic", 2)


async def settled(raw: Raw, group: str, topic: str) -> int:
    """The offset when no transaction is in its way any longer."""

    async def ask() -> Any:
        found, error = await offset_of(raw, group, topic)
        return found if error != UNSTABLE else 51

    return int(await until_calm(ask))


@pytest.mark.parametrize("version", range(6))
async def test_an_offset_is_unstable_until_the_transaction_is_committed(raw: Raw, txn: Txn, topic: str, name: str, version: int) -> None:
    if version < 5:
        assert await txn.add_group(name) == NONE
    assert await txn.commit_offset(name, topic, 5, version=version) == NONE
    for asked in (7, 8, 9):
        assert await offset_of(raw, name, topic, version=asked) == (-1, UNSTABLE)
        assert await offset_of(raw, name, topic, version=asked, stable=False) == (-1, NONE)
    assert [topic for topic, _partitions in (await txn.described()).topics] == ["__consumer_offsets"]
    assert await txn.end(version=5 if version == 5 else 3) == NONE
    assert await settled(raw, name, topic) == 5


async def test_an_aborted_transaction_leaves_the_offset_as_it_was(raw: Raw, txn: Txn, topic: str, name: str) -> None:
    for number, (commit, expected) in enumerate(((True, 0), (False, 0), (True, 2))):
        assert await until_calm(lambda: txn.add_group(name)) == NONE
        assert await txn.commit_offset(name, topic, number) == NONE
        if number:
            assert await offset_of(raw, name, topic, stable=False) == (0, NONE)
        await txn.end(commit)
        await txn.completed()
        assert await settled(raw, name, topic) == expected


async def test_an_offset_committed_meanwhile_without_a_transaction_is_the_later_one(raw: Raw, txn: Txn, topic: str, name: str) -> None:
    await txn.add_group(name)
    await txn.commit_offset(name, topic, 20)
    place = {"partition_index": 0, "committed_offset": 30, "committed_metadata": ""}
    who = {"generation_id_or_member_epoch": -1, "member_id": "", "group_instance_id": None}
    await raw.ask(COMMIT, 7, group_id=name, **who, topics=[{"name": topic, "partitions": [place]}])
    assert await offset_of(raw, name, topic) == (-1, UNSTABLE)
    await txn.end()
    await txn.completed()
    assert await settled(raw, name, topic) == 30


@pytest.mark.parametrize(("version", "error"), [(0, 48), (1, 48), (2, 48), (3, 48), (4, 120)])
async def test_offsets_of_a_group_outside_of_the_transaction_are_refused(txn: Txn, topic: str, name: str, version: int, error: int) -> None:
    assert await txn.commit_offset(name, topic, 5, version=version) == error
    assert (await txn.described()).state == "Empty"


async def test_a_member_is_who_it_says_or_says_nothing(raw: Raw, txn: Txn, topic: str, name: str) -> None:
    await txn.add_group(name)
    stranger = {"generation_id": 3, "member_id": "me", "group_instance_id": None}
    assert await txn.commit_offset(name, topic, 20, **stranger) == 22  # there is no such group
    assert await txn.commit_offset(name, topic, 20) == NONE
    described = await raw.ask(DESCRIBE_GROUPS, 5, groups=[name], include_authorized_operations=False)
    assert described.groups[0].group_state == "Empty"
    assert await txn.commit_offset(name, topic, 20, **stranger) == 25
    assert await txn.commit_offset(name, "no-such-topic", 20) == 3
    assert await txn.commit_offset(name, topic, 20, partition=9) == 3
    assert await txn.commit_offset("", topic, 20) == 24


async def test_in_a_group_at_work_a_zombie_commits_nothing(raw: Raw, txn: Txn, topic: str, name: str) -> None:
    member = Member(raw, name, instance="static")
    await member.alone()
    await txn.add_group(name)

    async def commit(generation: int, member_id: str, instance: str | None = None) -> int:
        who = {"generation_id": generation, "member_id": member_id, "group_instance_id": instance}
        return await txn.commit_offset(name, topic, 1, **who)

    asked = [
        (member.generation, member.id, "static"),
        (member.generation, member.id, None),
        (member.generation - 1, member.id, "static"),
        (member.generation + 1, member.id, "static"),
        (member.generation, "another", None),
        (member.generation, "another", "static"),
        (-1, member.id, "static"),
        (-1, "", None),
    ]
    assert [await commit(*each) for each in asked] == [NONE, NONE, 22, 22, 25, 82, 22, NONE]
    await member.join()  # a rebalance under way is in nobody's way
    assert await commit(member.generation, member.id) == NONE


async def test_a_deleted_topic_takes_its_pending_offsets_with_it(raw: Raw, txn: Txn, topic: str, name: str) -> None:
    await txn.add_group(name)
    await txn.commit_offset(name, topic, 20)
    await raw.ask(20, 3, topic_names=[topic], timeout=timedelta(seconds=1))
    await txn.end()
    await txn.completed()
    async with asyncio.timeout(20):
        while await offset_of(raw, name, topic) != (-1, NONE):  # noqa: ASYNC110 - Kafka's coordinator learns of the deletion later
            await asyncio.sleep(0.02)


def test_the_partition_of_a_group_is_the_one_that_java_finds() -> None:
    # "polygenelubricants" is the string whose hash is the lowest there is, which Kafka takes as nought
    assert [offsets_partition(group) for group in ("", "a", "ab", "polygenelubricants")] == [0, 97 % 50, (97 * 31 + 98) % 50, 0]


def test_pending_offsets_are_the_journals_alone(tmp_path: Any) -> None:
    journal = Journal(tmp_path / "journal")
    offsets = Offsets(journal)
    offsets.propose("g", 7, {("a", 0): Committed(5), ("b", 0): Committed(6)})
    offsets.propose("g", 8, {("a", 0): Committed(9)})
    again = Offsets(journal)
    assert again.groups() == {"g"}
    journal.write(again.settled(7, commit=True))
    assert (again.get("g", "a", 0), again.unstable("g", "a", 0)) == (Committed(5), True)
    assert (again.get("g", "b", 0), again.unstable("g", "b", 0)) == (Committed(6), False)
    again.forget("g")
    assert (again.get("g", "a", 0), again.unstable("g", "a", 0), again.groups()) == (NOTHING, False, set())
    assert again.settled(8, commit=True) == {}
