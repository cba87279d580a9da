"""A file that one process holds at a time; the operating system lets go of it when the process ends, however it ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vn.errors import LgspError

__all__ = ["Taken", "locked"]


class Taken(LgspError):
    """Another process holds the file."""


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold `file`, which is made if it is missing; raises OSError where it cannot be written, Taken where another holds it."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            _lock(handle)
        except OSError as error:
            raise Taken(str(file)) from error
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
