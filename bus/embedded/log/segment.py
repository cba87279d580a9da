"""One piece of a partition's log: whole record batches one behind the other, found by a sparse index in memory."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Final

from bus.embedded.batch import HEADER, PREFIX, Batch, header, sound
from bus.embedded.log.store import Store

EVERY: Final = 32 * 1024
"""Bytes of log per index entry."""
_WINDOW: Final = 1024 * 1024


class Segment:
    """Batches from `base` up to (not including) `end`.

    Only the last segment of a log is written to; the others are `sealed`, hold no open file, and are indexed when first read.
    """

    def __init__(self, store: Store, base: int, *, end: int | None = None) -> None:
        self.store = store
        self.base = base
        self.end = base if end is None else end
        self.sealed = end is not None
        self._indexed = end is None
        self._newest = -1
        self._offsets = array("q")
        self._positions = array("q")
        self._times = array("q")  # highest timestamp before the entry

    @property
    def newest(self) -> int:
        """The highest record timestamp in ms, -1 when empty."""
        self._index()
        return self._newest

    def append(self, batch: Batch, content: bytes | bytearray) -> None:
        """Add a batch whose base offset is `end`."""
        position = self.store.size
        self.store.append(content)
        self._note(batch, position)

    def seal(self) -> None:
        self.sealed = True
        self.store.rest()

    def recover(self) -> Iterator[tuple[Batch, memoryview]]:
        """Read everything, pass on every sound batch and its bytes, then cut what is torn or broken at the end."""
        kept = 0
        for position, batch, content in self._walk(0, whole=True):
            if not sound(batch, content) or batch.base_offset < self.end or batch.last_delta < 0:
                break
            self._note(batch, position)
            kept = position + batch.size
            yield batch, content
        if kept < self.store.size:
            self.store.cut(kept)

    def locate(self, offset: int) -> tuple[int, int] | None:
        """(position, size) of the batch that holds the offset, or else of the next one."""
        self._index()
        start = self._entry(bisect_right(self._offsets, offset) - 1)
        for position, batch, _content in self._walk(start, whole=False, window=EVERY):
            if batch.last_offset >= offset:
                return position, batch.size
        return None

    def read(self, position: int, count: int) -> bytes:
        content = self.store.read(position, min(count, self.store.size - position))
        self._rest()
        return content

    def batch_at_time(self, timestamp: int, after: int) -> tuple[Batch, bytes] | None:
        """The first batch that reaches the offset `after` and has a record at or after the timestamp (ms), with its content."""
        self._index()
        start = self._entry(bisect_left(self._times, timestamp) - 1)
        for position, batch, _content in self._walk(start, whole=False):
            if batch.max_time >= timestamp and batch.last_offset >= after:
                return batch, self.read(position, batch.size)
        return None

    def _index(self) -> None:
        """Learn where the batches of a segment lie that was sealed before the broker started."""
        if self._indexed:
            return
        self._indexed = True
        for position, batch, _content in self._walk(0, whole=False):
            self._note(batch, position)
        self._rest()

    def _note(self, batch: Batch, position: int) -> None:
        if not self._positions or position - self._positions[-1] >= EVERY:
            self._offsets.append(batch.base_offset)
            self._positions.append(position)
            self._times.append(self._newest)
        self.end = batch.last_offset + 1
        self._newest = max(self._newest, batch.max_time)

    def _entry(self, index: int) -> int:
        return self._positions[index] if index >= 0 else 0

    def _rest(self) -> None:
        if self.sealed:
            self.store.rest()

    def _walk(self, position: int, *, whole: bool, window: int = _WINDOW) -> Iterator[tuple[int, Batch, memoryview]]:
        """Position, header and bytes of every batch from a position on; the bytes are complete only when `whole`."""
        start, view = position, memoryview(b"")
        while position + HEADER.size <= self.store.size:
            if position + HEADER.size > start + len(view):
                start, view = position, memoryview(self.store.read(position, window))
            batch = header(view, position - start)
            if batch.length < HEADER.size - PREFIX or position + batch.size > self.store.size:
                return
            if whole and position + batch.size > start + len(view):
                start, view = position, memoryview(self.store.read(position, max(window, batch.size)))
            yield position, batch, view[position - start : position - start + batch.size]
            position += batch.size
