"""Compaction: of the records with one key, only the last stays, at the offset it always had.

As in Kafka: only closed segments below the last stable offset are rewritten, a table of keys of bounded size is made of what came since
the last time, records without a key go, and tombstones go once they were there for `delete.retention.ms` after they were first compacted.
Batches of transactions stay as they are, and what they hold replaces nothing: whether it was committed is not known here. So do tombstones
behind them, or what they deleted in there would be back.
The work is a generator: some hundred records a step, so that the broker answers others between two steps.
"""

import logging
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import takewhile
from typing import Final, NamedTuple

from bus.embedded.batch import Batch, header
from bus.embedded.log.partition import Partition
from bus.embedded.log.segment import DamagedError, Segment
from bus.embedded.records import Record, UnreadableError, records_in, rewritten

_ROUNDS: Final = 64
_AT_ONCE: Final = 500
"""Records a step."""
_logger = logging.getLogger(__name__)

Steps = Generator[None, None, "Cleaned | None"]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """When and how a partition is compacted; times in ms, `keys` bounds the table (log.cleaner.dedupe.buffer.size)."""

    dirty_ratio: float = 0.5
    min_lag: int = 0
    max_lag: int = 2**63 - 1
    keep_tombstones: int = 86_400_000
    segment: int = 16 * 1024 * 1024
    keys: int = 100_000


class Cleaned(NamedTuple):
    """Up to which offset (not including) a partition is compacted, and (offset, ms) of the times that brought it there."""

    upto: int = 0
    rounds: tuple[tuple[int, int], ...] = ()

    def without_tombstones(self, now: int, keep: int) -> int:
        """Tombstones before this offset have been seen for long enough."""
        return max((offset for offset, at in self.rounds if now - at >= keep), default=0)

    def then(self, upto: int, now: int, keep: int) -> "Cleaned":
        """After one more time; what must be remembered is bounded, and tombstones rather stay longer."""
        old = self.without_tombstones(now, keep)
        rounds = [each for each in self.rounds if each[0] >= old]
        rounds = rounds if len(rounds) < _ROUNDS else rounds[1::2]
        return Cleaned(upto, (*rounds, (upto, now)))


class _Round(NamedTuple):
    """What decides over a record: the last offset of each key, how far that was looked for, which tombstones may go, what never goes."""

    newest: dict[bytes, int]
    upto: int
    tombstones: int
    last: int

    def keeps(self, record: Record) -> bool:
        if record.offset == self.last:
            return True  # or a reader would wait for ever for what lies before the end
        if record.key is None or self.newest.get(_short(record.key), -1) > record.offset:
            return False
        return record.value is not None or record.offset >= self.tombstones


def compact(partition: Partition, rules: Rules, cleaned: Cleaned, now: int) -> Steps:
    """Compact what is due, step by step; how far it is compacted then, None where nothing was done. `now` in ms since 1970."""
    upto = cleaned.upto if cleaned.upto <= partition.end else 0
    closed = list(takewhile(lambda each: each.end <= partition.last_stable, partition.segments[:-1]))
    for segment in closed:
        if not partition.has((segment,)):
            return None
        segment.learn()
        yield
    if rules.min_lag:
        closed = list(takewhile(lambda each: each.newest <= now - rules.min_lag, closed))
    dirty = [each for each in closed if each.end > upto]
    if not partition.has(closed) or not _due(closed, dirty, rules, now):
        return None
    try:
        newest, reached = yield from _keys(partition, dirty, upto, rules.keys)
        this = _Round(newest, reached, cleaned.without_tombstones(now, rules.keep_tombstones), closed[-1].end - 1)
        for group in _groups([each for each in closed if each.base < reached], rules.segment):
            this = yield from _rewrite(partition, group, this)
    except _GoneError:
        return None
    except DamagedError as damage:
        partition.report(damage.offset)  # and leave all as it is
        return None
    return cleaned.then(reached, now, rules.keep_tombstones)


class _GoneError(Exception):
    """Retention, or whoever deleted the topic, was faster."""


def _due(closed: Sequence[Segment], dirty: Sequence[Segment], rules: Rules, now: int) -> bool:
    size = sum(each.store.size for each in dirty)
    if not size:
        return False
    overdue = now - min(each.oldest for each in dirty if each.store.size) > rules.max_lag
    return overdue or size / sum(each.store.size for each in closed) > rules.dirty_ratio


def _keys(partition: Partition, dirty: Sequence[Segment], upto: int, bound: int) -> Generator[None, None, tuple[dict[bytes, int], int]]:
    """The last offset of each key from `upto` on, and how far the table reaches; at least over one batch."""
    newest: dict[bytes, int] = {}
    for segment in dirty:
        for batch, content in segment.batches():
            if batch.last_offset < upto:
                continue
            if newest and len(newest) + batch.records > bound:
                return newest, batch.base_offset
            for number, record in enumerate((yield from _records(batch, content)) or ()):
                if record.key is not None:
                    newest[_short(record.key)] = record.offset
                if number % _AT_ONCE == 0:
                    yield
            yield
            if not partition.has(dirty):
                raise _GoneError
    return newest, dirty[-1].end


def _groups(segments: Iterable[Segment], size: int) -> list[list[Segment]]:
    """Neighbours that fit into one segment together become one."""
    groups: list[list[Segment]] = []
    for segment in segments:
        if groups and sum(each.store.size for each in groups[-1]) + segment.store.size <= size:
            groups[-1].append(segment)
        else:
            groups.append([segment])
    return groups


def _rewrite(partition: Partition, group: list[Segment], this: _Round) -> Generator[None, None, _Round]:
    """Put what stays of these in their place; what decides over those that come after."""
    if not partition.has(group):
        raise _GoneError
    draft = Segment(partition.draft(group[0].base), group[0].base)
    before = sum(each.store.size for each in group)
    try:
        for segment in group:
            for batch, content in segment.batches():
                if batch.transactional and not batch.control:
                    this = this._replace(tombstones=0)  # from here on: without them, what stays in there would be back
                if kept := (yield from _kept(batch, content, this)):
                    draft.append(header(kept), kept)
                yield
                if not partition.has(group):
                    raise _GoneError
        draft.seal(group[-1].end)
        if draft.store.size < before or len(group) > 1:
            partition.replace(group, draft)
            _logger.debug("%s: %d bytes became %d from offset %d on", partition.name, before, draft.store.size, draft.base)
            return this
    except BaseException:
        draft.store.remove()
        raise
    draft.store.remove()
    return this


def _kept(batch: Batch, content: bytes, this: _Round) -> Generator[None, None, bytes]:
    """What stays of a batch; one that keeps all its records is passed on as it is."""
    records = (yield from _records(batch, content)) if batch.base_offset < this.upto else None
    if records is None:
        return content
    kept = []
    for number, record in enumerate(records):
        if this.keeps(record):
            kept.append(record)
        if number % _AT_ONCE == 0:
            yield
    if len(kept) == len(records):
        return content
    return rewritten(content, kept) if kept else b""


def _records(batch: Batch, content: bytes) -> Generator[None, None, list[Record] | None]:
    """None where nobody may look inside, or can."""
    if batch.transactional or batch.control:
        return None
    found: list[Record] = []
    try:
        for record in records_in(content):
            found.append(record)
            if len(found) % _AT_ONCE == 0:
                yield
    except UnreadableError:
        return None
    return found


def _short(key: bytes) -> bytes:
    return blake2b(key, digest_size=16).digest()
