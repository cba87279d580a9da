"""Dead letters: the original key, value and headers of what did not arrive, and beside them, as text, why."""

from dataclasses import dataclass
from typing import Any

import orjson

from bus.envelope import Headers
from bus.kafka.settings import Received, Record
from bus.refusals import bounded
from bus.topics import Space
from vn.errors import Refused, Unusable
from vn.fidelity import Fact

PREFIX = "__lgsp.errors."
NAMES = ("topic", "partition", "offset", "timestamp", "code", "message", "faults")


@dataclass(frozen=True)
class DeadLetter:
    """One dead letter as a reader sees it; `topic` is the outbox it was refused from, or the inbox it could not be delivered from."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    code: str
    message: str
    faults: tuple[dict[str, str], ...]
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


def dead_letter(record: Received, fault: Refused, space: Space) -> Record:
    """The record for the dead-letter topic."""
    values = (
        record.topic,
        str(record.partition),
        str(record.offset),
        str(record.timestamp),
        fault.code,
        fault.message,
        orjson.dumps(bounded(fault.faults)).decode(),
    )
    reasons = [(PREFIX + name, value.encode()) for name, value in zip(NAMES, values, strict=True)]
    return Record(space.dead_letter, record.key, record.value, [*_original(record.headers), *reasons], record.partition)


def read(record: Received) -> DeadLetter:
    """A record of the dead-letter topic; raises Unusable where it is none."""
    found: dict[str, Any] = {
        name.removeprefix(PREFIX): (value or b"").decode(errors="replace") for name, value in record.headers if name.startswith(PREFIX)
    }
    if missing := [name for name in NAMES if name not in found]:
        raise Unusable(f"record {record.offset} of partition {record.partition} is no dead letter: {PREFIX}{missing[0]} is missing")
    return DeadLetter(
        topic=found["topic"],
        partition=int(found["partition"]),
        offset=int(found["offset"]),
        timestamp=int(found["timestamp"]),
        code=found["code"],
        message=found["message"],
        faults=tuple(orjson.loads(found["faults"])),
        key=record.key,
        value=record.value,
        headers=tuple(_original(record.headers)),
    )


def replay(letter: DeadLetter, space: Space) -> Record:
    """What sends it again: into the sender's outbox where the exchange refused it, into the one recipient's inbox where delivery failed."""
    if not letter.topic.startswith((space.outbox(""), space.inbox(""))):
        raise Unusable(f"the dead letter comes from {letter.topic}, which is neither an outbox nor an inbox of space {space.name}")
    return Record(letter.topic, letter.key, letter.value, list(letter.headers), letter.partition)


def _original(headers: Headers) -> list[tuple[str, bytes | None]]:
    """A replayed letter that dies again carries its last reasons only."""
    return [(name, value) for name, value in headers if not name.startswith(PREFIX)]


FACTS = (Fact("Headers of a dead letter", ", ".join(PREFIX + name for name in NAMES), "in Kafka Connect's manner, as text", "simulator"),)
