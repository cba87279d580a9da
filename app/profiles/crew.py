"""The processes of a province that is played at speed: broker, agencies, exchanges, started apart from who plays."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from app.security import VARIABLES
from vn.errors import CannotConnect

__all__ = ["Crew"]

READY_WITHIN = 60.0  # seconds; a land office with thousands of people founds its register first
ENDS_WITHIN = 12.0


class Crew:
    """`async with Crew.of(folder, environ) as it`: what it starts ends with the block."""

    def __init__(self, folder: Path, environ: Mapping[str, str], stack: AsyncExitStack) -> None:
        self.folder = folder
        self.processes: dict[str, Process] = {}
        self._environ = dict(environ)
        self._stack = stack

    @classmethod
    @asynccontextmanager
    async def of(cls, folder: Path, environ: Mapping[str, str]) -> AsyncIterator["Crew"]:
        """`environ`: what all of them are told."""
        async with AsyncExitStack() as stack:
            yield cls(folder, environ, stack)

    def told(self, environ: Mapping[str, str]) -> None:
        """What those are told that are started from now on."""
        self._environ = dict(environ)

    async def start(self, name: str, *arguments: str, tells: int = 1, kafka: bool = False) -> dict[str, str]:
        """A process by `python -m ARGUMENTS`; answers the addresses of the `tells` things it says are ready. `kafka`: it is an exchange."""
        # several exchanges of one instance, which those that are supervised share by default, would expel each other from their group
        own = {"LGSP_EXCHANGE_INSTANCE": name} if kafka else dict.fromkeys(VARIABLES, "")
        log = (self.folder / f"{name}.log").open("ab")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *arguments),
            stdin=PIPE,  # whoever is supervised ends with it, even where we are killed
            stdout=PIPE,
            stderr=log,
            env=self._environ | own | {"LGSP_SUPERVISED": "1"},
            start_new_session=True,  # Ctrl-C is for who plays, and the crew ends after it
        )
        log.close()
        self.processes[name] = process
        self._stack.push_async_callback(_end, process)
        found = {}
        for _ in range(tells):
            what, _, where = (await self._line(name, process)).partition(" ready on ")
            found[what] = where
        return found

    async def _line(self, name: str, process: Process) -> str:
        assert process.stdout is not None
        try:
            async with asyncio.timeout(READY_WITHIN):
                line = (await process.stdout.readline()).decode().strip()
        except TimeoutError:
            line = ""
        if " ready on " not in line:
            tail = (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace").splitlines()[-1:]
            raise CannotConnect(f"{name} did not start: {(tail or [line or 'it said nothing'])[0]}")
        return line


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(ENDS_WITHIN):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
