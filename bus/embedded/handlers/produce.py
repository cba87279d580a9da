"""Taking in what producers send."""

import time
from typing import Any

from kio.schema.errors import ErrorCode

from bus.embedded.batch import header, refusal
from bus.embedded.broker import Call
from bus.embedded.protocol import ProtocolError, Tree
from bus.embedded.topics import Topic, named, unknown


async def produce(call: Call) -> Tree | None:
    """Every acknowledged batch has been handed to the operating system; with acks=0 nobody hears of it."""
    if call.body.acks not in {-1, 0, 1}:
        return {"responses": [_refused(topic, ErrorCode.invalid_required_acks) for topic in call.body.topic_data]}
    responses: list[Tree] = []
    for asked in call.body.topic_data:
        which = named(asked)
        topic = call.broker.topics.get(which)
        made = [_append(call, topic, each) if topic else _answer(each.index, unknown(which)) for each in asked.partition_data]
        responses.append({"name": which, "topic_id": which, "partition_responses": made})
    if call.body.acks != 0:
        return {"responses": responses}
    if any(each["error_code"] is not ErrorCode.none for response in responses for each in response["partition_responses"]):
        raise ProtocolError("a batch sent with acks=0 was refused")  # as Kafka does: the closed connection is the only sign there is
    return None


async def init_producer_id(call: Call) -> Tree:
    """A new id for an idempotent producer; this broker has no transactions."""
    if call.body.transactional_id is not None:
        return {"error_code": ErrorCode.transactional_id_authorization_failed, "producer_id": -1, "producer_epoch": -1}
    return {"error_code": ErrorCode.none, "producer_id": call.broker.producer_ids.take(), "producer_epoch": 0}


def _append(call: Call, topic: Topic, asked: Any) -> dict[str, Any]:
    if not 0 <= asked.index < len(topic.partitions):
        return _answer(asked.index, ErrorCode.unknown_topic_or_partition)
    latest = time.time_ns() // 1_000_000 + topic.max_ahead
    if (error := refusal(asked.records, topic.max_message, latest)) is not ErrorCode.none:
        return _answer(asked.index, error)
    batch = header(asked.records)
    if batch.transactional:
        return _answer(asked.index, ErrorCode.invalid_txn_state)
    partition = topic.partitions[asked.index]
    faults = call.broker.faults
    error, offset = (partition.append if faults is None else faults.appending(call, topic, asked.index))(batch, asked.records)
    return _answer(asked.index, error, offset, partition.start)


def _answer(index: int, error: ErrorCode, offset: int = -1, start: int = -1) -> dict[str, Any]:
    return {"index": index, "error_code": error, "base_offset": offset, "log_start_offset": start, "record_errors": ()}


def _refused(asked: Any, error: ErrorCode) -> Tree:
    which = named(asked)
    return {"name": which, "topic_id": which, "partition_responses": [_answer(each.index, error) for each in asked.partition_data]}
