"""Systems that a run starts and stops by the commands of its bindings; whatever still runs at the end is ended."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from app.play.bindings import Commands
from vn.errors import LgspError, Unusable

__all__ = ["Ended", "Started"]

ENDS_WITHIN = 5.0  # seconds from SIGTERM on
STOPS_WITHIN = 60.0  # seconds for a stop command
OWN_GROUP = sys.platform != "win32"


class Ended(LgspError):
    """A system that a run had started has ended by itself."""


class Started:
    """`async with` it: all are started. `commands`: of each, with the environment that it is given; `title` stands before its output."""

    def __init__(self, commands: Mapping[str, tuple[Commands, Mapping[str, str]]], folder: Path, *, title: str) -> None:
        self._commands = {name: each for name, (each, _) in commands.items()}
        self._environ = {name: environ for name, (_, environ) in commands.items()}
        self._folder = folder
        self._title = title
        self._running: dict[str, asyncio.subprocess.Process] = {}

    async def __aenter__(self) -> Self:
        try:
            for name in self._commands:
                await self.start(name)
        except BaseException:
            await self._end_all()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._end_all()

    def log(self, name: str) -> Path:
        """Where the output of this one goes."""
        said = self._commands[name].log
        return self._folder / said if said else Path(f"lgsp-outside-{name}.log").absolute()

    async def start(self, name: str) -> None:
        """Run its start command, and leave it running."""
        self._running[name] = await self._run(name, self._commands[name].start or [])

    async def stop(self, name: str) -> None:
        """Run its stop command where it has one, and end what its start command has left."""
        process = self._running.pop(name, None)
        try:
            if arguments := self._commands[name].stop:
                await self._stop_command(name, arguments)
        finally:
            if process is not None:
                await _end(process)

    def look(self) -> None:
        """Raises Ended for one that should run and has ended in failure; one that ends in success has started something else."""
        for name, process in self._running.items():
            if process.returncode:
                raise Ended(f"{name} (outside) has ended with exit code {process.returncode}; its output is in {self.log(name)}")

    async def _stop_command(self, name: str, arguments: list[str]) -> None:
        stopping = await self._run(name, arguments)
        try:
            await asyncio.wait_for(stopping.wait(), STOPS_WITHIN)
        except TimeoutError:
            await _end(stopping)
            raise Unusable(f"the stop command of {name} has not ended after {STOPS_WITHIN:g} s; see {self.log(name)}") from None

    async def _run(self, name: str, arguments: list[str]) -> asyncio.subprocess.Process:
        path = self.log(name)
        try:
            with path.open("ab") as log:
                log.write(f"--- {self._title}: {arguments[0]}\n".encode())
                log.flush()
                return await asyncio.create_subprocess_exec(
                    *arguments,
                    cwd=self._folder,
                    env=dict(self._environ[name]),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=asyncio.subprocess.STDOUT,
                    start_new_session=OWN_GROUP,  # Ctrl-C is for us; and what it has started ends with it
                )
        except (OSError, ValueError) as error:
            raise Unusable(f"the command {arguments[0]!r} of {name} cannot be run: {error}") from None

    async def _end_all(self) -> None:
        names = list(self._running)
        found = await asyncio.gather(*map(self.stop, names), return_exceptions=True)
        for error in found:
            if isinstance(error, BaseException) and not isinstance(error, LgspError):
                raise error


async def _end(process: asyncio.subprocess.Process) -> None:
    """With all that it has started."""
    _signal(process, signal.SIGTERM)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), ENDS_WITHIN)
    _signal(process, signal.SIGKILL if OWN_GROUP else signal.SIGTERM)
    await process.wait()


def _signal(process: asyncio.subprocess.Process, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if OWN_GROUP:
            os.killpg(process.pid, number)
        elif process.returncode is None:
            process.send_signal(number)
