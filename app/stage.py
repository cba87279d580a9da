"""The processes behind the demo: a broker and the agencies, started before anything heavy is imported here."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from app.security import OURS_IS_PLAIN, VARIABLES
from app.settings import AGENCIES, Settings
from app.state import prepare
from vn.errors import CannotConnect, Unusable

__all__ = ["Stage"]


class Stage:
    """`with` it: both processes start at once and end with the block; `bootstrap()` and `urls()` wait for their addresses."""

    def __init__(self, settings: Settings, keep: Path | None, environ: Mapping[str, str]) -> None:
        if settings.bootstrap is None and not settings.security.plain:
            raise Unusable(OURS_IS_PLAIN)
        self._settings = settings
        self._keep = keep
        self._environ = environ
        self._scratch = tempfile.TemporaryDirectory(prefix="lgsp-demo-", ignore_cleanup_errors=True)
        self._started: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        self.folder = prepare(self._keep or Path(self._scratch.name), fresh=self._keep is not None)
        self._broker = None if self._settings.bootstrap else self._start("-m", "bus.embedded", "--listen", "127.0.0.1:0", "--memory")
        self._agencies = self._start("-m", "app", "serve", *AGENCIES)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for process in self._started:
            process.terminate()
        for process in self._started:
            try:
                process.wait(timeout=4)
            except subprocess.TimeoutExpired:
                process.kill()
        self._scratch.cleanup()

    def bootstrap(self) -> str:
        """The broker's address."""
        if self._broker is None:
            assert self._settings.bootstrap is not None
            return self._settings.bootstrap
        return _told(self._broker, "broker ready on ")

    def urls(self) -> dict[str, str]:
        """The agencies' addresses."""
        return {name: _told(self._agencies, f"{name} ready on ") for name in AGENCIES}

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        environ = {
            **self._environ,
            **dict.fromkeys(VARIABLES, ""),
            "LGSP_STATE": str(self.folder),
            "LGSP_LOG": "json",
            "LGSP_LOG_LEVEL": "warning",
        }
        process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, env=environ, text=True)
        self._started.append(process)
        return process


def _told(process: subprocess.Popen[str], words: str) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line.startswith(words):
        raise CannotConnect(f"expected {words!r} from a part of the demo, got {line!r}; its errors stand above")
    return line.removeprefix(words).strip()
