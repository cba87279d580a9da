"""Watches a run from the topics: the journal into its history, the portal's inbox to whoever is told there."""

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import orjson

from app.profiles.history import History
from bus import Follower, KafkaSettings, Received, Space
from vn.errors import Retry

__all__ = ["Watcher"]

Heard = Callable[[str, Any], None]
"""Contract (short) and payload of a message that has come to the portal."""


class Watcher:
    """`async with` it; a participant that is at rest once it has read everything."""

    def __init__(
        self, kafka: KafkaSettings, space: Space, member: str, *, history: History, heard: Heard, interest: frozenset[str]
    ) -> None:
        self._history = history
        self._heard = heard
        self._interest = {f"vn.gov.{name}.v1".encode(): name for name in interest}
        self._journal = space.journal
        self._follower = Follower(kafka, (space.journal, space.inbox(member)))

    async def __aenter__(self) -> Self:
        await self._follower.__aenter__()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._follower.__aexit__(kind, error, trace)

    async def busy(self) -> str | None:
        """Reads all that is there; keeps time from passing only where the broker does not say how much that is."""
        try:
            records = await self._follower.untaken()
        except Retry as error:
            return f"the watcher: {error}"
        for record in records:
            if record.topic == self._journal:
                self._history.add(orjson.loads(record.value or b"{}"))
            else:
                self._delivered(record)
        return None

    async def next_due(self) -> datetime | None:
        """It waits for nothing."""
        return None

    async def turn(self, at: datetime) -> None:  # noqa: ARG002  # what was before is over, whatever comes
        """The instant before has ended."""
        self._history.fold()

    def _delivered(self, record: Received) -> None:
        headers = dict(record.headers)
        name = self._interest.get(headers.get("ce_type") or b"")
        if name is not None:
            self._heard(name, orjson.loads(record.value or b"null"))
