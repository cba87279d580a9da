"""Ordinary clients, producing and consuming."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import MessageSizeTooLargeError, UnknownTopicOrPartitionError

from tests.broker.process import BrokerProcess
from tests.broker.raw import Raw, batch


async def consumed(broker: BrokerProcess, topic: str, count: int, partitions: int = 1) -> list[tuple[int, int, bytes]]:
    """(partition, offset, value) of the first records of a topic."""
    found: list[tuple[int, int, bytes]] = []
    async with AIOKafkaConsumer(bootstrap_servers=broker.address, auto_offset_reset="earliest") as consumer, asyncio.timeout(15):
        consumer.assign([TopicPartition(topic, index) for index in range(partitions)])
        while len(found) < count:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += [(record.partition, record.offset, record.value) for record in records]
    return found


async def test_what_was_produced_is_consumed_with_key_headers_and_time(broker: BrokerProcess, name: str) -> None:
    topic = await broker.topic(name)
    async with AIOKafkaProducer(bootstrap_servers=broker.address) as producer:
        sent = await producer.send_and_wait(topic, b"value", key=b"key", headers=[("h", b"\xff\x00")], timestamp_ms=1_700_000_000_123)
    async with AIOKafkaConsumer(topic, bootstrap_servers=broker.address, auto_offset_reset="earliest") as consumer, asyncio.timeout(15):
        record = await consumer.getone()
    assert (sent.offset, record.offset) == (0, 0)
    assert (record.key, record.value, record.headers, record.timestamp) == (b"key", b"value", (("h", b"\xff\x00"),), 1_700_000_000_123)


@pytest.mark.parametrize("compression", [None, "gzip"])
async def test_offsets_follow_one_another_in_every_partition(broker: BrokerProcess, name: str, compression: str | None) -> None:
    topic = await broker.topic(name, 3)
    async with AIOKafkaProducer(bootstrap_servers=broker.address, compression_type=compression, linger_ms=2) as producer:
        futures = [await producer.send(topic, b"%d" % number, partition=number % 3) for number in range(3000)]
        await asyncio.gather(*futures)
    found = await consumed(broker, topic, 3000, 3)
    for partition in range(3):
        mine = [(offset, value) for where, offset, value in found if where == partition]
        assert mine == [(index, b"%d" % (index * 3 + partition)) for index in range(1000)]


async def test_many_producers_at_once_lose_and_repeat_nothing(broker: BrokerProcess, name: str) -> None:
    topic = await broker.topic(name, 2)

    async def produce(who: int) -> None:
        async with AIOKafkaProducer(bootstrap_servers=broker.address, enable_idempotence=True) as producer:
            futures = [await producer.send(topic, b"%d-%d" % (who, number), partition=who % 2) for number in range(100)]
            await asyncio.gather(*futures)

    await asyncio.gather(*(produce(who) for who in range(20)))
    values = [value for _partition, _offset, value in await consumed(broker, topic, 2000, 2)]
    assert sorted(values) == sorted(b"%d-%d" % (who, number) for who in range(20) for number in range(100))


async def test_a_record_above_the_topics_limit_is_refused_and_one_below_is_not(broker: BrokerProcess, name: str) -> None:
    topic = await broker.topic(name, max_message_bytes="2000")
    async with AIOKafkaProducer(bootstrap_servers=broker.address) as producer:
        with pytest.raises(MessageSizeTooLargeError):
            await producer.send_and_wait(topic, b"x" * 2000)
        assert (await producer.send_and_wait(topic, b"x" * 1000)).offset == 0


async def test_a_megabyte_record_passes_through_a_consumer_that_asks_for_less(broker: BrokerProcess, name: str) -> None:
    topic = await broker.topic(name)
    async with AIOKafkaProducer(bootstrap_servers=broker.address, max_request_size=2**21) as producer:
        await producer.send_and_wait(topic, b"x" * 1_000_000)
    async with Raw(broker.address) as raw:
        answer = await raw.fetch(topic, 0, at_most=1000)
    assert len(answer.records) > 1_000_000


async def test_a_topic_that_was_not_created_does_not_come_into_being(broker: BrokerProcess, name: str) -> None:
    async with Raw(broker.address) as raw:
        assert (await raw.produce(name, batch(b"x"))).error_code == 3
    async with AIOKafkaProducer(bootstrap_servers=broker.address, request_timeout_ms=500) as producer:
        with pytest.raises((UnknownTopicOrPartitionError, asyncio.TimeoutError)):
            await asyncio.wait_for(producer.partitions_for(name), 1)


async def test_nobody_hears_of_a_batch_without_acknowledgement_but_it_is_there(broker: BrokerProcess, name: str) -> None:
    topic = await broker.topic(name)
    async with AIOKafkaProducer(bootstrap_servers=broker.address, acks=0) as producer:
        await producer.send_and_wait(topic, b"quiet")
    assert await consumed(broker, topic, 1) == [(0, 0, b"quiet")]


async def test_a_broken_checksum_is_refused(broker: BrokerProcess, name: str) -> None:
    topic = await broker.topic(name)
    records = bytearray(batch(b"value"))
    records[-2] ^= 1
    async with Raw(broker.address) as raw:
        assert (await raw.produce(topic, bytes(records))).error_code == 2
        assert (await raw.produce(topic, batch(b"a") + batch(b"b"))).error_code == 87
        assert (await raw.produce(topic, b"")).error_code == 87
        assert (await raw.produce(topic, batch(b"good"))).base_offset == 0
