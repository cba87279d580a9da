"""What an adapter says to the exchange, as messages: feed entries translated, failed deliveries reported. Pure."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import ValidationError

from adapters.runtime.carried import cause_of, given_back
from adapters.runtime.declaration import FeedItem, To
from adapters.runtime.policy import GiveUp
from bus import Failure, Message
from bus import Received as Record
from bus.envelope import MAX_TEXT, readable
from contracts import Catalogue, DeliveryFailed, FaultAt, Payload

MOST_FAULTS = 1000
LONGEST_TEXT = 4000
LONGEST_POINTER = 500


def correlation_of(subject: str) -> str:
    """The case of a dossier that came without one: the same id wherever it is made."""
    return str(uuid5(NAMESPACE_URL, f"urn:lgsp:dossier:{subject}"))


def letter(item: FeedItem, said: Payload | To, *, member: str, catalogue: Catalogue) -> Message:
    """The message that says this feed entry; a resend of the entry is the same message, byte for byte."""
    payload, recipient = (said.payload, said.recipient) if isinstance(said, To) else (said, None)
    contract = catalogue.of(payload)
    return Message(
        id=item.id,
        source=member,
        type=contract.type,
        subject=item.subject,
        time=item.at,
        payload=payload.to_wire(),
        recipient=recipient,
        correlation_id=given_back(item.correlation) or correlation_of(item.subject),
        causation_id=cause_of(item.cause),
        dataschema=contract.dataschema,
        traceparent=given_back(item.traceparent),
    )


def failure(record: Record, reason: GiveUp, *, member: str, catalogue: Catalogue, now: datetime) -> Message:
    """`exchange.delivery-failed` for one record of the inbox; its id comes from where the record lies, so a resend repeats it."""
    said = readable(record.headers)
    place = f"{record.topic}/{record.partition}/{record.offset}"
    source, message_id = said.get("ce_source", member).removeprefix("/"), said.get("ce_id", place[-MAX_TEXT:])
    payload = _reported(
        {
            "message_id": message_id,
            "source": source,
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "code": reason.code,
            "message": _text(reason.message),
            "faults": [FaultAt(pointer=each.pointer[:LONGEST_POINTER], reason=_text(each.reason)) for each in reason.faults[:MOST_FAULTS]],
        },
        otherwise={"source": member, "code": Failure.FAILED},
    )
    contract = catalogue.of(payload)
    subject = said.get("ce_subject") or (record.key or b"").decode(errors="replace")[:MAX_TEXT] or place
    return Message(
        # A reset makes the same place again for another message: the message's own id keeps the two apart.
        id=str(uuid5(NAMESPACE_URL, f"urn:lgsp:delivery-failed:{place}:{source}:{message_id}")),
        source=member,
        type=contract.type,
        subject=subject,
        time=now,
        payload=payload.to_wire(),
        correlation_id=said.get("ce_correlationid"),
        causation_id=message_id,
        dataschema=contract.dataschema,
        traceparent=said.get("traceparent"),
    )


def _reported(fields: dict[str, Any], *, otherwise: dict[str, str]) -> DeliveryFailed:
    try:
        return DeliveryFailed(**fields)
    except ValidationError as error:  # an envelope or a handler of somebody else's making; the report goes out all the same
        wrong = {str(each["loc"][0]) for each in error.errors()}
        return DeliveryFailed(**fields | {name: value for name, value in otherwise.items() if name in wrong})


def _text(reason: str) -> str:
    return reason[:LONGEST_TEXT] or "no reason given"
