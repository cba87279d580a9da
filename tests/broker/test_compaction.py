"""Compaction of one partition's log: what stays, at which offsets, and what a kill in the middle leaves."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from kio.schema.errors import ErrorCode

from bus.embedded.batch import Batch, header, sound
from bus.embedded.log import Marker, Partition
from bus.embedded.log.compaction import Cleaned, Rules, Steps, compact
from bus.embedded.log.swap import LOG, draft_of
from bus.embedded.records import Record, records_in
from tests.broker.raw import batch

SMALL = 600
NOW = 1_000_000
RULES = Rules(dirty_ratio=0.0, segment=100 * SMALL)


def put(partition: Partition, *pairs: tuple[bytes | None, bytes | None], at: int = 1000, codec: int = 0, **fields: int) -> int:
    """The base offset of one batch with these keys and values."""
    keys, values = [key for key, _value in pairs], [value for _key, value in pairs]
    records = batch(*values, keys=keys, times=[at] * len(pairs), headers=[("h", b"1"), ("n", None)], compression=codec, **fields)
    error, offset = partition.append(header(records), records)
    assert error is ErrorCode.none
    return offset


def done(work: Steps) -> Cleaned | None:
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def batches(partition: Partition) -> Iterator[tuple[Batch, bytes]]:
    """All that a consumer gets which reads from the start, a small fetch at a time."""
    offset = partition.start
    while content := partition.read(offset, 1, whole=True):
        found = header(content)
        assert sound(found, content)
        assert found.last_offset >= offset
        offset = found.last_offset + 1
        yield found, content
    assert offset == partition.end


def records(partition: Partition) -> list[Record]:
    return [record for _header, content in batches(partition) for record in records_in(content)]


def filled(folder: Path | None, codec: int = 0) -> Partition:
    """Offsets 0 to 119 over many segments: keys k0 to k4 in turn, three records a batch, from one idempotent producer."""
    partition = Partition(folder, SMALL, name="t-0")
    for number in range(40):
        pairs = [(b"k%d" % (offset % 5), b"%d" % offset * 20) for offset in range(3 * number, 3 * number + 3)]
        put(partition, *pairs, at=1000 + number, codec=codec, producer=7, epoch=0, sequence=3 * number)
    assert len(partition.segments) > 5
    return partition


@pytest.fixture(params=["memory", "files", "files opened again"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Partition:
    if request.param == "memory":
        return filled(None)
    partition = filled(tmp_path)
    if request.param == "files":
        return partition
    partition.close()
    return Partition(tmp_path, SMALL, name="t-0")


def expected(before: list[Record], closed: int) -> list[Record]:
    """The last record of each key before the offset `closed`, and all from there on."""
    last = {record.key: record.offset for record in before if record.offset < closed}
    return [record for record in before if record.offset >= closed or last[record.key] == record.offset]


def test_the_last_record_of_each_key_stays_as_it_was_where_it_was(log: Partition) -> None:
    before, closed = records(log), log.segments[-1].base
    assert done(compact(log, RULES, Cleaned(), NOW)) == Cleaned(closed, ((closed, NOW),))
    assert records(log) == expected(before, closed)
    assert (log.start, log.end) == (0, 120)
    assert len(log.segments) == 2


def test_a_compacted_log_is_found_again_by_the_next_start(tmp_path: Path) -> None:
    log = filled(tmp_path)
    done(compact(log, RULES, Cleaned(), NOW))
    now = records(log)
    log.close()
    again = Partition(tmp_path, SMALL)
    assert (records(again), again.start, again.end) == (now, 0, 120)
    assert again.at_time(now[0].timestamp) == (now[0].offset, now[0].timestamp)
    assert again.at_time(0) == (now[0].offset, now[0].timestamp)


@pytest.mark.parametrize("codec", range(5))
def test_a_batch_that_loses_records_keeps_its_codec_its_ends_and_its_sequences(codec: int) -> None:
    log = filled(None, codec)
    old = {each.base_offset: (each, content) for each, content in batches(log)}
    done(compact(log, RULES, Cleaned(), NOW))
    halved = 0
    for new, content in batches(log):
        before, as_it_was = old[new.base_offset]
        same = ("attributes", "last_delta", "producer_id", "producer_epoch", "base_sequence", "leader_epoch")
        assert [getattr(new, name) for name in same] == [getattr(before, name) for name in same]
        halved += new.records < before.records
        assert new.records < before.records or content == as_it_was
    assert halved


def test_a_producer_that_sends_again_what_was_compacted_away_is_answered_with_its_offset(log: Partition) -> None:
    done(compact(log, RULES, Cleaned(), NOW))
    pairs = [(b"k%d" % (offset % 5), b"%d" % offset * 20) for offset in range(117, 120)]
    assert put(log, *pairs, at=1039, producer=7, epoch=0, sequence=117) == 117
    assert put(log, (b"k", b"v"), producer=7, epoch=0, sequence=120) == 120


def test_readers_see_the_last_of_every_key_between_any_two_steps(log: Partition) -> None:
    before, closed = records(log), log.segments[-1].base
    last = {record.offset for record in expected(before, closed)}
    for _ in compact(log, RULES, Cleaned(), NOW):
        offsets = [record.offset for record in records(log)]
        assert offsets == sorted(set(offsets))
        assert last <= set(offsets)


def test_a_small_table_of_keys_takes_several_rounds_to_the_same_end(log: Partition) -> None:
    before, closed = records(log), log.segments[-1].base
    cleaned, rounds = Cleaned(), 0
    while after := done(compact(log, Rules(dirty_ratio=0.0, keys=4, segment=SMALL), cleaned, NOW)):
        assert after.upto > cleaned.upto
        cleaned, rounds = after, rounds + 1
    assert rounds > 5
    assert records(log) == expected(before, closed)


def close_segment(log: Partition) -> None:
    """Records that nobody compacts, so that a new file begins."""
    while len(log.segments[-1].store.read(0, 10_000)) < SMALL or log.segments[-1].base == 0:
        put(log, (b"pad%d" % log.end, b"x" * SMALL))


def test_tombstones_stay_for_their_time_and_the_last_record_before_the_end_for_ever() -> None:
    log, rules = Partition(None, SMALL), Rules(dirty_ratio=0.0, keep_tombstones=500)
    put(log, (b"a", b"1"), (b"b", b"1"), (b"a", None), (b"b", None))
    put(log, (b"a", b"x" * SMALL))
    put(log, (b"c", None))
    put(log, (b"d", b"x" * SMALL))
    cleaned = done(compact(log, rules, Cleaned(), NOW))
    assert cleaned is not None
    assert [(each.offset, each.value is None) for each in records(log)] == [(3, True), (4, False), (5, True), (6, False)]
    put(log, (b"e", None))
    put(log, (b"f", b"x" * SMALL))
    cleaned = done(compact(log, rules, cleaned, NOW + 499))
    assert cleaned is not None
    assert 3 in [each.offset for each in records(log)]
    put(log, (b"g", b"x" * SMALL))
    put(log, (b"h", b"x" * SMALL))
    cleaned = done(compact(log, rules, cleaned, NOW + 500))
    assert [each.offset for each in records(log)] == [4, 6, 7, 8, 9, 10]
    put(log, (b"i", b"x" * SMALL))
    assert done(compact(log, rules, cleaned or Cleaned(), NOW + 2000))
    assert 7 not in [each.offset for each in records(log)]


def test_a_log_of_nothing_but_old_tombstones_keeps_the_last_so_that_readers_arrive_at_the_end() -> None:
    log, rules = Partition(None, 10), Rules(dirty_ratio=0.0, keep_tombstones=0)
    for number in range(5):
        put(log, (b"k%d" % number, None))
    cleaned = done(compact(log, rules, Cleaned(), NOW)) or Cleaned()
    put(log, (b"k", None))
    done(compact(log, rules, cleaned, NOW + 1))
    assert [each.offset for each in records(log)] == [4, 5]


def test_records_without_a_key_go_when_their_topic_becomes_a_compacted_one() -> None:
    log = Partition(None, SMALL)
    put(log, (None, b"1"), (b"a", b"1"), (None, b"2"))
    put(log, (b"b", b"x" * SMALL))
    put(log, (b"c", b"x" * SMALL))
    done(compact(log, RULES, Cleaned(), NOW))
    assert [each.offset for each in records(log)] == [1, 3, 4]


def test_batches_of_transactions_stay_and_replace_nothing() -> None:
    log = Partition(None, 10)
    put(log, (b"a", b"1"))
    put(log, (b"a", b"perhaps aborted"), (b"b", b"2"), transactional=True, producer=3, epoch=0, sequence=0)
    put(log, (b"b", b"3"))
    put(log, (b"c", b"4"))
    done(compact(log, RULES, Cleaned(), NOW))
    assert [each.offset for each in records(log)] == [0, 1, 2, 3, 4]


def test_a_tombstone_stays_for_as_long_as_what_it_deletes_lies_in_a_transaction_that_stays() -> None:
    log, rules = Partition(None, 10), Rules(dirty_ratio=0.0, keep_tombstones=0)
    put(log, (b"b", None))
    put(log, (b"a", b"1"), transactional=True, producer=3, epoch=0, sequence=0)
    log.end_transaction(Marker(3, 0, committed=True, coordinator_epoch=0, timestamp=1000))
    put(log, (b"a", None))
    put(log, (b"c", b"2"))
    put(log, (b"d", b"3"))
    cleaned = done(compact(log, rules, Cleaned(), NOW)) or Cleaned()
    put(log, (b"e", b"4"))
    done(compact(log, rules, cleaned, NOW + 1))
    assert [found.base_offset for found, _content in batches(log)] == [1, 2, 3, 4, 5, 6]


def test_compaction_waits_for_enough_that_is_new_and_never_longer_than_it_may() -> None:
    log = filled(None)
    cleaned = done(compact(log, RULES, Cleaned(), NOW))
    assert cleaned is not None
    for number in range(12):
        put(log, (b"k1", b"%d" % number * 99), at=2000)
    closed = sum(each.store.size for each in log.segments[:-1])
    dirty = sum(each.store.size for each in log.segments[:-1] if each.end > cleaned.upto)
    assert done(compact(log, Rules(dirty_ratio=dirty / closed), cleaned, NOW)) is None
    assert done(compact(log, Rules(dirty_ratio=1.0, max_lag=NOW - 1000), cleaned, NOW)) is None
    assert done(compact(log, Rules(dirty_ratio=0.0, min_lag=NOW - 1500), cleaned, NOW)) is None
    assert done(compact(log, Rules(dirty_ratio=1.0, max_lag=NOW - 2500), cleaned, NOW))
    assert done(compact(log, Rules(dirty_ratio=0.0), cleaned, NOW))


def test_a_segment_ends_when_its_records_are_of_an_age(tmp_path: Path) -> None:
    log = Partition(tmp_path, 10**6)
    log.segment_age = 500
    for at in (1000, 1500, 1501, 1700, 2100):
        put(log, (b"a", b"1"), at=at)
    assert [each.base for each in log.segments] == [0, 2, 4]


def test_whatever_is_trimmed_or_removed_meanwhile_is_not_put_back(log: Partition) -> None:
    work = compact(log, RULES, Cleaned(), NOW)
    for _ in range(30):
        next(work)
    log.trim(50)
    before = records(log)
    assert done(work) is None
    assert records(log) == before
    work = compact(log, RULES, Cleaned(), NOW)
    for _ in range(30):
        next(work)
    log.remove()
    assert done(work) is None


@pytest.mark.parametrize("meanwhile", ["compacted", "trimmed"])
@pytest.mark.parametrize("work", ["check", "compact"])
def test_what_goes_while_the_log_is_read_through_leaves_no_file_and_is_not_called_damaged(
    tmp_path: Path, work: str, meanwhile: str, caplog: pytest.LogCaptureFixture
) -> None:
    filled(tmp_path).close()
    for path in tmp_path.glob("*.index"):
        path.unlink()
    log = Partition(tmp_path, SMALL)
    reading = log.check() if work == "check" else compact(log, RULES, Cleaned(), NOW)
    next(reading)
    if meanwhile == "compacted":
        done(compact(log, RULES, Cleaned(), NOW))
    else:
        log.trim(60)
    after = records(log)
    for _step in reading:
        pass
    assert {int(path.stem) for path in tmp_path.glob(f"*{LOG}")} == {segment.base for segment in log.segments}
    assert records(Partition(tmp_path, SMALL, log.start)) == after
    assert "damaged" not in caplog.text


def test_a_file_compacted_before_that_goes_while_new_keys_are_read_ends_the_round(tmp_path: Path) -> None:
    log = filled(tmp_path)
    rules = Rules(dirty_ratio=0.0, segment=SMALL)
    cleaned = done(compact(log, rules, Cleaned(), NOW)) or Cleaned()
    put(log, (b"new", b"x" * SMALL))
    put(log, (b"new", b"x" * SMALL))
    work = compact(log, rules, cleaned, NOW)
    for _segment in log.segments:
        next(work)
    log.trim(log.segments[-3].base)
    assert done(work) is None
    assert {int(path.stem) for path in tmp_path.glob(f"*{LOG}")} == {segment.base for segment in log.segments}


def test_nothing_is_left_behind_by_a_round_that_was_not_finished(tmp_path: Path) -> None:
    log = filled(tmp_path)
    before = records(log)
    work = compact(log, RULES, Cleaned(), NOW)
    while not list(tmp_path.glob("*.cleaned")):
        next(work)
    log.close()
    killed = tmp_path.with_name("killed")
    shutil.copytree(tmp_path, killed)
    assert records(Partition(killed, SMALL)) == before
    assert not list(killed.glob("*.cleaned"))


def test_a_segment_that_loses_nothing_keeps_its_index(tmp_path: Path) -> None:
    log = Partition(tmp_path, SMALL)
    for number in range(4):
        put(log, (b"k%d" % number, b"x" * SMALL))
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*")}
    assert done(compact(log, Rules(dirty_ratio=0.0, segment=SMALL), Cleaned(), NOW)) is not None
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*")} == before


@pytest.mark.parametrize("removed", range(0, 8, 2))
def test_a_kill_while_files_change_places_leaves_the_new_ones(tmp_path: Path, removed: int) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    log = filled(old)
    log.close()
    shutil.copytree(old, new)
    done(compact(compacted := Partition(new, SMALL), RULES, Cleaned(), NOW))
    end, after = compacted.segments[0].end, records(compacted)
    draft_of(old, 0).write_bytes((new / f"{0:020}{LOG}").read_bytes())
    draft_of(old, 0).rename(old / f"{0:020}-{end:020}.swap")
    for path in sorted(old.glob(f"*{LOG}"))[:removed]:
        path.unlink()
    again = Partition(old, SMALL)
    assert (records(again), again.start, again.end) == (after, 0, 120)
    assert sorted(path.name for path in old.glob("*")) == sorted(
        path.name for path in new.glob("*") if path.stem != f"{0:020}" or path.suffix == LOG
    )


def test_a_damaged_log_is_left_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    filled(tmp_path).close()
    first = min(tmp_path.glob(f"*{LOG}"))
    content = bytearray(first.read_bytes())
    content[-3] ^= 4
    first.write_bytes(content)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*")}
    log = Partition(tmp_path, SMALL, name="t-0")
    assert done(compact(log, RULES, Cleaned(), NOW)) is None
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*")} == before
    assert done(compact(log, RULES, Cleaned(), NOW)) is None
    assert caplog.text.count("t-0 is damaged at offset") == 1
