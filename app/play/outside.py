"""A member that somebody else runs, as a participant: it keeps its own clock, so time jumps over it only when it is settled."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime

from bus import Admin, Place, Space

__all__ = ["Outside"]

SETTLE = 6.0  # real seconds


class Outside:
    """Settled: its group is at the end of its inbox, no call of ours to it is open, and nothing came from it for `settle` seconds.

    `ends`: where its boxes end now (`Parts.counters.ends`). `calls`: how many of our calls to it are open.
    """

    def __init__(
        self,
        member: str,
        admin: Admin,
        space: Space,
        ends: Callable[[], Mapping[Place, int] | None],
        *,
        group: str | None = None,
        calls: Callable[[], int] = lambda: 0,
        settle: float = SETTLE,
    ) -> None:
        self._member = member
        self._admin = admin
        self._inbox, self._outbox = space.inbox(member), space.outbox(member)
        self._group = group or space.group(member)
        self._ends = ends
        self._calls = calls
        self._settle = settle
        self._before: object = None
        self._since = time.monotonic()  # when it was last seen to do something

    async def busy(self) -> str | None:
        """What it is waited for with."""
        ends = self._ends() or {}
        committed = (await self._admin.group(self._group)).committed
        unread = sum(max(end - committed.get(place, 0), 0) for place, end in ends.items() if place.topic == self._inbox)
        calls = self._calls()
        said = {place: end for place, end in ends.items() if place.topic == self._outbox}
        now = said, {place: at for place, at in committed.items() if place.topic == self._inbox}, calls
        if now != self._before:
            self._before, self._since = now, time.monotonic()
        if unread:
            return f"{self._member} (outside) has {unread} messages in its inbox, which its group {self._group} has not committed"
        if calls:
            return f"{self._member} (outside) has {calls} calls of ours open"
        left = self._settle - (time.monotonic() - self._since)
        return f"{self._member} (outside) has moved less than {self._settle:g} s ago" if left > 0 else None

    async def next_due(self) -> datetime | None:
        """Unknown: its own affair."""
        return None

    async def turn(self, at: datetime) -> None:
        """It keeps its own clock."""
