"""Watches a run from the topics: the journal into its history, the portal's inbox to whoever is told there."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import orjson

from app.profiles.history import History
from bus import KafkaSettings, Place, Reader, Received, Space

__all__ = ["Watcher"]

Heard = Callable[[str, Any], None]
"""Contract (short) and payload of a message that has come to the portal."""


class Watcher:
    """`async with` it; as a participant it holds the clock back until it has read all that is written."""

    def __init__(
        self, kafka: KafkaSettings, space: Space, member: str, *, history: History, heard: Heard, interest: frozenset[str]
    ) -> None:
        self._history = history
        self._heard = heard
        self._interest = {f"vn.gov.{name}.v1".encode(): name for name in interest}
        self._journal, self._inbox = space.journal, space.inbox(member)
        self._readers = [Reader(kafka) for _ in range(3)]
        self._read: dict[Place, int] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        for reader in self._readers:
            await reader.__aenter__()
        self._tasks = [
            asyncio.create_task(
                self._follow(self._readers[0], self._journal, lambda record: self._history.add(orjson.loads(record.value or b"{}")))
            ),
            asyncio.create_task(self._follow(self._readers[1], self._inbox, self._delivered)),
        ]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for reader in self._readers:
            await reader.__aexit__(kind, error, trace)

    async def busy(self) -> str | None:
        """What is written and not yet read here."""
        for task in self._tasks:
            if task.done():
                task.result()  # raises what ended it
        ends = await self._readers[2].ends([self._journal, self._inbox])
        unread = sum(max(end - self._read.get(place, 0), 0) for place, end in ends.items())
        return f"the watcher has {unread} records to read" if unread else None

    async def next_due(self) -> datetime | None:
        """It waits for nothing."""
        return None

    async def turn(self, at: datetime) -> None:  # noqa: ARG002  # what was before is over, whatever comes
        """The instant before has ended."""
        self._history.fold()

    async def _follow(self, reader: Reader, topic: str, take: Callable[[Received], None]) -> None:
        async for record in reader.follow(topic):
            take(record)
            self._read[Place(topic, record.partition)] = record.offset + 1

    def _delivered(self, record: Received) -> None:
        headers = dict(record.headers)
        name = self._interest.get(headers.get("ce_type") or b"")
        if name is not None:
            self._heard(name, orjson.loads(record.value or b"null"))
