"""What can be seen from outside while a run goes on: the journal as it grows, and the offsets that groups commit."""

import asyncio
import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self, TypeVar

import orjson

from app.entries import Entry, short
from bus import Admin, KafkaSettings, Place, Reader, Space
from torture.history import Committed

__all__ = ["Journal", "Offsets"]

LOOK = 0.03
LOOK_AT_OFFSETS = 0.25
CONNECT_WITHIN = 3.0
T = TypeVar("T")


class _Looking(ABC):
    """Looks again and again with one client of Kafka, and with a new one after any trouble."""

    every = LOOK

    def __init__(self, kafka: KafkaSettings) -> None:
        self._kafka = kafka
        self._stopping = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopping.set()
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await self._task

    @abstractmethod
    def _client(self) -> AbstractAsyncContextManager[Any]: ...

    @abstractmethod
    async def look(self, client: Any) -> None:
        """Once."""
        ...

    async def _keep(self) -> None:
        while not self._stopping.is_set():
            try:
                async with self._client() as client:
                    while not self._stopping.is_set():
                        await asyncio.wait_for(self.look(client), 3 * CONNECT_WITHIN)
                        await asyncio.sleep(self.every)
            except Exception:  # noqa: BLE001  # the broker is away, as it shall be in these runs
                await asyncio.sleep(self.every)


class Journal(_Looking):
    """`async with Journal(kafka, space) as journal`: every record once, in the order of arrival, each with the moment it was seen."""

    def __init__(self, kafka: KafkaSettings, space: Space, told: Callable[[int], None] = lambda _: None) -> None:
        super().__init__(kafka)
        self._topic = space.journal
        self._next: dict[Place, int] = {}
        self._told = told
        self._news = asyncio.Condition()
        self.entries: list[Entry] = []
        self.times: list[float] = []  # when each was seen (monotonic)

    def _client(self) -> Reader:
        return Reader(self._kafka)

    async def look(self, client: Reader) -> None:
        """Take what is new."""
        fresh = [record async for record in client.everything(self._topic, since=self._next)]
        if not fresh:
            return
        async with self._news:
            for record in fresh:
                self._next[Place(record.topic, record.partition)] = record.offset + 1
                self.entries.append(orjson.loads(record.value or b"{}"))
                self.times.append(time.monotonic())
                self._told(len(self.entries))
            self._news.notify_all()

    async def until(self, holds: Callable[[Sequence[Entry]], bool], within: float) -> None:
        """Until this holds of all records so far; raises TimeoutError."""
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: holds(self.entries))

    async def reaches(self, count: int, within: float) -> None:
        """Until so many records are there."""
        await self.until(lambda all_: len(all_) >= count, within)

    async def goes_on(self, within: float, by: int = 1) -> None:
        """Until so many more records are there than now."""
        await self.reaches(len(self.entries) + by, within)

    async def seen(self, dossier: str, contract: str, within: float) -> None:
        """Until this contract about this dossier stands in the journal."""
        await self.until(lambda all_: any(each["subject"] == dossier and short(each["type"]) == contract for each in all_), within)


class Offsets(_Looking):
    """What groups have committed, whenever it was seen to change."""

    every = LOOK_AT_OFFSETS

    def __init__(self, kafka: KafkaSettings, groups: Sequence[str]) -> None:
        super().__init__(kafka)
        self._groups = tuple(groups)
        self._last: dict[tuple[str, Place], int] = {}
        self.seen: list[Committed] = []
        self.looks = 0

    def _client(self) -> Admin:
        return Admin(self._kafka)

    async def look(self, client: Admin) -> None:
        """Note what has changed."""
        for name in self._groups:
            for place, offset in (await client.group(name)).committed.items():
                if self._last.get((name, place)) != offset:
                    self._last[name, place] = offset
                    self.seen.append(Committed(name, place.topic, place.partition, offset))
        self.looks += 1
