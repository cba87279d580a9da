"""The broker of a test run, and a space of its own for each test."""

import asyncio
import itertools
import os
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bus import KafkaSettings, Space
from tests import postgres
from tests.apache.node import Node

READY_WITHIN = 20.0
_numbers = itertools.count(1)
_run = uuid.uuid4().hex[:6]


def pytest_configure(config: pytest.Config) -> None:
    """What a run shares is started before its workers, which then find it like any other."""
    _choose_broker(config)
    _choose_database(config)


def _choose_database(config: pytest.Config) -> None:
    """LGSP_TEST_DATABASE: a PostgreSQL by its URL, or one to start: `container`, `package` (of the system)."""
    chosen = postgres.chosen()
    if "://" in chosen or chosen == "":
        config.add_cleanup(postgres.forget)
        return
    if chosen not in postgres.KINDS:
        raise pytest.UsageError(
            f"LGSP_TEST_DATABASE={chosen}: say {', '.join(postgres.KINDS)}, or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
        )
    try:
        server = postgres.started(chosen)
    except RuntimeError as error:
        raise pytest.UsageError(str(error)) from None
    os.environ["LGSP_TEST_DATABASE"] = server.url  # noqa: TID251
    config.add_cleanup(server.remove)  # after what was made there is dropped
    config.add_cleanup(postgres.forget)


def _choose_broker(config: pytest.Config) -> None:
    """LGSP_TEST_BROKER=apache: one Apache Kafka for the run."""
    chosen = os.environ.get("LGSP_TEST_BROKER", "embedded")  # noqa: TID251 - which broker the same tests run against
    if chosen not in ("embedded", "apache"):
        raise pytest.UsageError(f"LGSP_TEST_BROKER={chosen}: say embedded or apache")
    if chosen == "embedded" or hasattr(config, "workerinput") or "LGSP_KAFKA_BOOTSTRAP" in os.environ:  # noqa: TID251
        return
    state = tempfile.TemporaryDirectory(prefix="lgsp-apache-", ignore_cleanup_errors=True)
    node = Node(Path(state.name))
    try:
        node.start()
    except RuntimeError as error:
        state.cleanup()
        raise pytest.UsageError(str(error)) from None
    os.environ["LGSP_KAFKA_BOOTSTRAP"] = node.address  # noqa: TID251

    def end() -> None:
        node.stop()
        state.cleanup()

    config.add_cleanup(end)


@pytest.fixture(scope="session")
def broker(chosen_broker: str) -> str:
    """HOST:PORT of the broker of this run."""
    return chosen_broker


@pytest.fixture(scope="session")
async def chosen_broker() -> AsyncIterator[str]:
    """HOST:PORT of a broker: that of LGSP_KAFKA_BOOTSTRAP or LGSP_TEST_BROKER, else an embedded one in memory, in its own process."""
    given = os.environ.get("LGSP_KAFKA_BOOTSTRAP")  # noqa: TID251 - which broker the same tests run against
    if given:
        yield given
        return
    command = [sys.executable, "-m", "bus.embedded", "--listen", "127.0.0.1:0", "--memory", "--consumer-heartbeat-ms", "500"]
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
