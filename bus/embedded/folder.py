"""The state folder: one broker at a time, and only of a format this version reads."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from vn.errors import BadEnvironment
from vn.lock import Taken, locked

_FORMAT: Final = "lgsp-sim broker state, format 1\n"


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """Hold the folder; the operating system lets go of it when the process ends, however it ends."""
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(folder / "lock"))
        except OSError as error:
            raise BadEnvironment(f"the broker cannot write to its state folder {folder}: {error.strerror}") from error
        except Taken as error:
            raise BadEnvironment(f"another broker uses the state folder {folder}; stop it, or choose another folder") from error
        _check_format(folder)
        yield folder


def _check_format(folder: Path) -> None:
    file = folder / "format"
    if file.exists():
        found = file.read_text(encoding="utf-8", errors="replace")
        if found != _FORMAT:
            raise BadEnvironment(f"{folder} holds broker state of another version ({found.strip()[:60]!r}); choose another folder")
        return
    if any(path.name != "lock" for path in folder.iterdir()):
        raise BadEnvironment(f"{folder} is not empty and holds no broker state; choose another folder")
    try:
        file.write_text(_FORMAT, encoding="utf-8")
    except OSError as error:
        raise BadEnvironment(f"the broker cannot write to its state folder {folder}: {error.strerror}") from error
