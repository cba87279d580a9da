"""Who may call the agency now: a bounded number at a time, none of a partition while the agency is away for it, none after the stop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


class Stopping(asyncio.CancelledError):
    """This record will be delivered again, to whoever has the partition next."""


class Gate:
    """Of one partition; the slots are shared by all."""

    def __init__(self, slots: asyncio.Semaphore, pause: Callable[[float], Awaitable[None]]) -> None:
        self._slots = slots
        self._pause = pause
        self._away: set[int] = set()
        self._open = asyncio.Event()
        self._open.set()
        self._shut = False
        self._calling: set[asyncio.Task[None] | None] = set()

    @asynccontextmanager
    async def turn(self, offset: int) -> AsyncIterator[None]:
        """Held while the agency is called for this record; a record that found the agency away may go on trying."""
        while True:
            while self._away and offset not in self._away and not self._shut:
                await self._open.wait()
            async with self._slots:
                if self._shut:
                    raise Stopping
                if self._away and offset not in self._away:
                    continue
                task = asyncio.current_task()
                self._calling.add(task)
                try:
                    yield
                finally:
                    self._calling.discard(task)
                return

    async def wait(self, seconds: float) -> None:
        """Before the next try."""
        if self._shut:
            raise Stopping
        await self._pause(seconds)

    def close(self, offset: int) -> None:
        """The agency is away for this record."""
        self._away.add(offset)
        self._open.clear()

    def reopen(self, offset: int) -> None:
        """This record is through, or gone."""
        self._away.discard(offset)
        if not self._away:
            self._open.set()

    def shut(self) -> frozenset[asyncio.Task[None] | None]:
        """No turn and no wait begins any more; answers who is calling the agency now."""
        self._shut = True
        self._open.set()
        return frozenset(self._calling)
