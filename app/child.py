"""A Python process of ours that says where it is ready, for the length of a block."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

from vn.errors import CannotConnect

__all__ = ["Child", "child", "end"]

READY_WITHIN = 60.0  # seconds; a land office with thousands of people founds its register first
ENDS_WITHIN = 12.0


@dataclass(frozen=True)
class Child:
    """It is on its way; `ready` waits until it is there."""

    name: str
    pid: int
    _process: Process
    _errors: IO[bytes] | None
    """What it says on standard error, where that is not shown."""

    async def ready(self, count: int = 1, *, within: float | None = READY_WITHIN) -> dict[str, str]:
        """The next so many things that it says are ready, and the address of each: `NAME [ready] on ADDRESS`."""
        assert self._process.stdout is not None
        found: dict[str, str] = {}
        while len(found) < count:
            line = ""
            with suppress(TimeoutError):
                line = (await asyncio.wait_for(self._process.stdout.readline(), within)).decode().strip()
            what, on, where = line.partition(" on ")
            if not on:
                raise CannotConnect(f"{self.name} did not start: {self._why(line)}")
            found[what.removesuffix(" ready")] = where
        return found

    def _why(self, line: str) -> str:
        if self._errors is None:
            return line or "its errors stand above"
        self._errors.seek(0)
        said = [line, *self._errors.read().decode(errors="replace").splitlines()]
        return said[-1] or "it said nothing"


@asynccontextmanager
async def child(*arguments: str, environ: Mapping[str, str], shown: bool = False) -> AsyncIterator[Child]:
    """`python -m ARGUMENTS`, which ends with the block, or with us where we are killed; `shown`: its errors stand where ours do."""
    with TemporaryFile() as errors:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *arguments),
            env={**environ, "LGSP_SUPERVISED": "1"},
            stdin=PIPE,  # its end is the child's
            stdout=PIPE,
            stderr=None if shown else errors,
            start_new_session=sys.platform != "win32",  # Ctrl-C is for us, and we end it last
        )
        try:
            yield Child(" ".join(arguments), process.pid, process, None if shown else errors)
        finally:
            await end(process)


async def end(process: Process, *, within: float = ENDS_WITHIN) -> None:
    """Tell a child to end, and make sure."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), within)
    except TimeoutError:
        process.kill()
        await process.wait()
