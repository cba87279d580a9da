"""One part of the province as a process that can be killed, stopped, put to sleep and started again."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

__all__ = ["Process"]

ENDS_WITHIN = 30.0


@dataclass
class Process:
    """`command` after the interpreter; its output goes to `output`. It ends when this process does: they share a pipe."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    output: Path

    def __post_init__(self) -> None:
        self._running: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """Of the running process; raises RuntimeError where there is none."""
        if self._running is None or self._running.returncode is not None:
            raise RuntimeError(f"{self.name} does not run")
        return self._running.pid

    @property
    def runs(self) -> bool:
        """Whether it does."""
        return self._running is not None and self._running.returncode is None

    async def start(self) -> None:
        """Start it, once."""
        with self.output.open("ab") as output:
            self._running = await asyncio.create_subprocess_exec(
                *(sys.executable, *self.command),
                env=dict(self.environ),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def given_up(self) -> bool:
        """Whether it has ended by itself, with an error."""
        return self._running is not None and (self._running.returncode or 0) > 0

    def signal(self, number: int) -> None:
        """To it and its children, as `kill` would: Apache Kafka runs below the command that started it."""
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            process = psutil.Process(self.pid)
            family = [*process.children(recursive=True), process] if number != signal.SIGTERM else [process]
            for each in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.send_signal(number)

    async def over(self, within: float) -> None:
        """Until it has ended by itself; raises TimeoutError."""
        await asyncio.wait_for(self._gone(), within)

    async def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self.runs:
            self.signal(signal.SIGKILL)
            await self._gone()

    async def end(self) -> int:
        """SIGTERM, and wait; its exit code. What does not go is killed."""
        if not self.runs:
            return 0
        self.signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self._gone(), ENDS_WITHIN)
        except TimeoutError:
            await self.kill()
            return -signal.SIGKILL

    def said(self) -> str:
        """The last line of its output."""
        *_, last = self.output.read_text(encoding="utf-8", errors="replace").splitlines() or [""]
        return last

    async def _gone(self) -> int:
        assert self._running is not None
        code = await self._running.wait()
        if self._running.stdin is not None:
            self._running.stdin.close()
        return code
