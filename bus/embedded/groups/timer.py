"""How long a silent member still counts."""

import asyncio
from collections.abc import Callable


class SessionTimer:
    """Calls once when nothing was heard for the session; hearing costs no new timer."""

    def __init__(self, session: float, expired: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._session = session
        self._expired = expired
        self.heard()
        self._handle = self._loop.call_later(session, self._look)

    def heard(self) -> None:
        self._until = self._loop.time() + self._session

    def stop(self) -> None:
        self._handle.cancel()

    def _look(self) -> None:
        left = self._until - self._loop.time()
        if left > 0.001:
            self._handle = self._loop.call_later(left, self._look)
        else:
            self._expired()
