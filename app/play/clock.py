"""The scenario's clock: stands still while anything is on its way, and jumps from one due instant to the next."""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.play.parts import Parts
from app.play.quiet import WITHIN, Participant, quiet
from vn.clock import VN
from vn.errors import Unusable

__all__ = ["ScenarioClock", "Speed"]

FIVE_YEARS = timedelta(days=5 * 365 + 2)
TICK = 1.0  # real seconds; a spread jump is made in steps of so long, and between two of them things may happen


@dataclass(frozen=True)
class Speed:
    """How many scenario seconds may pass in a real one (None: any number), and whether the parts' clocks run meanwhile or jump."""

    factor: float | None = None
    runs: bool = False

    @classmethod
    def read(cls, said: str) -> "Speed":
        """`max`, `real`, or `60x`; raises Unusable for anything else."""
        if said == "max":
            return cls()
        if said == "real":
            return cls(1.0, runs=True)
        found = re.fullmatch(r"([0-9]{1,7}(?:\.[0-9]{1,3})?)x", said)
        if found is None or not float(found[1]):
            raise Unusable(f"speed {said!r}: say max, real, or how many times faster than real, e.g. 60x")
        return cls(float(found[1]))


class ScenarioClock:
    """One time for all parts of a run, which it may be moved in only by `advance`; `others` are what can hold it back besides the parts.

    `limit`: how long the scenario's time may go on from `start`. `within`: real seconds that one coming to rest may take.
    """

    def __init__(
        self,
        parts: Parts,
        *others: Participant,
        start: datetime,
        speed: Speed = Speed(),
        limit: timedelta = FIVE_YEARS,
        within: float = WITHIN,
    ) -> None:
        self.start = _aware(start)
        self.jumps = 0
        self._parts = parts
        self._others = others
        self._speed = speed
        self._limit = limit
        self._within = within
        self._now = self.start
        self._since = time.monotonic()

    @property
    def now(self) -> datetime:
        """The scenario's time, in Viet Nam's zone."""
        return self.start + timedelta(seconds=time.monotonic() - self._since) if self._speed.runs else self._now

    async def begin(self) -> None:
        """Turn everybody to the start."""
        self._since = time.monotonic()
        await asyncio.gather(*(each.turn(self.start) for each in self._others))
        await (self._parts.run_from(self.start) if self._speed.runs else self._parts.turn(self.start))

    async def quiet(self) -> None:
        """Until nothing is on its way, and nobody holds back what is due already; raises NotQuiet, which names who is busy with what."""
        await quiet(self._parts, self._others, within=self._within)
        while overdue := [each for each in self._others if (due := await each.next_due()) is not None and due <= self.now]:
            await asyncio.gather(*(each.turn(self.now) for each in overdue))
            await quiet(self._parts, self._others, within=self._within)

    async def advance(self, to: datetime, *, until: Callable[[], bool] | None = None) -> datetime:
        """To this instant, or to the first before it at which all is at rest and `until` holds; answers where the clock stands now.

        What is due on the way is done, instant by instant. Raises Unusable where time would run backwards or past the limit, and NotQuiet.
        """
        to = _aware(to)
        if to < self.now and not self._speed.runs:
            raise Unusable(f"time runs backwards: it is {_shown(self.now)}, and the scenario wants to go to {_shown(to)}")
        if to - self.start > self._limit:
            last = _shown(self.start + self._limit)
            raise Unusable(f"{_shown(to)} is after {last}, where this scenario must have ended (limits.virtual)")
        while True:
            await self.quiet()
            if (until is not None and until()) or self.now >= to:
                return self.now
            await self._go(min(to, await self._next_due() or to))

    async def _next_due(self) -> datetime | None:
        found = [await each.next_due() for each in (self._parts, *self._others)]
        return min((each for each in found if each is not None and each > self.now), default=None)

    async def _go(self, at: datetime) -> None:
        """There, or as far in its direction as the speed allows."""
        if self._speed.factor is not None:
            began, now = time.monotonic(), self.now
            at = min(at, now + timedelta(seconds=TICK * self._speed.factor))
            await asyncio.sleep((at - now).total_seconds() / self._speed.factor - (time.monotonic() - began))
        if self._speed.runs:
            await asyncio.gather(*(each.turn(self.now) for each in self._others))
        else:
            await self._turn(at)

    async def _turn(self, at: datetime) -> None:
        """First whoever has nothing to do then: what the rest does finds everybody at the new time."""
        self.jumps += 1
        self._now = at
        due = [each for each in self._others if (when := await each.next_due()) is not None and when <= at]
        await asyncio.gather(*(each.turn(at) for each in self._others if each not in due))
        await self._parts.turn(at)
        await asyncio.gather(*(each.turn(at) for each in due))


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=VN) if at.tzinfo is None else at.astimezone(VN)


def _shown(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="seconds").removesuffix("+07:00")
