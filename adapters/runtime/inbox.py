"""The own inbox into the agency: many dossiers at once, each in its order, committed only as far as everything before is finished."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress

import structlog

from adapters.runtime.gate import Gate
from adapters.runtime.health import Health
from adapters.runtime.lanes import Lanes
from adapters.runtime.ports import Record, Source
from adapters.runtime.settings import Settings
from vn.errors import LgspError, Retry

log = structlog.get_logger("adapters.runtime")
WHERE = "inbox"


class Inbox:
    """Works off the partitions it is given, until cancelled; then what is in the agency's hands may finish, and is committed."""

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
        self._partitions: dict[int, Lanes] = {}
        self._progress = asyncio.Event()

    async def run(self, source: Source) -> None:
        """Take, hand out, commit, until cancelled."""
        committing = asyncio.create_task(self._commit_for_ever(source))
        try:
            failures = 0
            while True:
                try:
                    records = await source.take(self._full())
                except Exception as error:  # noqa: BLE001  # the loop outlives whatever the broker does to it
                    failures += 1
                    self._health.trouble(WHERE, f"inbox: {error if isinstance(error, LgspError) else type(error).__name__}")
                    log.warning("inbox waits", error=type(error).__name__, failures=failures)
                    await self._pause(self._settings.backoff.wait(failures))
                else:
                    failures = 0
                    self._health.well(WHERE)
                    self._hand_out(records)
                self._health.lag = self._lag(source)
        finally:
            committing.cancel()
            await self.release(source, tuple(self._partitions))

    async def release(self, source: Source, partitions: Collection[int]) -> None:
        """Somebody else gets these partitions, or nobody: finish what is begun, commit it, forget the rest."""
        lanes = {number: self._partitions[number] for number in partitions if number in self._partitions}
        await asyncio.gather(*(each.drain(self._settings.stop_within) for each in lanes.values()))
        positions = {number: position for number, each in lanes.items() if (position := each.window.to_commit()) is not None}
        for number in lanes:
            del self._partitions[number]
        if positions:
            with suppress(Retry):  # then it is delivered again
                await source.commit(positions)

    def _hand_out(self, records: Collection[Record]) -> None:
        for record in records:
            lanes = self._partitions.get(record.partition)
            if lanes is None:
                lanes = self._partitions[record.partition] = Lanes(
                    Gate(self._slots, self._pause), settle=self._settle, progress=self._progress.set
                )
            lanes.put(record)

    def _full(self) -> frozenset[int]:
        return frozenset(number for number, lanes in self._partitions.items() if len(lanes.window) >= self._settings.span)

    def _lag(self, source: Source) -> int | None:
        not_taken = source.lag()
        return None if not_taken is None else not_taken + sum(len(lanes.window) for lanes in self._partitions.values())

    async def _commit_for_ever(self, source: Source) -> None:
        while True:
            await self._progress.wait()
            self._progress.clear()
            positions = {number: at for number, lanes in self._partitions.items() if (at := lanes.window.to_commit()) is not None}
            if not positions:
                continue
            try:
                await source.commit(positions)
            except Retry as error:
                log.warning("not committed", error=type(error).__name__)
                self._progress.set()
            else:
                for number, position in positions.items():
                    if number in self._partitions:
                        self._partitions[number].window.committed(position)
            await self._pause(self._settings.commit_every)
