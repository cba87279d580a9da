"""A small TCP proxy at the address that the broker advertises: it can cut off single parts, without a word to either side."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Self

import psutil

from app.ports import assign
from app.settings import Settings

__all__ = ["Link"]

CHUNK = 64 * 1024


class Link:
    """`async with Link() as link`, then say `to` whom it leads and `who` is behind each process id.

    `cut(part, ...)` holds back every byte of these parts, `cut()` of everybody, both ways, until `mend()`.

    What was on its way arrives late, as it does after a short cut of a real network. New connections are taken and hear nothing.
    """

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", assign(Settings(), ("link",), {})["link"]))
        self.port: int = self.listening.getsockname()[1]
        self.to = ""
        self.who: Callable[[], dict[int, str]] = dict
        self._whole = asyncio.Event()
        self._whole.set()
        self._cut: frozenset[str] | None = frozenset()  # None: everybody
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, sock=self.listening)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()

    def cut(self, *parts: str) -> None:
        """Nothing of these parts, or of anybody where none is named, passes from now on."""
        self._cut = frozenset(parts) or None
        self._whole.clear()

    def mend(self) -> None:
        """Everything passes again."""
        self._cut = frozenset()
        self._whole.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        part = self._part_at(writer.get_extra_info("peername")[1])
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await self._open(part)
            host, _, port = self.to.rpartition(":")
            back, forth = await asyncio.open_connection(host, int(port))
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass(part, reader, forth))
                both.create_task(self._pass(part, back, writer))
        writer.close()
        self._tasks.discard(task)

    async def _pass(self, part: str, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await source.read(CHUNK):
                await self._open(part)
                to.write(chunk)
                await to.drain()
        await self._open(part)
        with contextlib.suppress(OSError):
            to.close()

    async def _open(self, part: str) -> None:
        while self._cut is None or part in self._cut:
            await self._whole.wait()

    def _part_at(self, port: int) -> str:
        """Whose connection comes from this port; empty for an onlooker's."""
        for pid, part in self.who().items():
            with contextlib.suppress(psutil.Error):
                if any(each.laddr and each.laddr.port == port for each in psutil.Process(pid).net_connections("tcp")):
                    return part
        return ""
