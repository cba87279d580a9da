"""Making, growing, trimming and deleting topics, rightly and wrongly."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tests.broker.differences.asking import SOON, Asker, Probe, said

NOBODY = UUID("12345678-1234-5678-1234-567812345678")


async def created(ask: Asker, name: str | None = None, *, times: int = 1, validate_only: bool = True, **fields: Any) -> str:
    wanted = {
        "name": ask.unused() if name is None else name,
        "num_partitions": 1,
        "replication_factor": 1,
        "assignments": [],
        "configs": [],
    }
    answer = await ask.ask(19, 7, topics=[{**wanted, **fields}] * times, timeout=SOON, validate_only=validate_only)
    one = answer.topics[0]
    return said(answer) if said(answer) != "none" else f"none: {one.num_partitions} partitions, {one.replication_factor} replicas"


def creation(name: str | None = None, **fields: Any) -> Probe:
    return lambda ask: created(ask, name, **fields)


def placed(*replicas: Sequence[int], start: int = 0, **fields: Any) -> Probe:
    assignments = [{"partition_index": start + index, "broker_ids": list(each)} for index, each in enumerate(replicas)]
    return creation(**{"num_partitions": -1, "replication_factor": -1, **fields}, assignments=assignments)


def setting(name: str, value: str | None) -> Probe:
    return creation(configs=[{"name": name, "value": value}])


async def existing(ask: Asker) -> str:
    return await created(ask, ask.topic)


async def colliding(ask: Asker) -> str:
    await ask.made(f"{ask.topic}.x")
    return await created(ask, f"{ask.topic}_x")


async def deleted(ask: Asker, *topics: dict[str, Any]) -> str:
    return await ask.codes(20, 6, topics=list(topics), timeout=SOON)


def deletion(name: str | None, topic_id: UUID | None) -> Probe:
    return lambda ask: deleted(ask, {"name": name, "topic_id": topic_id})


async def deleted_twice(ask: Asker) -> str:
    return await deleted(ask, *[{"name": ask.topic, "topic_id": None}] * 2)


async def deleted_by_id(ask: Asker) -> str:
    answer = await ask.ask(20, 6, topics=[{"name": None, "topic_id": ask.topic_id}], timeout=SOON)
    return f"{said(answer)}, {'named' if answer.responses[0].name == ask.topic else 'not named'}"


async def grown(ask: Asker, count: int, name: str | None = None, *, times: int = 1, assignments: Any = None) -> str:
    wanted = {"name": name or ask.topic, "count": count, "assignments": assignments}
    return await ask.codes(37, 3, topics=[wanted] * times, timeout=SOON, validate_only=True)


def growth(count: int, name: str | None = None, **fields: Any) -> Probe:
    return lambda ask: grown(ask, count, name, **fields)


async def trimmed(ask: Asker, offset: int, *, topic: str | None = None, partition: int = 0) -> str:
    parts = [{"partition_index": partition, "offset": offset}]
    return await ask.codes(21, 2, topics=[{"name": topic or ask.topic, "partitions": parts}], timeout=SOON)


def trim(offset: int, **fields: Any) -> Probe:
    return lambda ask: trimmed(ask, offset, **fields)


async def paged(ask: Asker, limit: int, name: str, cursor: Any = None) -> str:
    return await ask.codes(75, 0, topics=[{"name": name or ask.topic}], response_partition_limit=limit, cursor=cursor)


PROBES: dict[str, Probe] = {
    "CreateTopics: a new one": creation(),
    "CreateTopics: default partitions and replicas": creation(num_partitions=-1, replication_factor=-1),
    "CreateTopics: one that is there": existing,
    "CreateTopics: one whose name collides with another's": colliding,
    "CreateTopics: the same twice": creation("twice", times=2),
    "CreateTopics: an empty name": creation(""),
    "CreateTopics: the name ..": creation(".."),
    "CreateTopics: a name with a blank": creation("a b"),
    "CreateTopics: a name of 250 characters": creation("x" * 250),
    "CreateTopics: the broker's own __consumer_offsets": creation("__consumer_offsets"),
    "CreateTopics: the broker's own __cluster_metadata": creation("__cluster_metadata"),
    "CreateTopics: no partition": creation(num_partitions=0),
    "CreateTopics: -2 partitions": creation(num_partitions=-2),
    "CreateTopics: 20,000 partitions": creation(num_partitions=20_000),
    "CreateTopics: no replica": creation(replication_factor=0),
    "CreateTopics: two replicas": creation(replication_factor=2),
    "CreateTopics: -2 replicas": creation(replication_factor=-2),
    "CreateTopics: placed on the broker": placed([1], [1]),
    "CreateTopics: placed, and a number of partitions": placed([1], num_partitions=1),
    "CreateTopics: placed, and a number of replicas": placed([1], replication_factor=1),
    "CreateTopics: placed on a broker that is not there": placed([7]),
    "CreateTopics: placed twice on a broker": placed([1, 1]),
    "CreateTopics: placed nowhere": placed([]),
    "CreateTopics: placed from partition 3 on": placed([1], start=3),
    "CreateTopics: an unknown setting": setting("no.such.setting", "1"),
    "CreateTopics: a setting without a value": setting("retention.ms", None),
    "CreateTopics: retention.ms=-2": setting("retention.ms", "-2"),
    "CreateTopics: retention.ms=soon": setting("retention.ms", "soon"),
    "CreateTopics: cleanup.policy=compact": setting("cleanup.policy", "compact"),
    "CreateTopics: cleanup.policy=keep": setting("cleanup.policy", "keep"),
    "CreateTopics: compression.type=zstd": setting("compression.type", "zstd"),
    "CreateTopics: message.timestamp.type=LogAppendTime": setting("message.timestamp.type", "LogAppendTime"),
    "CreateTopics: min.insync.replicas=2": setting("min.insync.replicas", "2"),
    "CreateTopics: segment.bytes=1048576": setting("segment.bytes", "1048576"),
    "CreateTopics: segment.bytes=1": setting("segment.bytes", "1"),
    "DeleteTopics: a name that is not there": deletion("nowhere", None),
    "DeleteTopics: an id that is not there": deletion(None, NOBODY),
    "DeleteTopics: neither name nor id": deletion(None, None),
    "DeleteTopics: name and id": deletion("nowhere", NOBODY),
    "DeleteTopics: the same name twice": deleted_twice,
    "DeleteTopics: by id": deleted_by_id,
    "CreatePartitions: more": growth(3),
    "CreatePartitions: as many": growth(1),
    "CreatePartitions: none": growth(0),
    "CreatePartitions: -1": growth(-1),
    "CreatePartitions: 20,000": growth(20_000),
    "CreatePartitions: a topic that is not there": growth(3, "nowhere"),
    "CreatePartitions: the same twice": growth(3, times=2),
    "CreatePartitions: placed": growth(2, assignments=[{"broker_ids": [1]}]),
    "CreatePartitions: placed on a broker that is not there": growth(2, assignments=[{"broker_ids": [7]}]),
    "CreatePartitions: fewer places than partitions": growth(3, assignments=[{"broker_ids": [1]}]),
    "DeleteRecords: up to the end": trim(-1),
    "DeleteRecords: beyond the end": trim(5),
    "DeleteRecords: -2": trim(-2),
    "DeleteRecords: a topic that is not there": trim(0, topic="nowhere"),
    "DeleteRecords: a partition that is not there": trim(0, partition=7),
    "DescribeTopicPartitions: a topic": lambda ask: paged(ask, 10, ""),
    "DescribeTopicPartitions: a topic that is not there": lambda ask: paged(ask, 10, "nowhere"),
    "DescribeTopicPartitions: a name no topic can have": lambda ask: paged(ask, 10, "a b"),
    "DescribeTopicPartitions: a cursor of a negative partition": lambda ask: paged(ask, 10, "", {"topic_name": "x", "partition_index": -1}),
}
