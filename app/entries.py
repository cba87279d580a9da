"""How entries and records are shown: short names, time of day, outcome, and what a record holds."""

from datetime import datetime
from typing import Any, TypeAlias

import orjson

from vn.clock import VN

__all__ = ["Entry", "as_json", "as_text", "instant", "outcome_of", "short"]

Entry: TypeAlias = dict[str, Any]


def instant(milliseconds: int | None) -> str:
    """A record's timestamp as Viet Nam's time of day."""
    return "" if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, VN).strftime("%H:%M:%S.%f")[:-3]


def short(name: str | None) -> str:
    """A member's or a contract's short name: `ilis`, `land.transfer-slip`."""
    if not name:
        return ""
    return name.rsplit("/", 1)[-1] if "/" in name else name.removeprefix("vn.gov.").removesuffix(".v1")


def outcome_of(entry: Entry) -> str:
    """delivered, or the code of the refusal."""
    return "delivered" if entry["succeeded"] else str(entry["faultCode"])


def as_json(value: bytes | None) -> Any:
    """A record's value: JSON, text where it is none."""
    try:
        return orjson.loads(value or b"null")
    except orjson.JSONDecodeError:
        return as_text(value)


def as_text(value: bytes | None) -> str:
    """The text of a value or a header, whatever bytes it is."""
    return (value or b"").decode(errors="replace")
