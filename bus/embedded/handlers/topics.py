"""Making, growing, trimming and deleting topics."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Call
from bus.embedded.protocol import Tree
from bus.embedded.topic_settings import SETTINGS
from bus.embedded.topics import MAX_PARTITIONS, Topic

_DEFAULT: Final = -1
_HIGH_WATERMARK: Final = -1
_METADATA_TOPIC: Final = "__cluster_metadata"
_SET, _FROM_DEFAULTS = 1, 5
"""Where a setting's value comes from (ConfigSource: dynamic topic config, default config)."""


async def create_topics(call: Call) -> Tree:
    twice = _twice(each.name for each in call.body.topics)
    return {"topics": [_create(call, each) if each.name not in twice else _double(each.name) for each in call.body.topics]}


async def delete_topics(call: Call) -> Tree:
    asked = (
        [(each.name, each.topic_id) for each in call.body.topics] if call.version >= 6 else [(name, None) for name in call.body.topic_names]
    )
    responses = []
    for (name, topic_id), count in Counter(asked).items():
        which = topic_id if name is None else name
        topic = None if which is None else call.broker.topics.get(which)
        if count > 1 or (name is None) == (topic_id is None):
            responses.append({"name": name, "topic_id": topic_id, "error_code": ErrorCode.invalid_request})
        elif topic is None:
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
    partitions = len(asked.assignments) or (1 if asked.num_partitions == _DEFAULT else asked.num_partitions)
    config = {each.name: each.value for each in asked.configs}
    error, message = _refusal(call, asked, partitions, config)
    if error is not ErrorCode.none:
        return {"name": asked.name, "topic_id": None, "error_code": error, "error_message": message, "configs": None}
    made = {"name": asked.name, "error_code": error, "error_message": None, "num_partitions": partitions, "replication_factor": 1}
    if call.body.validate_only:
        return {**made, "topic_id": None, "configs": None}
    topic = call.broker.topics.create(asked.name, partitions, config)
    return {**made, "topic_id": topic.id, "configs": settings_of(topic)}


def _refusal(call: Call, asked: Any, partitions: int, config: Mapping[str, str | None]) -> tuple[ErrorCode, str | None]:
    """Why this topic cannot be made."""
    error, message = call.broker.topics.refusal(asked.name, min(partitions, MAX_PARTITIONS), config)
    if asked.name == _METADATA_TOPIC:
        error, message = ErrorCode.invalid_request, f"Creation of internal topic {_METADATA_TOPIC} is prohibited."
    if error is not ErrorCode.none:
        return error, message
    if unset := [name for name, value in config.items() if value is None]:
        return ErrorCode.invalid_config, f"Null value not supported for topic configs: {', '.join(unset)}"
    if asked.assignments:
        return _misplaced(call, asked)
    if partitions > MAX_PARTITIONS:
        return ErrorCode.policy_violation, f"Excessively large number of partitions per request: {partitions}"
    if asked.replication_factor not in {_DEFAULT, 1}:
        error = ErrorCode.invalid_replication_factor
        return error, f"Unable to replicate the partition {asked.replication_factor} time(s): the cluster has one broker."
    return ErrorCode.none, None


def _misplaced(call: Call, asked: Any) -> tuple[ErrorCode, str | None]:
    """What is wrong with the places that a client chose."""
    if (asked.num_partitions, asked.replication_factor) != (_DEFAULT, _DEFAULT):
        message = "A manual partition assignment was specified, so the number of partitions and the replication factor must be -1."
        return ErrorCode.invalid_request, message
    indexes = sorted(each.partition_index for each in asked.assignments)
    if indexes != list(range(len(indexes))) or not _here(call, asked.assignments):
        message = "Partitions must be assigned from 0 on without a gap, each to the one broker that there is."
        return ErrorCode.invalid_replica_assignment, message
    return ErrorCode.none, None


def _here(call: Call, assignments: Iterable[Any]) -> bool:
    return all(tuple(each.broker_ids) == (call.broker.settings.node_id,) for each in assignments)


def _grow(call: Call, asked: Any) -> Tree:
    topic = call.broker.topics.get(asked.name)
    if topic is None:
        return {"name": asked.name, "error_code": ErrorCode.unknown_topic_or_partition}
    if not len(topic.partitions) < asked.count <= MAX_PARTITIONS:
        message = f"The topic has {len(topic.partitions)} partition(s); {asked.count} would not be an increase."
        return {"name": asked.name, "error_code": ErrorCode.invalid_partitions, "error_message": message}
    if asked.assignments is not None and not (
        len(asked.assignments) == asked.count - len(topic.partitions) and _here(call, asked.assignments)
    ):
        message = "Each new partition must be assigned to the one broker that there is."
        return {"name": asked.name, "error_code": ErrorCode.invalid_replica_assignment, "error_message": message}
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
