"""An operator's file with the shape of a space's topics: for all of them, and what is other for one kind."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from bus.topics import AS_BUILT, KINDS, Shape
from vn.errors import Unusable
from vn.lines import read_yaml
from vn.near import suggestion

__all__ = ["Wanted", "wanted"]

_UNITS: Final = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_CLEANUPS: Final = ("delete", "compact", "compact,delete")
_OF_A_KIND: Final = ("partitions", "retention", "cleanup")
_MOST_PARTITIONS: Final = 10_000
_MOST_COPIES: Final = 100


@dataclass(frozen=True)
class Wanted:
    """The shape of each kind of topic, and how many brokers keep each (None: not looked at, and one where a topic is made)."""

    shapes: Mapping[str, Shape]
    replication: int | None = None


def wanted(path: Path | None) -> Wanted:
    """What the file says, over what is built in; raises Unusable with every fault, each with file and line."""
    if path is None:
        return Wanted(AS_BUILT)
    file = _File(path)
    whole = file.mapping(())
    file.known(whole, (), (*_OF_A_KIND, "replication", *KINDS))
    every = file.shape(whole, Shape(), ())
    shapes = {}
    for kind in KINDS:
        own = file.mapping((kind,))
        file.known(own, (kind,), _OF_A_KIND)
        shapes[kind] = file.shape(own, every, (kind,))
    replication = whole.get("replication")
    if replication is not None and not _whole(replication, _MOST_COPIES):
        file.fault(f"replication {replication!r} is not a whole number from 1 to {_MOST_COPIES}", ("replication",))
    file.check()
    return Wanted(shapes, replication)


class _File:
    """A file that is read, and what was found wrong with it so far."""

    def __init__(self, path: Path) -> None:
        self._lined = read_yaml(path)
        self._faults: list[tuple[int, str]] = []

    def fault(self, reason: str, where: tuple[str, ...]) -> None:
        """Remember what is wrong, and where."""
        self._faults.append((self._lined.line(where), reason))

    def check(self) -> None:
        """Raise Unusable with all faults, in the order of the file."""
        if self._faults:
            raise Unusable("\n".join(f"{self._lined.path}:{line}: {reason}" for line, reason in sorted(self._faults)))

    def mapping(self, where: tuple[str, ...]) -> Mapping[str, Any]:
        """What stands there, by name; nothing where nothing stands."""
        value = self._lined.value
        for key in where:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None or isinstance(value, dict):
            return value or {}
        self.fault(f"{'.'.join(where) or 'the file'} must be a mapping, e.g. {{partitions: 6, retention: 30d}}", where)
        return {}

    def known(self, given: Mapping[str, Any], where: tuple[str, ...], names: tuple[str, ...]) -> None:
        """Every key is one of these."""
        for name in given:
            if name not in names:
                self.fault(f"unknown key {name!r}{suggestion(name, names)}", (*where, str(name)))

    def shape(self, given: Mapping[str, Any], over: Shape, where: tuple[str, ...]) -> Shape:
        """What is given, over what holds without it."""
        shape, wrong = over, dict[str, str]()
        if "partitions" in given:
            if _whole(given["partitions"], _MOST_PARTITIONS):
                shape = replace(shape, partitions=given["partitions"])
            else:
                wrong["partitions"] = f"is not a whole number from 1 to {_MOST_PARTITIONS}"
        if "retention" in given:
            milliseconds = _milliseconds(given["retention"])
            if milliseconds is None:
                wrong["retention"] = "is neither unlimited nor a time such as 90m, 12h, 30d or 4w"
            else:
                shape = replace(shape, retention_ms=milliseconds)
        if "cleanup" in given:
            if given["cleanup"] in _CLEANUPS:
                shape = replace(shape, cleanup=given["cleanup"])
            else:
                wrong["cleanup"] = f"is none of {', '.join(map(repr, _CLEANUPS))}"
        for name, reason in wrong.items():
            self.fault(f"{name} {given[name]!r} {reason}", (*where, name))
        return shape


def _whole(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _milliseconds(text: Any) -> int | None:
    if text == "unlimited":
        return -1
    found = re.fullmatch(r"([1-9][0-9]{0,5})([mhdw])", text) if isinstance(text, str) else None
    return int(found[1]) * _UNITS[found[2]] if found else None
