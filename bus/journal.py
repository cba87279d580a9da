"""The journal: one record per message and recipient that says what became of it; no payload, no personal data."""

import re
from collections.abc import AsyncIterable, Iterable
from hashlib import sha256
from typing import Any

import orjson

from bus.envelope import Message, readable
from bus.kafka.settings import Received
from bus.members import EXCHANGE
from vn.errors import Refused
from vn.fidelity import Fact

FIELDS = (
    "messageId", "type", "source", "recipient", "subject", "correlationId", "causationId", "requestInTs", "requestOutTs", "requestSize",
    "succeeded", "faultCode", "faultString", "payloadDigest", "topic", "partition", "offset", "traceparent", "ceTime", "space",
)  # fmt: skip
MAX_FAULT_STRING = 1000

_place = re.compile(r"(?:/(?:[a-z][A-Za-z0-9_-]{0,40}|[0-9]{1,4})(?=/|$))+").match

Entry = dict[str, Any]
Key = tuple[str | None, str, str | None]
At = tuple[str, int, int]  # topic, partition, offset


def about(message: Message, record: Received, space: str, *, recipient: str | None = None, out: int | None = None) -> Entry:
    """One message to one recipient; `topic`, `partition`, `offset` say where it was read, `out` when its inbox had it."""
    return {
        "messageId": message.id,
        "type": message.type,
        "source": message.source,
        "recipient": recipient,
        "subject": message.subject,
        "correlationId": message.correlation_id,
        "causationId": message.causation_id,
        "requestInTs": record.timestamp,
        "requestOutTs": out,
        "requestSize": len(message.payload),
        "succeeded": True,
        "faultCode": None,
        "faultString": None,
        "payloadDigest": "sha256:" + sha256(message.payload).hexdigest(),
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "traceparent": message.traceparent,
        "ceTime": message.time,  # orjson writes RFC 3339
        "space": space,
    }


def about_broken(record: Received, space: str) -> Entry:
    """The same of an envelope that cannot be opened: whatever can be read of it."""
    found = readable(record.headers)
    source = found.get("ce_source")
    value = record.value or b""
    return {
        "messageId": found.get("ce_id"),
        "type": found.get("ce_type"),
        "source": source and source.removeprefix("/"),
        "recipient": None,
        "subject": found.get("ce_subject"),
        "correlationId": found.get("ce_correlationid"),
        "causationId": found.get("ce_causationid"),
        "requestInTs": record.timestamp,
        "requestOutTs": None,
        "requestSize": len(value),
        "succeeded": False,
        "faultCode": None,
        "faultString": None,
        "payloadDigest": "sha256:" + sha256(value).hexdigest(),
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "traceparent": found.get("traceparent"),
        "ceTime": found.get("ce_time"),
        "space": space,
    }


def failed(entry: Entry, fault: Refused) -> Entry:
    """The entry of a message that did not arrive: the code, the sentence, and where its faults are."""
    entry["succeeded"] = False
    entry["faultCode"] = fault.code
    places = ", ".join(dict.fromkeys(place for each in fault.faults if (place := _known_place(each.pointer))))
    entry["faultString"] = f"{fault.message} ({places})"[:MAX_FAULT_STRING] if places else fault.message[:MAX_FAULT_STRING]
    return entry


def _known_place(pointer: str) -> str:
    """The pointer as far as it is made of a contract's own words: the name of an unexpected field may be anything, a person's too."""
    found = _place(pointer)
    return found[0] if found else ""


def key_of(entry: Entry) -> Key:
    """What a reader keys on, since a message may be journaled again: source, id, recipient; without an id, the place."""
    id_ = entry["messageId"] or f"{entry['topic']}/{entry['partition']}/{entry['offset']}"
    return entry["source"], id_, entry["recipient"]


def latest(entries: Iterable[Entry]) -> list[Entry]:
    """The last of each message and recipient: what became of it in the end, however often it was carried."""
    return list({key_of(entry): entry for entry in entries}.values())


async def attempts(records: AsyncIterable[Received]) -> list[Entry]:
    """Every attempt, in the order in which each was first journaled: a message that is sent again lies at another place.

    What the exchange has taken twice from one place, and so journaled twice, counts once.
    """
    found: dict[tuple[Key, At | None], Entry] = {}
    async for record in records:
        entry = orjson.loads(record.value or b"{}")
        found[key_of(entry), _read_at(entry)] = entry
    return list(found.values())


def _read_at(entry: Entry) -> At | None:
    """Where the message was read; the exchange's own was read nowhere, and its id says what it answers."""
    return None if entry["source"] == EXCHANGE else (entry["topic"], entry["partition"], entry["offset"])


FACTS = (Fact("Fields of the journal", ", ".join(FIELDS), "X-Road's operational record, with the place in Kafka", "simulator"),)
