"""A member that somebody else runs, as a participant: it keeps its own clock, so time jumps over it only when it is settled."""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from bus import Admin, Place, Space
from vn.errors import CannotConnect

__all__ = ["MARK", "Outside"]

SETTLE = 6.0  # real seconds
LOOK_EVERY = 0.1
MARK = "(outside)"


class Outside:
    """Settled: its group is at the end of its inbox, and nothing came from it for `settle` seconds.

    Calls of ours to its agency are made by our adapter, which is busy meanwhile, and by steps, which are waited for.
    `ends`: where its boxes end now (`Parts.counters.ends`). `name`: what it is called where
    that is not the member's own name. `look`: raises where it is known to run no more.
    """

    def __init__(
        self,
        member: str,
        admin: Admin,
        space: Space,
        ends: Callable[[], Mapping[Place, int] | None],
        *,
        group: str | None = None,
        settle: float = SETTLE,
        name: str | None = None,
        look: Callable[[], None] = lambda: None,
    ) -> None:
        self._name = f"{name or member} {MARK}"
        self._admin = admin
        self._inbox, self._outbox = space.inbox(member), space.outbox(member)
        self._group = group or space.group(member)
        self._ends = ends
        self._look = look
        self._settle = settle
        self.away = False
        """Whether it was stopped on purpose: what is written for it waits, and nobody for it."""
        self._before: object = None
        self._since = time.monotonic()  # when it was last seen to do something

    async def busy(self) -> str | None:
        """What it is waited for with."""
        if self.away:
            return None
        self._look()
        ends = self._ends() or {}
        committed = (await self._admin.group(self._group)).committed
        unread = sum(max(end - committed.get(place, 0), 0) for place, end in ends.items() if place.topic == self._inbox)
        said = {place: end for place, end in ends.items() if place.topic == self._outbox}
        now = said, {place: at for place, at in committed.items() if place.topic == self._inbox}
        if now != self._before:
            self._before, self._since = now, time.monotonic()
        if unread:
            return f"{self._name} has {unread} messages in its inbox, which its group {self._group} has not committed"
        left = self._settle - (time.monotonic() - self._since)
        return f"{self._name} has moved less than {self._settle:g} s ago" if left > 0 else None

    async def is_read(self, bootstrap: str, within: float) -> None:
        """Wait until its group has a member; raises CannotConnect, which says what it has to read."""
        deadline = time.monotonic() + within
        while not (await self._admin.group(self._group)).members:
            self._look()
            if time.monotonic() > deadline:
                raise CannotConnect(
                    f"{self._name} does not read: its group {self._group} has no member after {within:g} s; "
                    f"it has to consume {self._inbox} and to write to {self._outbox}, at {bootstrap}"
                )
            await asyncio.sleep(LOOK_EVERY)  # a broker tells nobody that somebody has joined
        self._since = time.monotonic()

    async def next_due(self) -> datetime | None:
        """Unknown: its own affair."""
        return None

    async def turn(self, at: datetime) -> None:
        """It keeps its own clock."""
