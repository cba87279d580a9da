"""A town whose adapters are stopped and started again and again, as the journal grows."""

import asyncio
import contextlib
from datetime import date, datetime
from types import TracebackType
from typing import Self

from app.entries import Entry
from tests.e2e.town import Town
from tests.e2e.watch import Watch

__all__ = ["RestlessTown"]

RECORDS = 7  # of the journal between two restarts; no multiple of what any dossier says, so that each comes at another point


class RestlessTown(Town):
    """Acts that concern all parts wait until the adapters are there; all other acts do not."""

    restarts = 0
    heard = 0

    async def __aenter__(self) -> Self:
        self._news, self._turning = asyncio.Event(), asyncio.Lock()
        self.others = (self,)
        await super().__aenter__()
        self._watch = await self._stack.enter_async_context(Watch(self.settings, self._heard))
        self._task = asyncio.create_task(self._restart())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await super().__aexit__(kind, error, trace)

    async def turn(self, at: datetime | date | str) -> None:
        """As in any town."""
        async with self._turning:
            await super().turn(at)

    async def stop(self, part: str) -> None:
        """As in any town; what is stopped stays so."""
        async with self._turning:
            await super().stop(part)

    async def start(self, part: str) -> None:
        """As in any town."""
        async with self._turning:
            await super().start(part)

    async def busy(self) -> str | None:
        """Whether a restart is due, or being made."""
        if self._task.done():
            self._task.result()  # raises what ended the restarts
        return "the adapters are to be restarted" if self._news.is_set() or self._turning.locked() else None

    def _heard(self, _: Entry) -> None:
        self.heard += 1
        if self.heard % RECORDS == 0:
            self._news.set()

    async def _restart(self) -> None:
        while True:
            await self._news.wait()
            async with self._turning:
                self._news.clear()
                await self.restart_adapters()
            self.restarts += 1
