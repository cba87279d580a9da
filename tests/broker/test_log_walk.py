"""One partition and everything at once: transactions, compaction, trimming, retention and new starts, against a list of what was sent."""

import random
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pytest
from kio.schema.errors import ErrorCode

from bus.embedded.batch import header
from bus.embedded.log import Marker, Partition
from bus.embedded.log.compaction import Cleaned, Rules, Steps, compact
from bus.embedded.log.stable import aborted_in, stable_part
from bus.embedded.log.swap import LOG
from bus.embedded.records import records_in
from tests.broker.raw import batch

SMALL, STEPS = 500, 200


class Sent(NamedTuple):
    offset: int
    key: bytes
    value: bytes | None


class Walk:
    """Takes steps by chance; `committed` is what was sent outside of transactions and in those that were committed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.folder = folder
        self.log = Partition(folder, SMALL)
        self.committed: dict[int, Sent] = {}
        self.open: dict[int, list[Sent]] = {}
        self.epochs = dict.fromkeys(range(1, 4), 0)
        self.cleaned = Cleaned()
        self.work: Steps | None = None
        self.now = 0

    def step(self) -> None:
        steps: tuple[Callable[[], None], ...] = (self.send, self.transact, self.end, self.clean, self.trim, self.expire, self.start_again)
        self.now += 10
        self.chance.choices(steps, (35, 20, 20, 20, 1, 1, 3))[0]()
        for _ in range(self.chance.randrange(60) if self.work else 0):
            try:
                next(self.work or iter(()))
            except StopIteration as end:
                self.work, self.cleaned = None, end.value or self.cleaned
                break

    def put(self, value: bytes | None, **producer: int) -> Sent:
        key = b"k%d" % self.chance.randrange(5)
        content = batch(value, keys=[key], transactional=bool(producer), **producer)
        error, offset = self.log.append(header(content), content)
        assert error is ErrorCode.none
        return Sent(offset, key, value)

    def send(self) -> None:
        sent = self.put(self.chance.choice((None, b"x" * self.chance.randrange(200))))
        self.committed[sent.offset] = sent

    def transact(self) -> None:
        producer = self.chance.choice(list(self.epochs))
        before = self.open.setdefault(producer, [])
        before.append(self.put(b"y" * self.chance.randrange(200), producer=producer, epoch=self.epochs[producer], sequence=len(before)))

    def end(self) -> None:
        for producer in list(self.open)[:1]:
            sent, commit = self.open.pop(producer), self.chance.random() < 0.5
            self.epochs[producer] += 1
            self.log.end_transaction(Marker(producer, self.epochs[producer], commit, 0, self.now))
            self.committed |= {each.offset: each for each in sent if commit}

    def clean(self) -> None:
        small, keep, keys = self.chance.choice((SMALL, 3000)), self.chance.choice((0, 50)), self.chance.choice((1, 3, 1000))
        rules = Rules(dirty_ratio=0.0, segment=small, keep_tombstones=keep, keys=keys)
        self.work = self.work or compact(self.log, rules, self.cleaned, self.now)

    def trim(self) -> None:
        self.log.trim(min(self.log.end, self.log.start + self.chance.randrange(6)))

    def expire(self) -> None:
        self.log.expire(self.now, age=-1, size=self.chance.choice((1500, 5000)))

    def start_again(self) -> None:
        self.work = None
        self.log.close()
        before = (self.log.start, self.log.last_stable, self.log.end)
        self.log = Partition(self.folder, SMALL, self.log.start)
        assert (self.log.start, self.log.last_stable, self.log.end) == before
        list(islice(self.log.check(), self.chance.randrange(30)))

    def read(self) -> list[Sent]:
        """What a consumer of committed records makes of small fetches from the start on."""
        found, offset = list[Sent](), self.log.start
        while offset < self.log.last_stable:
            content = stable_part(self.log.read(offset, 1, whole=True), self.log)
            first = header(content)
            void = {each.producer_id for each in aborted_in(content, offset, self.log) if each.first <= first.last_offset}
            if not first.control and not (first.transactional and first.producer_id in void):
                found += [Sent(each.offset, each.key or b"", each.value) for each in records_in(content) if each.offset >= offset]
            offset = first.last_offset + 1
        return found


def latest(sent: list[Sent]) -> dict[bytes, bytes]:
    """What is there by key when all was read."""
    return {key: value for key, value in {each.key: each.value for each in sent}.items() if value is not None}


@pytest.mark.parametrize("seed", range(12))
def test_readers_of_committed_records_see_the_same_whatever_happens_to_the_files(tmp_path: Path, seed: int) -> None:
    walk = Walk(tmp_path, seed)
    for _ in range(STEPS):
        walk.step()
        log, found = walk.log, walk.read()
        unfinished = (each.offset for sent in walk.open.values() for each in sent)
        assert log.last_stable == max(log.start, min(unfinished, default=log.end))
        assert set(found) <= set(walk.committed.values())
        there = [walk.committed[offset] for offset in sorted(walk.committed) if log.start <= offset < log.last_stable]
        assert latest(found) == latest(there)
    assert {int(path.stem) for path in tmp_path.glob(f"*{LOG}")} == {segment.base for segment in walk.log.segments}
