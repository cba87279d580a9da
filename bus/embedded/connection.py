"""One client's connection: frames in, answers out in the order of the requests."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, cast

from bus.embedded.protocol import ProtocolError

Answer = Callable[[bytes, "Connection"], Awaitable[bytes | None]]
"""From a request frame to a response frame, or None where the protocol has none."""

_LENGTH: Final = 4
_AHEAD: Final = 1024 * 1024
"""Bytes of requests read ahead of the one in work."""
_logger = logging.getLogger(__name__)


class Connection(asyncio.Protocol):
    """Cuts the stream into frames and answers them one after the other, in one task of its own."""

    def __init__(self, answer: Answer, max_frame: int, open_ones: set["Connection"]) -> None:
        self._answer = answer
        self._max_frame = max_frame
        self._open_ones = open_ones
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._frames: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._arrived = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self.peer: tuple[str, int] = ("", 0)
        self.here: tuple[str, int] = ("", 0)
        self.last_used = self._loop.time()
        self.busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # what uvloop gives is none by inheritance
        self.peer = (transport.get_extra_info("peername") or ("", 0))[:2]
        self.here = (transport.get_extra_info("sockname") or ("", 0))[:2]
        self._open_ones.add(self)
        self.task = self._loop.create_task(self._serve())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= _LENGTH:
            size = int.from_bytes(self._buffer[:_LENGTH], "big", signed=True)
            if not 0 < size <= self._max_frame:
                self._drop(f"a frame of {size} bytes")
                return
            if len(self._buffer) < _LENGTH + size:
                break
            self._frames.append(bytes(memoryview(self._buffer)[_LENGTH : _LENGTH + size]))
            del self._buffer[: _LENGTH + size]
            self._waiting_bytes += size
        if self._frames:
            self._arrived.set()
        if self._waiting_bytes > _AHEAD and not self._transport.is_closing():
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def connection_lost(self, _error: Exception | None) -> None:
        self._open_ones.discard(self)
        self._buffer.clear()
        self._frames.clear()
        self.task.cancel()

    def close(self) -> None:
        """End at once, whatever is under way."""
        self._transport.abort()

    async def _serve(self) -> None:
        try:
            while True:
                frame = await self._next()
                self.busy = True
                response = await self._answer(frame, self)
                if response is not None:
                    self._transport.write(response)
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
        before = self._waiting_bytes
        self._waiting_bytes -= len(frame)
        if before > _AHEAD >= self._waiting_bytes and not self._transport.is_closing():
            self._transport.resume_reading()
        return frame

    def _drop(self, reason: str) -> None:
        _logger.warning("%s:%s sent what is no Kafka request (%s); its connection is closed", *self.peer, reason)
        self._transport.abort()
