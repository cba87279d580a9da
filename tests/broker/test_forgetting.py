"""What a broker forgets when it is told to, or when topics keep no more: records, and offsets of groups."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from kio.schema.errors import ErrorCode

from tests.broker.process import BrokerProcess
from tests.broker.raw import Raw
from tests.broker.test_admin import create
from tests.support import eventually

DELETE_RECORDS, OFFSET_FOR_EPOCH, OFFSET_DELETE = 21, 23, 47


async def produce(broker: BrokerProcess, topic: str, count: int, *, size: int = 10, at: int | None = None) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.address) as producer:
        for number in range(count):
            await producer.send_and_wait(topic, f"{number:0{size}}".encode(), partition=0, timestamp_ms=at)


async def begins(broker: BrokerProcess, topic: str) -> int:
    place = TopicPartition(topic, 0)
    async with AIOKafkaConsumer(bootstrap_servers=broker.address) as consumer:
        return int((await consumer.beginning_offsets([place]))[place])


async def all_of(broker: BrokerProcess, topic: str) -> list[int]:
    """Offsets from the first that is there to the last."""
    place = TopicPartition(topic, 0)
    async with AIOKafkaConsumer(bootstrap_servers=broker.address, auto_offset_reset="earliest") as consumer:
        consumer.assign([place])
        await consumer.seek_to_beginning(place)
        end = (await consumer.end_offsets([place]))[place]
        found: list[int] = []
        while await consumer.position(place) < end:
            found += [record.offset for records in (await consumer.getmany(timeout_ms=500)).values() for record in records]
        return found


async def delete_before(broker: BrokerProcess, topic: str, offset: int) -> int:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.address)
    await admin.start()
    try:
        answer = await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=offset)})
        return int(answer[TopicPartition(topic, 0)])
    finally:
        await admin.close()


async def test_records_before_an_offset_are_deleted_and_what_is_later_is_read(broker: BrokerProcess, name: str) -> None:
    await broker.topic(name)
    await produce(broker, name, 10)
    assert await delete_before(broker, name, 4) == 4
    assert (await begins(broker, name), await all_of(broker, name)) == (4, [4, 5, 6, 7, 8, 9])
    assert await delete_before(broker, name, -1) == 10
    assert await all_of(broker, name) == []
    await produce(broker, name, 1)
    assert await all_of(broker, name) == [10]


async def test_a_time_that_only_deleted_records_had_finds_a_later_one(broker: BrokerProcess, name: str) -> None:
    await broker.topic(name)
    for at in (1000, 2000, 3000):
        await produce(broker, name, 1, at=at)
    await delete_before(broker, name, 2)
    place = TopicPartition(name, 0)
    async with AIOKafkaConsumer(bootstrap_servers=broker.address) as consumer:
        found = (await consumer.offsets_for_times({place: 1500}))[place]
    assert (found.offset, found.timestamp) == (2, 3000)


@pytest.mark.parametrize(("offset", "error"), [(11, ErrorCode.offset_out_of_range), (-2, ErrorCode.offset_out_of_range)])
async def test_records_that_are_not_there_cannot_be_deleted(
    memory_broker: BrokerProcess, raw: Raw, name: str, offset: int, error: ErrorCode
) -> None:
    await memory_broker.topic(name)
    await produce(memory_broker, name, 10)
    asked = {"name": name, "partitions": [{"partition_index": 0, "offset": offset}, {"partition_index": 7, "offset": 1}]}
    answer = await raw.ask(DELETE_RECORDS, 2, topics=[asked], timeout=timedelta(seconds=1))
    codes = [(each.error_code, each.low_watermark) for each in answer.topics[0].partitions]
    assert codes == [(error, -1), (ErrorCode.unknown_topic_or_partition, -1)]
    assert await begins(memory_broker, name) == 0


async def test_deleted_records_stay_deleted_after_a_kill_and_their_files_go(
    start: Callable[..., Awaitable[BrokerProcess]], name: str
) -> None:
    broker = await start("--segment-bytes", "2000")
    assert broker.state is not None
    await broker.topic(name)
    await produce(broker, name, 40, size=200)
    folder = next(path for path in (broker.state / "topics").iterdir() if path.name.startswith(name))
    files = len(list((folder / "0").glob("*.log")))
    assert await delete_before(broker, name, 33) == 33
    assert len(list((folder / "0").glob("*.log"))) < files
    await broker.kill()
    await broker.start()
    assert await all_of(broker, name) == list(range(33, 40))


async def test_a_topic_keeps_so_many_bytes_and_records_so_old(start: Callable[..., Awaitable[BrokerProcess]], name: str) -> None:
    broker = await start("--segment-bytes", "2000", "--retention-check-ms", "50")
    few, young = f"{name}-few", f"{name}-young"
    await broker.topic(few, retention_bytes="4000")
    await broker.topic(young, retention_ms="3600000")
    await produce(broker, few, 60, size=200)
    await produce(broker, young, 20, at=int(time.time() * 1000) - 7_200_000)

    async def kept() -> bool:
        return await begins(broker, few) > 30 and await begins(broker, young) == 20

    await eventually(kept, within=10)
    await produce(broker, young, 1)
    assert (await all_of(broker, few))[-1] == 59
    assert await all_of(broker, young) == [20]


async def test_a_retention_that_is_none_is_refused(raw: Raw, name: str) -> None:
    answer = await create(raw, name, retention_ms="soon")
    assert (answer.error_code, answer.error_message) == (
        ErrorCode.invalid_config,
        "Invalid value soon for configuration retention.ms: Not a number of type LONG",
    )


@pytest.mark.parametrize(
    ("asked", "error", "epoch", "end"),
    [
        ({"partition": 0, "current_leader_epoch": 0, "leader_epoch": 0}, ErrorCode.none, 0, 3),
        ({"partition": 0, "current_leader_epoch": -1, "leader_epoch": 5}, ErrorCode.none, -1, -1),
        ({"partition": 0, "current_leader_epoch": 1, "leader_epoch": 0}, ErrorCode.unknown_leader_epoch, -1, -1),
        ({"partition": 9, "current_leader_epoch": 0, "leader_epoch": 0}, ErrorCode.unknown_topic_or_partition, -1, -1),
    ],
)
async def test_the_one_epoch_ends_where_the_log_does(
    memory_broker: BrokerProcess, raw: Raw, name: str, asked: dict[str, Any], error: ErrorCode, epoch: int, end: int
) -> None:
    await memory_broker.topic(name)
    await produce(memory_broker, name, 3)
    answer = await raw.ask(OFFSET_FOR_EPOCH, 4, replica_id=-1, topics=[{"topic": name, "partitions": [asked]}])
    found = answer.topics[0].partitions[0]
    assert (found.error_code, found.leader_epoch, found.end_offset) == (error, epoch, end)


async def test_offsets_are_forgotten_only_where_nobody_reads(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    read, left = f"{name}-read", f"{name}-left"
    for topic in (read, left):
        await memory_broker.topic(topic)
    async with AIOKafkaConsumer(
        read, bootstrap_servers=memory_broker.address, group_id=name, enable_auto_commit=False, auto_offset_reset="earliest"
    ) as consumer:
        await produce(memory_broker, read, 1)
        await asyncio.wait_for(consumer.getone(), 10)
        await consumer.commit()
        topics = [{"name": topic, "partitions": [{"partition_index": 0}]} for topic in (read, left, "nowhere")]
        answer = await raw.ask(OFFSET_DELETE, 0, group_id=name, topics=topics)
        codes = [topic.partitions[0].error_code for topic in answer.topics]
        assert codes == [ErrorCode.group_subscribed_to_topic, ErrorCode.none, ErrorCode.unknown_topic_or_partition]
        assert await consumer.committed(TopicPartition(read, 0)) == 1
    answer = await raw.ask(OFFSET_DELETE, 0, group_id=name, topics=topics[:1])
    assert answer.topics[0].partitions[0].error_code is ErrorCode.none
    assert (await raw.ask(OFFSET_DELETE, 0, group_id=f"{name}-none", topics=topics)).error_code is ErrorCode.group_id_not_found


async def test_offsets_go_on_after_a_kill_though_nothing_is_kept(start: Callable[..., Awaitable[BrokerProcess]], name: str) -> None:
    broker = await start("--segment-bytes", "2000", "--retention-check-ms", "50")
    await broker.topic(name, retention_ms="3600000")
    await produce(broker, name, 20, at=int(time.time() * 1000) - 7_200_000)

    async def forgotten() -> bool:
        return await begins(broker, name) == 20

    await eventually(forgotten, within=10)
    await broker.kill()
    await broker.start()
    assert await begins(broker, name) == 20
    await produce(broker, name, 1)
    assert await all_of(broker, name) == [20]
