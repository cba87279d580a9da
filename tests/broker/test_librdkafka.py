"""librdkafka, the client below those of Python, .NET, Go and PHP, as nobody here wrote it, against the embedded broker."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from tests.broker.process import BrokerProcess

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
WITHIN = 30.0


@contextmanager
def member(broker: BrokerProcess, topic: str, group: str) -> Iterator[Consumer]:
    """A consumer of the group, closed at the end."""
    consumer = Consumer(
        {
            "bootstrap.servers": broker.address,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 6000,
        }
    )
    consumer.subscribe([topic])
    try:
        yield consumer
    finally:
        consumer.close()


def admin(broker: BrokerProcess) -> AdminClient:
    return AdminClient({"bootstrap.servers": broker.address})


def made(broker: BrokerProcess, name: str, partitions: int = 3) -> str:
    client = admin(broker)  # kept until the answer is there: without it the request is broken off
    client.create_topics([NewTopic(name, partitions, 1)])[name].result(WITHIN)
    return name


def produced(broker: BrokerProcess, topic: str, values: list[str], codec: str = "none") -> None:
    producer = Producer({"bootstrap.servers": broker.address, "enable.idempotence": True, "compression.type": codec})
    for value in values:
        producer.produce(topic, value.encode() * 20, key=value.encode())
    assert producer.flush(WITHIN) == 0


def consumed(consumers: list[Consumer], wanted: int) -> list[str]:
    """Keys in the order of their arrival, whoever of the members gets them; committed."""
    found: list[str] = []
    end = time.monotonic() + WITHIN
    while len(found) < wanted:
        assert time.monotonic() < end, f"only {len(found)} of {wanted} came"
        for consumer in consumers:
            message = consumer.poll(0.05)
            if message is not None and message.error() is None:
                found.append((message.key() or b"").decode())
                consumer.commit(message=message, asynchronous=False)
    return found


@pytest.mark.parametrize("codec", CODECS)
async def test_what_is_produced_with_a_codec_is_consumed_in_order(broker: BrokerProcess, name: str, codec: str) -> None:
    def round_trip() -> list[str]:
        topic, values = made(broker, name, 1), [f"{number:03}" for number in range(100)]
        produced(broker, topic, values, codec)
        with member(broker, topic, name) as consumer:
            return consumed([consumer], len(values))

    assert await asyncio.to_thread(round_trip) == [f"{number:03}" for number in range(100)]


async def test_a_group_of_three_of_which_one_leaves_gets_everything_once_and_goes_on_where_it_was(broker: BrokerProcess, name: str) -> None:
    def share() -> tuple[list[str], list[str], list[str]]:
        topic = made(broker, name)
        produced(broker, topic, [f"a{number}" for number in range(60)])
        with member(broker, topic, name) as one, member(broker, topic, name) as two:
            with member(broker, topic, name) as three:
                first = consumed([one, two, three], 60)
            produced(broker, topic, [f"b{number}" for number in range(30)])
            second = consumed([one, two], 30)
        produced(broker, topic, [f"c{number}" for number in range(10)])
        with member(broker, topic, name) as later:
            third = consumed([later], 10)
        return first, second, third

    first, second, third = await asyncio.to_thread(share)
    assert [sorted(each) for each in (first, second, third)] == [
        sorted(f"{letter}{number}" for number in range(count)) for letter, count in (("a", 60), ("b", 30), ("c", 10))
    ]


async def test_an_administrator_looks_trims_and_deletes(broker: BrokerProcess, name: str) -> None:
    def administer() -> None:
        topic, client, place = made(broker, name, 1), admin(broker), TopicPartition(name, 0)
        produced(broker, topic, [str(number) for number in range(10)])
        with member(broker, topic, name) as consumer:
            consumed([consumer], 10)
            assert consumer.get_watermark_offsets(place, WITHIN) == (0, 10)
        described = client.describe_consumer_groups([name])[name].result(WITHIN)
        assert (described.group_id, len(described.members)) == (name, 0)
        assert client.delete_records([TopicPartition(name, 0, 4)])[place].result(WITHIN).low_watermark == 4
        client.delete_consumer_groups([name])[name].result(WITHIN)
        client.delete_topics([name])[name].result(WITHIN)
        assert name not in client.list_topics(timeout=WITHIN).topics

    await asyncio.to_thread(administer)
