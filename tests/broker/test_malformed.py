"""Whoever sends rubbish loses its connection, and nobody else notices."""

import random
import struct

import psutil
import pytest
from kio.index import load_request_schema

from bus.embedded.handlers import HANDLERS
from tests.broker.process import BrokerProcess
from tests.broker.raw import API_VERSIONS, METADATA, Raw, frame
from tests.broker.test_versions import filled

ABSURD = {
    "a length above the limit": struct.pack(">i", 2**31 - 1) + b"x",
    "a negative length": struct.pack(">i", -5),
    "an empty frame": struct.pack(">i", 0),
    "a frame without a whole header": struct.pack(">i", 3) + b"abc",
    "an HTTP request": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an unknown API": struct.pack(">ihhi", 8, 999, 0, 1),
    "a version from the future": struct.pack(">ihhi", 8, METADATA, 99, 1),
    "a header that ends early": struct.pack(">ihhih", 10, METADATA, 1, 1, 500),
    "an array of two thousand million": struct.pack(">ihhihi", 14, METADATA, 1, 1, -1, 2**31 - 1),
    "text that is no UTF-8": struct.pack(">ihhihih", 18, METADATA, 1, 1, -1, 1, 2) + b"\xff\xfe",
}


@pytest.mark.parametrize("rubbish", ABSURD.values(), ids=ABSURD.keys())
async def test_rubbish_ends_its_connection_and_no_other(memory_broker: BrokerProcess, raw: Raw, rubbish: bytes) -> None:
    async with Raw(memory_broker.address) as bad:
        bad.writer.write(rubbish)
        assert await bad.closed()
    assert (await raw.ask(METADATA, 1, topics=[])).brokers


async def test_five_hundred_random_frames_leave_the_broker_as_it_was(memory_broker: BrokerProcess, raw: Raw) -> None:
    draw = random.Random(7)
    process = psutil.Process(memory_broker.pid)
    await raw.ask(METADATA, 1, topics=[])
    connections, memory = len(process.net_connections()), 0
    for number in range(500):
        content = struct.pack(">hhi", draw.choice((*range(24), 32, 37, 42, 60)), draw.randrange(10), number) + draw.randbytes(
            draw.randrange(60)
        )
        async with Raw(memory_broker.address) as bad:
            bad.writer.write(struct.pack(">i", len(content)) + content)
            bad.writer.write_eof()
            await bad.rest()
        if number == 100:
            memory = process.memory_info().rss
    assert (await raw.ask(METADATA, 1, topics=[])).brokers
    assert len(process.net_connections()) <= connections + 2
    assert process.memory_info().rss - memory < 20 * 2**20


@pytest.mark.skipif(not hasattr(psutil, "RLIMIT_AS"), reason="only Linux limits the memory of a running process")
async def test_requests_that_lie_about_a_length_cost_no_memory() -> None:
    """kio alone would reserve what an array's count asks for, and the process would end."""
    draw = random.Random(11)
    broker = BrokerProcess()
    await broker.start()
    psutil.Process(broker.pid).rlimit(psutil.RLIMIT_AS, (2**30, 2**30))
    rows = [(api, row.last) for api, row in HANDLERS.items()] + [(api, row.first) for api, row in HANDLERS.items()]
    for number in range(300):
        api, version = draw.choice(rows)
        whole = bytearray(frame(api, version, number, **filled(load_request_schema(api, version), "name")))
        position = draw.randrange(12, len(whole) - 4)
        whole[position : position + 4] = draw.choice((b"\x7f\xff\xff\xff", b"\xff\xff\xff\x07"))
        async with Raw(broker.address) as bad:
            bad.writer.write(whole)
            bad.writer.write_eof()
            await bad.rest()
    async with Raw(broker.address) as good:
        assert (await good.ask(METADATA, 1, topics=[])).brokers
    code, errors = await broker.stop()
    assert (code, "Traceback" in errors) == (0, False)


async def test_a_half_sent_request_is_forgotten_with_its_connection(memory_broker: BrokerProcess, raw: Raw) -> None:
    whole = frame(METADATA, 1, 1, topics=[])
    async with Raw(memory_broker.address) as half:
        half.writer.write(whole[:-2])
        half.writer.write_eof()
        assert await half.closed()
    assert (await raw.ask(METADATA, 1, topics=[])).brokers


async def test_a_request_that_comes_byte_by_byte_is_answered(raw: Raw) -> None:
    for byte in frame(METADATA, 1, 77, topics=[]):
        raw.writer.write(bytes([byte]))
        await raw.writer.drain()
    assert (await raw.receive())[:4] == struct.pack(">i", 77)


async def test_a_client_of_the_future_learns_which_versions_there_are(raw: Raw) -> None:
    raw.writer.write(struct.pack(">ihhih", 10, API_VERSIONS, 99, 5, -1))
    correlation, error, count, api, first, last = struct.unpack_from(">ihihhh", await raw.receive())
    assert (correlation, error, count, api, first, last) == (5, 35, 1, API_VERSIONS, 0, 4)
