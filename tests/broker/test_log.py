"""The log of one partition, with segments small enough to see them change."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from kio.schema.errors import ErrorCode

from bus.embedded.batch import HEADER, header
from bus.embedded.log import Marker, Partition
from bus.embedded.log.windows import PRODUCERS, Windows
from tests.broker.raw import batch

SMALL = 2000


EARLY = batch(b"e", b"e", producer=5, epoch=0, sequence=0, times=(0, 5))


def filled(folder: Path | None, batches: int = 50) -> Partition:
    """Two records a batch: the first batch is an early producer's, who then falls silent, the others another's."""
    partition = Partition(folder, SMALL)
    assert partition.append(header(EARLY), EARLY) == (ErrorCode.none, 0)
    for number in range(1, batches):
        records = batch(b"%d" % number, b"again", producer=9, epoch=0, sequence=2 * number, times=(number * 10, number * 10 + 5))
        assert partition.append(header(records), records) == (ErrorCode.none, 2 * number)
    return partition


def offsets(content: bytes) -> list[int]:
    """Base offsets of the whole batches in what was read."""
    found, position = [], 0
    while position + 61 <= len(content) and position + header(content, position).size <= len(content):
        found.append(header(content, position).base_offset)
        position += header(content, position).size
    return found


@pytest.fixture(params=["memory", "files", "files opened again"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Partition:
    if request.param == "memory":
        return filled(None)
    partition = filled(tmp_path)
    if request.param == "files":
        return partition
    partition.close()
    return Partition(tmp_path, SMALL)


def test_every_offset_is_found_in_whichever_segment_it_lies(log: Partition) -> None:
    assert (log.start, log.end) == (0, 100)
    for offset in range(100):
        assert offsets(log.read(offset, 100, whole=True))[0] == offset - offset % 2
    assert log.read(100, 100, whole=True) == b""


def test_reading_goes_on_over_the_borders_of_segments(log: Partition) -> None:
    found, offset = [], 0
    while content := log.read(offset, 500, whole=True):
        found += offsets(content)
        offset = found[-1] + 2
    assert found == list(range(0, 100, 2))


def test_times_are_found_in_whichever_segment_they_lie(log: Partition) -> None:
    for number in range(50):
        assert log.at_time(number * 10 - 4) == (2 * number, number * 10)
        assert log.at_time(number * 10 + 1) == (2 * number + 1, number * 10 + 5)
    assert log.newest() == (99, 495)


def test_unread_bytes_are_those_from_the_batch_on(log: Partition) -> None:
    size = len(log.read(98, 10_000, whole=True))
    assert (log.unread(99), log.unread(98), log.unread(100)) == (size, size, 0)
    assert log.unread(0) > 49 * 70


def test_windows_outlive_the_segment_in_which_a_producer_last_wrote(log: Partition) -> None:
    late = batch(b"49", b"again", producer=9, epoch=0, sequence=98, times=(490, 495))
    assert log.append(header(late), late) == (ErrorCode.none, 98)
    assert log.append(header(EARLY), EARLY) == (ErrorCode.none, 0)
    assert log.end == 100


def test_a_removed_partition_leaves_no_file_and_wakes_who_waits(tmp_path: Path) -> None:
    partition, event = filled(tmp_path), asyncio.Event()
    partition.waiting.add(event)
    partition.remove()
    assert event.is_set()
    assert not list(tmp_path.glob("*.log"))


TORN: dict[str, Callable[[bytes], bytes]] = {
    "half a batch more": lambda whole: whole + whole[: len(whole) // 4],
    "noughts": lambda whole: whole + b"\0" * 200,
    "a few wild bytes": lambda whole: whole + b"\xff" * 7,
    "a header of a huge batch": lambda whole: whole + whole[:8] + b"\x7f\xff\xff\xff" + whole[12:],
    "the same batches again": lambda whole: whole + whole,
}


@pytest.mark.parametrize("torn", TORN.values(), ids=TORN.keys())
def test_what_is_torn_at_the_end_is_cut_and_nothing_else(tmp_path: Path, torn: Callable[[bytes], bytes]) -> None:
    filled(tmp_path, 4).close()
    (file,) = tmp_path.glob("*.log")
    whole = file.read_bytes()
    file.write_bytes(torn(whole))
    partition = Partition(tmp_path, SMALL)
    assert (partition.end, file.read_bytes()) == (8, whole)
    records = batch(b"next")
    assert partition.append(header(records), records) == (ErrorCode.none, 8)


def test_a_batch_with_a_wrong_bit_at_the_end_is_cut(tmp_path: Path) -> None:
    filled(tmp_path, 4).close()
    (file,) = tmp_path.glob("*.log")
    whole = bytearray(file.read_bytes())
    whole[-3] ^= 4
    file.write_bytes(whole)
    assert Partition(tmp_path, SMALL).end == 6


def test_one_producer_too_many_is_forgotten_oldest_first() -> None:
    windows = Windows()
    for producer in range(PRODUCERS + 1):
        windows.note(header(batch(b"x", producer=producer, epoch=0, sequence=0)))
    known = [windows.check(header(batch(b"x", producer=producer, epoch=0, sequence=0)))[0] for producer in (0, 1, PRODUCERS)]
    assert known == [ErrorCode.none, ErrorCode.duplicate_sequence_number, ErrorCode.duplicate_sequence_number]


@pytest.mark.parametrize("codec", [0, 1, 2, 3, 4], ids=["none", "gzip", "snappy", "lz4", "zstd"])
def test_a_time_in_the_middle_of_a_batch_is_found_whichever_codec_packed_it(codec: int) -> None:
    records = batch(*(b"x" * 50 for _ in range(5)), times=range(1000, 1005), compression=codec)
    log = filled(None)
    log.append(header(records), records)
    assert log.at_time(1003) == (103, 1003)


def test_a_batch_whose_records_nobody_can_read_is_found_by_what_its_header_says() -> None:
    records = bytearray(batch(b"x", b"y", times=(1000, 1005)))
    records[22] = 4  # says zstd, and is not
    log = filled(None)
    log.append(header(records), bytes(records))
    assert log.at_time(1003) == (100, 1005)


def test_packed_bytes_that_cannot_be_unpacked_are_no_records_whichever_codec_packed_them() -> None:
    for codec in (1, 2, 3, 4):
        records = bytearray(batch(b"x" * 50, b"y" * 50, times=(1000, 1005), compression=codec))
        for place in range(HEADER.size + 10, len(records)):
            records[place] ^= 0xFF
        log = filled(None)
        log.append(header(records), bytes(records))
        assert log.at_time(1003) == (100, 1005)


def test_a_file_that_cannot_be_begun_refuses_the_batch_and_the_marker_and_the_next_try_goes_on(tmp_path: Path) -> None:
    log = Partition(tmp_path, SMALL)
    large = batch(b"x" * SMALL, producer=1, epoch=0, sequence=0, transactional=True)
    assert log.append(header(large), large) == (ErrorCode.none, 0)
    (tmp_path / "producers.draft").mkdir()
    marker = Marker(1, 0, committed=True, coordinator_epoch=0, timestamp=1000)
    assert log.append(header(EARLY), EARLY)[0] is ErrorCode.kafka_storage_error
    assert log.end_transaction(marker) is ErrorCode.kafka_storage_error
    (tmp_path / "producers.draft").rmdir()
    assert log.end_transaction(marker) is ErrorCode.none
    assert (log.end, log.last_stable, Partition(tmp_path, SMALL).end) == (2, 2, 2)


def test_a_file_that_cannot_be_opened_is_opened_by_the_next_try(tmp_path: Path) -> None:
    log = Partition(tmp_path, SMALL)
    large = batch(b"x" * SMALL)
    assert log.append(header(large), large) == (ErrorCode.none, 0)
    (tmp_path / f"{1:020}.log").symlink_to(tmp_path / "nowhere" / "at all")
    assert log.append(header(EARLY), EARLY)[0] is ErrorCode.kafka_storage_error
    (tmp_path / f"{1:020}.log").unlink()
    assert log.append(header(EARLY), EARLY) == (ErrorCode.none, 1)
    assert len(log.read(0, 10_000, whole=True)) == len(large)
    assert (len(log.segments), log.end, Partition(tmp_path, SMALL).end) == (2, 3, 3)
