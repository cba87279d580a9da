"""Runs parts as processes: starts them in order, starts them again when they die, ends them all in time."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

__all__ = ["BACKOFF", "LASTED", "Process", "Supervisor", "report"]

_log = structlog.get_logger()
BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0)
LASTED = 10.0  # seconds after which a part is not taken to die again and again


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
        self._running: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._running.pid if self._running else None

    def start(self) -> None:
        self._stopping.clear()
        self._task = asyncio.create_task(self._keep())

    async def stop(self, within: float) -> None:
        self._stopping.set()
        if self._task is None:
            return
        self._end(politely=True)
        await asyncio.wait({self._task}, timeout=within)
        self._end(politely=False)
        await asyncio.wait({self._task}, timeout=1)

    def _end(self, *, politely: bool) -> None:
        running = self._running
        if running is None or running.returncode is not None:
            return
        if running.stdin is not None:
            running.stdin.close()  # a supervised part ends when this pipe does, on every system
        with suppress(ProcessLookupError):
            if not politely:
                running.kill()
            elif sys.platform != "win32":
                running.terminate()

    async def _keep(self) -> None:
        loop, attempt = asyncio.get_running_loop(), 0
        while not self._stopping.is_set():
            began = loop.time()
            self._running = await self._spawn()
            if self._stopping.is_set():
                self._end(politely=True)
            code = await self._running.wait()
            self._running = None
            if self._stopping.is_set():
                return
            self._died(self.process.name, code)
            attempt = 0 if loop.time() - began > LASTED else attempt + 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), BACKOFF[min(attempt, len(BACKOFF) - 1)])

    async def _spawn(self) -> asyncio.subprocess.Process:
        with self.process.output.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "app", *self.process.arguments),
                env={**self._base, **self.process.environ},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=sys.platform != "win32",  # Ctrl-C is for the supervisor, which ends the parts in order
            )


class Supervisor:
    """A set of processes by name."""

    def __init__(self, environ: Mapping[str, str], died: Callable[[str, int], None] | None = None) -> None:
        self._environ = environ
        self._died = died or report
        self._watched: dict[str, _Watched] = {}

    def start(self, process: Process) -> None:
        """Start one part, and again whenever it dies."""
        watched = self._watched.get(process.name) or _Watched(process, self._environ, self._died)
        self._watched[process.name] = watched
        watched.start()

    async def stop(self, *names: str, within: float = 2.0) -> None:
        """End these parts together; those that have not gone after so many seconds are killed, which their state survives."""
        await asyncio.gather(*(self._watched[name].stop(within) for name in names if name in self._watched))

    def pids(self) -> dict[str, int]:
        """The running processes."""
        return {name: watched.pid for name, watched in self._watched.items() if watched.pid is not None}


def report(name: str, code: int) -> None:
    """That a part has ended and is started again."""
    _log.warning("part ended, starting it again", ended=name, exit_code=code)
