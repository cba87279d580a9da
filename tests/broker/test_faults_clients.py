"""What aiokafka, as it is delivered, makes of each fault: what is promised in docs/faults.md about a right client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import CorruptRecordException, TopicAuthorizationFailedError

from tests.broker.faulty import FaultyBroker

COUNT = 12
WITHIN = 40
HARMLESS: dict[str, dict[str, Any]] = {
    "request dropped": {"stage": "request", "action": "drop", "skip": 3, "times": 1, "when": {"api": "Produce"}},
    "request cut off": {"stage": "request", "action": "close", "skip": 3, "times": 2, "when": {"api": "Produce"}},
    "request late": {"stage": "request", "action": "delay", "delay": 0.2, "times": 3, "when": {"api": "Produce"}},
    "request refused": {"stage": "request", "action": "refuse", "error": "NOT_LEADER_OR_FOLLOWER", "times": 3, "when": {"api": "Produce"}},
    "answer dropped": {"stage": "response", "action": "drop", "skip": 3, "times": 1, "when": {"api": "Produce"}},
    "answer cut off": {"stage": "response", "action": "close", "skip": 3, "times": 2, "when": {"api": "Produce"}},
    "answer late": {"stage": "response", "action": "delay", "delay": 0.2, "times": 3, "when": {"api": "Produce"}},
    "fetch dropped": {"stage": "request", "action": "drop", "times": 1, "when": {"api": "Fetch"}},
    "fetch cut off": {"stage": "response", "action": "close", "times": 2, "when": {"api": "Fetch"}},
    "fetch refused": {"stage": "request", "action": "refuse", "error": "NOT_LEADER_OR_FOLLOWER", "times": 2, "when": {"api": "Fetch"}},
    "join refused": {
        "stage": "request",
        "action": "refuse",
        "error": "COORDINATOR_NOT_AVAILABLE",
        "times": 1,
        "when": {"api": "JoinGroup"},
    },
    "paused": {"stage": "broker", "action": "pause", "for": 0.5, "skip": 3, "times": 1, "when": {"api": "Produce"}},
    "expelled": {"stage": "group", "action": "expel", "times": 1, "when": {"api": "Heartbeat"}},
    "rebalanced": {"stage": "group", "action": "rebalance", "times": 1, "when": {"api": "Heartbeat"}},
}


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[FaultyBroker]:
    async with FaultyBroker(None, "--min-session-ms", "200") as broker:
        yield broker


@pytest.fixture
async def faulty(shared: FaultyBroker) -> AsyncIterator[FaultyBroker]:
    yield shared
    await shared.forget()


@asynccontextmanager
async def producing(faulty: FaultyBroker) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=faulty.address, enable_idempotence=True, request_timeout_ms=1500)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


@asynccontextmanager
async def consuming(faulty: FaultyBroker, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=faulty.address,
        group_id=topic,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        request_timeout_ms=1500,
        session_timeout_ms=1000,
        rebalance_timeout_ms=1000,
        heartbeat_interval_ms=100,
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await asyncio.wait_for(consumer.stop(), WITHIN)


async def send(producer: AIOKafkaProducer, topic: str, values: range) -> list[int]:
    """One batch each; the offsets that were acknowledged."""
    return [(await asyncio.wait_for(producer.send_and_wait(topic, b"%d" % each, partition=0), WITHIN)).offset for each in values]


async def received(consumer: AIOKafkaConsumer, count: int) -> list[int]:
    async with asyncio.timeout(WITHIN):
        return [int((await consumer.getone()).value) for _ in range(count)]


async def received_to(consumer: AIOKafkaConsumer, last: int) -> list[int]:
    """All up to this value, once each in the order of their first coming: who is expelled before it committed reads again."""
    found = await received(consumer, 1)
    while found[-1] < last:
        found += await received(consumer, 1)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("rule", HARMLESS.values(), ids=HARMLESS)
async def test_an_idempotent_producer_and_a_consumer_lose_and_repeat_nothing(faulty: FaultyBroker, name: str, rule: dict[str, Any]) -> None:
    await faulty.topic(name)
    await faulty.lie(rule)
    async with producing(faulty) as producer, consuming(faulty, name) as consumer:
        first = asyncio.create_task(received_to(consumer, COUNT - 1))
        assert await send(producer, name, range(COUNT)) == list(range(COUNT))
        assert await first == list(range(COUNT))
        await faulty.has_fired()
        assert await send(producer, name, range(COUNT, COUNT + 3)) == [COUNT, COUNT + 1, COUNT + 2]
        assert (await received_to(consumer, COUNT + 2))[-3:] == [COUNT, COUNT + 1, COUNT + 2]


async def test_what_is_stored_twice_is_received_twice(faulty: FaultyBroker, name: str) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "log", "action": "store-twice", "skip": 1, "times": 1})
    async with producing(faulty) as producer, consuming(faulty, name) as consumer:
        assert await send(producer, name, range(3)) == [0, 1, 3]
        assert await received(consumer, 4) == [0, 1, 1, 2]


async def test_what_is_held_back_is_received_later_and_its_acknowledged_offset_is_that_of_another(faulty: FaultyBroker, name: str) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "log", "action": "hold-back", "count": 2, "for": 60, "skip": 1, "times": 1})
    async with producing(faulty) as producer, consuming(faulty, name) as consumer:
        assert await send(producer, name, range(5)) == [0, 1, 1, 2, 4]
        assert await received(consumer, 5) == [0, 2, 3, 1, 4]


async def test_an_error_that_cannot_be_tried_again_reaches_the_sender(faulty: FaultyBroker, name: str) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "request", "action": "refuse", "error": "TOPIC_AUTHORIZATION_FAILED", "when": {"api": "Produce"}})
    async with producing(faulty) as producer:
        with pytest.raises(TopicAuthorizationFailedError):
            await send(producer, name, range(1))


async def test_a_corrupt_batch_is_an_error_to_who_reads_it(faulty: FaultyBroker, name: str) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "log", "action": "corrupt", "skip": 1, "times": 1})
    async with producing(faulty) as producer, consuming(faulty, name) as consumer:
        await send(producer, name, range(3))
        consumer.seek(TopicPartition(name, 0), 1)
        with pytest.raises(CorruptRecordException):
            await received(consumer, 1)
