"""What a broker needs of the machine: a state folder, one broker at a time and only of its own kind, and a port."""

import asyncio
import errno
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vn.errors import BadEnvironment
from vn.lock import Taken, locked

__all__ = ["APACHE", "EMBEDDED", "Kind", "accepts", "cannot_listen", "held"]


@dataclass(frozen=True)
class Kind:
    """One kind of broker; `mark` is what it writes into its state folder, with the version of the format."""

    name: str
    mark: str


EMBEDDED: Final = Kind("the embedded broker", "lgsp-sim broker state, format 1\n")
APACHE: Final = Kind("Apache Kafka", "lgsp-sim Apache Kafka state, format 1\n")


@contextmanager
def held(folder: Path, kind: Kind) -> Iterator[Path]:
    """Hold the folder; the operating system lets go of it when the process ends, however it ends.

    Raises BadEnvironment: not writable, in use, of another version, or of the other kind of broker.
    """
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(folder / "lock"))
        except OSError as error:
            raise BadEnvironment(f"the broker cannot write to its state folder {folder}: {error.strerror}") from error
        except Taken as error:
            raise BadEnvironment(f"another broker uses the state folder {folder}; stop it, or choose another folder") from error
        _check_format(folder, kind)
        yield folder


def cannot_listen(host: str, port: int, error: OSError, *, listener: str = "main") -> BadEnvironment:
    """What to tell the user of a port that cannot be had."""
    variable = "--listen HOST:PORT or LGSP_BROKER_PORT" if listener == "main" else f"LGSP_BROKER_{listener.upper()}_PORT"
    taken = error.errno == errno.EADDRINUSE
    reason = f"the port is taken; choose another with {variable}" if taken else error.strerror or str(error)
    return BadEnvironment(f"the broker cannot listen on {host}:{port}: {reason}")


def _check_format(folder: Path, kind: Kind) -> None:
    file = folder / "format"
    if file.exists():
        found = file.read_text(encoding="utf-8", errors="replace")
        other = next((each for each in (EMBEDDED, APACHE) if each is not kind and each.mark == found), None)
        if other is not None:
            raise BadEnvironment(f"{folder} holds the state of {other.name}, and this is {kind.name}; choose another --state DIR")
        if found != kind.mark:
            raise BadEnvironment(f"{folder} holds broker state of another version ({found.strip()[:60]!r}); choose another folder")
        return
    if any(path.name != "lock" for path in folder.iterdir()):
        raise BadEnvironment(f"{folder} is not empty and holds no broker state; choose another folder")
    try:
        file.write_text(kind.mark, encoding="utf-8")
    except OSError as error:
        raise BadEnvironment(f"the broker cannot write to its state folder {folder}: {error.strerror}") from error


async def accepts(host: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True
