"""Faults of consumer groups: a member expelled, a rebalance, at a request or at once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from kio.schema.errors import ErrorCode

from tests.broker.consumer.hearts import Heart
from tests.broker.faulty import FaultyBroker
from tests.broker.raw import HEARTBEAT, JOIN, SYNC, Raw


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[FaultyBroker]:
    async with FaultyBroker(None, "--min-session-ms", "200") as broker:
        yield broker


@pytest.fixture
async def faulty(shared: FaultyBroker) -> AsyncIterator[FaultyBroker]:
    yield shared
    await shared.forget()


@pytest.fixture
async def client(faulty: FaultyBroker) -> AsyncIterator[Raw]:
    async with Raw(faulty.address) as raw:
        yield raw


async def joined(client: Raw, group: str) -> dict[str, Any]:
    """A stable group of one; how its member names itself."""
    ask = {
        "group_id": group,
        "session_timeout": timedelta(seconds=30),
        "rebalance_timeout": timedelta(seconds=30),
        "member_id": "",
        "protocol_type": "consumer",
        "protocols": [{"name": "range", "metadata": b""}],
    }
    answer = await client.ask(JOIN, 2, **ask)
    assert answer.error_code is ErrorCode.none
    who = {"group_id": group, "generation_id": answer.generation_id, "member_id": answer.member_id}
    await client.ask(SYNC, 1, **who, assignments=[{"member_id": answer.member_id, "assignment": b"all"}])
    return who


async def beat(client: Raw, who: dict[str, Any]) -> ErrorCode:
    error: ErrorCode = (await client.ask(HEARTBEAT, 1, **who)).error_code
    return error


async def test_a_member_that_is_expelled_is_unknown_from_its_next_word_on(faulty: FaultyBroker, client: Raw, name: str) -> None:
    who = await joined(client, name)
    await faulty.lie({"stage": "group", "action": "expel", "skip": 1, "times": 1, "when": {"api": "Heartbeat", "group": name}})
    assert [await beat(client, who) for _ in range(3)] == [ErrorCode.none, ErrorCode.unknown_member_id, ErrorCode.unknown_member_id]
    (fired,) = await faulty.fired()
    assert (fired["group"], fired["member"], fired["action"]) == (name, who["member_id"], "expel")


async def test_without_when_members_are_expelled_at_once_by_group_and_name(faulty: FaultyBroker, client: Raw, name: str) -> None:
    who = await joined(client, name)
    await faulty.lie({"stage": "group", "action": "expel", "group": name, "member": "somebody-else-*"})
    assert await beat(client, who) is ErrorCode.none
    await faulty.lie({"stage": "group", "action": "expel", "group": f"{name[0]}*{name[1:]}", "member": "raw*"})
    assert await beat(client, who) is ErrorCode.unknown_member_id


async def test_a_rebalance_is_heard_at_the_heartbeat_that_triggers_it(faulty: FaultyBroker, client: Raw, name: str) -> None:
    who = await joined(client, name)
    await faulty.lie({"stage": "group", "action": "rebalance", "times": 1, "when": {"api": "Heartbeat", "group": name}})
    assert await beat(client, who) is ErrorCode.rebalance_in_progress
    assert [each["group"] for each in await faulty.fired()] == [name]


async def test_without_when_a_group_is_rebalanced_at_once_and_the_next_generation_is_another(
    faulty: FaultyBroker, client: Raw, name: str
) -> None:
    who = await joined(client, name)
    await faulty.lie({"stage": "group", "action": "rebalance", "group": name})
    assert await beat(client, who) is ErrorCode.rebalance_in_progress
    again = await client.ask(
        JOIN,
        2,
        group_id=name,
        session_timeout=timedelta(seconds=30),
        rebalance_timeout=timedelta(seconds=30),
        member_id=who["member_id"],
        protocol_type="consumer",
        protocols=[{"name": "range", "metadata": b""}],
    )
    assert (again.error_code, again.generation_id) == (ErrorCode.none, who["generation_id"] + 1)


async def test_a_member_by_the_new_protocol_is_expelled_and_its_group_gets_a_new_epoch(
    faulty: FaultyBroker, client: Raw, name: str
) -> None:
    heart = Heart(client, name)
    assert (await heart.join(name)).error_code is ErrorCode.none
    before = heart.epoch
    await faulty.lie({"stage": "group", "action": "rebalance", "group": name})
    assert (await heart.beat()).error_code is ErrorCode.none
    assert heart.epoch == before + 1
    await faulty.lie({"stage": "group", "action": "expel", "times": 1, "when": {"api": "ConsumerGroupHeartbeat", "group": name}})
    assert (await heart.beat()).error_code is ErrorCode.unknown_member_id
    assert [(each["group"], each["member"]) for each in await faulty.fired() if each["action"] == "expel"] == [(name, heart.id)]
