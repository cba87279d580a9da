"""One piece of a partition's log: whole record batches one behind the other, found by a sparse index in memory."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from bus.embedded.batch import HEADER, MAGIC, PREFIX, Batch, header, sound
from bus.embedded.log.index import EVERY, Index
from bus.embedded.log.store import Store

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
        self._index = Index()
        self._walked = True
        self._gaps: dict[int, Gap] = {}
        self.damaged = False
        """Whether `recover` kept something that is not what was written."""

    @property
    def newest(self) -> int:
        """The highest record timestamp in ms, -1 when empty."""
        self.learn()
        return self._index.newest

    @property
    def oldest(self) -> int:
        """The highest record timestamp of the first batch in ms, -1 when empty."""
        self.learn()
        return self._index.oldest

    def append(self, batch: Batch, content: bytes | bytearray) -> None:
        """Add a batch whose base offset is `end`, or later where what lay between was compacted away."""
        position = self.store.size
        self.store.append(content)
        self._index.note(batch, position)
        self.end = batch.last_offset + 1

    def learn(self) -> None:
        """Know where the batches lie of a segment that was sealed before the broker started; the first use would wait for it."""
        if self._indexed:
            return
        self._indexed = True
        if known := Index.from_bytes(self.store.beside() or b"", self.store.size):
            self._index, self._walked = known, False
            return
        for position, batch, _content in self._walk(0, whole=False):
            self._index.note(batch, position)
        self._rest()

    def keep_index(self) -> None:
        """For the next start, where the segment is complete and sound."""
        if not self._gaps:
            self.store.put_beside(self._index.to_bytes(self.store.size))

    def seal(self, end: int | None = None) -> None:
        """Nothing more is written; `end` where the last offsets were compacted away."""
        self.sealed = True
        self.end = self.end if end is None else end
        self.store.rest()

    def batches(self) -> Iterator[tuple[Batch, bytes]]:
        """Every batch with its content. Raises DamagedError where bytes are no batch, or another one than was written."""
        for _position, batch, content in self._walk(0, whole=True):
            if not sound(batch, content):
                raise DamagedError(batch.base_offset)
            if self._gaps:
                break
            yield batch, bytes(content)
        if self._gaps:
            raise DamagedError(min(gap.first for gap in self._gaps.values()))

    def check(self) -> Iterator[int | None]:
        """Read everything, a batch a step; the offset where it is not what was written, None where it is."""
        for _position, batch, content in self._walk(0, whole=True):
            yield None if sound(batch, content) else batch.base_offset
        self._walked = True
        yield from (gap.first for gap in self._gaps.values() if gap.first < gap.after)
        self._rest()

    def recover(self) -> Iterator[tuple[Batch, memoryview]]:
        """Read everything, pass on every sound batch and its bytes, then cut what is torn or broken at the end.

        What is broken with something sound behind it was not torn by a kill: it stays, and `check` tells of it.
        """
        kept, broken = 0, list[tuple[int, Batch]]()
        for position, batch, content in self._walk(0, whole=True):
            broken.append((position, batch))
            if sound(batch, content):
                for each in broken:
                    self._index.note(each[1], each[0])
                self.damaged = self.damaged or len(broken) > 1
                broken.clear()
                self.end = batch.last_offset + 1
                kept = position + batch.size
                yield batch, content
        self._gaps = {position: gap for position, gap in self._gaps.items() if position < kept}
        self.damaged = self.damaged or bool(self._gaps)
        if kept < self.store.size:
            self.store.cut(kept)

    def locate(self, offset: int) -> tuple[int, int] | None:
        """(position, size) of the batch that holds the offset, or else of the next one. Raises DamagedError."""
        self.learn()
        start = self._index.before_offset(offset)
        for position, batch, _content in self._walk(start, whole=False, window=EVERY):
            if batch.last_offset >= offset:
                found = position, batch.size
                break
        else:
            found = None
        if any(gap.first <= offset < gap.after for gap in self._gaps.values()):
            raise DamagedError(offset)
        return found

    def read(self, position: int, count: int) -> bytes:
        if not self._walked:
            for reached, _batch, _content in self._walk(position, whole=False, window=min(_WINDOW, max(EVERY, count))):
                if reached >= position + count:
                    break
        readable = min((start for start in self._gaps if start > position), default=self.store.size)
        content = self.store.read(position, min(count, readable - position))
        self._rest()
        return content

    def batch_at_time(self, timestamp: int, after: int) -> tuple[Batch, bytes] | None:
        """The first batch that reaches the offset `after` and has a record at or after the timestamp (ms), with its content."""
        self.learn()
        start = self._index.before_time(timestamp)
        for position, batch, _content in self._walk(start, whole=False, window=EVERY):
            if batch.max_time >= timestamp and batch.last_offset >= after:
                return batch, self.read(position, batch.size)
        return None

    def _rest(self) -> None:
        if self.sealed:
            self.store.rest()

    def _walk(self, position: int, *, whole: bool, window: int = _WINDOW) -> Iterator[tuple[int, Batch, memoryview]]:
        """Position, header and bytes of every batch from a position on; the bytes are complete only when `whole`.

        What cannot be a batch here is passed over up to the next sound one, and remembered as a gap.
        """
        start, view, floor = position, memoryview(b""), self._index.offset_at(position, self.base)
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
