"""One partition at work: dossiers side by side, each in its own order."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from adapters.runtime.gate import Gate
from adapters.runtime.window import Window
from bus import Received as Record

CANCELS_WITHIN = 0.2  # s, for a call that is broken off


class Lanes:
    """Runs `settle` on every record put in: in order per key, different keys at the same time; the window knows what may be committed."""

    def __init__(self, gate: Gate, *, settle: Callable[[Record, Gate], Awaitable[None]], progress: Callable[[], None]) -> None:
        self._gate = gate
        self._settle = settle
        self._progress = progress
        self._lanes: dict[bytes | None, deque[Record]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.window = Window()
        self.held = 0  # bytes of the payloads taken and not yet finished

    def put(self, record: Record) -> None:
        """Take one record; returns at once."""
        if not self.window.take(record.offset):
            return
        self.held += len(record.value or b"")
        lane = self._lanes.get(record.key)
        if lane is not None:
            lane.append(record)
            return
        self._lanes[record.key] = deque([record])
        task = asyncio.create_task(self._run(record.key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, within: float) -> int:
        """Begin nothing more; what is in the agency's hands may finish for `within` seconds. How many calls were broken off then."""
        calling = self._gate.shut()
        for task in self._tasks - calling:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)
        rest = tuple(self._tasks)
        for task in rest:
            task.cancel()
        if rest:
            await asyncio.wait(rest, timeout=CANCELS_WITHIN)
        return len(rest)

    async def _run(self, key: bytes | None) -> None:
        lane = self._lanes[key]
        while lane:
            record = lane[0]
            try:
                await self._settle(record, self._gate)
            finally:
                self._gate.reopen(record.offset)
            lane.popleft()
            self.held -= len(record.value or b"")
            self.window.finish(record.offset)
            self._progress()
        del self._lanes[key]
