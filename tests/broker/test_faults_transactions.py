"""What the faults of the log do to transactions: consumers of committed records see nothing that was aborted."""

from collections.abc import AsyncIterator

import pytest
from kio.schema.errors import ErrorCode

from tests.broker.faulty import FaultyBroker
from tests.broker.raw import Raw, batch
from tests.broker.transact import begun, committed, fetch


@pytest.fixture
async def faulty() -> AsyncIterator[FaultyBroker]:
    async with FaultyBroker(None) as broker:
        yield broker


@pytest.mark.parametrize("commit", [True, False])
async def test_what_is_stored_twice_in_a_transaction_ends_with_it(faulty: FaultyBroker, name: str, commit: bool) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "log", "action": "store-twice", "copies": 2, "when": {"topic": name}})
    async with Raw(faulty.address) as raw:
        txn = await begun(raw, name)
        assert (await txn.produce(name, b"a", version=12)).base_offset == 0
        assert (await fetch(raw, name)).last_stable_offset == 0
        assert await txn.end(commit, version=5) == 0
        assert await committed(raw, name) == ([b"a"] * 3 if commit else [])
        assert (await fetch(raw, name)).last_stable_offset == 4


async def test_a_batch_of_a_transaction_is_not_held_back_nor_said_to_be_and_counts_as_a_later_one(faulty: FaultyBroker, name: str) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "log", "action": "hold-back", "count": 1, "for": 60, "when": {"topic": name}})
    async with Raw(faulty.address) as raw:
        assert (await raw.produce(name, batch(b"plain"))).error_code is ErrorCode.none
        txn = await begun(raw, name)
        assert (await txn.produce(name, b"a", version=12)).base_offset == 0
        assert await txn.end(True, version=5) == 0
        assert await committed(raw, name) == [b"a", b"plain"]
    assert len(await faulty.fired()) == 1
