"""Looking at transactions and their producers, and ending by hand what hangs."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kio.schema.errors import ErrorCode

from bus.embedded import pattern
from bus.embedded.broker import Call
from bus.embedded.log import Marker
from bus.embedded.protocol import Tree
from bus.embedded.transactions import State, Transaction
from vn.clock import now_ms

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_HERE: Final = "This server does not host this topic-partition."


async def describe_transactions(call: Call) -> Tree:
    return {"transaction_states": [_described(call, name) for name in call.body.transactional_ids]}


async def list_transactions(call: Call) -> Tree:
    """By state, producer id, how long they have been going on (ms), and a pattern that the whole id must match."""
    body, now = call.body, now_ms()
    unknown = [each for each in body.state_filters if each not in set(State)]
    longer = getattr(body, "duration_filter", -1)
    wanted = getattr(body, "transactional_id_pattern", None)
    if wanted and pattern.fault(wanted):
        return {"error_code": ErrorCode.invalid_regular_expression, "unknown_state_filters": [], "transaction_states": []}
    found = [
        each
        for each in call.broker.transactions
        if (not body.state_filters or each.state in body.state_filters)
        and (not body.producer_id_filters or each.producer_id in body.producer_id_filters)
        and (longer < 0 or now - each.started > longer)
        and (not wanted or pattern.fits(wanted, each.name))
    ]
    states = [{"transactional_id": each.name, "producer_id": each.producer_id, "transaction_state": each.state.value} for each in found]
    return {"error_code": ErrorCode.none, "unknown_state_filters": unknown, "transaction_states": states}


async def describe_producers(call: Call) -> Tree:
    return {
        "topics": [
            {"name": topic.name, "partitions": [_producers(call, topic.name, index) for index in topic.partition_indexes]}
            for topic in call.body.topics
        ]
    }


async def write_txn_markers(call: Call) -> Tree:
    """What brokers tell each other; an administrator too, who ends a transaction that its coordinator has forgotten."""
    return {"markers": [_marked(call, each) for each in call.body.markers]}


def _described(call: Call, name: str) -> Tree:
    txn = call.broker.transactions.get(name)
    error = ErrorCode.none if txn else ErrorCode.transactional_id_not_found if name else ErrorCode.invalid_request
    return {
        "error_code": error,
        "transactional_id": name,
        "transaction_state": txn.state.value if txn else "",
        "transaction_timeout": timedelta(milliseconds=txn.timeout if txn else 0),
        "transaction_start_time": _EPOCH + timedelta(milliseconds=txn.started if txn else 0),
        "producer_id": txn.producer_id if txn else 0,
        "producer_epoch": txn.epoch if txn else 0,
        "topics": _topics(txn) if txn else [],
    }


def _topics(txn: Transaction) -> list[Tree]:
    topics: dict[str, list[int]] = {}
    for topic, index in sorted(txn.places):
        topics.setdefault(topic, []).append(index)
    return [{"topic": topic, "partitions": partitions} for topic, partitions in topics.items()]


def _producers(call: Call, topic: str, index: int) -> Tree:
    partition = call.broker.topics.partition(topic, index)
    if partition is None:
        message = None if call.broker.topics.get(topic) else _NOT_HERE
        error = ErrorCode.unknown_topic_or_partition
        return {"partition_index": index, "error_code": error, "error_message": message, "active_producers": []}
    active = [
        {
            "producer_id": each.id,
            "producer_epoch": each.epoch,
            "last_sequence": each.last_sequence,
            "last_timestamp": each.timestamp,
            "coordinator_epoch": each.coordinator_epoch,
            "current_txn_start_offset": -1 if each.begun is None else each.begun,
        }
        for each in partition.producers
    ]
    return {"partition_index": index, "error_code": ErrorCode.none, "error_message": None, "active_producers": active}


def _marked(call: Call, asked: Any) -> Tree:
    now = now_ms()
    marker = Marker(asked.producer_id, asked.producer_epoch, asked.transaction_result, asked.coordinator_epoch, now)
    topics = [{"name": topic.name, "partitions": _ended(call, topic.name, topic.partition_indexes, marker)} for topic in asked.topics]
    return {"producer_id": asked.producer_id, "topics": topics}


def _ended(call: Call, topic: str, indexes: Iterable[int], marker: Marker) -> list[Tree]:
    answers: list[Tree] = []
    for index in indexes:
        partition = call.broker.topics.partition(topic, index)
        if partition is None:
            error = ErrorCode.unknown_topic_or_partition
        elif marker.producer_epoch < 0:
            error = ErrorCode.unknown_server_error  # so does Kafka, which cannot build such a batch
        else:
            error = partition.end_transaction(marker)
        answers.append({"partition_index": index, "error_code": error})
    return answers
