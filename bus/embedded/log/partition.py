"""One partition: its segments, its producers' windows, and those who wait for more."""

import asyncio
import json
import logging
import os
from itertools import pairwise
from pathlib import Path
from typing import Final

from kio.schema.errors import ErrorCode

from bus.embedded.batch import Batch, placed
from bus.embedded.log.segment import Segment
from bus.embedded.log.store import FileStore, MemoryStore, Store
from bus.embedded.log.windows import Windows
from bus.embedded.records import UnreadableError, records_in

_LOG: Final = ".log"
_WINDOWS: Final = ".producers"
_logger = logging.getLogger(__name__)


class Partition:
    """An append-only log of record batches; offsets from `start` up to (not including) `end`."""

    def __init__(self, folder: Path | None, segment_size: int, start: int = 0) -> None:
        self.waiting: set[asyncio.Event] = set()
        """Set when something is appended, and when the partition is removed."""
        self.paused = False
        """By a fault plan: nothing is given out of it."""
        self._folder = folder
        self._segment_size = segment_size
        self._windows = Windows()
        self._segments = [Segment(self._store(0), 0)] if folder is None else self._opened(folder)
        self._start = 0
        self.trim(min(start, self.end))

    @property
    def start(self) -> int:
        return max(self._segments[0].base, self._start)

    @property
    def end(self) -> int:
        return self._segments[-1].end

    @property
    def last_stable(self) -> int:
        """Up to where (not including) a consumer that reads committed records only may read."""
        return self.end

    def check(self, batch: Batch) -> tuple[ErrorCode, int]:
        """Whether `append` would store it: `none`; else the refusal, or `duplicate_sequence_number` with the offset of the first time."""
        return self._windows.check(batch)

    def promise(self, batch: Batch) -> None:
        """Count a batch as sent by its producer, at the offset where the log ends now, though it will be stored later if at all."""
        self._windows.note(batch._replace(base_offset=self.end))

    def append(self, batch: Batch, records: bytes) -> tuple[ErrorCode, int]:
        """Store a sound batch; its base offset, also when a producer sent it again."""
        error, offset = self._windows.check(batch)
        if error is ErrorCode.duplicate_sequence_number:
            return ErrorCode.none, offset
        if error is not ErrorCode.none:
            return error, -1
        last = self._segments[-1]
        if last.store.size and last.store.size + len(records) > self._segment_size:
            last = self._roll()
        stored = batch._replace(base_offset=last.end)
        try:
            last.append(stored, placed(records, stored.base_offset))
        except OSError as failure:
            _logger.error("cannot write to %s: %s", self._folder, failure)
            return ErrorCode.kafka_storage_error, -1
        self._windows.note(stored)
        self._wake()
        return ErrorCode.none, stored.base_offset

    def read(self, offset: int, max_bytes: int, *, whole: bool) -> bytes:
        """Batches from the one that holds the offset on, the last perhaps cut off, as Kafka does.

        `whole`: at least one entire batch, however large.
        """
        for segment in self._segments[self._segment_of(offset) :]:
            if found := segment.locate(offset):
                position, size = found
                return segment.read(position, max(max_bytes, size) if whole else max_bytes)
        return b""

    def unread(self, offset: int) -> int:
        """Bytes from the batch that holds the offset to the end."""
        if offset >= self.end:
            return 0
        first, *later = self._segments[self._segment_of(offset) :]
        found = first.locate(offset)
        return (first.store.size - found[0] if found else 0) + sum(each.store.size for each in later)

    def at_time(self, timestamp: int) -> tuple[int, int] | None:
        """(offset, timestamp) of the first record at or after a timestamp (ms)."""
        start = self.start
        for segment in self._segments:
            if segment.newest >= timestamp and (found := segment.batch_at_time(timestamp, start)):
                batch, content = found
                try:
                    return next(
                        (each.offset, each.timestamp)
                        for each in records_in(content)
                        if each.timestamp >= timestamp and each.offset >= start
                    )
                except (StopIteration, UnreadableError):  # the header promised a record that late
                    return max(batch.base_offset, start), batch.max_time
        return None

    def newest(self) -> tuple[int, int] | None:
        """(offset, timestamp) of the first record with the highest timestamp."""
        highest = max(segment.newest for segment in self._segments)
        return self.at_time(highest) if highest >= 0 else None

    def trim(self, offset: int) -> None:
        """Forget the records before an offset; the bytes go where a whole segment lies before it."""
        self._start = max(self._start, offset)
        while len(self._segments) > 1 and self._segments[0].end <= self._start:
            self._drop_oldest()

    def expire(self, now: int, *, age: int, size: int) -> None:
        """Forget whole segments whose records are all older than `age` ms, and the oldest beyond `size` bytes; -1: no bound."""
        last = self._segments[-1]
        if age >= 0 and last.store.size and last.newest < now - age:
            self._roll()  # so that it can go as well
        kept = sum(segment.store.size for segment in self._segments)
        while len(self._segments) > 1:
            oldest = self._segments[0]
            too_old, too_many = 0 <= age < now - oldest.newest, 0 <= size <= kept - oldest.store.size
            if not (too_old or too_many):
                return
            kept -= oldest.store.size
            self._drop_oldest()

    def close(self) -> None:
        for segment in self._segments:
            segment.store.rest()

    def remove(self) -> None:
        """Delete every byte; who waits here finds out."""
        for segment in self._segments:
            segment.store.remove()
        self._wake()

    def _drop_oldest(self) -> None:
        self._segments.pop(0).store.remove()

    def _wake(self) -> None:
        for event in self.waiting:
            event.set()

    def _segment_of(self, offset: int) -> int:
        """Which segment an offset is in; nearly always asked for the last."""
        for index in range(len(self._segments) - 1, 0, -1):
            if self._segments[index].base <= offset:
                return index
        return 0

    def _store(self, base: int) -> Store:
        return MemoryStore() if self._folder is None else FileStore(self._folder / f"{base:020}{_LOG}")

    def _opened(self, folder: Path) -> list[Segment]:
        """The segments that are on disk, the last one checked and its torn tail cut."""
        folder.mkdir(parents=True, exist_ok=True)
        bases = sorted(int(path.stem) for path in folder.glob(f"*{_LOG}")) or [0]
        segments = [Segment(self._store(base), base, end=after) for base, after in pairwise(bases)]
        last = Segment(self._store(bases[-1]), bases[-1])
        remembered = folder / f"{last.base:020}{_WINDOWS}"
        if remembered.exists():
            self._windows.load(json.loads(remembered.read_bytes()))
        before = last.store.size
        for batch in last.recover():
            self._windows.note(batch)
        if last.store.size < before:
            _logger.warning("cut %d torn bytes off %s", before - last.store.size, folder)
        if not before:
            last.store.rest()
        return [*segments, last]

    def _roll(self) -> Segment:
        """Begin a new file; what producers did in the old ones is written beside it, for the next start."""
        old = self._segments[-1]
        if self._folder is not None:
            for path in self._folder.glob(f"*{_WINDOWS}"):
                if path.stem != f"{old.base:020}":
                    path.unlink()
            draft = self._folder / "producers.draft"
            draft.write_text(json.dumps(self._windows.to_json()))
            os.replace(draft, self._folder / f"{old.end:020}{_WINDOWS}")
        old.seal()
        self._segments.append(Segment(self._store(old.end), old.end))
        self._segments[-1].store.append(b"")  # its name says where the log goes on, also once all before it is forgotten
        return self._segments[-1]
