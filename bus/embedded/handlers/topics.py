"""Making, growing, trimming and deleting topics."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Call
from bus.embedded.protocol import Tree
from bus.embedded.topic_settings import SETTINGS
from bus.embedded.topics import MAX_PARTITIONS, Topic

_DEFAULT: Final = -1
_HIGH_WATERMARK: Final = -1
_SET, _FROM_DEFAULTS = 1, 5
"""Where a setting's value comes from (ConfigSource: dynamic topic config, default config)."""


async def create_topics(call: Call) -> Tree:
    twice = _twice(each.name for each in call.body.topics)
    return {"topics": [_create(call, each) if each.name not in twice else _double(each.name) for each in call.body.topics]}


async def delete_topics(call: Call) -> Tree:
    asked = [each.topic_id if each.name is None else each.name for each in call.body.topics] if call.version >= 6 else call.body.topic_names
    responses = []
    for which in asked:
        topic = call.broker.topics.get(which)
        if topic is None:
            by_name = isinstance(which, str)
            error = ErrorCode.unknown_topic_or_partition if by_name else ErrorCode.unknown_topic_id
            responses.append({"name": which if by_name else None, "topic_id": None if by_name else which, "error_code": error})
        else:
            call.broker.topics.delete(topic)
            responses.append({"name": topic.name, "topic_id": topic.id, "error_code": ErrorCode.none})
    return {"responses": responses}


async def create_partitions(call: Call) -> Tree:
    twice = _twice(each.name for each in call.body.topics)
    return {"results": [_grow(call, each) if each.name not in twice else _double(each.name) for each in call.body.topics]}


async def delete_records(call: Call) -> Tree:
    """Forget what lies before an offset; -1 is the end of the partition."""
    return {
        "topics": [
            {"name": each.name, "partitions": [_trim(call, each.name, part) for part in each.partitions]} for each in call.body.topics
        ]
    }


def settings_of(topic: Topic) -> list[Tree]:
    """Every setting of a topic with its value and origin."""
    return [
        {
            "name": name,
            "value": topic.setting(name),
            "read_only": False,
            "config_source": _SET if name in topic.config else _FROM_DEFAULTS,
            "is_sensitive": False,
            "config_type": setting.kind,
        }
        for name, setting in SETTINGS.items()
    ]


def _create(call: Call, asked: Any) -> Tree:
    partitions, replicas = asked.num_partitions, asked.replication_factor
    if asked.assignments:
        partitions, replicas = len(asked.assignments), max(len(each.broker_ids) for each in asked.assignments)
    partitions = 1 if partitions == _DEFAULT else partitions
    config = {each.name: each.value for each in asked.configs}
    error, message = call.broker.topics.refusal(asked.name, partitions, config)
    if error is ErrorCode.none and replicas not in {_DEFAULT, 1}:
        error, message = (
            ErrorCode.invalid_replication_factor,
            f"Unable to replicate the partition {replicas} time(s): the cluster has one broker.",
        )
    if error is not ErrorCode.none:
        return {"name": asked.name, "topic_id": None, "error_code": error, "error_message": message, "configs": None}
    made = {"name": asked.name, "error_code": error, "error_message": None, "num_partitions": partitions, "replication_factor": 1}
    if call.body.validate_only:
        return {**made, "topic_id": None, "configs": None}
    topic = call.broker.topics.create(asked.name, partitions, config)
    return {**made, "topic_id": topic.id, "configs": settings_of(topic)}


def _grow(call: Call, asked: Any) -> Tree:
    topic = call.broker.topics.get(asked.name)
    if topic is None:
        return {"name": asked.name, "error_code": ErrorCode.unknown_topic_or_partition}
    if not len(topic.partitions) < asked.count <= MAX_PARTITIONS:
        message = f"The topic has {len(topic.partitions)} partition(s); {asked.count} would not be an increase."
        return {"name": asked.name, "error_code": ErrorCode.invalid_partitions, "error_message": message}
    if not call.body.validate_only:
        call.broker.topics.grow(topic, asked.count)
    return {"name": asked.name, "error_code": ErrorCode.none}


def _trim(call: Call, name: str, asked: Any) -> Tree:
    topic = call.broker.topics.get(name)
    if topic is None or not 0 <= asked.partition_index < len(topic.partitions):
        return {"partition_index": asked.partition_index, "low_watermark": -1, "error_code": ErrorCode.unknown_topic_or_partition}
    if not topic.forgets:
        return {"partition_index": asked.partition_index, "low_watermark": -1, "error_code": ErrorCode.policy_violation}
    partition = topic.partitions[asked.partition_index]
    offset = partition.end if asked.offset == _HIGH_WATERMARK else asked.offset
    if not 0 <= offset <= partition.end:
        return {"partition_index": asked.partition_index, "low_watermark": -1, "error_code": ErrorCode.offset_out_of_range}
    start = call.broker.topics.trim(topic, asked.partition_index, offset)
    return {"partition_index": asked.partition_index, "low_watermark": start, "error_code": ErrorCode.none}


def _twice(names: Iterable[str]) -> set[str]:
    return {name for name, count in Counter(names).items() if count > 1}


def _double(name: str) -> Tree:
    return {
        "name": name,
        "topic_id": None,
        "error_code": ErrorCode.invalid_request,
        "error_message": "Duplicate topic name.",
        "configs": None,
    }
