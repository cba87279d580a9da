"""Committed offsets on the wire."""

from collections.abc import Iterable
from typing import Any

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Broker, Call
from bus.embedded.groups import CONSUMER, ConsumerGroup, Group, Who, subscribed
from bus.embedded.offsets import MAX_METADATA, NOTHING, Committed
from bus.embedded.protocol import Tree


async def offset_commit(call: Call) -> Tree:
    """All partitions that may be committed are, in one step."""
    body, broker = call.body, call.broker
    who = Who(body.member_id, getattr(body, "group_instance_id", None), body.generation_id_or_member_epoch)
    refused = broker.groups.commit_refusal(body.group_id, who, version=call.version)
    kept: dict[tuple[str, int], Committed] = {}
    topics = []
    for topic in body.topics:
        partitions = []
        for each in topic.partitions:
            error = refusal(broker, topic.name, each, refused)
            if error is ErrorCode.none:
                epoch = getattr(each, "committed_leader_epoch", -1)
                kept[topic.name, each.partition_index] = Committed(each.committed_offset, each.committed_metadata or "", epoch)
            partitions.append({"partition_index": each.partition_index, "error_code": error})
        topics.append({"name": topic.name, "partitions": partitions})
    broker.offsets.commit(body.group_id, kept)
    return {"topics": topics}


async def offset_fetch(call: Call) -> Tree:
    """One group up to version 7, several from 8 on; without topics everything the group has committed."""
    body = call.body
    stable = getattr(body, "require_stable", False)
    if call.version < 8:
        return {"error_code": ErrorCode.none, "topics": _topics(call.broker, body.group_id, body.topics, stable=stable)}
    return {"groups": [_fetched(call.broker, each, stable=stable) for each in body.groups]}


async def offset_delete(call: Call) -> Tree:
    """Forget what a group has committed in topics that it does not read now."""
    body, broker = call.body, call.broker
    group = broker.groups.get(body.group_id)
    if group is None or not (group.idle or group.protocol_type == CONSUMER):
        return {"error_code": ErrorCode.group_id_not_found if group is None else ErrorCode.non_empty_group, "topics": []}
    forgotten: list[tuple[str, int]] = []
    topics = []
    for topic in body.topics:
        partitions = []
        for each in topic.partitions:
            error = ErrorCode.none if broker.topics.partition(topic.name, each.partition_index) else ErrorCode.unknown_topic_or_partition
            error = ErrorCode.group_subscribed_to_topic if _reads(group, topic.name) else error
            if error is ErrorCode.none:
                forgotten.append((topic.name, each.partition_index))
            partitions.append({"partition_index": each.partition_index, "error_code": error})
        topics.append({"name": topic.name, "partitions": partitions})
    broker.offsets.forget(body.group_id, forgotten)
    return {"error_code": ErrorCode.none, "topics": topics}


def _reads(group: Group | ConsumerGroup, topic: str) -> bool:
    return group.reads(topic) if isinstance(group, ConsumerGroup) else topic in subscribed(group)


def refusal(broker: Broker, topic: str, asked: Any, refused: ErrorCode = ErrorCode.none) -> ErrorCode:
    """Why an offset cannot be committed there; `refused`, why the client may commit none, is said after that a partition is missing."""
    if broker.topics.partition(topic, asked.partition_index) is None:
        return ErrorCode.unknown_topic_or_partition
    if refused is not ErrorCode.none:
        return refused
    if len((asked.committed_metadata or "").encode()) > MAX_METADATA:
        return ErrorCode.offset_metadata_too_large
    return ErrorCode.none


def _fetched(broker: Broker, asked: Any, *, stable: bool) -> Tree:
    refused = broker.groups.fetch_refusal(asked.group_id, getattr(asked, "member_id", None), getattr(asked, "member_epoch", -1))
    topics = _topics(broker, asked.group_id, asked.topics, stable=stable) if refused is ErrorCode.none else []
    return {"group_id": asked.group_id, "topics": topics, "error_code": refused}


def _topics(broker: Broker, group: str, asked: Iterable[Any] | None, *, stable: bool) -> list[Tree]:
    wanted: dict[str, list[int]] = {}
    if asked is None:
        for topic, index in sorted(broker.offsets.of(group)):
            wanted.setdefault(topic, []).append(index)
    else:
        wanted = {each.name: list(each.partition_indexes) for each in asked}
    return [
        {"name": topic, "partitions": [_partition(broker, group, (topic, index), stable=stable) for index in wanted[topic]]}
        for topic in wanted
    ]


def _partition(broker: Broker, group: str, place: tuple[str, int], *, stable: bool) -> Tree:
    unstable = stable and broker.offsets.unstable(group, *place)
    found = NOTHING if unstable else broker.offsets.get(group, *place)
    return {
        "partition_index": place[1],
        "committed_offset": found.offset,
        "committed_leader_epoch": found.leader_epoch,
        "metadata": found.metadata,
        "error_code": ErrorCode.unstable_offset_commit if unstable else ErrorCode.none,
    }
