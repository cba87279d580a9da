"""`LGSP_KAFKA_BOOTSTRAP=HOST:PORT` runs what is said by hand against another broker, as long as it asks for no broker of its own.

Apache Kafka 4.1 needs `group.consumer.migration.policy=disabled` and `group.min.session.timeout.ms=200` for it.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from kio.schema.errors import ErrorCode

from tests.broker.consumer.hearts import WITHIN, Heart, known_topic
from tests.broker.process import BrokerProcess
from tests.broker.raw import Raw

RUN = uuid4().hex[:6]


@pytest.fixture
async def raw(memory_broker: BrokerProcess) -> AsyncIterator[Raw]:
    """A connection to a broker whose coordinator is ready."""
    elsewhere = os.environ.get("LGSP_KAFKA_BOOTSTRAP")  # noqa: TID251 - which broker the same tests run against
    async with Raw(elsewhere or memory_broker.address) as client:
        async with asyncio.timeout(WITHIN):
            while (await Heart(client, "anyone").join("nothing")).error_code is ErrorCode.coordinator_not_available:
                pass
        yield client


@pytest.fixture(scope="session")
async def quick() -> AsyncIterator[BrokerProcess]:
    """A broker whose members speak five times a second, so that partitions pass from one to the other without delay."""
    broker = BrokerProcess(None, "--consumer-heartbeat-ms", "200")
    await broker.start()
    yield broker
    code, errors = await broker.stop()
    assert (code, errors) == (0, "")


@pytest.fixture
def name(name: str) -> str:
    """A name nobody else uses, nor has used on a broker that stays."""
    return f"{RUN}-{name}"


@pytest.fixture
async def topic(raw: Raw, name: str) -> UUID | None:
    """A topic of four partitions under the test's name."""
    return await known_topic(raw, name)
