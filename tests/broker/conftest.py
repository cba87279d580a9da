"""Brokers in processes of their own: one in memory for all, others with a folder for who kills them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from pathlib import Path

import pytest

from tests.broker.chosen import EMBEDDED
from tests.broker.process import BrokerProcess
from tests.broker.raw import Raw

Start = Callable[..., Awaitable[BrokerProcess]]
_numbers = count()
_BOTH = {"clients", "differences"}
"""Folders of tests that are about Apache Kafka too."""


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """On another broker than the embedded one, the tests of its insides have nothing to say."""
    inside = collection_path.relative_to(Path(__file__).parent).parts
    return True if not EMBEDDED and inside and inside[0] not in _BOTH else None


@pytest.fixture(scope="session")
async def memory_broker() -> AsyncIterator[BrokerProcess]:
    async with BrokerProcess(None, "--min-session-ms", "200") as broker:
        yield broker


@pytest.fixture(scope="session")
async def file_broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BrokerProcess]:
    async with BrokerProcess(tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture(params=["memory", "files"])
def broker(request: pytest.FixtureRequest, memory_broker: BrokerProcess, file_broker: BrokerProcess) -> BrokerProcess:
    """Either way of keeping the log."""
    return memory_broker if request.param == "memory" else file_broker


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Start a broker of one's own on the folder `state`, which outlives it."""
    started: list[BrokerProcess] = []

    async def start_one(*options: str) -> BrokerProcess:
        broker = BrokerProcess(tmp_path / "state", *options)
        started.append(broker)
        await broker.start()
        return broker

    yield start_one
    for broker in started:
        await broker.stop()


@pytest.fixture
def name() -> str:
    """A name nobody else uses, for a topic or group."""
    return f"t{next(_numbers)}"


@pytest.fixture
async def raw(memory_broker: BrokerProcess) -> AsyncIterator[Raw]:
    async with Raw(memory_broker.address) as client:
        yield client
