"""Taking in what producers send."""

from typing import Any, Final

from kio.schema.errors import ErrorCode

from bus.embedded.batch import HEADER, MAGIC, NO_PRODUCER, Batch, header, refusal
from bus.embedded.broker import Call
from bus.embedded.log import Partition
from bus.embedded.protocol import ProtocolError, Tree
from bus.embedded.records import UnreadableError, records_in
from bus.embedded.topics import Topic, named, unknown
from bus.embedded.transactions import Producing
from vn.clock import now_ms

_ABORTABLE: Final = 11
"""From this version on clients know TRANSACTION_ABORTABLE."""
_ADDS: Final = 12
"""From this version on what is produced makes its partition part of the transaction (KIP-890)."""


async def produce(call: Call) -> Tree | None:
    """Every acknowledged batch has been handed to the operating system, or to the disk; with acks=0 nobody hears of it."""
    if call.body.acks not in {-1, 0, 1}:
        return {"responses": [_refused(topic, ErrorCode.invalid_required_acks) for topic in call.body.topic_data]}
    if call.body.transactional_id is None and any(_transactional(part) for topic in call.body.topic_data for part in topic.partition_data):
        return {"responses": [_refused(topic, ErrorCode.transactional_id_authorization_failed) for topic in call.body.topic_data]}
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


def _append(call: Call, topic: Topic, asked: Any) -> dict[str, Any]:
    if not 0 <= asked.index < len(topic.partitions):
        return _answer(asked.index, ErrorCode.unknown_topic_or_partition)
    latest = now_ms() + topic.max_ahead
    if (error := refusal(asked.records, topic.max_message, latest)) is not ErrorCode.none:
        return _answer(asked.index, error)
    batch, partition = header(asked.records), topic.partitions[asked.index]
    if topic.compacted and (wrong := _without_key(asked.records, f"{topic.name}-{asked.index}")):
        return {**_answer(asked.index, ErrorCode.invalid_record, start=partition.start), **wrong}
    if batch.transactional and batch.producer_id != NO_PRODUCER:
        error = _outside(call, batch, partition, (topic.name, asked.index))
        if error is not ErrorCode.none:
            return _answer(asked.index, error)
    faults = call.broker.faults
    error, offset = (partition.append if faults is None else faults.appending(call, topic, asked.index))(batch, asked.records)
    return _answer(asked.index, error, offset, partition.start)


def _without_key(records: bytes, place: str) -> Tree | None:
    """What Kafka says of a batch with records that a compacted topic could not tell apart; None where there are none."""
    try:
        bad = [index for index, record in enumerate(records_in(records)) if record.key is None]
    except UnreadableError as error:
        return {"error_message": f"One or more records cannot be read: {error}"}
    if not bad:
        return None
    said = f"Compacted topic cannot accept message without key in topic partition {place}"
    shown = ", ".join(f"RecordError(batchIndex={index}, message='{said}')" for index in bad[:3])
    total = f"One or more records have been rejected due to {len(bad)} record errors in total"
    errors = [{"batch_index": index, "batch_index_error_message": said} for index in bad]
    return {"record_errors": errors, "error_message": f"{total}, and only showing the first three errors at most: [{shown}]"}


def _outside(call: Call, batch: Batch, partition: Partition, place: tuple[str, int]) -> ErrorCode:
    """Why a transactional batch is not part of its producer's transaction; not asked once the transaction is open here."""
    if partition.producers.is_open(batch.producer_id, batch.producer_epoch):
        return ErrorCode.none
    who = Producing(call.body.transactional_id, batch.producer_id, batch.producer_epoch)
    if call.version >= _ADDS:
        error = call.broker.transactions.add(who, frozenset({place}), now=now_ms())
        unheard_of = not partition.producers.knows(batch.producer_id)
        if (
            error is ErrorCode.none and batch.base_sequence != 0 and unheard_of
        ):  # others may begin anywhere, where all they sent is forgotten
            return ErrorCode.out_of_order_sequence_number
    else:
        error = call.broker.transactions.verify(who, place)
    if error is ErrorCode.producer_fenced:
        return ErrorCode.invalid_producer_epoch
    if error is ErrorCode.transaction_abortable and call.version < _ABORTABLE:
        return ErrorCode.invalid_txn_state
    if error is ErrorCode.concurrent_transactions and call.version < _ADDS:
        return ErrorCode.not_enough_replicas  # older clients try again at this one
    return error


def _transactional(asked: Any) -> bool:
    if asked.records is None or len(asked.records) < HEADER.size:
        return False
    batch = header(asked.records)
    return batch.magic == MAGIC and batch.transactional


def _answer(index: int, error: ErrorCode, offset: int = -1, start: int = -1) -> dict[str, Any]:
    return {"index": index, "error_code": error, "base_offset": offset, "log_start_offset": start, "record_errors": ()}


def _refused(asked: Any, error: ErrorCode) -> Tree:
    which = named(asked)
    return {"name": which, "topic_id": which, "partition_responses": [_answer(each.index, error) for each in asked.partition_data]}
