"""A draft as YAML that people read: the keys in the order of the language, one step a line, comments that say what was assumed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

__all__ = ["Line", "instant", "written"]

WIDTH = 120
_PLAIN = re.compile(r"[A-Za-zÀ-ỹĐđ0-9/][A-Za-zÀ-ỹĐđ0-9 ()./_>-]*|[0-9-]{10}T[0-9:]+")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})
LARGE = 10_000  # from here on digits are grouped


@dataclass(frozen=True)
class Line:
    """One step: its word and what it says; `comment` stands before it."""

    word: str
    said: Mapping[str, Any]
    comment: str = ""


def written(head: Iterable[str], top: Mapping[str, Any], given: Mapping[str, Any], steps: Sequence[Line]) -> str:
    """The whole file."""
    lines = [f"# {' '.join(each.split())}" for each in head]
    lines += [f"{name}: {flow(value)}" for name, value in top.items()]
    if given:
        lines.append("given:")
        for name, value in given.items():
            lines += _block(name, value)
    lines.append("steps:")
    for each in steps:
        lines += [f"  # {each.comment}"] if each.comment else []
        lines.append(f"  - {each.word}: {flow(each.said)}")
    return "\n".join(lines) + "\n"


def instant(at: datetime) -> str:
    """As a script has it: to the minute, or to the second where it must be."""
    return at.replace(tzinfo=None).isoformat(timespec="seconds" if at.second else "minutes")


def flow(value: Any) -> str:
    """A value on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return f"{value:_}" if abs(value) >= LARGE else str(value)
        case Decimal():
            return f"{value.normalize():f}"
        case Mapping():
            return "{" + ", ".join(f"{_text(str(name))}: {flow(each)}" for name, each in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(flow(each) for each in value) + "]"
        case _:
            return _text(str(value))


def _block(name: str, value: Any) -> list[str]:
    """On one line where it fits, else one entry a line."""
    line = f"  {name}: {flow(value)}"
    if len(line) <= WIDTH or not isinstance(value, list):
        return [line]
    return [f"  {name}:", *(f"    - {flow(each)}" for each in value)]


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text == text.strip() and text.lower() not in _WORDS:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
