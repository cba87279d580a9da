"""A corrupt batch in the log: who reads stops at it and says where; nothing is skipped, nothing before it is lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import structlog

from bus import Consumer, KafkaSettings, Place, Producer, Reader, Record
from bus.kafka.corruption import AGAIN
from tests.broker.faulty import FaultyBroker
from tests.support import eventually
from vn.errors import Retry

CORRUPT = {"stage": "log", "action": "corrupt", "times": 1}


@pytest.fixture
async def faulty() -> AsyncIterator[FaultyBroker]:
    async with FaultyBroker(None) as broker:
        yield broker


async def written(faulty: FaultyBroker, topic: str, *, partitions: int = 1, corrupt: int = 3, upto: int = 6) -> None:
    """Single-record batches 0 .. upto - 1 in every partition; that with the number `corrupt` of partition 0 is spoilt."""
    await faulty.topic(topic, partitions=partitions)
    await faulty.lie(CORRUPT | {"skip": corrupt, "when": {"topic": topic, "partition": 0}})
    async with Producer(KafkaSettings(faulty.address)) as producer:
        for number in range(upto):
            await producer.send_all([Record(topic, b"k", b"%d" % number, [], partition) for partition in range(partitions)])


async def taken(consumer: Consumer, found: dict[Place, list[int]]) -> None:
    for place, records in (await consumer.take(100, within=0.1)).items():
        found.setdefault(place, []).extend(record.offset for record in records)
        await consumer.commit({place: records[-1].offset + 1})


async def test_a_consumer_takes_all_before_a_corrupt_batch_and_stops_there_while_other_partitions_go_on(
    faulty: FaultyBroker, name: str
) -> None:
    await written(faulty, name, partitions=2)
    found: dict[Place, list[int]] = {}
    with structlog.testing.capture_logs() as logs:
        async with Consumer(KafkaSettings(faulty.address), [name], group=name) as consumer:

            async def stopped() -> bool:
                await taken(consumer, found)
                counts = [len(found.get(Place(name, partition), [])) for partition in (0, 1)]
                return consumer.trouble() is not None and counts == [3, 6]

            await eventually(stopped, within=40)
            assert consumer.trouble() == f"{name}, partition 0: the batch at offset 3 is corrupt"
            remade = consumer.remade
            async with asyncio.timeout(AGAIN * 6):  # it is looked at again, and stays where it is
                until = asyncio.get_running_loop().time() + AGAIN * 1.5
                while asyncio.get_running_loop().time() < until:
                    await taken(consumer, found)
            async with Producer(KafkaSettings(faulty.address)) as producer:
                await producer.send_all([Record(name, b"k", b"more", [], 1)])

            async def goes_on() -> bool:
                await taken(consumer, found)
                return found[Place(name, 1)] == list(range(7))

            await eventually(goes_on)
            assert consumer.remade == remade
    assert found[Place(name, 0)] == [0, 1, 2]
    told = [each for each in logs if each["log_level"] == "error"]
    assert [(each["topic"], each["partition"], each["offset"]) for each in told] == [(name, 0, 3)]


async def test_a_consumer_that_starts_anew_stops_at_the_same_place(faulty: FaultyBroker, name: str) -> None:
    await written(faulty, name)
    assert await before_it_stops(faulty, name, 3) == [0, 1, 2]
    assert await before_it_stops(faulty, name, 0) == []


async def before_it_stops(faulty: FaultyBroker, topic: str, count: int) -> list[int]:
    """The offsets that a new member of the group takes, at least so many, until it says that it stands still."""
    found: dict[Place, list[int]] = {Place(topic, 0): []}
    async with Consumer(KafkaSettings(faulty.address), [topic], group=topic) as consumer:

        async def stopped() -> bool:
            await taken(consumer, found)
            return consumer.trouble() is not None and len(found[Place(topic, 0)]) >= count

        await eventually(stopped, within=40)
    return found[Place(topic, 0)]


async def test_a_consumer_goes_on_by_itself_once_the_corrupt_batch_is_gone(faulty: FaultyBroker, name: str) -> None:
    from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
    from aiokafka.structs import TopicPartition

    await written(faulty, name)
    found: dict[Place, list[int]] = {}
    async with Consumer(KafkaSettings(faulty.address), [name], group=name) as consumer:

        async def stopped() -> bool:
            await taken(consumer, found)
            return consumer.trouble() is not None and len(found.get(Place(name, 0), [])) == 3

        await eventually(stopped, within=40)
        admin = AIOKafkaAdminClient(bootstrap_servers=faulty.address)
        await admin.start()
        await admin.delete_records({TopicPartition(name, 0): RecordsToDelete(before_offset=4)})
        await admin.close()

        async def well() -> bool:
            await taken(consumer, found)
            return consumer.trouble() is None and found[Place(name, 0)] == [0, 1, 2, 4, 5]

        await eventually(well, within=40)


async def test_a_reader_says_where_it_cannot_read_on(faulty: FaultyBroker, name: str) -> None:
    await written(faulty, name)
    async with Reader(KafkaSettings(faulty.address)) as reader:
        with pytest.raises(Retry, match=rf"{name}, partition 0: the batch at offset 3 is corrupt"):
            await reader.at(Place(name, 0), 3)
        seen: list[int] = []

        async def read() -> None:
            async for record in reader.everything(name):
                seen.append(record.offset)

        with pytest.raises(Retry, match=rf"{name}, partition 0: the batch at offset 3 is corrupt"):
            await read()
        assert max(seen, default=0) < 3
        assert (await reader.at(Place(name, 0), 4)) is not None
