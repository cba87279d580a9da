"""Several runs of the same steps on one clock: time moves when all of them wait for it, to the nearest instant that any waits for."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

__all__ = ["Rounds", "Timekeeper"]

Until = Callable[[], bool]


class Timekeeper(Protocol):
    """What steps know of a clock."""

    @property
    def now(self) -> datetime:
        """The scenario's instant."""

    async def quiet(self) -> None:
        """Until nothing is on its way."""

    async def advance(self, to: datetime, *, until: Until | None = None) -> datetime:
        """Up to an instant, or to where `until` holds; answers the instant."""


@dataclass
class _Waiting:
    to: datetime
    until: Until | None
    done: asyncio.Future[None]


class Rounds:
    """`await Rounds(clock).run(bodies)`: each body gets a timekeeper of its own."""

    def __init__(self, clock: Timekeeper) -> None:
        self._clock = clock
        self._waiting: list[_Waiting] = []
        self._changed = asyncio.Event()

    @property
    def now(self) -> datetime:
        """The scenario's instant."""
        return self._clock.now

    async def quiet(self) -> None:
        """Until nothing is on its way, for all that wait."""
        await self.advance(self.now)

    async def advance(self, to: datetime, *, until: Until | None = None) -> datetime:
        """Wait for the instant together with the others."""
        waiting = _Waiting(to, until, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._changed.set()
        await waiting.done
        return self.now

    async def run(self, bodies: Sequence[Callable[[Timekeeper], Coroutine[Any, Any, None]]]) -> list[BaseException | None]:
        """Until all have ended; what each raised."""
        tasks = [asyncio.create_task(body(self)) for body in bodies]
        for task in tasks:
            task.add_done_callback(lambda _: self._changed.set())
        try:
            while running := sum(not task.done() for task in tasks):
                if len(self._waiting) < running:
                    self._changed.clear()
                    await self._changed.wait()
                    continue
                await self._step()
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        return [each if isinstance(each, BaseException) else None for each in ended]

    async def _step(self) -> None:
        waiting = list(self._waiting)
        nearest = max(min(each.to for each in waiting), self.now)
        await self._clock.advance(nearest, until=lambda: any(each.until is not None and each.until() for each in waiting))
        for each in waiting:
            if each.to <= self.now or (each.until is not None and each.until()):
                self._waiting.remove(each)
                each.done.set_result(None)
        await asyncio.sleep(0)  # those who were woken go first
