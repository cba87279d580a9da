"""The embedded broker of a run, as a process of its own, with the address where it is told to lie."""

import asyncio
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from vn.errors import CannotConnect

__all__ = ["Broker"]

WITHIN = 20.0  # seconds for its first words
ENDS_WITHIN = 4.0
READY, CONTROL = "broker ready on ", "broker control on "


class Broker:
    """`async with Broker(environ) as broker`: in memory; `advertised`: what it tells its clients."""

    def __init__(self, environ: Mapping[str, str], *, listen: str = "127.0.0.1:0", advertised: str | None = None) -> None:
        self._environ = {**environ, "LGSP_LOG": "json", "LGSP_LOG_LEVEL": "error"}
        self._listen = listen
        self._advertised = advertised
        self.bootstrap = self.inner = self.control = ""

    async def __aenter__(self) -> Self:
        arguments = ["-m", "bus.embedded", "--listen", self._listen, "--memory", "--control", "127.0.0.1:0", "--attached"]
        if self._advertised:
            arguments += ["--advertise", self._advertised]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            env=self._environ,
            stdin=asyncio.subprocess.PIPE,  # its end is the broker's, should we be killed
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # what it is told to do wrong stands in the report
            start_new_session=sys.platform != "win32",  # Ctrl-C is for us, and we end it last
        )
        try:
            told = await self._told(), await self._told()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        self.inner = next(line.removeprefix(READY) for line in told if line.startswith(READY))
        self.control = next(line.removeprefix(CONTROL) for line in told if line.startswith(CONTROL))
        self.bootstrap = self._advertised or self.inner
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process.returncode is None:
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), ENDS_WITHIN)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _told(self) -> str:
        assert self._process.stdout is not None
        try:
            line = (await asyncio.wait_for(self._process.stdout.readline(), WITHIN)).decode().strip()
        except TimeoutError:
            line = ""
        if not line.startswith((READY, CONTROL)):
            raise CannotConnect(f"the embedded broker does not start: {line or 'it says nothing'}")
        return line
