"""The broker of the test run, whichever that is: `make test-kafka` asks Apache Kafka the same requests and expects the same answers."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.broker.process import DEADLINE, BrokerProcess
from tests.broker.raw import FIND_COORDINATOR, Raw

_TOPICS_OF_ITS_OWN = (0, 1)
"""Kinds of coordinators (group, transaction), whose topics Kafka makes when they are first asked for."""


class GivenBroker(BrokerProcess):
    """Somebody else starts and stops it; a topic is there once its partitions are led."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    async def topic(self, name: str, partitions: int = 1, **settings: str) -> str:
        await super().topic(name, partitions, **settings)
        async with Raw(self.address) as raw, asyncio.timeout(DEADLINE):
            for index in range(partitions):
                while (await raw.list_offsets(name, -1, index)).error_code != 0:  # noqa: ASYNC110 - Kafka tells nobody
                    await asyncio.sleep(0.02)
        return name


@pytest.fixture(scope="session")
async def memory_broker(broker: str) -> GivenBroker:
    async with Raw(broker) as raw:
        for kind in _TOPICS_OF_ITS_OWN:
            await raw.ask(FIND_COORDINATOR, 4, key_type=kind, coordinator_keys=["any"])
    return GivenBroker(broker)


@pytest.fixture
def name() -> str:
    """A name nobody else uses, for a topic, group or producer; several workers may share the broker."""
    return f"t{uuid4().hex[:12]}"


@pytest.fixture
async def raw(memory_broker: GivenBroker) -> AsyncIterator[Raw]:
    async with Raw(memory_broker.address) as client:
        yield client
