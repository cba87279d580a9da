"""The settings a topic can have: Kafka's names, defaults, limits and words of refusal."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

_STRING, _INT, _LONG, _DOUBLE, _LIST = 2, 3, 5, 6, 7
"""Types as DescribeConfigs tells them (ConfigDef.Type)."""
_RANGE: Final = {_INT: ("INT", 2**31 - 1), _LONG: ("LONG", 2**63 - 1)}


@dataclass(frozen=True)
class Setting:
    """A topic setting of Kafka that this broker acts on: its default, its type, and what is wrong with a value, or one of a list."""

    default: str
    kind: int
    wrong: Callable[[str], str | None]

    @property
    def is_list(self) -> bool:
        return self.kind == _LIST


def _number(kind: int, default: int, least: int) -> Setting:
    name, most = _RANGE[kind]

    def wrong(text: str) -> str | None:
        if not re.fullmatch(r"[+-]?\d{1,19}", text.strip()) or not -most - 1 <= int(text) <= most:
            return f"Not a number of type {name}"
        return f"Value must be at least {least}" if int(text) < least else None

    return Setting(str(default), kind, wrong)


def _share(text: str) -> str | None:
    try:
        value = float(text)
    except ValueError:
        return "Not a number of type DOUBLE"
    if value < 0:
        return "Value must be at least 0"
    return "Value must be no more than 1" if value > 1 else None


def _only(value: str) -> Setting:
    return Setting(value, _STRING, lambda text: None if text == value else f"this broker has {value} only")


def listed(text: str) -> list[str]:
    """The items of a list setting."""
    return [item.strip() for item in text.split(",")] if text.strip() else []


def _policy(text: str) -> str | None:
    return None if text in {"compact", "delete"} else "String must be one of: compact, delete"


SETTINGS: Final[Mapping[str, Setting]] = {
    "cleanup.policy": Setting("delete", _LIST, _policy),
    "delete.retention.ms": _number(_LONG, 86_400_000, 0),
    "max.compaction.lag.ms": _number(_LONG, 2**63 - 1, 1),
    "max.message.bytes": _number(_INT, 1_048_588, 0),
    "message.timestamp.after.max.ms": _number(_LONG, 3_600_000, 0),
    "message.timestamp.type": _only("CreateTime"),
    "min.cleanable.dirty.ratio": Setting("0.5", _DOUBLE, _share),
    "min.compaction.lag.ms": _number(_LONG, 0, 0),
    "min.insync.replicas": Setting("1", _INT, lambda text: None if text == "1" else "this broker has one replica of everything"),
    "retention.bytes": _number(_LONG, -1, -1),
    "retention.ms": _number(_LONG, -1, -1),
    "segment.bytes": _number(_INT, 16 * 1024 * 1024, 1024 * 1024),
    "segment.ms": _number(_LONG, 604_800_000, 1),
}
"""`segment.bytes` and the retentions have defaults of this broker's own, which a broker's settings may change in Kafka too."""


def wrong_settings(config: Mapping[str, str | None]) -> str | None:
    """What is wrong with topic settings, in one line; None when nothing is."""
    for name, value in config.items():
        if name not in SETTINGS:
            return f"Unknown topic config name: {name} (this broker has {', '.join(SETTINGS)})"
        setting = SETTINGS[name]
        for part in () if value is None else listed(value) if setting.is_list else (value,):
            if wrong := setting.wrong(part):
                return f"Invalid value {part} for configuration {name}: {wrong}"
    least, most = (int(config.get(name) or SETTINGS[name].default) for name in ("min.compaction.lag.ms", "max.compaction.lag.ms"))
    if least > most:
        return f"conflict topic config setting min.compaction.lag.ms ({least}) > max.compaction.lag.ms ({most})"
    return None
