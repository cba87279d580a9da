"""The own inbox into the agency: many dossiers at once, each in its order, committed only as far as everything before is finished."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress

import structlog

from adapters.runtime.gate import Gate
from adapters.runtime.health import AWAY, Health
from adapters.runtime.lanes import Lanes
from adapters.runtime.settings import Settings
from bus import Consumer, Place, Taken
from bus import Received as Record

log = structlog.get_logger("adapters.runtime")
WHERE = "inbox"
MOST = 500  # records taken at one time
COMMITS_WITHIN = 0.4  # s, when stopping or rebalancing


class Inbox:
    """Works off the partitions it is given."""

    def __init__(
        self,
        settle: Callable[[Record, Gate], Awaitable[None]],
        *,
        health: Health,
        settings: Settings,
        pause: Callable[[float], Awaitable[None]],
    ) -> None:
        self._settle = settle
        self._health = health
        self._settings = settings
        self._pause = pause
        self._slots = asyncio.Semaphore(settings.in_flight)
        self._lanes: dict[Place, Lanes] = {}
        self._full: set[Place] = set()
        self._progress = asyncio.Event()

    async def run(self, consumer: Consumer, ending: asyncio.Event) -> None:
        """Take, hand out, commit, until cancelled; then what the agency has in its hands may finish, and is committed."""
        committing = asyncio.create_task(self._commit_as_it_goes(consumer, ending))
        try:
            while not ending.is_set():
                # What is held back goes on as soon as there is room, not a poll later.
                self._hand_out(await consumer.take(MOST, within=self._settings.commit_every if self._full else self._settings.poll))
                self._hold_back(consumer)
                self._look(consumer)
        finally:
            committing.cancel()
            await asyncio.wait({committing}, timeout=COMMITS_WITHIN)
            await self.release(consumer, tuple(self._lanes), within=self._settings.drains_within)

    async def release(self, consumer: Consumer, places: Collection[Place], *, within: float) -> None:
        """Somebody else gets these partitions, or nobody: finish what is begun, commit it, forget the rest."""
        lanes = {place: self._lanes.pop(place) for place in places if place in self._lanes}
        self._full.difference_update(lanes)
        broken_off = sum(await asyncio.gather(*(each.drain(within) for each in lanes.values())))
        if broken_off:
            log.warning("the agency has not answered in time, delivered again at the next start", messages=broken_off, seconds=within)
        with suppress(TimeoutError):  # then it is delivered again
            async with asyncio.timeout(COMMITS_WITHIN):
                await consumer.commit({place: at for place, each in lanes.items() if (at := each.window.to_commit()) is not None})

    def settled(self, consumer: Consumer) -> dict[Place, int]:
        """Of each partition, the offset before which every record is applied, or reported as not deliverable."""
        begun = {place: first for place, lanes in self._lanes.items() if (first := lanes.window.first_open) is not None}
        return {**consumer.handed_out(), **begun}

    def _hand_out(self, taken: Taken) -> None:
        for place, records in taken.items():
            lanes = self._lanes.get(place)
            if lanes is None:
                gate = Gate(self._slots, self._pause)
                lanes = self._lanes[place] = Lanes(gate, settle=self._settle, progress=self._progress.set)
            for record in records:
                lanes.put(record)

    def _hold_back(self, consumer: Consumer) -> None:
        """A partition with too much begun waits; without that, one poisoned dossier would let the rest run ahead without bound."""
        span, room = self._settings.span, self._settings.span_bytes
        full = {place for place, lanes in self._lanes.items() if len(lanes.window) >= span or lanes.held >= room}
        consumer.pause(*(full - self._full))
        consumer.resume(*(self._full - full))
        self._full = full

    def _look(self, consumer: Consumer) -> None:
        behind = sum(consumer.lag().values()) + sum(len(lanes.window) for lanes in self._lanes.values())
        self._health.lag = behind if consumer.sighted else None
        if trouble := consumer.trouble():
            self._health.trouble(WHERE, f"inbox: {trouble}")
        elif consumer.age() > self._settings.patience and not self._full:
            self._health.trouble(WHERE, AWAY)
        else:
            self._health.well(WHERE)

    async def _commit_as_it_goes(self, consumer: Consumer, ending: asyncio.Event) -> None:
        while not ending.is_set():
            await self._progress.wait()
            self._progress.clear()
            positions = {place: at for place, lanes in self._lanes.items() if (at := lanes.window.to_commit()) is not None}
            if not positions:
                continue
            if await consumer.commit(positions):
                for place, position in positions.items():
                    if place in self._lanes:
                        self._lanes[place].window.committed(position)
            else:
                self._progress.set()
            await self._pause(self._settings.commit_every)
