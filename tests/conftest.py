"""The broker of a test run, and a space of its own for each test."""

import asyncio
import itertools
import os
import sys
import uuid
from collections.abc import AsyncIterator

import pytest

from bus import KafkaSettings, Space

READY_WITHIN = 20.0
_numbers = itertools.count(1)
_run = uuid.uuid4().hex[:6]


@pytest.fixture(scope="session")
async def broker() -> AsyncIterator[str]:
    """HOST:PORT of a broker: the one of LGSP_KAFKA_BOOTSTRAP, else an embedded one in memory, in a process of its own."""
    given = os.environ.get("LGSP_KAFKA_BOOTSTRAP")  # noqa: TID251 - which broker the same tests run against
    if given:
        yield given
        return
    command = [sys.executable, "-m", "bus.embedded", "--listen", "127.0.0.1:0", "--memory"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), READY_WITHIN)).decode()
    assert line.startswith("broker ready on "), f"the broker did not start: {line!r}"
    try:
        yield line.split()[-1]
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), READY_WITHIN)


@pytest.fixture
def kafka(broker: str) -> KafkaSettings:
    """How to reach the broker."""
    return KafkaSettings(broker, connect_within=READY_WITHIN)


@pytest.fixture
def space() -> Space:
    """A space that no other test uses."""
    return Space(f"t{_run}-{next(_numbers)}")
