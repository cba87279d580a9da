"""How partitions of a group by the new protocol pass from one member to another, said by hand."""

import asyncio
from uuid import UUID

import pytest
from kio.schema.errors import ErrorCode

from tests.broker.conftest import Start
from tests.broker.consumer.hearts import WITHIN, Heart, delete, grow, known_topic, new_topic
from tests.broker.process import BrokerProcess
from tests.broker.raw import Raw

QUICK = ("--consumer-session-ms", "600", "--consumer-heartbeat-ms", "100")


async def until_it_has(member: Heart, *partitions: int) -> None:
    async with asyncio.timeout(WITHIN):
        while member.has != list(partitions):
            assert (await member.beat()).error_code is ErrorCode.none


async def test_a_partition_goes_to_its_new_owner_only_once_the_old_one_has_given_it_up(raw: Raw, name: str, topic: UUID | None) -> None:
    old, new = Heart(raw, name, "old"), Heart(raw, name, "new")
    await old.join(name)
    await new.join(name)
    assert (new.epoch, new.has) == (2, [])
    await old.beat()
    assert (old.epoch, old.has) == (1, [0, 1])
    await new.beat()
    await old.holds(topic, 0, 1, 2, 3)
    await new.beat()
    assert new.has == []
    await old.holds(topic, 0, 1)
    assert old.epoch == 2
    await new.beat()
    assert (new.epoch, new.has, (await new.described()).group_state) == (2, [2, 3], "Stable")


async def test_who_does_not_give_up_in_time_is_out_and_loses_all(raw: Raw, name: str, topic: UUID | None) -> None:
    slow, new = Heart(raw, name, "slow"), Heart(raw, name, "new")
    await slow.join(name, rebalance=0.5)
    await new.join(name, rebalance=0.5)
    await slow.beat()
    await until_it_has(new, 0, 1, 2, 3)
    assert (await slow.beat()).error_code is ErrorCode.unknown_member_id


async def test_a_third_member_takes_from_both(raw: Raw, name: str, topic: UUID | None) -> None:
    one, two, three = (Heart(raw, name, member) for member in ("1", "2", "3"))
    await one.join(name)
    await two.join(name)
    await one.beat()
    await one.holds(topic, *one.has)
    await two.beat()
    await three.join(name)
    for member in (one, two):
        await member.beat()
        await member.holds(topic, *member.has)
    await three.beat()
    assert sorted(one.has + two.has + three.has) == [0, 1, 2, 3]
    assert sorted(map(len, (one.has, two.has, three.has))) == [1, 1, 2]
    assert {one.epoch, two.epoch, three.epoch} == {3}


async def test_topics_that_appear_grow_or_vanish_are_seen_by_the_next_heartbeat(raw: Raw, name: str) -> None:
    member = Heart(raw, name)
    await member.join(name)
    assert (member.epoch, member.has) == (1, [])
    topic = await new_topic(raw, name, 2)
    await until_it_has(member, 0, 1)
    assert (member.epoch, member.topics) == (2, {topic})
    await grow(raw, name, 3)
    await until_it_has(member, 0, 1, 2)
    await delete(raw, name)
    await until_it_has(member)
    await member.beat(owned=())
    assert member.epoch == 4


async def test_members_of_different_wishes_get_only_what_they_wish(raw: Raw, name: str) -> None:
    topics = [await known_topic(raw, f"{name}-{letter}", 2) for letter in "ab"]
    both, one = Heart(raw, name, "both"), Heart(raw, name, "one")
    await one.join(f"{name}-a")
    await both.join(f"{name}-a", f"{name}-b")
    assert (one.topics, both.topics) == ({topics[0]}, {topics[1]})
    await both.beat(subscribed_topic_names=(f"{name}-a",))
    assert both.topics == set()


async def test_a_pattern_finds_the_topics_that_it_fits_as_a_whole(raw: Raw, name: str) -> None:
    inbox, _other = await new_topic(raw, f"{name}.inbox.a", 2), await new_topic(raw, f"{name}.inbox.a.old", 1)
    member = Heart(raw, name)
    await member.join(subscribed_topic_regex=rf"{name}\.inbox\.\w+")
    await until_it_has(member, 0, 1)
    assert member.topics == {inbox}
    assert (await member.described()).members[0].subscribed_topic_regex == rf"{name}\.inbox\.\w+"


async def test_range_gives_static_members_the_first_places(raw: Raw, name: str, topic: UUID | None) -> None:
    guest, clerk = Heart(raw, name, "a"), Heart(raw, name, "z", instance_id="clerk")
    await guest.join(name, server_assignor="range")
    await clerk.join(name, server_assignor="range")
    await guest.beat()
    assert guest.has == [2, 3]
    await guest.holds(topic, 2, 3)
    await clerk.beat()
    assert (clerk.has, (await clerk.described()).assignor_name) == ([0, 1], "range")


async def test_a_silent_member_is_out_after_the_session_and_a_static_one_that_stays_away_too(start: Start, name: str) -> None:
    broker = await start(*QUICK)
    async with Raw(broker.address) as client:
        await new_topic(client, name)
        silent, away, living = Heart(client, name, "s"), Heart(client, name, "a", instance_id="clerk"), Heart(client, name, "l")
        await silent.join(name)
        await away.join(name)
        await living.join(name)
        await away.leave(-2)
        await until_it_has(living, 0, 1, 2, 3)
        assert [member.member_id for member in (await living.described()).members] == ["l"]
        answer = await living.beat()
        assert answer.heartbeat_interval.total_seconds() == 0.1


@pytest.mark.parametrize("static", [True, False])
async def test_a_killed_broker_comes_back_with_its_members_their_epochs_and_what_they_have(start: Start, name: str, static: bool) -> None:
    broker: BrokerProcess = await start()
    extra = {"instance_id": "clerk"} if static else {}
    async with Raw(broker.address) as client:
        topic = await new_topic(client, name)
        one, two = Heart(client, name, "1", **extra), Heart(client, name, "2")
        await one.join(name, server_assignor="range")
        await two.join(name)
        await one.beat()
        await one.commit(name, 7)
        before = await one.described()
    await broker.kill()
    await broker.start()
    async with Raw(broker.address) as client:
        one.raw = two.raw = client
        assert await one.described() == before
        assert (await one.committed(name, member="1", epoch=one.epoch)).topics[0].partitions[0].committed_offset == 7
        await one.holds(topic, *one.has)
        await two.beat()
        assert (one.epoch, two.epoch) == (2, 2)
        assert sorted(one.has + two.has) == [0, 1, 2, 3]


async def test_who_does_not_give_up_in_time_is_out_also_where_the_broker_was_killed_meanwhile(start: Start, name: str) -> None:
    broker: BrokerProcess = await start()
    async with Raw(broker.address) as client:
        await new_topic(client, name)
        slow, new = Heart(client, name, "slow"), Heart(client, name, "new")
        await slow.join(name, rebalance=0.5)
        await new.join(name)
        await slow.beat()
    await broker.kill()
    await broker.start()
    async with Raw(broker.address) as client:
        new.raw = client
        await until_it_has(new, 0, 1, 2, 3)
