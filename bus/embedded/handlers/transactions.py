"""What transactional producers ask for."""

from collections.abc import Iterable
from typing import Any, Final

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Broker, Call
from bus.embedded.groups import Who
from bus.embedded.handlers.offsets import refusal
from bus.embedded.offsets import Committed
from bus.embedded.protocol import Tree
from bus.embedded.transactions import NOBODY, OFFSETS_TOPIC, Place, Producing, offsets_partition
from vn.clock import now_ms

_KNOWS_FENCED: Final = {22: 4, 24: 2, 25: 2, 26: 2}
"""From which version on an API's clients know PRODUCER_FENCED; older ones are told INVALID_PRODUCER_EPOCH."""
_BETWEEN_BROKERS: Final = 4
"""AddPartitionsToTxn from this version on is about several transactions."""
_BUMPS: Final = 5
"""EndTxn from this version on raises the epoch; TxnOffsetCommit adds the group by itself (KIP-890)."""
_ABORTABLE: Final = 4
"""TxnOffsetCommit from this version on knows TRANSACTION_ABORTABLE."""


async def init_producer_id(call: Call) -> Tree:
    """An id for an idempotent producer, or the next epoch for a transactional one."""
    body = call.body
    if body.transactional_id is None:
        return {"error_code": ErrorCode.none, "producer_id": call.broker.producer_ids.take(), "producer_epoch": 0}
    expected = getattr(body, "producer_id", NOBODY), getattr(body, "producer_epoch", NOBODY)
    if expected != (NOBODY, NOBODY) and NOBODY in expected:
        return {"error_code": ErrorCode.invalid_request, "producer_id": NOBODY, "producer_epoch": NOBODY}
    timeout = round(body.transaction_timeout.total_seconds() * 1000)
    error, producer_id, epoch = call.broker.transactions.initialize(
        body.transactional_id, timeout, None if NOBODY in expected else expected, now=now_ms()
    )
    return {"error_code": _told(call, error), "producer_id": producer_id, "producer_epoch": epoch}


async def add_partitions_to_txn(call: Call) -> Tree:
    """One transaction as clients ask; several, and questions instead of additions, as brokers do among themselves."""
    body = call.body
    if call.version >= _BETWEEN_BROKERS:
        results = []
        for each in body.transactions:
            who = Producing(each.transactional_id, each.producer_id, each.producer_epoch)
            topics = _added(call, who, each.topics, verify=each.verify_only)
            results.append({"transactional_id": who.name, "topic_results": topics})
        return {"error_code": ErrorCode.none, "results_by_transaction": results}
    who = Producing(body.v3_and_below_transactional_id, body.v3_and_below_producer_id, body.v3_and_below_producer_epoch)
    return {"results_by_topic_v3_and_below": _added(call, who, body.v3_and_below_topics, verify=False)}


async def add_offsets_to_txn(call: Call) -> Tree:
    group = (OFFSETS_TOPIC, offsets_partition(call.body.group_id))
    return {"error_code": _told(call, call.broker.transactions.add(_who(call.body), frozenset({group}), now=now_ms()))}


async def end_txn(call: Call) -> Tree:
    """The answer comes when every partition knows."""
    bump = call.version >= _BUMPS
    error, producer_id, epoch = call.broker.transactions.end(_who(call.body), commit=call.body.committed, bump=bump, now=now_ms())
    return {"error_code": _told(call, error), "producer_id": producer_id, "producer_epoch": epoch}


async def txn_offset_commit(call: Call) -> Tree:
    """Offsets that count when the transaction is committed."""
    body, broker = call.body, call.broker
    errors = {(topic.name, each.partition_index): refusal(broker, topic.name, each) for topic in body.topics for each in topic.partitions}
    if ErrorCode.none in errors.values() and (refused := _commit_refusal(call)) is not ErrorCode.none:
        errors = {place: refused if error is ErrorCode.none else error for place, error in errors.items()}
    broker.offsets.propose(
        body.group_id,
        body.producer_id,
        {
            (topic.name, each.partition_index): Committed(
                each.committed_offset, each.committed_metadata or "", getattr(each, "committed_leader_epoch", -1)
            )
            for topic in body.topics
            for each in topic.partitions
            if errors[topic.name, each.partition_index] is ErrorCode.none
        },
    )
    return {
        "topics": [
            {"name": topic.name, "partitions": [_partition(each, errors[topic.name, each.partition_index]) for each in topic.partitions]}
            for topic in body.topics
        ]
    }


def _added(call: Call, who: Producing, topics: Iterable[Any], *, verify: bool) -> list[Tree]:
    """All partitions or, when one of them is not there, none."""
    places: list[Place] = [(topic.name, index) for topic in topics for index in topic.partitions]
    transactions = call.broker.transactions
    missing = {place for place in places if place[0] != OFFSETS_TOPIC and call.broker.topics.partition(*place) is None}
    if missing:
        errors = {
            place: ErrorCode.unknown_topic_or_partition if place in missing else ErrorCode.operation_not_attempted for place in places
        }
    elif verify:
        errors = {place: transactions.verify(who, place) for place in places}
    else:
        errors = dict.fromkeys(places, _told(call, transactions.add(who, frozenset(places), now=now_ms())))
    return [
        {
            "name": topic.name,
            "results_by_partition": [
                {"partition_index": index, "partition_error_code": errors[topic.name, index]} for index in topic.partitions
            ],
        }
        for topic in topics
    ]


def _commit_refusal(call: Call) -> ErrorCode:
    """Why none of the offsets can be part of the transaction."""
    body, broker = call.body, call.broker
    if not body.group_id:
        return ErrorCode.invalid_group_id
    place = (OFFSETS_TOPIC, offsets_partition(body.group_id))
    if call.version >= _BUMPS:
        error = broker.transactions.add(_who(body), frozenset({place}), now=now_ms())
    else:
        error = broker.transactions.verify(_who(body), place)
    if error is ErrorCode.producer_fenced:
        return ErrorCode.invalid_producer_epoch
    if error is ErrorCode.transaction_abortable and call.version < _ABORTABLE:
        return ErrorCode.invalid_txn_state
    return error if error is not ErrorCode.none else _member_refusal(broker, body)


def _member_refusal(broker: Broker, body: Any) -> ErrorCode:
    """Clients of before version 3 do not say who they are in the group, and are believed."""
    who = Who(getattr(body, "member_id", ""), getattr(body, "group_instance_id", None), getattr(body, "generation_id", -1))
    return broker.groups.commit_refusal(body.group_id, who, transactional=True)


def _partition(asked: Any, error: ErrorCode) -> Tree:
    return {"partition_index": asked.partition_index, "error_code": error}


def _who(body: Any) -> Producing:
    return Producing(body.transactional_id, body.producer_id, body.producer_epoch)


def _told(call: Call, error: ErrorCode) -> ErrorCode:
    if error is ErrorCode.producer_fenced and call.version < _KNOWS_FENCED[call.api]:
        return ErrorCode.invalid_producer_epoch
    return error
