"""Parts in this process, each a task that is begun again when it fails."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any

import structlog

from app import parts
from app.settings import Settings
from app.supervisor import BACKOFF, LASTED
from vn.errors import CannotConnect, Unusable

__all__ = ["Together"]

_log = structlog.get_logger()


class Together:
    """As `Supervisor` has it, without processes; `unusable` is told what no new start of a part will mend."""

    def __init__(self, settings: Settings, unusable: Callable[[Unusable], None]) -> None:
        self._settings = settings
        self._unusable = unusable
        self._running: dict[str, tuple[asyncio.Task[None], asyncio.Event]] = {}

    def start(self, part: str) -> None:
        """Start one part, and again whenever it fails."""
        stop = asyncio.Event()
        self._running[part] = asyncio.create_task(self._keep(part, stop)), stop

    async def stop(self, *names: str, within: float) -> None:
        """End these parts together; those that have not ended after so many seconds are cut off."""
        ending = [self._running.pop(name) for name in names if name in self._running]
        for _, stop in ending:
            stop.set()
        if tasks := [task for task, _ in ending]:
            await asyncio.wait(tasks, timeout=within)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def pids(self) -> Mapping[str, int]:
        """This process."""
        return dict.fromkeys(self._running, os.getpid())

    async def _keep(self, part: str, stop: asyncio.Event) -> None:
        loop, attempt = asyncio.get_running_loop(), 0
        while not stop.is_set():
            began, running = loop.time(), asyncio.ensure_future(self._run(part, stop))
            try:
                await asyncio.wait({running})
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
            if not stop.is_set():
                self._failed(part, running)
                attempt = 0 if loop.time() - began > LASTED else attempt + 1
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), BACKOFF[min(attempt, len(BACKOFF) - 1)])

    def _failed(self, part: str, ended: "asyncio.Future[None]") -> None:
        """A part does not end by itself: what made it is told."""
        error = None if ended.cancelled() else ended.exception()
        _log.warning("part ended, starting it again", ended=part, error=f"{type(error).__name__}: {error}" if error else "it was cancelled")
        if isinstance(error, Unusable) and not isinstance(error, CannotConnect):
            self._unusable(error)

    def _run(self, part: str, stop: asyncio.Event) -> Coroutine[Any, Any, None]:
        def say(line: str) -> None:
            _log.info(line)

        if part == "exchange":
            return parts.run_exchange(self._settings, stop=stop, say=say)
        if part.endswith("-adapter"):
            return parts.run_adapter(self._settings, part.removesuffix("-adapter"), stop=stop, say=say)
        return parts.run_agencies(self._settings, [part], stop=stop, say=say)
