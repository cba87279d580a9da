"""One client's connection: frames in, answers out in the order of the requests."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, cast

from bus.embedded.bounds import Answers, Door, Room
from bus.embedded.protocol import ProtocolError

Answer = Callable[[bytes, "Connection"], Awaitable[bytes | None]]
"""From a request frame to a response frame, or None where the protocol has none."""

_LENGTH: Final = 4
_AHEAD: Final = 1024 * 1024
"""Bytes of requests read ahead of the one in work."""
_QUEUED: Final = 100
"""Requests read ahead, however small they are."""
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bounds:
    """What holds for every connection, and who they are."""

    max_frame: int
    door: Door
    room: Room
    answers: Answers
    open_ones: set["Connection"] = field(default_factory=set)


class Connection(asyncio.Protocol):
    """Cuts the stream into frames and answers them one after the other, in one task of its own."""

    def __init__(self, answer: Answer, bounds: Bounds) -> None:
        self._answer = answer
        self._bounds = bounds
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._frames: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._coming: int | None = None
        self._asked: int | None = None
        self._held = 0
        self._paused = False
        self._arrived = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self.peer: tuple[str, int] = ("", 0)
        self.here: tuple[str, int] = ("", 0)
        self.last_used = self._heard = self._loop.time()
        self.busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # what uvloop gives is none by inheritance
        self.peer = (transport.get_extra_info("peername") or ("", 0))[:2]
        self.here = (transport.get_extra_info("sockname") or ("", 0))[:2]
        if not self._bounds.door.admits(len(self._bounds.open_ones), self.peer):
            self._transport.abort()
            return
        self._bounds.open_ones.add(self)
        self.task = self._loop.create_task(self._serve())

    @property
    def unsent(self) -> int:
        """Bytes of answers that the client has not taken yet."""
        return self._transport.get_write_buffer_size()

    @property
    def silent(self) -> float:
        """For how many seconds the rest of a request has not come, though it could."""
        return self._loop.time() - self._heard if self._coming is not None and not self._paused else 0.0

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._heard = self._loop.time()
        self._cut()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()
        self._bounds.answers.taken(self)

    def connection_lost(self, _error: Exception | None) -> None:
        if self not in self._bounds.open_ones:
            return
        self._bounds.open_ones.discard(self)
        self._buffer.clear()
        self._frames.clear()
        self.task.cancel()
        self._bounds.answers.taken(self)
        self._give(self._held)

    def close(self) -> None:
        """End at once, whatever is under way."""
        self._transport.abort()

    def _cut(self) -> None:
        """Cut whole frames off what has arrived; a frame gets its room before it is read, or the client waits."""
        while len(self._buffer) >= _LENGTH and self._asked is None and not self._transport.is_closing():
            if self._coming is None:
                size = int.from_bytes(self._buffer[:_LENGTH], "big", signed=True)
                if not 0 < size <= self._bounds.max_frame:
                    self._drop(f"a frame of {size} bytes")
                    return
                if not self._bounds.room.take(size, self._granted):
                    self._asked = size
                    break
                self._coming = size
                self._held += size
            if len(self._buffer) < _LENGTH + self._coming:
                break
            self._frames.append(bytes(memoryview(self._buffer)[_LENGTH : _LENGTH + self._coming]))
            del self._buffer[: _LENGTH + self._coming]
            self._waiting_bytes += self._coming
            self._coming = None
        if self._frames:
            self._arrived.set()
        self._pace()

    def _granted(self) -> None:
        """There is room now for the frame that waits outside."""
        size, self._asked = self._asked or 0, None
        if self not in self._bounds.open_ones:
            self._bounds.room.give(size)
            return
        self._coming = size
        self._held += size
        self._cut()

    def _pace(self) -> None:
        """Read on, or let the client wait: for room, or since it is far enough ahead."""
        pause = self._asked is not None or self._waiting_bytes > _AHEAD or len(self._frames) >= _QUEUED
        if pause == self._paused or self._transport.is_closing():
            return
        self._paused = pause
        if pause:
            self._transport.pause_reading()
        else:
            self._heard = self._loop.time()
            self._transport.resume_reading()

    def _give(self, size: int) -> None:
        size = min(size, self._held)  # which is nothing once the connection is lost
        self._held -= size
        self._bounds.room.give(size)

    async def _serve(self) -> None:
        try:
            while True:
                frame = await self._next()
                self.busy = True
                response = await self._answer(frame, self)
                self._give(len(frame))
                if response is not None:
                    self._transport.write(response)
                    self._bounds.answers.given(self, len(response))
                del frame, response  # or they stay for as long as this waits, and longer where it is cancelled
                await self._writable.wait()
                self.busy = False
                self.last_used = self._loop.time()
        except ProtocolError as error:
            self._drop(str(error))
        except Exception:
            _logger.exception("a request of %s:%s failed; its connection is closed", *self.peer)
            self._transport.abort()

    async def _next(self) -> bytes:
        while not self._frames:
            self._arrived.clear()
            await self._arrived.wait()
        frame = self._frames.popleft()
        self._waiting_bytes -= len(frame)
        if self._paused:
            self._cut()
        return frame

    def _drop(self, reason: str) -> None:
        _logger.warning("%s:%s sent what is no Kafka request (%s); its connection is closed", *self.peer, reason)
        self._transport.abort()
