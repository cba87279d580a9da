"""What ends a scenario that does not end by itself: its limit in real time, or whoever interrupts the run."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from scenarios.verdicts import Verdict
from vn.errors import LgspError

__all__ = ["Bounds", "Over"]


class Over(LgspError):
    """The scenario was ended from outside; `verdict` is what that makes of it."""

    def __init__(self, verdict: Verdict, words: str) -> None:
        super().__init__(words)
        self.verdict = verdict


class Bounds:
    """So many real seconds from now on, and an event that ends it before."""

    def __init__(self, stop: asyncio.Event, seconds: float) -> None:
        self._stop = stop
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    @asynccontextmanager
    async def hold(self, where: str) -> AsyncIterator[None]:
        """What stands in the block is cancelled when it is over; `where` is told. Raises Over."""
        loop = asyncio.get_running_loop()
        stopping = asyncio.create_task(self._stop.wait())
        try:
            async with asyncio.timeout(max(self._end - time.monotonic(), 0)) as timeout:

                def over(done: asyncio.Task[bool]) -> None:
                    if not done.cancelled():
                        with suppress(RuntimeError):  # the block has ended meanwhile
                            timeout.reschedule(loop.time())

                stopping.add_done_callback(over)
                yield
        except TimeoutError:
            if not timeout.expired():
                raise
            if self._stop.is_set():
                raise Over(Verdict.INTERRUPTED, f"interrupted {where}") from None
            raise Over(Verdict.ERROR, f"it did not end within {self._seconds:g} s of real time (limits.real): ended {where}") from None
        finally:
            stopping.cancel()
