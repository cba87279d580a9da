"""One broker for all, one space and one agency for each test, and a toy adapter between them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

import pytest

from tests.adapters.exchange_side import ExchangeSide
from tests.adapters.fake_agency import FakeAgency, agency
from tests.adapters.toy import Running, runtime
from tests.broker.process import BrokerProcess

_numbers = count()


@pytest.fixture(scope="session")
async def shared_broker() -> AsyncIterator[BrokerProcess]:
    broker = BrokerProcess(None, "--min-session-ms", "200")
    await broker.start()
    yield broker
    await broker.stop()


@pytest.fixture
async def wires(shared_broker: BrokerProcess) -> AsyncIterator[ExchangeSide]:
    async with ExchangeSide(shared_broker.address, f"adapters{next(_numbers)}") as side:
        yield side


@pytest.fixture
async def fake() -> AsyncIterator[FakeAgency]:
    async with agency() as one:
        yield one


Begin = Callable[..., Any]


@pytest.fixture
async def begin(wires: ExchangeSide, fake: FakeAgency) -> AsyncIterator[Begin]:
    """Start the toy adapter between the test's agency and its space; stopped at the end at the latest."""
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> Running:
            return await stack.enter_async_context(Running(runtime(wires.bootstrap, wires.space.name, fake.url, **settings)))

        yield start
