"""A wire around one space, and an exchange on it."""

from collections.abc import AsyncIterator

import pytest

from bus import Exchange, KafkaSettings, Space
from tests.exchange.wire import Wire, running, wired


@pytest.fixture
async def wire(kafka: KafkaSettings, space: Space) -> AsyncIterator[Wire]:
    """The topics of a space, without an exchange."""
    async with wired(kafka, space) as made:
        yield made


@pytest.fixture
async def exchange(wire: Wire) -> AsyncIterator[Exchange]:
    """The exchange, with the members and rights of the province."""
    async with running(wire) as made:
        yield made
