"""One piece of a partition's log: whole record batches one behind the other, found by a sparse index in memory."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Final, NamedTuple

from bus.embedded.batch import HEADER, MAGIC, PREFIX, Batch, header, sound
from bus.embedded.log.store import Store

EVERY: Final = 32 * 1024
"""Bytes of log per index entry."""
_WINDOW: Final = 1024 * 1024
_MARK: Final = b"\0\0\0\0" + bytes([MAGIC])
"""Leader epoch and magic, `PREFIX` bytes from the beginning of every batch in the log."""


class DamagedError(Exception):
    """The log holds other bytes than were written to it, from the batch on that should hold `offset`."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"damaged at offset {offset}")
        self.offset = offset


class Gap(NamedTuple):
    """Bytes that are no batch: the offsets that may have been there, from `first` up to (not including) `after`; where it goes on."""

    first: int
    after: int
    position: int


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
        self._oldest = -1
        self._offsets = array("q")
        self._positions = array("q")
        self._times = array("q")  # highest timestamp before the entry
        self._gaps: dict[int, Gap] = {}
        self.damaged = False
        """Whether `recover` kept something that is not what was written."""

    @property
    def newest(self) -> int:
        """The highest record timestamp in ms, -1 when empty."""
        self._index()
        return self._newest

    @property
    def oldest(self) -> int:
        """The highest record timestamp of the first batch in ms, -1 when empty."""
        self._index()
        return self._oldest

    def append(self, batch: Batch, content: bytes | bytearray) -> None:
        """Add a batch whose base offset is `end`, or later where what lay between was compacted away."""
        position = self.store.size
        self.store.append(content)
        self._note(batch, position)
        self.end = batch.last_offset + 1

    def learn(self) -> None:
        """Learn now what else the first use would wait for."""
        self._index()

    def seal(self, end: int | None = None) -> None:
        """Nothing more is written; `end` where the last offsets were compacted away."""
        self.sealed = True
        self.end = self.end if end is None else end
        self.store.rest()

    def batches(self) -> Iterator[tuple[Batch, bytes]]:
        """Every batch with its content. Raises DamagedError where bytes are no batch, or another one than was written."""
        for _position, batch, content in self._walk(0, whole=True):
            if self._gaps or not sound(batch, content):
                break
            yield batch, bytes(content)
        else:
            if not self._gaps:
                return
        raise DamagedError(min((batch.base_offset, *(gap.first for gap in self._gaps.values()))))

    def check(self) -> Iterator[int | None]:
        """Read everything, a batch a step; the offset where it is not what was written, None where it is."""
        for _position, batch, content in self._walk(0, whole=True):
            yield None if sound(batch, content) else batch.base_offset
        yield from (gap.first for gap in self._gaps.values() if gap.first < gap.after)
        self._rest()

    def recover(self) -> Iterator[Batch]:
        """Read everything, pass on every sound batch, then cut what is torn or broken at the end.

        What is broken with something sound behind it was not torn by a kill: it stays, and `check` tells of it.
        """
        kept, broken = 0, list[tuple[int, Batch]]()
        for position, batch, content in self._walk(0, whole=True):
            broken.append((position, batch))
            if sound(batch, content):
                for each in broken:
                    self._note(each[1], each[0])
                self.damaged = self.damaged or len(broken) > 1
                broken.clear()
                self.end = batch.last_offset + 1
                kept = position + batch.size
                yield batch
        self._gaps = {position: gap for position, gap in self._gaps.items() if position < kept}
        self.damaged = self.damaged or bool(self._gaps)
        if kept < self.store.size:
            self.store.cut(kept)

    def locate(self, offset: int) -> tuple[int, int] | None:
        """(position, size) of the batch that holds the offset, or else of the next one. Raises DamagedError."""
        self._index()
        if any(gap.first <= offset < gap.after for gap in self._gaps.values()):
            raise DamagedError(offset)
        start = self._entry(bisect_right(self._offsets, offset) - 1)
        for position, batch, _content in self._walk(start, whole=False, window=EVERY):
            if batch.last_offset >= offset:
                return position, batch.size
        return None

    def read(self, position: int, count: int) -> bytes:
        readable = min((start for start in self._gaps if start > position), default=self.store.size)
        content = self.store.read(position, min(count, readable - position))
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
        self._oldest = batch.max_time if self._oldest < 0 else self._oldest
        self._newest = max(self._newest, batch.max_time)

    def _entry(self, index: int) -> int:
        return self._positions[index] if index >= 0 else 0

    def _rest(self) -> None:
        if self.sealed:
            self.store.rest()

    def _walk(self, position: int, *, whole: bool, window: int = _WINDOW) -> Iterator[tuple[int, Batch, memoryview]]:
        """Position, header and bytes of every batch from a position on; the bytes are complete only when `whole`.

        What cannot be a batch here is passed over up to the next sound one, and remembered as a gap.
        """
        start, view, floor = position, memoryview(b""), self._floor(position)
        while position < self.store.size:
            if position + HEADER.size > start + len(view):
                start, view = position, memoryview(self.store.read(position, window))
            batch = header(view, position - start) if position + HEADER.size <= start + len(view) else None
            if batch is None or not self._fits(batch, position, floor):
                gap = self._gap(position, floor)
                position, floor = gap.position, gap.after
                continue
            if whole and position + batch.size > start + len(view):
                start, view = position, memoryview(self.store.read(position, max(window, batch.size)))
            yield position, batch, view[position - start : position - start + batch.size]
            position, floor = position + batch.size, batch.last_offset + 1

    def _floor(self, position: int) -> int:
        """The lowest offset that a batch at the position of an entry of the index can have."""
        index = bisect_right(self._positions, position) - 1
        return self._offsets[index] if index >= 0 and self._positions[index] == position else self.base

    def _fits(self, batch: Batch, position: int, floor: int) -> bool:
        """Whether this can be the header of a batch here: the checksum covers none of this."""
        whole = batch.length >= HEADER.size - PREFIX and position + batch.size <= self.store.size
        placed = floor <= batch.base_offset < self.end if self.sealed else batch.base_offset == floor  # only compaction leaves holes
        return whole and placed and batch.magic == MAGIC and batch.last_delta >= 0

    def _gap(self, position: int, floor: int) -> Gap:
        if position not in self._gaps:
            self._gaps[position] = self._next_sound(position, floor)
        return self._gaps[position]

    def _next_sound(self, position: int, floor: int) -> Gap:
        """Look for the next batch that is one beyond doubt."""
        for start in range(position + 1, self.store.size, _WINDOW):
            piece = self.store.read(start, _WINDOW + HEADER.size)
            at = piece.find(_MARK)
            while at >= 0:
                found = start + at - PREFIX
                if found > position and found + HEADER.size <= self.store.size:
                    batch = header(self.store.read(found, HEADER.size))
                    if self._fits(batch, found, max(floor, batch.base_offset)) and sound(batch, self.store.read(found, batch.size)):
                        return Gap(floor, batch.base_offset, found)
                at = piece.find(_MARK, at + 1)
        return Gap(floor, self.end if self.sealed else floor, self.store.size)
