"""Compacted topics, as their clients and administrators see them."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from confluent_kafka import Consumer
from confluent_kafka import TopicPartition as Place
from kio.schema.errors import ErrorCode

from tests.broker.conftest import Start
from tests.broker.process import BrokerProcess
from tests.broker.raw import PRODUCE, Raw, batch
from tests.broker.test_admin import INCREMENTAL, create
from tests.support import eventually

OFTEN = ("--segment-bytes", "2000", "--retention-check-ms", "50")


async def send(broker: BrokerProcess, topic: str, count: int, keys: int = 5) -> None:
    """Values 0 to count - 1, the keys in turn, one batch each."""
    async with AIOKafkaProducer(bootstrap_servers=broker.address, enable_idempotence=True) as producer:
        for number in range(count):
            await producer.send_and_wait(topic, b"%d" % number, key=b"k%d" % (number % keys), headers=[("n", b"%d" % number)])


async def everything(broker: BrokerProcess, topic: str) -> list[tuple[int, bytes, bytes]]:
    """Offset, key and value of all that is read from the start to the end."""
    place, found = TopicPartition(topic, 0), []
    async with AIOKafkaConsumer(bootstrap_servers=broker.address) as consumer, asyncio.timeout(20):
        consumer.assign([place])
        await consumer.seek_to_beginning(place)
        end = (await consumer.end_offsets([place]))[place]
        while await consumer.position(place) < end:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [(each.offset, each.key, each.value) for each in records]
                assert all(each.headers == (("n", each.value),) for each in records)
    return found


def by_librdkafka(broker: BrokerProcess, topic: str, end: int) -> list[tuple[int, bytes, bytes]]:
    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": topic, "enable.partition.eof": True, "check.crcs": True})
    consumer.assign([Place(topic, 0, 0)])
    found: list[tuple[int, bytes, bytes]] = []
    try:
        while (message := consumer.poll(20)) is not None and message.error() is None:
            found.append((message.offset(), message.key(), message.value()))
        assert message is not None
        assert message.offset() == end
    finally:
        consumer.close()
    return found


async def test_clients_find_the_last_value_of_every_key_and_so_they_do_after_a_kill(start: Start, name: str) -> None:
    broker = await start(*OFTEN)
    topic = await broker.topic(name, cleanup_policy="compact", min_cleanable_dirty_ratio="0.01")
    await send(broker, topic, 100)

    async def few() -> bool:
        return len(await everything(broker, topic)) < 40

    await eventually(few, within=20)
    for _ in range(2):
        found = await everything(broker, topic)
        assert [(offset, b"k%d" % (offset % 5), b"%d" % offset) for offset, _key, _value in found] == found
        assert [offset for offset, _key, _value in found][-5:] == list(range(95, 100))
        await broker.kill()
        await broker.start()
    assert [key for _offset, key, _value in await asyncio.to_thread(by_librdkafka, broker, topic, 100)][-5:] == [
        b"k0",
        b"k1",
        b"k2",
        b"k3",
        b"k4",
    ]
    await send(broker, topic, 1)
    assert (await everything(broker, topic))[-1] == (100, b"k0", b"0")


@pytest.mark.parametrize("compression", range(5), ids=["none", "gzip", "snappy", "lz4", "zstd"])
async def test_librdkafka_reads_what_is_left_of_a_batch_whatever_packed_it(start: Start, name: str, compression: int) -> None:
    broker = await start(*OFTEN)
    topic = await broker.topic(name, cleanup_policy="compact", min_cleanable_dirty_ratio="0.01")
    async with Raw(broker.address) as raw:
        for number in range(40):
            keys = (b"same", b"k%d" % number, b"same", b"k%d" % (number + 1))
            values = [b"%d" % number * 200] * 4
            records = batch(*values, keys=keys, headers=[("n", b"%d" % number * 200)], compression=compression)
            assert (await raw.produce(topic, records)).error_code is ErrorCode.none

    async def few() -> bool:
        return len(await everything(broker, topic)) < 120

    async def both_read_the_same() -> bool:  # compaction goes on meanwhile
        found = await asyncio.to_thread(by_librdkafka, broker, topic, 160)
        assert len({key for _offset, key, _value in found}) == 42
        return found == await everything(broker, topic)

    await eventually(few, within=20)
    await eventually(both_read_the_same, within=20)


async def test_compaction_under_load_and_kills_loses_no_last_value(start: Start, name: str) -> None:
    broker = await start(*OFTEN)
    topic = await broker.topic(name, cleanup_policy="compact", min_cleanable_dirty_ratio="0.01")
    last: dict[bytes, bytes] = {}
    async with AIOKafkaProducer(bootstrap_servers=broker.address, enable_idempotence=True, retry_backoff_ms=50) as producer:
        for number in range(600):
            if number % 200 == 199:
                await broker.kill()
                await broker.start()
            key, value = b"k%d" % (number * 7 % 30), b"%d" % number
            await producer.send_and_wait(topic, value, key=key, headers=[("n", value)])
            last[key] = value
    assert {key: value for _offset, key, value in await everything(broker, topic)} == last


async def test_records_without_a_key_are_refused_in_the_words_of_kafka(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name, cleanup_policy="compact")
    said = f"Compacted topic cannot accept message without key in topic partition {topic}-0"
    for compression in range(5):
        records = batch(b"1", b"2", b"3" * 200, keys=(b"a", None, None), compression=compression)
        answer = await raw.produce(topic, records)
        assert (answer.error_code, answer.base_offset, answer.log_start_offset) == (ErrorCode.invalid_record, -1, 0)
        assert [(each.batch_index, each.batch_index_error_message) for each in answer.record_errors] == [(1, said), (2, said)]
        assert answer.error_message == (
            "One or more records have been rejected due to 2 record errors in total, and only showing the first three errors at most: "
            f"[RecordError(batchIndex=1, message='{said}'), RecordError(batchIndex=2, message='{said}')]"
        )
    assert (await raw.produce(topic, batch(b"1", keys=(b"",)))).error_code is ErrorCode.none
    data = [{"name": topic, "partition_data": [{"index": 0, "records": batch(b"1")}]}]
    old = await raw.ask(PRODUCE, 7, transactional_id=None, acks=-1, timeout=timedelta(seconds=1), topic_data=data)
    assert old.responses[0].partition_responses[0].error_code is ErrorCode.invalid_record


async def test_records_of_a_compacted_topic_are_deleted_by_offset_only_if_it_also_forgets(
    memory_broker: BrokerProcess, raw: Raw, name: str
) -> None:
    for policy, error in (("compact", ErrorCode.policy_violation), ("compact,delete", ErrorCode.none)):
        topic = await memory_broker.topic(f"{name}-{len(policy)}", cleanup_policy=policy)
        await raw.produce(topic, batch(b"1", keys=(b"a",)))
        asked = [{"name": topic, "partitions": [{"partition_index": 0, "offset": 1}]}]
        answer = await raw.ask(21, 2, topics=asked, timeout=timedelta(seconds=1))
        assert answer.topics[0].partitions[0].error_code is error


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        ("cleanup.policy", "Compact", "String must be one of: compact, delete"),
        ("min.cleanable.dirty.ratio", "1.1", "Value must be no more than 1"),
        ("min.cleanable.dirty.ratio", "x", "Not a number of type DOUBLE"),
        ("min.compaction.lag.ms", "-1", "Value must be at least 0"),
        ("max.compaction.lag.ms", "0", "Value must be at least 1"),
        ("delete.retention.ms", "x", "Not a number of type LONG"),
        ("segment.bytes", "1048575", "Value must be at least 1048576"),
        ("segment.bytes", "3000000000", "Not a number of type INT"),
        ("segment.ms", "0", "Value must be at least 1"),
        ("max.message.bytes", "-1", "Value must be at least 0"),
        ("retention.ms", "-2", "Value must be at least -1"),
    ],
)
async def test_a_value_that_a_setting_does_not_take_is_refused_in_the_words_of_kafka(
    raw: Raw, name: str, setting: str, value: str, reason: str
) -> None:
    answer = await create(raw, name, **{setting.replace(".", "_"): value})
    assert answer.error_code is ErrorCode.invalid_config
    assert answer.error_message == f"Invalid value {value} for configuration {setting}: {reason}"


async def test_what_kafka_takes_is_taken_and_kafkas_defaults_are_shown(raw: Raw, name: str) -> None:
    for number, policy in enumerate(("compact", "delete", "compact, delete", "delete,compact", "compact,compact", "")):
        answer = await create(raw, f"{name}-{number}", cleanup_policy=policy, segment_bytes="1048576", min_cleanable_dirty_ratio="1e-3")
        assert answer.error_code is ErrorCode.none
        assert {each.name: each.value for each in answer.configs}["cleanup.policy"] == policy
    shown = {each.name: (each.value, each.config_source) for each in (await create(raw, name)).configs}
    assert {key: value for key, value in shown.items() if "compact" in key or key.startswith(("delete", "min.clean", "segment.ms"))} == {
        "delete.retention.ms": ("86400000", 5),
        "max.compaction.lag.ms": ("9223372036854775807", 5),
        "min.cleanable.dirty.ratio": ("0.5", 5),
        "min.compaction.lag.ms": ("0", 5),
        "segment.ms": ("604800000", 5),
    }


async def test_lags_that_contradict_each_other_are_refused_also_when_only_one_changes(
    memory_broker: BrokerProcess, raw: Raw, name: str
) -> None:
    topic = await memory_broker.topic(name, min_compaction_lag_ms="50")
    code, said = await alter(raw, topic, ("max.compaction.lag.ms", 0, "40"))
    assert (code, said) == (
        ErrorCode.invalid_config,
        "conflict topic config setting min.compaction.lag.ms (50) > max.compaction.lag.ms (40)",
    )


async def test_a_policy_is_added_and_taken_away_and_other_settings_are_no_lists(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    append, subtract = 2, 3
    assert await alter(raw, topic, ("cleanup.policy", append, "compact")) == (ErrorCode.none, None)
    assert (await raw.produce(topic, batch(b"1"))).error_code is ErrorCode.invalid_record
    assert await alter(raw, topic, ("cleanup.policy", subtract, "compact")) == (ErrorCode.none, None)
    assert (await raw.produce(topic, batch(b"1"))).error_code is ErrorCode.none
    said = "Invalid value nope for configuration cleanup.policy: String must be one of: compact, delete"
    assert await alter(raw, topic, ("cleanup.policy", append, "nope")) == (ErrorCode.invalid_config, said)
    said = "Can't APPEND to key segment.ms because its type is not LIST."
    assert await alter(raw, topic, ("segment.ms", append, "5")) == (ErrorCode.invalid_config, said)


async def test_a_topic_has_files_of_the_size_it_asks_for(start: Start, name: str, tmp_path: Path) -> None:
    broker = await start()
    topic = await broker.topic(name, segment_bytes=str(2**20))
    async with Raw(broker.address) as raw:
        for _ in range(5):
            await raw.produce(topic, batch(b"x" * 900_000))
    assert len(list((tmp_path / "state").glob(f"topics/{topic}~*/0/*.log"))) == 5


async def alter(raw: Raw, topic: str, *changes: tuple[str, int, str]) -> tuple[ErrorCode, Any]:
    configs = [{"name": key, "config_operation": operation, "value": value} for key, operation, value in changes]
    resource = {"resource_type": 2, "resource_name": topic, "configs": configs}
    answer = (await raw.ask(INCREMENTAL, 1, resources=[resource], validate_only=False)).responses[0]
    return ErrorCode(answer.error_code), answer.error_message
