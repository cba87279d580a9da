"""What all connections together may take, so that neither many nor slow clients fill the broker's memory."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import Final, NamedTuple, Protocol

_SMALL: Final = 16 * 1024
_STALLED: Final = 2.0
"""Seconds in which a client took nothing of its answer."""
_LOOK: Final = 0.1
_TELL_EVERY: Final = 60.0
_logger = logging.getLogger(__name__)


class Client(Hashable, Protocol):
    """A connection, as far as it takes memory."""

    peer: tuple[str, int]

    @property
    def unsent(self) -> int:
        """Bytes of answers that the client has not taken yet."""
        ...

    def close(self) -> None: ...


class Door:
    """Lets in so many connections at once (max.connections)."""

    def __init__(self, most: int, now: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._now = now
        self._told = -_TELL_EVERY
        self._refused = 0

    def admits(self, there: int, peer: tuple[str, int]) -> bool:
        """Whether one more may come when so many are there; refusals are told once a minute."""
        if there < self._most:
            return True
        self._refused += 1
        if self._now() - self._told >= _TELL_EVERY:
            _logger.warning("%d connections are open, no more come in: %d refused, the last from %s:%s", there, self._refused, *peer)
            self._told, self._refused = self._now(), 0
        return False


class Room:
    """Bytes for requests that are read and not answered yet (queued.max.request.bytes); who comes first is served first.

    What is small always finds room, since sessions hang on it; what is larger than half of it waits until half is free.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._taken = 0
        self._waiting: deque[tuple[int, Callable[[], None]]] = deque()

    @property
    def short(self) -> bool:
        """Whether somebody waits."""
        return bool(self._waiting)

    def take(self, size: int, granted: Callable[[], None]) -> bool:
        """Whether there is room; if not, `granted` is called once it is taken."""
        if size > _SMALL and (self._waiting or not self._fits(size)):
            self._waiting.append((size, granted))
            return False
        self._taken += size
        return True

    def give(self, size: int) -> None:
        self._taken -= size
        while self._waiting and self._fits(self._waiting[0][0]):
            wanted, granted = self._waiting.popleft()
            self._taken += wanted
            granted()

    def _fits(self, size: int) -> bool:
        return self._taken + min(size, self._size // 2) <= self._size


class _Slow(NamedTuple):
    """The size of an answer, what was not taken of it at some time, and that time."""

    size: int
    unsent: int
    since: float


class Answers:
    """Bytes of answers that clients have not taken yet; where they are too many, whoever takes nothing is closed and the rest waits."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._slow: dict[Client, _Slow] = {}
        self._freed = asyncio.Event()

    def given(self, client: Client, size: int) -> None:
        """It has an answer to take, whose memory is free only when it has taken it all."""
        if client.unsent > _SMALL:
            self._slow[client] = _Slow(size, client.unsent, time.monotonic())

    def taken(self, client: Client) -> None:
        """It has taken its answer, or is gone."""
        if self._slow.pop(client, None):
            self._freed.set()

    async def room(self) -> None:
        """Wait until one more large answer may be made."""
        while sum(each.size for each in self._slow.values()) > self._size:
            self._close_stalled()
            self._freed.clear()
            try:
                async with asyncio.timeout(_LOOK):
                    await self._freed.wait()
            except TimeoutError:
                continue

    def _close_stalled(self) -> None:
        now = time.monotonic()
        for client, slow in list(self._slow.items()):
            if not client.unsent:
                self.taken(client)
            elif client.unsent != slow.unsent:
                self._slow[client] = _Slow(slow.size, client.unsent, now)
            elif now - slow.since > _STALLED:
                _logger.warning("%s:%s takes none of the %d bytes it asked for; its connection is closed", *client.peer, slow.size)
                self.taken(client)
                client.close()
