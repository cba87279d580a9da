"""The state folder: its version, who uses it now, and where a running exchange can be found."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.settings import Settings
from vn.errors import BadEnvironment, CannotConnect
from vn.lock import Taken, locked

__all__ = ["Running", "forget", "held", "keep_ports", "kept_ports", "meant", "prepare", "running"]

VERSION = "1"  # of everything below the state folder; another version is refused, there are no migrations
_MARK = "lgsp-state"
_RUN = "run.json"
_LOCK = "lgsp-lock"
_PORTS = "ports.json"  # outlives --fresh too: what an integrator has set up elsewhere finds us again


@dataclass(frozen=True)
class Running:
    """Addresses of a running exchange: the broker, and each part's HTTP address by its name."""

    bootstrap: str
    space: str
    urls: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Leave a note for the other commands, whole or not at all."""
        draft = folder / f"{_RUN}.new"
        draft.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        draft.replace(folder / _RUN)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder for one `lgsp up`: two on one folder would write over each other."""
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(folder / _LOCK))
        except OSError as error:
            raise _not_writable(folder, error) from None
        except Taken:
            raise BadEnvironment(f"an exchange already runs from {folder}; stop it, or choose another --state DIR") from None
        yield


def prepare(folder: Path, *, fresh: bool = False) -> Path:
    """Make the folder usable: there, writable, of this version, and empty where `fresh`."""
    mark = folder / _MARK
    try:
        if fresh and folder.exists():
            _wipe(folder, mark)
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        if not mark.exists():
            mark.write_text(VERSION + "\n", encoding="utf-8")
        found = mark.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise _not_writable(folder, error) from None
    if found != VERSION:
        raise BadEnvironment(
            f"{folder}: state of version {found}, this is version {VERSION}; start anew with --fresh or another --state DIR"
        )
    return folder


def _wipe(folder: Path, mark: Path) -> None:
    """Remove what is ours; a folder that was never ours is left alone."""
    others = [entry for entry in folder.iterdir() if entry.name not in (_LOCK, _PORTS)]
    if not mark.exists() and others:
        raise BadEnvironment(f"{folder}: not a state folder of lgsp (it holds other files), so --fresh will not empty it")
    for entry in others:
        if _in_use(entry):
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _in_use(entry: Path) -> bool:
    """Whether a broker that was started by itself keeps its log here: only its topics begin anew, over Kafka."""
    lock = entry / "lock"
    if not lock.is_file():
        return False
    try:
        with locked(lock):
            return False
    except Taken:
        return True


def _not_writable(folder: Path, error: OSError) -> BadEnvironment:
    return BadEnvironment(f"{folder}: {error.strerror}; choose a folder you can write to with --state DIR")


def kept_ports(folder: Path) -> dict[str, int]:
    """The ports of the last start, by part; empty where there was none, or what it left cannot be read."""
    try:
        kept = json.loads((folder / _PORTS).read_text(encoding="utf-8"))
        return {str(part): int(port) for part, port in kept.items() if 0 < int(port) < 65_536}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def keep_ports(folder: Path, ports: Mapping[str, int]) -> None:
    """For the next start, beside those of parts that are left out this time."""
    (folder / _PORTS).write_text(json.dumps({**kept_ports(folder), **ports}, indent=2) + "\n", encoding="utf-8")


def forget(folder: Path) -> None:
    """The exchange no longer runs here."""
    (folder / _RUN).unlink(missing_ok=True)


def running(folder: Path) -> Running:
    """Where the exchange of this state folder runs."""
    try:
        noted = json.loads((folder / _RUN).read_text(encoding="utf-8"))
        return Running(noted["bootstrap"], noted["space"], noted["urls"], tuple(noted["without"]))
    except FileNotFoundError:
        raise CannotConnect(f"nothing runs from {folder}; start it with: lgsp up --state {folder}") from None
    except (OSError, ValueError, KeyError) as error:
        raise BadEnvironment(f"{folder / _RUN}: cannot be read ({type(error).__name__}); start again with: lgsp up") from None


def meant(settings: Settings) -> Running:
    """The exchange a command is about: on the settings' broker, else the one that runs from the state folder."""
    return Running(settings.bootstrap, settings.space) if settings.bootstrap else running(settings.state)
