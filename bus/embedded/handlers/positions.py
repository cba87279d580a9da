"""Offsets by what a client knows instead: the first, the next, a time, an epoch of the leader."""

from typing import Any, Final

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Call
from bus.embedded.log import Partition
from bus.embedded.protocol import Tree

_LATEST: Final = -1
_EARLIEST: Final = -2
_NEWEST: Final = -3
_EARLIEST_HERE: Final = -4
_LATEST_ELSEWHERE: Final = -5
"""In tiered storage, which there is none of."""
READ_COMMITTED: Final = 1
_NONE: Final = (-1, -1)
EPOCH: Final = 0


async def list_offsets(call: Call) -> Tree:
    return {
        "topics": [
            {"name": each.name, "partitions": [_asked(call, each.name, part) for part in each.partitions]} for each in call.body.topics
        ]
    }


async def offset_for_leader_epoch(call: Call) -> Tree:
    """Where an epoch ends: there is one, 0, and its end is the log's."""
    return {
        "topics": [
            {"topic": each.topic, "partitions": [_epoch(call, each.topic, part) for part in each.partitions]} for each in call.body.topics
        ]
    }


def _asked(call: Call, topic: str, asked: Any) -> Tree:
    """Refused where it asks a leader to come, or for a kind of offset that this version does not know."""
    known = call.broker.topics.partition(topic, asked.partition_index) is not None
    if known and getattr(asked, "current_leader_epoch", EPOCH) > EPOCH:
        return {"partition_index": asked.partition_index, "error_code": ErrorCode.unknown_leader_epoch}
    if known and asked.timestamp < _LATEST_ELSEWHERE:
        return {"partition_index": asked.partition_index, "error_code": ErrorCode.unsupported_version}
    return _one(call, topic, asked)


def _epoch(call: Call, topic: str, asked: Any) -> Tree:
    partition = call.broker.topics.partition(topic, asked.partition)
    if partition is None:
        error = ErrorCode.unknown_topic_or_partition
    elif asked.current_leader_epoch > EPOCH:
        error = ErrorCode.unknown_leader_epoch
    else:
        error = ErrorCode.none
    known = partition is not None and error is ErrorCode.none and asked.leader_epoch == EPOCH
    end, epoch = (partition.end, EPOCH) if partition is not None and known else _NONE
    return {"error_code": error, "partition": asked.partition, "leader_epoch": epoch, "end_offset": end}


def _one(call: Call, topic: str, asked: Any) -> Tree:
    partition = call.broker.topics.partition(topic, asked.partition_index)
    if partition is None:
        return {"partition_index": asked.partition_index, "error_code": ErrorCode.unknown_topic_or_partition}
    end = partition.last_stable if getattr(call.body, "isolation_level", 0) == READ_COMMITTED else partition.end
    offset, timestamp = _found(partition, asked.timestamp, end)
    answer = {"partition_index": asked.partition_index, "error_code": ErrorCode.none, "offset": offset, "timestamp": timestamp}
    return {**answer, "leader_epoch": 0 if offset >= 0 else -1}


def _found(partition: Partition, timestamp: int, end: int) -> tuple[int, int]:
    """(offset, timestamp); both -1 when no record before `end` is so late."""
    if timestamp == _LATEST:
        return end, -1
    if timestamp in {_EARLIEST, _EARLIEST_HERE}:
        return partition.start, -1
    if timestamp == _LATEST_ELSEWHERE:
        return _NONE
    found = (partition.newest() if timestamp == _NEWEST else partition.at_time(timestamp)) or _NONE
    return found if found[0] < end else _NONE
