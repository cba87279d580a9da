"""One partition: its segments, its producers' windows, and those who wait for more."""

import asyncio
import json
import logging
import os
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from kio.schema.errors import ErrorCode

from bus.embedded.batch import Batch, header, placed
from bus.embedded.log.markers import Marker, marker_of
from bus.embedded.log.segment import DamagedError, Segment
from bus.embedded.log.store import FileStore, MemoryStore, Store
from bus.embedded.log.swap import LOG, draft_of, take_place, tidy
from bus.embedded.log.windows import Windows
from bus.embedded.records import UnreadableError, records_in
from bus.embedded.syncing import UNSYNCED, Syncing

_WINDOWS: Final = ".producers"
_logger = logging.getLogger(__name__)


class Partition:
    """An append-only log of record batches; offsets from `start` up to (not including) `end`."""

    def __init__(
        self, folder: Path | None, segment_size: int, start: int = 0, *, name: str = "a partition", syncing: Syncing = UNSYNCED
    ) -> None:
        self.name = name
        """For the broker's own log."""
        self.waiting: set[asyncio.Event] = set()
        """Set when something is appended, and when the partition is removed."""
        self.segment_age = 2**63 - 1
        """Milliseconds between the first records of a segment and those that begin a new one (segment.ms)."""
        self.paused = False
        """By a fault plan: nothing is given out of it."""
        self._folder = folder
        self._syncing = syncing
        self.segment_size = segment_size
        self._windows = Windows()
        self._reported: set[int] = set()
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
    def segments(self) -> Sequence[Segment]:
        """In order; only the last one is written to."""
        return self._segments

    @property
    def last_stable(self) -> int:
        """Up to where (not including) a consumer that reads committed records only may read."""
        first = self._windows.first_unstable
        return self.end if first is None else max(first, self.start)

    @property
    def producers(self) -> Windows:
        """Who writes here, and in which transactions."""
        return self._windows

    def judge(self, batch: Batch) -> tuple[ErrorCode, int]:
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
        return self._write(batch, records)

    def end_transaction(self, marker: Marker) -> ErrorCode:
        """Store how a producer's transaction ended, whether or not it wrote here."""
        if (error := self._windows.marker_refusal(marker)) is not ErrorCode.none:
            return error
        content = marker.batch()
        return self._write(header(content), content)[0]

    def _write(self, batch: Batch, records: bytes) -> tuple[ErrorCode, int]:
        last = self._segments[-1]
        try:
            if last.store.size and (last.store.size + len(records) > self.segment_size or batch.max_time - last.oldest > self.segment_age):
                last = self._roll()
            stored = batch._replace(base_offset=last.end)
            last.append(stored, placed(records, stored.base_offset))
        except OSError as failure:
            _logger.error("cannot write to %s: %s", self._folder, failure)
            return ErrorCode.kafka_storage_error, -1
        self._windows.note(stored, marker_of(stored, records))
        self._wake()
        return ErrorCode.none, stored.base_offset

    def read(self, offset: int, max_bytes: int, *, whole: bool) -> bytes:
        """Batches from the one that holds the offset on, the last perhaps cut off, as Kafka does.

        `whole`: at least one entire batch, however large. Raises DamagedError where nobody can say what was there.
        """
        for segment in self._segments[self._segment_of(offset) :]:
            try:
                found = segment.locate(offset)
            except DamagedError as damage:
                self.report(damage.offset)
                raise
            if found:
                position, size = found
                return segment.read(position, max(max_bytes, size) if whole else max_bytes)
        return b""

    def unread(self, offset: int) -> int:
        """Bytes from the batch that holds the offset to the end; more than anybody waits for where the log is damaged."""
        if offset >= self.end:
            return 0
        first, *later = self._segments[self._segment_of(offset) :]
        try:
            found = first.locate(offset)
        except DamagedError:
            return 2**31
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

    def has(self, segments: Sequence[Segment]) -> bool:
        """Whether these are still part of the log."""
        return all(each in self._segments for each in segments)

    def draft(self, base: int) -> Store:
        """Where a segment can be written that `replace` is given."""
        store: Store = MemoryStore() if self._folder is None else FileStore(draft_of(self._folder, base))
        store.cut(0)  # a file, though nothing may be left to write to it
        return store

    def replace(self, old: Sequence[Segment], new: Segment) -> None:
        """Put one sealed segment in the place of neighbours; readers see the old ones before and the new one after."""
        for segment in old:
            segment.store.rest()
        if self._folder is not None:
            draft = draft_of(self._folder, new.base)
            self._syncing.settle(draft)
            new.store.is_at(take_place(draft, new.base, new.end))
            self._syncing.settled(draft)
            new.keep_index()
        at = self._segments.index(old[0])
        self._segments[at : at + len(old)] = [new]

    def check(self) -> Iterator[None]:
        """Read what was there before, a batch a step, and tell of every offset where something else is than was written."""
        for segment in self.segments[:-1]:
            if segment not in self._segments:  # gone since the last step, as below
                continue
            for damaged in segment.check():
                if damaged is not None:
                    self.report(damaged)
                yield
                if segment not in self._segments:
                    break

    def report(self, offset: int) -> None:
        """Tell once that the log is damaged there; the bytes stay as they are."""
        if offset not in self._reported:
            self._reported.add(offset)
            _logger.error("%s is damaged at offset %d; whoever reads it is told, nothing is skipped", self.name, offset)

    def close(self) -> None:
        for segment in self._segments:
            segment.store.rest()

    def remove(self) -> None:
        """Delete every byte; who waits here finds out."""
        for segment in self._segments:
            segment.store.remove()
        self._segments = [Segment(MemoryStore(), self.end)]
        self._wake()

    def _drop_oldest(self) -> None:
        self._segments.pop(0).store.remove()
        self._windows.aborted.forget(self._segments[0].base)

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
        return MemoryStore() if self._folder is None else FileStore(self._folder / f"{base:020}{LOG}", self._syncing)

    def _opened(self, folder: Path) -> list[Segment]:
        """The segments that are on disk, the last one checked and its torn tail cut."""
        folder.mkdir(parents=True, exist_ok=True)
        tidy(folder)
        bases = sorted(int(path.stem) for path in folder.glob(f"*{LOG}")) or [0]
        segments = [Segment(self._store(base), base, end=after) for base, after in pairwise(bases)]
        last = Segment(self._store(bases[-1]), bases[-1])
        remembered = folder / f"{last.base:020}{_WINDOWS}"
        if remembered.exists():
            self._windows.load(json.loads(remembered.read_bytes()))
        before = last.store.size
        for batch, content in last.recover():
            self._windows.note(batch, marker_of(batch, content))
        for damaged in last.check() if last.damaged else ():
            if damaged is not None:
                self.report(damaged)
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
            self._syncing.settle(draft)
            os.replace(draft, self._folder / f"{old.end:020}{_WINDOWS}")
        old.seal()
        old.keep_index()
        self._segments.append(Segment(self._store(old.end), old.end))
        self._segments[-1].store.append(b"")  # its name says where the log goes on, also once all before it is forgotten
        return self._segments[-1]
