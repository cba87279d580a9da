"""The journal as it is written, for tests that act when a record appears."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from app.entries import Entry, outcome_of, short
from app.messages import Archive
from app.settings import Settings

__all__ = ["Watch", "effects"]

WITHIN = 30.0


class Watch:
    """`async with Watch(settings) as watch`; keeps every record, calls `told` with each, and outlives an absence of the broker."""

    def __init__(self, settings: Settings, told: Callable[[Entry], None] = lambda _: None) -> None:
        self._settings = settings
        self._told = told
        self._entries: list[Entry] = []
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def seen(self, dossier: str, contract: str) -> None:
        """Until this contract about this dossier stands in the journal."""

        def there() -> bool:
            return any(each["subject"] == dossier and short(each["type"]) == contract for each in self._entries)

        async with asyncio.timeout(WITHIN), self._news:
            await self._news.wait_for(there)

    async def _follow(self) -> None:
        async with Archive.open(self._settings) as archive:
            async for entry in archive.follow(since_start=True):
                async with self._news:
                    self._entries.append(entry)
                    self._news.notify_all()
                self._told(entry)


def effects(entries: Iterable[Entry]) -> Counter[tuple[str, ...]]:
    """What the journal says was said, by contract, dossier, sender, recipient and outcome, however often it was carried.

    A report of a failed delivery is about one record of an inbox: what was carried twice may be reported twice.
    """
    said = Counter(
        (short(each["type"]), each["subject"], short(each["source"]), short(each["recipient"]), outcome_of(each)) for each in entries
    )
    return Counter({what: 1 if what[0].startswith("exchange.") else times for what, times in said.items()})
