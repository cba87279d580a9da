"""A message on the wire: CloudEvents 1.0, Kafka protocol binding, binary mode (payload = record value, attributes = headers)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bus.refusals import Code
from vn.errors import Fault, Refused
from vn.fidelity import Fact

Headers = Sequence[tuple[str, bytes | None]]

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/json"

REQUIRED = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "content-type")
OPTIONAL = ("ce_recipient", "ce_correlationid", "ce_causationid", "ce_expirytime", "ce_dataschema", "traceparent")
KNOWN = frozenset(REQUIRED + OPTIONAL)

MAX_TEXT = 255  # characters of an id, a subject, a member, a type
MAX_SCHEMA = 1024  # characters of ce_dataschema
MAX_HEADERS = 100  # count of all headers
MAX_HEADER_BYTES = 64 * 1024  # names and values of all headers together
MAX_PLAIN = 40  # more headers than this are looked at carefully

_instant = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|z|[+-]\d\d:\d\d)", re.ASCII).fullmatch
_set = object.__setattr__
_parse_instant = datetime.fromisoformat


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message as a frozen value; members are named `VN/GOV/H37.15/ilis`, without the slash that `ce_source` begins with.

    `payload` holds the exact bytes of the record's value; `extra` the headers that this project does not know, in their order.
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    payload: bytes
    recipient: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    expiry: datetime | None = None
    dataschema: str | None = None
    content_type: str = CONTENT_TYPE
    traceparent: str | None = None
    extra: tuple[tuple[str, bytes], ...] = ()

    @property
    def key(self) -> bytes:
        """The Kafka key: the subject, so that one dossier's messages keep their order."""
        return self.subject.encode()

    def to_headers(self) -> list[tuple[str, bytes]]:
        """The attributes as record headers, UTF-8; unknown headers last."""
        values: tuple[tuple[str, str | None], ...] = (
            ("ce_specversion", SPEC_VERSION),
            ("ce_id", self.id),
            ("ce_source", f"/{self.source}"),
            ("ce_type", self.type),
            ("ce_subject", self.subject),
            ("ce_time", self.time.isoformat()),
            ("ce_recipient", self.recipient),
            ("ce_correlationid", self.correlation_id),
            ("ce_causationid", self.causation_id),
            ("ce_expirytime", self.expiry.isoformat() if self.expiry else None),
            ("ce_dataschema", self.dataschema),
            ("content-type", self.content_type),
            ("traceparent", self.traceparent),
        )
        return [(name, value.encode()) for name, value in values if value is not None] + list(self.extra)


def decode(key: bytes | None, value: bytes | None, headers: Headers) -> Message:
    """The message in a Kafka record; raises `Refused` (`client.malformed_envelope`) with every fault at once."""
    message = _plain(key, value, headers)
    return message if message is not None else _careful(key, value, headers)


def readable(headers: Headers) -> dict[str, str]:
    """What can be read of the known headers of a broken envelope: the first of each that is UTF-8, not empty and not too long."""
    found: dict[str, str] = {}
    for name, raw in headers:
        if name in KNOWN and name not in found and raw is not None:
            text = _text(raw)
            if text and len(text) <= MAX_TEXT:
                found[name] = text
    return found


def _plain(key: bytes | None, value: bytes | None, headers: Headers) -> Message | None:
    """The usual case, quickly; None when anything is unusual, so that `_careful` says what."""
    found: dict[str, Any] = dict(headers)
    if key is None or value is None or len(found) != len(headers) or len(found) > MAX_PLAIN:
        return None
    pop = found.pop
    try:
        sizes = [*map(len, found.values())]
        if 0 in sizes or max(sizes) > MAX_TEXT:
            return None
        if pop("ce_specversion") != b"1.0" or pop("content-type") != b"application/json" or pop("ce_subject") != key:
            return None
        source = pop("ce_source").decode()
        recipient = pop("ce_recipient", None)
        correlation_id = pop("ce_correlationid", None)
        causation_id = pop("ce_causationid", None)
        expiry = pop("ce_expirytime", None)
        dataschema = pop("ce_dataschema", None)
        traceparent = pop("traceparent", None)
        fields = {
            "id": pop("ce_id").decode(),
            "source": source[1:],
            "type": pop("ce_type").decode(),
            "subject": key.decode(),
            "time": _time(pop("ce_time").decode()),
            "payload": value,
            "recipient": None if recipient is None else recipient.decode().removeprefix("/"),
            "correlation_id": None if correlation_id is None else correlation_id.decode(),
            "causation_id": None if causation_id is None else causation_id.decode(),
            "expiry": None if expiry is None else _time(expiry.decode()),
            "dataschema": None if dataschema is None else dataschema.decode(),
            "content_type": CONTENT_TYPE,
            "traceparent": None if traceparent is None else traceparent.decode(),
            "extra": tuple(found.items()) if found else (),
        }
    except (KeyError, TypeError, ValueError):
        return None
    if source[0] != "/" or len(source) == 1 or recipient == b"/" or (found and not _bounded(headers)):
        return None
    message = object.__new__(Message)
    _set(message, "__dict__", fields)  # a frozen dataclass's own constructor takes five times as long
    return message


def _careful(key: bytes | None, value: bytes | None, headers: Headers) -> Message:
    """The same with every fault named; what is odd but allowed (an unknown header twice, a charset) passes here."""
    faults: list[Fault] = []
    known: dict[str, str] = {}
    for name in REQUIRED + OPTIONAL:
        values = [raw for header, raw in headers if header == name]
        text, fault = _attribute(name, values)
        if fault:
            faults.append(Fault(f"/headers/{name}", fault))
        elif text is not None:
            known[name] = text
    faults += _key_faults(key, known.get("ce_subject"))
    if value is None:
        faults.append(Fault("/value", "is null; a message has a payload"))
    if not _bounded(headers):
        faults.append(Fault("/headers", f"more than {MAX_HEADERS} headers or {MAX_HEADER_BYTES} bytes of headers"))
    if faults or value is None:
        raise Refused(Code.MALFORMED_ENVELOPE.value, f"{len(faults)} fault(s) in the envelope", faults)
    return _from_text(known, value, tuple((name, raw or b"") for name, raw in headers if name not in KNOWN))


def _attribute(name: str, values: list[bytes | None]) -> tuple[str | None, str | None]:
    """The text of one known header, or what is wrong with it; (None, None) where an optional one is absent."""
    if not values:
        return None, ("is missing" if name in REQUIRED else None)
    if len(values) > 1:
        return None, f"stands there {len(values)} times"
    raw = values[0]
    if raw is None:
        return None, "is null"
    text = _text(raw)
    if text is None:
        return None, "is not UTF-8"
    return text, _wrong(name, text)


def _wrong(name: str, text: str) -> str | None:
    limit = MAX_SCHEMA if name == "ce_dataschema" else MAX_TEXT
    if not text:
        return "is empty"
    if len(text) > limit:
        return f"is longer than {limit} characters"
    if name == "ce_specversion" and text != SPEC_VERSION:
        return f"must be {SPEC_VERSION}"
    if name in ("ce_time", "ce_expirytime") and not _is_instant(text):
        return "is not a time by RFC 3339 with an offset"
    if name == "ce_source" and (text[0] != "/" or len(text) == 1):
        return "must be a member id after a slash: /VN/GOV/H37.15/ilis"
    if name == "ce_recipient" and text == "/":
        return "must be a member id"
    if name == "content-type" and text.replace(" ", "").lower() not in (CONTENT_TYPE, f"{CONTENT_TYPE};charset=utf-8"):
        return f"must be {CONTENT_TYPE}"
    return None


def _key_faults(key: bytes | None, subject: str | None) -> list[Fault]:
    if key is None:
        return [Fault("/key", "is null; it must equal ce_subject")]
    if _text(key) is None:
        return [Fault("/key", "is not UTF-8")]
    if subject is not None and key != subject.encode():
        return [Fault("/key", "differs from ce_subject")]
    return []


def _from_text(known: Mapping[str, str], payload: bytes, extra: tuple[tuple[str, bytes], ...]) -> Message:
    recipient = known.get("ce_recipient")
    expiry = known.get("ce_expirytime")
    return Message(
        id=known["ce_id"],
        source=known["ce_source"][1:],
        type=known["ce_type"],
        subject=known["ce_subject"],
        time=_time(known["ce_time"]),
        payload=payload,
        recipient=recipient and recipient.removeprefix("/"),
        correlation_id=known.get("ce_correlationid"),
        causation_id=known.get("ce_causationid"),
        expiry=_time(expiry) if expiry else None,
        dataschema=known.get("ce_dataschema"),
        content_type=known["content-type"],
        traceparent=known.get("traceparent"),
        extra=extra,
    )


def _time(text: str) -> datetime:
    if _instant(text) is None:
        raise ValueError("not RFC 3339")
    return _parse_instant(text)


def _is_instant(text: str) -> bool:
    try:
        _time(text)
    except ValueError:
        return False
    return True


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _bounded(headers: Headers) -> bool:
    return len(headers) <= MAX_HEADERS and sum(len(name) + len(raw or b"") for name, raw in headers) <= MAX_HEADER_BYTES


FACTS = (
    Fact(
        "Envelope of a message",
        "CloudEvents 1.0, Kafka protocol binding, binary mode",
        "no Kafka bus of an LGSP is described publicly",
        "simulator",
    ),
    Fact("Headers that must be there", ", ".join(REQUIRED), "CloudEvents; subject and time are required by us", "simulator"),
    Fact("Headers that may be there", ", ".join(OPTIONAL), "CloudEvents extensions, W3C trace context; ce_recipient is ours", "simulator"),
    Fact(
        "Form of a member's id", "INSTANCE/CLASS/MEMBER/SUBSYSTEM", "NDXP and X-Road name clients so; seen in running clients", "observed"
    ),
    Fact(
        "Which office has which organisation code",
        "bus/data/members.yaml",
        "the form of QĐ 20/2020; which number is whose is not known",
        "assumption",
        "province",
    ),
)
