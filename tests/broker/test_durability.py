"""What is left after `kill -9`."""

import asyncio
from datetime import timedelta
from pathlib import Path

import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from tests.broker.conftest import Start
from tests.broker.raw import Raw, batch


def log_of(state: Path, topic: str) -> Path:
    """The newest file of a topic's only partition."""
    return max(state.glob(f"topics/{topic}~*/0/*.log"))


async def everything(address: str, topic: str) -> list[bytes]:
    values: list[bytes] = []
    async with AIOKafkaConsumer(bootstrap_servers=address, auto_offset_reset="earliest") as consumer, asyncio.timeout(15):
        place = TopicPartition(topic, 0)
        consumer.assign([place])
        end = (await consumer.end_offsets([place]))[place]
        while len(values) < end:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                values += [record.value for record in records]
    return values


async def test_what_was_acknowledged_is_there_exactly_once_after_kills_while_producing(start: Start, name: str) -> None:
    broker = await start()
    topic = await broker.topic(name)
    acknowledged: list[bytes] = []
    enough = asyncio.Event()

    async def send(producer: AIOKafkaProducer, number: int) -> None:
        value = b"%d" % number
        await producer.send_and_wait(topic, value)
        acknowledged.append(value)
        if len(acknowledged) % 500 == 0:
            enough.set()

    async with (
        asyncio.timeout(30),
        AIOKafkaProducer(bootstrap_servers=broker.address, enable_idempotence=True, retry_backoff_ms=50) as producer,
        asyncio.TaskGroup() as tasks,
    ):
        for round_ in range(3):
            for number in range(1000):
                tasks.create_task(send(producer, round_ * 1000 + number))
            await enough.wait()
            enough.clear()
            await broker.kill()
            await broker.start()
    values = await everything(broker.address, topic)
    assert len(acknowledged) == 3000
    assert sorted(values) == sorted(acknowledged)


async def test_a_torn_tail_is_cut_and_the_log_goes_on_behind_it(start: Start, name: str, tmp_path: Path) -> None:
    broker = await start()
    topic = await broker.topic(name)
    async with Raw(broker.address) as raw:
        for value in (b"a", b"b"):
            await raw.produce(topic, batch(value))
    await broker.kill()
    log = log_of(tmp_path / "state", topic)
    log.write_bytes(log.read_bytes()[:-5])
    await broker.start()
    assert await everything(broker.address, topic) == [b"a"]
    async with Raw(broker.address) as raw:
        assert (await raw.produce(topic, batch(b"next"))).base_offset == 1
    assert "torn" in await broker.kill()


async def test_committed_offsets_and_topics_are_there_after_a_kill_and_deleted_ones_are_not(start: Start, name: str) -> None:
    broker = await start()
    kept, gone = await broker.topic(f"{name}-kept", 3, max_message_bytes="5000"), await broker.topic(f"{name}-gone")
    async with AIOKafkaConsumer(bootstrap_servers=broker.address, group_id=name, enable_auto_commit=False) as consumer:
        places = [TopicPartition(kept, 2), TopicPartition(gone, 0)]
        consumer.assign(places)
        await consumer.commit({places[0]: (7, "seven"), places[1]: 3})
    admin = await broker.topic(gone + "x")
    async with Raw(broker.address) as raw:
        await raw.ask(20, 3, topic_names=[gone, admin], timeout=timedelta(seconds=1))
    await broker.kill()
    await broker.start()
    await broker.topic(gone)
    async with Raw(broker.address) as raw:
        answer = await raw.ask(9, 5, group_id=name, topics=None)
        assert [(topic.name, topic.partitions[0].committed_offset, topic.partitions[0].metadata) for topic in answer.topics] == [
            (kept, 7, "seven")
        ]
        topics = {topic.name: len(topic.partitions) for topic in (await raw.ask(3, 5, topics=None, allow_auto_topic_creation=False)).topics}
        assert topics == {kept: 3, gone: 1}
        assert (await raw.produce(kept, batch(b"x" * 6000))).error_code == 10


async def test_a_half_written_last_line_of_the_journal_is_forgotten(start: Start, name: str, tmp_path: Path) -> None:
    broker = await start()
    topic = await broker.topic(name)
    await broker.kill()
    with (tmp_path / "state" / "journal").open("ab") as journal:
        journal.write(b'12345678 [[["topic","half"],{"id"')
    await broker.start()
    await broker.topic(f"{name}-next")
    await broker.kill()
    await broker.start()
    async with Raw(broker.address) as raw:
        answer = await raw.ask(3, 5, topics=None, allow_auto_topic_creation=False)
    assert {each.name for each in answer.topics} == {topic, f"{name}-next"}


async def test_memory_of_the_broker_does_not_grow_with_its_log(start: Start, name: str) -> None:
    broker = await start()
    topic = await broker.topic(name)
    process = psutil.Process(broker.pid)
    records = batch(b"x" * 900_000)
    async with Raw(broker.address) as raw:
        for _ in range(20):
            await raw.produce(topic, records)
        before = process.memory_info().rss
        for _ in range(100):
            await raw.produce(topic, records)
        assert len((await raw.fetch(topic, 110)).records) > 900_000
    assert before < 80 * 2**20
    assert process.memory_info().rss - before < 20 * 2**20
