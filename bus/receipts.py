"""Receipts: what the exchange tells a sender about one of its messages; journaled, never answered."""

import re
from datetime import datetime
from typing import Literal, NamedTuple

import orjson

from bus.envelope import MAX_TEXT, Message, readable
from bus.kafka.settings import Received
from bus.members import EXCHANGE
from bus.refusals import bounded
from vn.errors import Refused

TYPE = "vn.gov.exchange.receipt.v1"
DATASCHEMA = "urn:lgsp-sim:contract:exchange.receipt:v1"
NOT_KNOWN = "unknown"

_member = re.compile(r"[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9.]+/[a-z0-9-]+").fullmatch

Outcome = Literal["accepted", "refused", "undeliverable"]


class Original(NamedTuple):
    """What a receipt says of the message that it answers, as far as it can be read."""

    id: str | None
    type: str | None
    subject: str
    recipient: str | None
    correlation_id: str | None
    traceparent: str | None


def original(message: Message | None, record: Received) -> Original:
    """From the message, or from what can be read of a broken envelope."""
    if message is not None:
        return Original(message.id, message.type, message.subject, message.recipient, message.correlation_id, message.traceparent)
    found = readable(record.headers)
    id_ = found.get("ce_id")
    subject = found.get("ce_subject") or _text(record.key) or id_ or NOT_KNOWN
    recipient = found.get("ce_recipient", "").removeprefix("/")
    return Original(id_, found.get("ce_type"), subject, recipient, found.get("ce_correlationid"), found.get("traceparent"))


def receipt(outcome: Outcome, to: Original, record: Received, *, at: datetime, fault: Refused | None = None) -> Message:
    """The answer to `to`, which was read at `record`'s place; the place makes the id, so that a repeat carries the same one."""
    payload = {
        "outcome": outcome,
        "messageId": to.id,
        "contract": to.type,
        "recipient": to.recipient if to.recipient and _member(to.recipient) else None,
        "code": fault.code if fault else None,
        "message": fault.message if fault else None,
        "faults": bounded(fault.faults) if fault else [],
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "at": at.isoformat(),
    }
    return Message(
        id=f"{record.topic}/{record.partition}/{record.offset}",
        source=EXCHANGE,
        type=TYPE,
        subject=to.subject,
        time=at,
        payload=orjson.dumps({name: value for name, value in payload.items() if value is not None}),
        correlation_id=to.correlation_id,
        causation_id=to.id,
        dataschema=DATASCHEMA,
        traceparent=to.traceparent,
    )


def _text(key: bytes | None) -> str | None:
    try:
        text = (key or b"").decode()
    except UnicodeDecodeError:
        return None
    return text if 0 < len(text) <= MAX_TEXT else None
