"""Entries of an operator's file, checked one by one so that every fault is told at once, each with file and line."""

from collections.abc import Iterator, Mapping
from typing import Any

from vn.errors import Unusable
from vn.lines import Lined
from vn.near import suggestion


class Entries:
    """The entries under one key of a file, and the faults found in them so far."""

    def __init__(self, file: Lined, key: str) -> None:
        self.file = file
        self.key = key
        self._faults: list[tuple[int, str]] = []

    def __iter__(self) -> Iterator["Entry"]:
        """Each entry that is a mapping."""
        whole = self.file.value
        if not isinstance(whole, dict) or not isinstance(whole.get(self.key), list):
            self.fault(f"must hold a list under {self.key!r}", ())
            return
        for key in whole:
            if key != self.key:
                self.fault(f"unknown key {key!r}; the list stands under {self.key!r}", (str(key),))
        for position, content in enumerate(whole[self.key]):
            if isinstance(content, dict):
                yield Entry(self, position, content)
            else:
                self.fault("must be a mapping", (self.key, position))

    def fault(self, reason: str, where: tuple[str | int, ...]) -> None:
        """Remember what is wrong, and where."""
        self._faults.append((self.file.line(where), reason))

    def check(self) -> None:
        """Raise Unusable with all faults, one a line, in the order of the file."""
        if self._faults:
            raise Unusable("\n".join(f"{self.file.path}:{line}: {reason}" for line, reason in sorted(self._faults)))


class Entry:
    """One entry: its content, and where it stands."""

    def __init__(self, entries: Entries, position: int, content: Mapping[str, Any]) -> None:
        self._entries = entries
        self._where = (entries.key, position)
        self.content = content

    def __getitem__(self, key: str) -> Any:
        return self.content[key]

    def fault(self, reason: str, *keys: str | int) -> None:
        """Remember what is wrong with the entry, or with what stands in it under these keys."""
        self._entries.fault(reason, (*self._where, *keys))

    def has(self, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> bool:
        """Whether every needed key is there; complains of missing and unknown ones."""
        for key in self.content:
            if key not in needed + optional:
                self.fault(f"unknown key {key!r}{suggestion(key, needed + optional)}", str(key))
        missing = [key for key in needed if key not in self.content]
        for key in missing:
            self.fault(f"{key!r} is missing")
        return not missing

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self._entries.file.path}:{self._entries.file.line(self._where)}"
