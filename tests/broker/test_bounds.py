"""Many clients, slow clients, clients that promise and do not send: they cost themselves, and nobody else."""

import asyncio
import struct
from contextlib import AsyncExitStack
from time import perf_counter

import psutil
import pytest

from bus.embedded.bounds import Door, Room
from tests.broker.conftest import Start
from tests.broker.process import BrokerProcess
from tests.broker.raw import METADATA, Raw, batch
from tests.support import eventually

MIB = 2**20


async def held(broker: BrokerProcess) -> float:
    """Resident memory in MiB."""
    return float(psutil.Process(broker.pid).memory_info().rss) / MIB


async def ask(raw: Raw) -> float:
    """How many seconds the slowest of some small requests took."""
    slowest = 0.0
    for _ in range(20):
        began = perf_counter()
        assert (await raw.ask(METADATA, 1, topics=[])).brokers
        slowest = max(slowest, perf_counter() - began)
    return slowest


async def test_one_connection_too_many_is_closed_at_once_and_told_in_one_line(start: Start) -> None:
    broker = await start("--max-connections", "3")
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(Raw(broker.address)) for _ in range(3)]
        for client in clients:
            await ask(client)
        for _ in range(5):
            async with Raw(broker.address) as refused:
                assert await refused.closed()
        await ask(clients[0])
        clients[2].writer.close()
        await clients[2].writer.wait_closed()

        async def admitted() -> bool:
            try:
                async with Raw(broker.address) as another:
                    return bool(await ask(another))
            except (ConnectionError, asyncio.IncompleteReadError):
                return False

        await eventually(admitted, within=10)
    assert (await broker.kill()).count("no more come in") == 1


async def test_requests_sent_ahead_are_all_answered_in_their_order_however_many(raw: Raw) -> None:
    for _ in range(3000):
        raw.send(METADATA, 1, topics=[])
    for _ in range(3000):
        await raw.answer()  # compares correlation ids


async def large(broker: BrokerProcess, name: str, count: int) -> str:
    """A topic of so many batches of a megabyte."""
    topic = await broker.topic(name)
    async with Raw(broker.address) as raw:
        for _ in range(count):
            assert (await raw.produce(topic, batch(b"x" * 1_000_000))).error_code == 0
    return topic


async def test_a_client_that_asks_for_much_and_reads_nothing_slows_only_itself(start: Start, name: str) -> None:
    broker = await start()
    topic = await large(broker, name, 20)
    async with Raw(broker.address) as slow, Raw(broker.address) as other:
        before = await held(broker)
        for _ in range(50):
            slow.send_fetch(topic, 0, at_most=16 * MIB)
        for _ in range(5):
            assert await ask(other) < 2.0
            assert len((await other.fetch(topic, 5, at_most=4 * MIB)).records) > 3 * MIB
        assert await held(broker) - before < 70
        assert len((await slow.answer()).responses[0].partitions[0].records) > 15 * MIB  # it is only late


async def test_many_that_read_nothing_do_not_fill_the_memory_and_are_closed_for_others(start: Start, name: str) -> None:
    broker = await start()
    topic = await large(broker, name, 20)
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(Raw(broker.address))
        before = await held(broker)
        for _ in range(20):
            (await stack.enter_async_context(Raw(broker.address))).send_fetch(topic, 0, at_most=16 * MIB)
        assert await ask(other) < 2.0
        assert len((await other.fetch(topic, 0, at_most=16 * MIB)).records) > 15 * MIB
        assert await held(broker) - before < 160  # of 320
    assert "takes none of the" in await broker.kill()


async def test_many_that_wait_for_the_same_records_and_then_read_nothing_do_not_fill_the_memory(start: Start, name: str) -> None:
    broker = await start()
    topic = await broker.topic(name)
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(Raw(broker.address))
        for _ in range(20):
            waiting = await stack.enter_async_context(Raw(broker.address))
            waiting.send_fetch(topic, 0, wait=60, at_least=15_000_000, at_most=16 * MIB)
        await ask(other)
        before = await held(broker)
        for _ in range(16):
            assert (await other.produce(topic, batch(b"x" * 1_000_000))).error_code == 0
        assert await ask(other) < 2.0
        assert await held(broker) - before < 160  # of 320
        assert len((await other.fetch(topic, 0, at_most=16 * MIB)).records) > 15_000_000
    assert "takes none of the" in await broker.kill()


async def test_frames_that_are_never_finished_take_bounded_memory_and_keep_no_session_and_no_producer_waiting_for_long(
    start: Start, name: str
) -> None:
    broker = await start("--queued-bytes", str(20 * MIB))
    topic = await broker.topic(name)
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(Raw(broker.address))
        half = [await stack.enter_async_context(Raw(broker.address)) for _ in range(20)]
        before = await held(broker)
        for client in half:
            client.writer.write(struct.pack(">i", 10 * MIB) + b"\0" * (9 * MIB))
        for _ in range(5):
            assert await ask(other) < 2.0
        assert await held(broker) - before < 3 * 20
        for client in half[3:]:
            client.writer.transport.abort()
        sending = asyncio.create_task(other.produce(topic, batch(b"x" * 900_000)))
        assert await ask(await stack.enter_async_context(Raw(broker.address))) < 2.0
        assert (await sending).error_code == 0
    assert "does not go on with its request" in await broker.kill()


async def test_one_that_announces_much_and_sends_nothing_is_closed_when_others_wait(start: Start, name: str) -> None:
    broker = await start()
    topic = await broker.topic(name)
    async with Raw(broker.address) as bad, Raw(broker.address) as other:
        bad.writer.write(struct.pack(">i", 100 * MIB) + b"\0" * 10)
        assert (await other.produce(topic, batch(b"x" * 900_000))).error_code == 0
        assert await bad.closed()


async def test_a_frame_larger_than_the_room_still_goes_through(start: Start, name: str) -> None:
    broker = await start("--queued-bytes", str(MIB))
    topic = await broker.topic(name, max_message_bytes=str(8 * MIB))
    async with Raw(broker.address) as waiting, Raw(broker.address) as raw:
        waiting.send_fetch(topic, 0, wait=10, at_least=6 * MIB, at_most=8 * MIB)
        assert (await raw.produce(topic, batch(b"x" * 5 * MIB))).error_code == 0
        assert (await raw.produce(topic, batch(b"x" * 5 * MIB))).error_code == 0
        assert (await waiting.answer()).responses[0].partitions[0].records


def test_who_waits_for_room_is_served_in_turn_and_what_is_small_never_waits() -> None:
    room, served = Room(1_000_000), list[str]()
    assert room.take(900_000, lambda: None)
    assert not room.take(400_000, lambda: served.append("first"))
    assert not room.take(20_000, lambda: served.append("second"))
    assert room.take(10_000, lambda: None)
    room.give(10_000)
    assert served == []
    room.give(900_000)
    assert served == ["first", "second"]
    room.give(420_000)
    assert room.take(10**9, lambda: None)
    assert not room.take(600_000, lambda: served.append("third"))
    room.give(10**9)
    assert served[-1] == "third"


def test_refused_connections_are_told_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    door = Door(2, lambda: now)
    assert door.admits(1, ("127.0.0.1", 1))
    for now in (10.0, 20.0, 69.0, 70.0):
        assert not door.admits(2, ("127.0.0.1", int(now)))
    assert [record.args for record in caplog.records] == [(2, 1, "127.0.0.1", 10), (2, 3, "127.0.0.1", 70)]
