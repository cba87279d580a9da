"""The broker is killed and comes back: the exchange waits, says so, and goes on without loss.

Always on an embedded broker of its own: nobody may kill the one that the run shares, and this one is back within a second.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest

from bus import Ack, Admin, Exchange, KafkaSettings, Members, Place, Record, Rights, Space
from tests.broker.process import BrokerProcess
from tests.bus.samples import TCT, slip_cancelled
from tests.exchange.wire import CONTRACTS, running, wired
from tests.support import eventually
from vn.clock import Clock
from vn.errors import CannotConnect


@contextlib.asynccontextmanager
async def own_broker(tmp_path: Path) -> AsyncIterator[BrokerProcess]:
    broker = BrokerProcess(tmp_path / "broker")
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()


async def test_a_broker_killed_under_the_exchange_costs_no_message(tmp_path: Path, space: Space) -> None:
    async with own_broker(tmp_path) as broker, wired(KafkaSettings(broker.address), space) as wire, running(wire) as exchange:
        ids = set()
        for round_ in range(3):
            said = [slip_cancelled(subject=f"H37.15-250812-{number % 9:04d}") for number in range(1500)]
            ids |= {message.id for message in said}
            await wire.say(*said)
            if round_ == 1:
                await wire.heard(TCT, 1)  # now it is in the middle of its work, the first time it had not begun
            if round_ < 2:
                await broker.kill()
                await broker.start()

        async def whole() -> bool:
            heard = {dict(record.headers)["ce_id"].decode() for record in await wire.inbox(TCT)}  # type: ignore[union-attr]
            assert len(heard & ids) == len(ids)
            return exchange.health()["status"] == "ok"

        await eventually(whole, within=60)


async def test_what_could_not_be_committed_is_committed_though_nothing_new_comes(tmp_path: Path, space: Space) -> None:
    async with own_broker(tmp_path) as broker, wired(KafkaSettings(broker.address), space) as wire, running(wire) as exchange:
        commit, refused = exchange._consumer.commit, list[Mapping[Place, int]]()

        async def away_at_first(positions: Mapping[Place, int]) -> bool:
            if len(refused) < 2:
                refused.append(dict(positions))
                return False
            return await commit(positions)

        exchange._consumer.commit = away_at_first  # type: ignore[method-assign]
        ack = (await wire.say(slip_cancelled()))[0]
        await wire.heard(TCT, 1)
        place = Place(space.outbox(slip_cancelled().source), ack.partition)

        async def committed() -> bool:
            async with Admin(wire.kafka) as admin:
                return (await admin.group(space.exchange_group)).committed.get(place) == ack.offset + 1

        await eventually(committed)
        assert refused == [{place: ack.offset + 1}] * 2


async def test_what_was_still_in_flight_when_its_partition_went_is_not_committed_afterwards(tmp_path: Path, space: Space) -> None:
    async with own_broker(tmp_path) as broker, wired(KafkaSettings(broker.address), space) as wire, running(wire) as exchange:
        commit, send_all = exchange._consumer.commit, exchange._producer.send_all
        committed, held, told = list[Mapping[Place, int]](), asyncio.Event(), asyncio.Event()

        async def noted(positions: Mapping[Place, int]) -> bool:
            committed.append(dict(positions))
            return await commit(positions)

        async def slow(records: Sequence[Record]) -> list[Ack]:
            told.set()
            await held.wait()
            return await send_all(records)

        exchange._consumer.commit = noted  # type: ignore[method-assign]
        exchange._producer.send_all = slow  # type: ignore[method-assign]
        ack = (await wire.say(slip_cancelled()))[0]
        await told.wait()
        place = Place(space.outbox(slip_cancelled().source), ack.partition)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(exchange._hand_over(frozenset({place})), 0.1)
        held.set()
        await wire.heard(TCT, 1)
        await asyncio.wait_for(exchange._idle.wait(), 20)
        assert exchange.health()["batchesInFlight"] == 0
        assert not any(place in positions for positions in committed)
        assert place not in exchange._owed


async def test_the_exchange_calls_itself_failing_while_the_broker_is_away(tmp_path: Path, space: Space) -> None:
    async with own_broker(tmp_path) as broker, wired(KafkaSettings(broker.address), space) as wire, running(wire) as exchange:
        await wire.say(slip_cancelled())
        await wire.heard(TCT, 1)
        await broker.kill()

        async def failing() -> bool:
            return exchange.health()["status"] == "failing" and "Kafka" in exchange.health()["detail"]

        await eventually(failing, within=40)
        await broker.start()
        await wire.say(slip_cancelled(id="after"))
        assert "after" in {message.id for message in await wire.heard(TCT, 2)}


async def test_without_a_broker_the_exchange_says_in_one_line_that_it_cannot_connect() -> None:
    members = Members.read()
    rights = Rights.read(members=members, contracts=CONTRACTS)
    nowhere = KafkaSettings("127.0.0.1:1", connect_within=0.5)
    exchange = Exchange(nowhere, Space("nowhere"), members=members, rights=rights, contracts=CONTRACTS, clock=Clock())
    with pytest.raises(CannotConnect, match=r"no Kafka broker answers at 127\.0\.0\.1:1 within 0\.5 s"):
        await exchange.run(asyncio.Event())
