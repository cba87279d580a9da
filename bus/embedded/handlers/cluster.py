"""Who the cluster is: one node that leads everything."""

from typing import Any
from uuid import UUID

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Call
from bus.embedded.protocol import Tree
from bus.embedded.topics import Topic, valid_name

_NO_ID = UUID(int=0)
_GROUP, _TRANSACTION = 0, 1
_BROKERS, _CONTROLLERS = 1, 2
"""Whose endpoints are asked for."""
_NO_ELR: Tree = {"eligible_leader_replicas": (), "last_known_elr": ()}
"""Empty, never null: Kafka's own administrator reads them without a look."""
MOST_DESCRIBED = 2000
"""Partitions in one answer (max.request.partition.size.limit)."""


async def metadata(call: Call) -> Tree:
    asked = call.body.topics
    every = asked is None or (call.version == 0 and not asked)
    settings, (host, port) = call.broker.settings, call.address
    return {
        "brokers": [{"node_id": settings.node_id, "host": host, "port": port}],
        "cluster_id": settings.cluster_id,
        "controller_id": settings.node_id,
        "topics": [_topic(call, topic) for topic in call.broker.topics] if every else [_asked(call, each) for each in asked],
        "error_code": ErrorCode.none,
    }


async def describe_topic_partitions(call: Call) -> Tree:
    """Topics in the order of their names, page by page: as many partitions as were asked for, and where the next page begins."""
    body = call.body
    names = sorted({each.name for each in body.topics} or {topic.name for topic in call.broker.topics})
    begin, first = (body.cursor.topic_name, body.cursor.partition_index) if body.cursor else ("", 0)
    if first < 0:
        wrong: Tree = {"error_code": ErrorCode.invalid_request, "topic_id": None, "partitions": []}
        return {"topics": [{**wrong, "name": each.name} for each in body.topics], "next_cursor": None}
    left, pages = min(body.response_partition_limit, MOST_DESCRIBED), []
    for name in (each for each in names if each >= begin):
        topic = call.broker.topics.get(name)
        described = _topic(call, topic) if topic else _unknown(name)
        skipped = first if name == begin else 0
        partitions = described["partitions"][skipped : skipped + left]
        pages.append({**described, "partitions": partitions})
        left -= len(partitions)
        if skipped + len(partitions) < len(described["partitions"]):
            return {"topics": pages, "next_cursor": {"topic_name": name, "partition_index": skipped + len(partitions)}}
    return {"topics": pages, "next_cursor": None}


async def find_coordinator(call: Call) -> Tree:
    """The one node coordinates every group and every transaction; it has no coordinator for anything else."""
    key_type = getattr(call.body, "key_type", _GROUP)
    error = ErrorCode.none if key_type in {_GROUP, _TRANSACTION} else ErrorCode.invalid_request
    host, port = call.address
    found = {"error_code": error, "error_message": None, "node_id": call.broker.settings.node_id, "host": host, "port": port}
    return {**found, "coordinators": [{**found, "key": key} for key in getattr(call.body, "coordinator_keys", ())]}


async def describe_cluster(call: Call) -> Tree:
    settings, (host, port) = call.broker.settings, call.address
    if (endpoints := getattr(call.body, "endpoint_type", _BROKERS)) != _BROKERS:
        error = ErrorCode.mismatched_endpoint_type if endpoints == _CONTROLLERS else ErrorCode.unsupported_endpoint_type
        return {"error_code": error, "error_message": "This broker tells of brokers only.", "cluster_id": "", "brokers": []}
    return {
        "error_code": ErrorCode.none,
        "cluster_id": settings.cluster_id,
        "controller_id": settings.node_id,
        "brokers": [{"broker_id": settings.node_id, "host": host, "port": port, "is_fenced": False}],
    }


def _asked(call: Call, each: Any) -> Tree:
    topic_id = getattr(each, "topic_id", None)
    name = each.name if topic_id is None else None  # the Java client says "" beside an id
    topic = call.broker.topics.get(name if name is not None else topic_id or _NO_ID)
    if topic is not None:
        return _topic(call, topic)
    if name is None:
        return {
            "error_code": ErrorCode.unknown_topic_id,
            "name": None if call.version >= 12 else "",
            "topic_id": topic_id,
            "partitions": [],
        }
    return {**_unknown(name), "topic_id": topic_id}


def _unknown(name: str) -> Tree:
    error = ErrorCode.unknown_topic_or_partition if valid_name(name) else ErrorCode.invalid_topic_exception
    return {"error_code": error, "name": name, "topic_id": None, "partitions": []}


def _topic(call: Call, topic: Topic) -> Tree:
    node = call.broker.settings.node_id
    part = {"error_code": ErrorCode.none, "leader_id": node, "leader_epoch": 0, "replica_nodes": (node,), "isr_nodes": (node,), **_NO_ELR}
    partitions = [{**part, "partition_index": index} for index in range(len(topic.partitions))]
    return {"error_code": ErrorCode.none, "name": topic.name, "topic_id": topic.id, "partitions": partitions}
