"""Long polls: at once when there is something, and nobody else waits meanwhile."""

import asyncio
import statistics
from datetime import timedelta
from time import perf_counter
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from kio.schema.errors import ErrorCode

from tests.broker.process import BrokerProcess
from tests.broker.raw import FETCH, METADATA, PRODUCE, Raw, batch


async def test_an_answer_to_a_message_is_back_in_milliseconds_with_the_default_fetch_wait(broker: BrokerProcess, name: str) -> None:
    there, back = await broker.topic(f"{name}-there"), await broker.topic(f"{name}-back")
    server = broker.address
    times = []
    async with (
        AIOKafkaProducer(bootstrap_servers=server) as producer,
        AIOKafkaConsumer(there, bootstrap_servers=server, auto_offset_reset="earliest") as answering,
        AIOKafkaConsumer(back, bootstrap_servers=server, auto_offset_reset="earliest") as asking,
        asyncio.timeout(20),
    ):

        async def answer() -> None:
            async for record in answering:
                await producer.send(back, record.value)

        answerer = asyncio.create_task(answer())
        for _ in range(100):
            begin = perf_counter()
            await producer.send(there, b"ping")
            await asking.getone()
            times.append(perf_counter() - begin)
        answerer.cancel()
    calmest = min(statistics.median(times[start : start + 20]) for start in range(0, 100, 20))  # others may load the machine
    assert calmest < 0.020


async def test_a_fetch_waits_for_as_many_bytes_as_it_asks_for(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    async with Raw(memory_broker.address) as waiting:
        waiting.send_fetch(topic, 0, wait=10, at_least=250)
        answer = asyncio.create_task(waiting.answer())
        for expected in (False, False, True):
            await raw.produce(topic, batch(b"x" * 20))  # 90 bytes each
            await raw.ask(METADATA, 1, topics=[])  # the broker has had its turn
            assert answer.done() is expected or expected
        records = (await asyncio.wait_for(answer, 5)).responses[0].partitions[0].records
    assert len(records) >= 250


async def test_a_fetch_that_finds_nothing_answers_after_its_wait_and_not_before(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    begin = perf_counter()
    answer = await raw.fetch(topic, 0, wait=0.2)
    assert 0.19 < perf_counter() - begin < 2
    assert (answer.error_code, answer.records) == (0, b"")


async def test_a_waiting_fetch_holds_up_no_other_connection(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    async with Raw(memory_broker.address) as waiting:
        waiting.send_fetch(topic, 0, wait=10)
        begin = perf_counter()
        for _ in range(20):
            await raw.ask(METADATA, 1, topics=[])
        assert perf_counter() - begin < 5


async def test_answers_on_one_connection_come_in_the_order_of_the_requests(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    raw.send_fetch(topic, 0, wait=0.1)
    for _ in range(50):
        raw.send(METADATA, 1, topics=[])
    for _ in range(51):
        await raw.answer()  # compares correlation ids


async def test_a_fetch_outside_the_log_is_told_so_at_once(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    await raw.produce(topic, batch(b"a", b"b"))
    assert (await raw.fetch(topic, 3, wait=10)).error_code == 1
    assert (await raw.fetch("no-such-topic", 0, wait=10)).error_code == 3


async def test_a_fetch_from_within_a_batch_gets_the_batch(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    await raw.produce(topic, batch(b"a", b"b"))
    await raw.produce(topic, batch(b"c", b"d"))
    answer = await raw.fetch(topic, 3)
    assert (answer.high_watermark, int.from_bytes(answer.records[:8], "big")) == (4, 2)


async def test_a_fetch_that_waits_on_a_topic_learns_of_its_deletion(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    async with Raw(memory_broker.address) as waiting:
        waiting.send_fetch(topic, 0, wait=10)
        await raw.ask(20, 3, topic_names=[topic], timeout=timedelta(seconds=1))
        answer = await asyncio.wait_for(waiting.answer(), 5)
    assert answer.responses[0].partitions[0].error_code in {3, 6}  # Kafka may say that it no longer leads the partition


async def test_newest_clients_name_a_topic_by_its_id_and_are_told_when_it_is_another(
    memory_broker: BrokerProcess, raw: Raw, name: str
) -> None:
    topic = await memory_broker.topic(name)
    described = await raw.ask(
        METADATA,
        13,
        topics=[{"topic_id": None, "name": topic}],
        allow_auto_topic_creation=False,
        include_topic_authorized_operations=False,
    )
    known = described.topics[0].topic_id
    for topic_id, error in ((known, ErrorCode.none), (uuid4(), ErrorCode.unknown_topic_id)):
        data = [{"topic_id": topic_id, "partition_data": [{"index": 0, "records": batch(b"x")}]}]
        produced = await raw.ask(PRODUCE, 13, transactional_id=None, acks=-1, timeout=timedelta(seconds=1), topic_data=data)
        assert produced.responses[0].topic_id == topic_id
        assert produced.responses[0].partition_responses[0].error_code is error
        wanted = [{"topic_id": topic_id, "partitions": [{"partition": 0, "fetch_offset": 0, "partition_max_bytes": 1000}]}]
        fetched = await raw.ask(
            FETCH, 17, max_wait=timedelta(0), min_bytes=1, max_bytes=1000, topics=wanted, forgotten_topics_data=[], rack_id=""
        )
        assert fetched.responses[0].topic_id == topic_id
        assert (fetched.responses[0].partitions[0].error_code, bool(fetched.responses[0].partitions[0].records)) == (
            error,
            error is ErrorCode.none,
        )
