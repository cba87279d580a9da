"""When what was written is brought to the disk itself, so that it outlives not only the process but the machine's power."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

Fsync = Literal["none", "batch", "interval"]
"""Never, which leaves it to the operating system; before each acknowledgement; some time later, all at once."""

_logger = logging.getLogger(__name__)


class Syncing:
    """Told of every write; `sync` is what brings an open file to the disk. Raises OSError where that fails."""

    def __init__(self, when: Fsync = "none", sync: Callable[[int], None] = os.fsync) -> None:
        self.when: Final = when
        self._sync = sync
        self._due: dict[Path, int] = {}

    def written(self, path: Path, handle: int, *, first: bool = False) -> None:
        """Something was added to an open file; `first`: the file itself is new."""
        if self.when == "batch":
            self._sync(handle)
            if first:
                self._folder(path)
        elif self.when == "interval" and path not in self._due:
            self._due[path] = os.dup(handle)  # the file's owner may close it, or remove it, before its time comes

    def settle(self, path: Path) -> None:
        """A whole file is on the disk when this returns, before it takes another's place."""
        if self.when == "none":
            return
        handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            self._sync(handle)
        finally:
            os.close(handle)

    def settled(self, path: Path) -> None:
        """The file has its new name, and so it shall be found; what had that name before is of no more use."""
        if (replaced := self._due.pop(path, None)) is not None:
            os.close(replaced)
        if self.when != "none":
            self._folder(path)

    async def catch_up(self) -> None:
        """Bring what was written since the last time to the disk, in a thread, since that takes its time."""
        due, self._due = self._due, {}
        if due:
            await asyncio.to_thread(self._all, due)

    def close(self) -> None:
        due, self._due = self._due, {}
        self._all(due)

    def _all(self, due: dict[Path, int]) -> None:
        for path, handle in due.items():
            try:
                self._sync(handle)
            except OSError as error:
                _logger.error("cannot bring %s to the disk: %s", path, error)
            finally:
                os.close(handle)

    def _folder(self, path: Path) -> None:
        if sys.platform == "win32":  # which opens no folders
            return
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            self._sync(handle)
        finally:
            os.close(handle)


UNSYNCED: Final = Syncing()
"""Everything is left to the operating system."""
