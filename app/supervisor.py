"""Runs parts as processes: starts them in order, starts them again when they die, ends them all in time."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import structlog

__all__ = ["Process", "Supervisor"]

_log = structlog.get_logger()
_BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0)
_GRACE = 2.0  # seconds from the polite request to the end; state survives a kill


@dataclass(frozen=True)
class Process:
    """One part as a process: `arguments` of the command line, variables on top of ours, where its output goes."""

    name: str
    arguments: Sequence[str]
    environ: Mapping[str, str]
    output: Path


class _Watched:
    """One process that is started again until it is told to stop."""

    def __init__(self, process: Process, base: Mapping[str, str], died: Callable[[str, int], None]) -> None:
        self.process = process
        self._base = base
        self._died = died
        self._running: subprocess.Popen[bytes] | None = None
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._running.pid if self._running else None

    def start(self) -> None:
        self._stopping = False
        self._running = self._spawn()
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        self._stopping = True
        running, task = self._running, self._task
        if running is None or task is None:
            return
        _close(running.stdin)  # a supervised part ends when this pipe does, on every system
        if sys.platform != "win32":
            running.terminate()
        await asyncio.wait({task}, timeout=_GRACE)
        if running.poll() is None:
            running.kill()
        await asyncio.wait({task}, timeout=0.5)
        self._running = None

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "app", *self.process.arguments]
        with self.process.output.open("ab") as output:
            return subprocess.Popen(
                command,
                env={**self._base, **self.process.environ},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=sys.platform != "win32",  # Ctrl-C is for the supervisor, which ends the parts in order
            )

    async def _keep(self) -> None:
        attempt = 0
        while self._running is not None:
            began = asyncio.get_running_loop().time()
            code = await asyncio.to_thread(self._running.wait)
            _close(self._running.stdin)
            if self._stopping:
                return
            self._died(self.process.name, code)
            attempt = 0 if asyncio.get_running_loop().time() - began > 10 else attempt + 1
            await asyncio.sleep(_BACKOFF[min(attempt, len(_BACKOFF) - 1)])
            if not self._stopping:
                self._running = self._spawn()


class Supervisor:
    """A set of processes by name."""

    def __init__(self, environ: Mapping[str, str], died: Callable[[str, int], None] | None = None) -> None:
        self._environ = environ
        self._died = died or _report
        self._watched: dict[str, _Watched] = {}

    def start(self, process: Process) -> None:
        """Start one part, and again whenever it dies."""
        watched = self._watched.get(process.name) or _Watched(process, self._environ, self._died)
        self._watched[process.name] = watched
        watched.start()

    async def stop(self, *names: str) -> None:
        """End these parts together; those that do not go are killed."""
        await asyncio.gather(*(self._watched[name].stop() for name in names if name in self._watched))

    def pids(self) -> dict[str, int]:
        """The running processes."""
        return {name: watched.pid for name, watched in self._watched.items() if watched.pid is not None}


def _report(name: str, code: int) -> None:
    _log.warning("part ended, starting it again", ended=name, exit_code=code)


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        try:
            pipe.close()
        except OSError:
            _log.debug("pipe was gone", fd=os.devnull)
