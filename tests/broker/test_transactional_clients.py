"""Transactions by clients as they are: aiokafka, and librdkafka below confluent-kafka."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import ProducerFenced
from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka import TopicPartition as Place

from tests.broker.process import BrokerProcess

WITHIN = 30.0
COMMITTED = {"isolation_level": "read_committed", "auto_offset_reset": "earliest", "enable_auto_commit": False}


async def test_aiokafka_reads_what_was_committed_and_nothing_that_was_aborted(broker: BrokerProcess, name: str) -> None:
    topic = await broker.topic(name, 2)
    async with (
        AIOKafkaProducer(bootstrap_servers=broker.address, transactional_id=name) as producer,
        AIOKafkaConsumer(topic, bootstrap_servers=broker.address, **COMMITTED) as consumer,
        asyncio.timeout(WITHIN),
    ):
        for number in range(6):
            await producer.begin_transaction()
            for partition in (0, 1):
                await producer.send_and_wait(topic, b"%d" % number, partition=partition)
            await (producer.abort_transaction() if number % 2 else producer.commit_transaction())
        found: dict[int, list[bytes]] = {0: [], 1: []}
        while sum(map(len, found.values())) < 6:
            record = await consumer.getone()
            found[record.partition].append(record.value)
    assert found == {0: [b"0", b"2", b"4"], 1: [b"0", b"2", b"4"]}


async def test_aiokafka_hands_on_offsets_with_what_it_made_of_them(broker: BrokerProcess, name: str) -> None:
    source, target = await broker.topic(f"{name}-a"), await broker.topic(f"{name}-b")
    place = TopicPartition(source, 0)
    async with AIOKafkaProducer(bootstrap_servers=broker.address) as plain:
        for number in range(10):
            await plain.send_and_wait(source, b"%d" % number)
    async with (
        AIOKafkaProducer(bootstrap_servers=broker.address, transactional_id=name) as producer,
        AIOKafkaConsumer(bootstrap_servers=broker.address, group_id=name, **COMMITTED) as consumer,
        asyncio.timeout(WITHIN),
    ):
        consumer.assign([place])
        for number in range(10):
            record = await consumer.getone()
            await producer.begin_transaction()
            await producer.send(target, record.value)
            await producer.send_offsets_to_transaction({place: record.offset + 1}, name)
            await (producer.commit_transaction() if number < 6 else producer.abort_transaction())
        assert await consumer.committed(place) == 6
        async with AIOKafkaConsumer(target, bootstrap_servers=broker.address, **COMMITTED) as reader:
            assert [(await reader.getone()).value for _ in range(6)] == [b"%d" % number for number in range(6)]


async def test_aiokafka_is_told_that_another_producer_has_taken_its_place(broker: BrokerProcess, name: str) -> None:
    topic = await broker.topic(name)
    zombie = AIOKafkaProducer(bootstrap_servers=broker.address, transactional_id=name)
    await zombie.start()
    try:
        await zombie.begin_transaction()
        await zombie.send_and_wait(topic, b"old")
        async with AIOKafkaProducer(bootstrap_servers=broker.address, transactional_id=name) as successor, asyncio.timeout(WITHIN):
            async with successor.transaction():
                await successor.send_and_wait(topic, b"new")
            with pytest.raises(ProducerFenced):
                await zombie.commit_transaction()
    finally:
        await zombie.stop()
    async with AIOKafkaConsumer(topic, bootstrap_servers=broker.address, **COMMITTED) as reader, asyncio.timeout(WITHIN):
        assert (await reader.getone()).value == b"new"


def transactional(broker: BrokerProcess, name: str) -> Producer:
    producer = Producer({"bootstrap.servers": broker.address, "transactional.id": name, "transaction.timeout.ms": 60000})
    producer.init_transactions(WITHIN)
    return producer


@contextmanager
def reading(broker: BrokerProcess, topic: str, group: str) -> Iterator[Consumer]:
    settings = {"isolation.level": "read_committed", "auto.offset.reset": "earliest", "enable.auto.commit": False}
    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": group, "session.timeout.ms": 6000, **settings})
    consumer.subscribe([topic])
    try:
        yield consumer
    finally:
        consumer.close()


def read(consumer: Consumer, wanted: int) -> list[bytes]:
    found: list[bytes] = []
    end = time.monotonic() + WITHIN
    while len(found) < wanted:
        assert time.monotonic() < end, f"only {len(found)} of {wanted} came"
        message = consumer.poll(0.05)
        if message is not None and message.error() is None:
            found.append(message.value() or b"")
    return found


async def test_librdkafka_consumes_transforms_and_produces_exactly_once(broker: BrokerProcess, name: str) -> None:
    source, target = await broker.topic(f"{name}-a", 2), await broker.topic(f"{name}-b")

    def relay() -> tuple[list[bytes], int]:
        plain = Producer({"bootstrap.servers": broker.address})
        for number in range(20):
            plain.produce(source, b"%02d" % number, partition=number % 2)
        assert plain.flush(WITHIN) == 0
        producer = transactional(broker, name)
        with reading(broker, source, name) as consumer:
            for round_ in range(4):
                values = read(consumer, 5)
                producer.begin_transaction()
                for value in values:
                    producer.produce(target, value)
                positions = consumer.position(consumer.assignment())
                producer.send_offsets_to_transaction(positions, consumer.consumer_group_metadata(), WITHIN)
                if round_ == 2:
                    producer.abort_transaction(WITHIN)
                    for place in consumer.committed(consumer.assignment(), WITHIN):
                        consumer.seek(Place(place.topic, place.partition, max(place.offset, 0)))
                else:
                    producer.commit_transaction(WITHIN)
            values = read(consumer, 5)
            producer.begin_transaction()
            for value in values:
                producer.produce(target, value)
            producer.send_offsets_to_transaction(consumer.position(consumer.assignment()), consumer.consumer_group_metadata(), WITHIN)
            producer.commit_transaction(WITHIN)
            done = sum(place.offset for place in consumer.committed(consumer.assignment(), WITHIN))
        with reading(broker, target, f"{name}-reader") as reader:
            return read(reader, 20), done

    values, done = await asyncio.to_thread(relay)
    assert (sorted(values), done) == ([b"%02d" % number for number in range(20)], 20)


async def test_librdkafka_is_told_that_it_is_fenced_and_its_records_are_void(broker: BrokerProcess, name: str) -> None:
    topic = await broker.topic(name)

    def take_over() -> tuple[KafkaException, list[bytes]]:
        zombie = transactional(broker, name)
        zombie.begin_transaction()
        zombie.produce(topic, b"old")
        assert zombie.flush(WITHIN) == 0
        successor = transactional(broker, name)
        successor.begin_transaction()
        successor.produce(topic, b"new")
        successor.commit_transaction(WITHIN)
        with pytest.raises(KafkaException) as told:
            zombie.commit_transaction(WITHIN)
        with reading(broker, topic, f"{name}-reader") as reader:
            return told.value, read(reader, 1)

    error, values = await asyncio.to_thread(take_over)
    assert error.args[0].fatal()
    assert values == [b"new"]
