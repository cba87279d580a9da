"""A bell that wakes whoever listens, thread or coroutine, at once."""

import asyncio
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotRung


class Bell:
    """First `hear`, then look, then wait: nothing that happens between looking and waiting is missed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ears: set[Future[None]] = set()

    def ring(self) -> None:
        """Wake everyone who has begun to listen."""
        with self._lock:
            ears, self._ears = self._ears, set()
        for ear in ears:
            if ear.set_running_or_notify_cancel():
                ear.set_result(None)

    def hear(self) -> Future[None]:
        """Begin to listen; give it up with `forget`."""
        ear: Future[None] = Future()
        with self._lock:
            self._ears.add(ear)
        return ear

    def forget(self, ear: Future[None]) -> None:
        """Listen no more."""
        with self._lock:
            self._ears.discard(ear)


def wait(ear: Future[None], seconds: float | None) -> bool:
    """Wait in a thread; whether it rang."""
    try:
        ear.result(seconds)
    except NotRung:
        return False
    return True


async def wait_async(ear: Future[None], seconds: float) -> bool:
    """Wait in a coroutine; whether it rang."""
    try:
        await asyncio.wait_for(asyncio.wrap_future(ear), seconds)
    except TimeoutError:
        return False
    return True
