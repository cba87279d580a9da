"""Where the bytes of one log segment lie: in a file, or in memory only."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from bus.embedded.syncing import UNSYNCED, Syncing

INDEX: Final = ".index"


class Store(Protocol):
    """Bytes that only grow at the end; `size` counts them."""

    size: int

    def append(self, content: bytes | bytearray) -> None: ...

    def read(self, position: int, count: int) -> bytes: ...

    def cut(self, size: int) -> None: ...

    def rest(self) -> None:
        """Let go of what is open; the next use opens it again."""
        ...

    def remove(self) -> None: ...

    def is_at(self, path: Path) -> None:
        """Told that the file has another name now."""
        ...

    def put_beside(self, content: bytes) -> None:
        """Something that can be made again, kept for the next start."""
        ...

    def beside(self) -> bytes | None:
        """What was put there, or what a kill left of it."""
        ...


class FileStore:
    """A file, opened on first use; `append` has handed its bytes to the operating system, or to the disk, when it returns."""

    def __init__(self, path: Path, syncing: Syncing = UNSYNCED) -> None:
        self.path = path
        self._syncing = syncing
        self.size = path.stat().st_size if path.exists() else 0
        self._open: int | None = None

    def append(self, content: bytes | bytearray) -> None:
        handle = self._handle()
        os.lseek(handle, self.size, os.SEEK_SET)
        view, written = memoryview(content), 0
        try:
            while written < len(view):
                written += os.write(handle, view[written:])
            self._syncing.written(self.path, handle, first=not self.size)
        except OSError:  # a full disk must not leave half a batch in the middle of the log, nor a broken one a batch that was refused
            os.ftruncate(handle, self.size)
            raise
        self.size += written

    def read(self, position: int, count: int) -> bytes:
        handle = self._handle(make=False)  # or a file that was removed would be there again, and count at the next start
        if sys.platform != "win32":
            return os.pread(handle, count, position)
        os.lseek(handle, position, os.SEEK_SET)
        return os.read(handle, count)

    def cut(self, size: int) -> None:
        os.ftruncate(self._handle(), size)
        self.size = size

    def rest(self) -> None:
        if self._open is not None:
            os.close(self._open)
            self._open = None

    def remove(self) -> None:
        self.rest()
        self.path.with_suffix(INDEX).unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def is_at(self, path: Path) -> None:
        self.rest()
        self.path = path

    def put_beside(self, content: bytes) -> None:
        with suppress(OSError):  # a full disk has worse consequences
            self.path.with_suffix(INDEX).write_bytes(content)

    def beside(self) -> bytes | None:
        beside = self.path.with_suffix(INDEX)
        return beside.read_bytes() if beside.exists() else None

    def _handle(self, *, make: bool = True) -> int:
        if self._open is None:
            self._open = os.open(self.path, os.O_RDWR | (os.O_CREAT if make else 0) | getattr(os, "O_BINARY", 0), 0o644)
        return self._open


class MemoryStore:
    """Bytes that end with the process."""

    def __init__(self) -> None:
        self.size = 0
        self._content = bytearray()

    def append(self, content: bytes | bytearray) -> None:
        self._content += content
        self.size = len(self._content)

    def read(self, position: int, count: int) -> bytes:
        with memoryview(self._content) as view:
            return bytes(view[position : position + count])

    def cut(self, size: int) -> None:
        del self._content[size:]
        self.size = size

    def rest(self) -> None:
        """Nothing is open."""

    def remove(self) -> None:
        self.cut(0)

    def is_at(self, _path: Path) -> None:
        """There is no file."""

    def put_beside(self, content: bytes) -> None:
        """There is no next start."""

    def beside(self) -> None:
        return None
