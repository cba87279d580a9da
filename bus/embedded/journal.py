"""A small durable table: every change is one checksummed line behind the others, so that `kill -9` loses and halves nothing."""

import errno
import json
import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from crc32c import crc32c

from bus.embedded.syncing import UNSYNCED, Syncing

Key = tuple[str, ...]
"""What the entry is about, a kind first: ("offset", group, topic, partition)."""

_REWRITE_FROM: Final = 4 * 1024 * 1024
_logger = logging.getLogger(__name__)


class Journal:
    """Values by key; without a path they end with the process."""

    def __init__(self, path: Path | None, syncing: Syncing = UNSYNCED) -> None:
        self._path = path
        self._syncing = syncing
        self._values: dict[Key, Any] = {}
        self._file: int | None = None
        self._size = 0
        self._rewrite_at = _REWRITE_FROM
        if path is not None:
            self._load(path)
            self._rewrite(path)

    def get(self, key: Key) -> Any:
        return self._values.get(key)

    def of(self, kind: str) -> Iterator[tuple[Key, Any]]:
        """Every entry of a kind, in the order in which they first came."""
        return ((key, value) for key, value in list(self._values.items()) if key[0] == kind)

    def write(self, changes: Mapping[Key, Any]) -> None:
        """Make all changes or none; a value of None drops the entry. The system, or the disk, holds them when this returns."""
        if self._path is not None and self._file is not None and changes:
            self._append(self._path, self._file, _line(list(changes.items())))
        self._apply(changes.items())
        if self._path is not None and self._size > self._rewrite_at:
            try:
                self._rewrite(self._path)
            except OSError as failure:  # what was written is there all the same
                self._rewrite_at = 2 * self._size
                _logger.error("%s cannot be made smaller: %s", self._path, failure)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _append(self, path: Path, file: int, line: bytes) -> None:
        try:
            if os.write(file, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._syncing.written(path, file)
        except OSError:  # half a line would hide all that follow it
            os.ftruncate(file, self._size)
            raise
        self._size += len(line)

    def _apply(self, changes: Any) -> None:
        for key, value in changes:
            if value is None:
                self._values.pop(tuple(key), None)
            else:
                self._values[tuple(key)] = value

    def _load(self, path: Path) -> None:
        if not path.exists():
            return
        for line in path.read_bytes().splitlines(keepends=True):
            content = line[9:-1]
            if not line.endswith(b"\n") or line[:8] != b"%08x" % crc32c(content):
                _logger.warning("%s ends in a torn line, which is cut", path)
                return
            self._apply(json.loads(content))

    def _rewrite(self, path: Path) -> None:
        """Leave only what still counts; where that fails, the old file stays and is written to as before."""
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            for entry in self._values.items():
                file.write(_line([entry]))
            size = file.tell()
        self._syncing.settle(draft)
        self.close()  # some systems rename over no open file
        try:
            os.replace(draft, path)
            self._size = size
        finally:
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        self._rewrite_at = max(_REWRITE_FROM, 4 * self._size)
        self._syncing.settled(path)


def _line(entries: list[tuple[Key, Any]]) -> bytes:
    content = json.dumps(entries, separators=(",", ":")).encode()
    return b"%08x %b\n" % (crc32c(content), content)
