"""Waits until nothing is on its way, and can prove it.

A round asks every part for its counters and the broker for the ends of all boxes. A channel (an agency's feed, an outbox, an inbox) has
two counters that only grow: how much was ever put in (the feed's last entry, the end of the topic), and how much of that is settled, which
means that all that follows from it lies in the next channel (acknowledged by the broker) or in the agency's database (answered). Rounds
are not snapshots: each counter is read at another moment. Yet if in one round all that was put in is settled and no work is due, and
the next round finds the same counters, then everything was at rest in between: what is settled in the first round was settled by its end,
and what was put in before the second began is no more than what the second round read, which is the same number. So at that moment every
channel was empty. Nothing was put into any channel until each was read again; so an agency that still had work due at that moment has told
nobody of it, and has none by the second round. With the clocks standing still, nothing begins by itself from then on. (This is Mattern's
argument of four counters, with one pair for each channel.)

The others (a relay that holds messages, an observer, a member outside) are asked between the two rounds: whoever holds nothing then
has not been given anything until the second round either.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.play.parts import Parts
from vn.errors import LgspError

__all__ = ["WITHIN", "Busy", "NotQuiet", "Participant", "quiet"]

WITHIN = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.005, 0.1  # seconds before the others are asked again; the longer it takes, the less often


class Busy(Protocol):
    """Whoever may have something on its way."""

    async def busy(self) -> str | None:
        """What it still has to do right now, in words that name it; None when at rest."""


class Participant(Busy, Protocol):
    """Whoever can hold the scenario's clock back."""

    async def next_due(self) -> datetime | None:
        """Its next instant of the scenario's time; None where it waits for nothing."""

    async def turn(self, at: datetime) -> None:
        """The scenario's clock stands at `at` now."""


class NotQuiet(LgspError):
    """Somebody was busy for longer than allowed; names who, with what."""

    def __init__(self, busy: str, within: float) -> None:
        super().__init__(f"not at rest after {within:g} s: {busy}")
        self.busy = busy


async def quiet(parts: Parts, others: Sequence[Busy] = (), *, within: float = WITHIN) -> None:
    """Until nothing is on its way; raises NotQuiet after so many real seconds."""
    began = time.monotonic()
    end, proven = began + within, None
    while True:
        held_up = await parts.busy()
        if held_up is None and parts.counters == proven:
            return
        why = held_up or await _busy(others)
        proven = None if why else parts.counters
        if time.monotonic() > end:
            raise NotQuiet(why or "the counters do not stand still", within)
        if held_up:
            await parts.stir(end)
        elif why:
            waited = time.monotonic() - began
            await asyncio.sleep(min(max(waited / 10, FIRST_PAUSE), LONGEST_PAUSE))


async def _busy(others: Sequence[Busy]) -> str | None:
    found = await asyncio.gather(*(each.busy() for each in others))
    return "; ".join(filter(None, found)) or None
