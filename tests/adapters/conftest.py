"""For each test a space on the shared broker, an agency, and a toy adapter between them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bus import Space
from tests.adapters.exchange_side import ExchangeSide
from tests.adapters.fake_agency import FakeAgency, agency
from tests.adapters.toy import Running, runtime


@pytest.fixture
async def wires(broker: str, space: Space) -> AsyncIterator[ExchangeSide]:
    async with ExchangeSide(broker, space.name) as side:
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
