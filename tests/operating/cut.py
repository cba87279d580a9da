"""A small TCP proxy at the address that a broker advertises; `cut` lets nothing through any more, and tells nobody."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self

__all__ = ["Cut"]

SLICE = 64 * 1024


class Cut:
    """`async with Cut() as wire`: give `wire.address` to the broker to advertise, then `lead_to` the broker."""

    def __init__(self) -> None:
        self._through = asyncio.Event()
        self._through.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._to = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def lead_to(self, port: int) -> None:
        """Where the broker listens."""
        self._to = port

    def cut(self) -> None:
        """From now on bytes wait, as in a network that loses them: connections stay, new ones are made and hear nothing."""
        self._through.clear()

    def mend(self) -> None:
        """What waited arrives."""
        self._through.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with contextlib.closing(writer), contextlib.suppress(OSError):
            await self._through.wait()
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._to)
            with contextlib.closing(there_writer):
                ways = [asyncio.ensure_future(self._carry(reader, there_writer)), asyncio.ensure_future(self._carry(there_reader, writer))]
                try:
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for way in ways:
                        way.cancel()
                    await asyncio.gather(*ways, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(SLICE):
            await self._through.wait()
            writer.write(data)
            await writer.drain()
