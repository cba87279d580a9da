"""Times and offsets are found without reading the log, also by a broker that has just started."""

from pathlib import Path

import pytest

from bus.embedded.batch import header
from bus.embedded.log import Partition
from bus.embedded.log.index import EVERY, Index
from bus.embedded.log.segment import Segment
from bus.embedded.log.store import INDEX, FileStore
from tests.broker.raw import batch
from tests.broker.test_log import SMALL, filled


class Counted(FileStore):
    """Counts the bytes that are read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.bytes_read = 0

    def read(self, position: int, count: int) -> bytes:
        content = super().read(position, count)
        self.bytes_read += len(content)
        return content


def closed(folder: Path) -> Segment:
    """A segment of a megabyte that ends at offset 1000, as the next start finds it: a record a millisecond from 1000 on."""
    partition = Partition(folder, 2**21)
    for number in range(1001):
        records = batch(b"x" * 1000, times=(1000 + number,))
        partition.append(header(records), records)
        if number == 999:
            partition.segment_size = 0
    partition.close()
    (_last,) = folder.glob(f"{1000:020}.log")
    return Segment(Counted(folder / f"{0:020}.log"), 0, end=1000)


def test_a_closed_file_is_searched_by_its_index_alone(tmp_path: Path) -> None:
    segment = closed(tmp_path)
    store = segment.store
    assert isinstance(store, Counted)
    assert (segment.newest, segment.oldest, store.bytes_read) == (1999, 1000, 0)
    for offset in (0, 1, 500, 999):
        found = segment.locate(offset)
        assert found is not None
        assert header(store.read(*found)).base_offset == offset
        at_time = segment.batch_at_time(1000 + offset, 0)
        assert at_time is not None
        assert at_time[0].base_offset == offset
    assert store.bytes_read < 4 * 6 * EVERY  # of a megabyte


@pytest.mark.parametrize("wrong", [b"", b"\0" * 50, None], ids=["empty", "noughts", "one wrong bit"])
def test_an_index_that_a_kill_or_a_disk_spoiled_is_made_again(tmp_path: Path, wrong: bytes | None) -> None:
    segment = closed(tmp_path)
    path = tmp_path / f"{0:020}{INDEX}"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content if wrong is None else wrong)
    assert (segment.newest, segment.locate(700)) == (1999, (700 * len(batch(b"x" * 1000)), len(batch(b"x" * 1000))))


def test_an_index_is_of_one_log_only(tmp_path: Path) -> None:
    closed(tmp_path)
    content = (tmp_path / f"{0:020}{INDEX}").read_bytes()
    size = (tmp_path / f"{0:020}.log").stat().st_size
    known = Index.from_bytes(content, size)
    assert known is not None
    assert known.to_bytes(size) == content
    assert Index.from_bytes(content, size - 1) is None


def test_an_index_goes_with_its_log(tmp_path: Path) -> None:
    log = filled(tmp_path)
    assert len(list(tmp_path.glob(f"*{INDEX}"))) == len(log.segments) - 1
    log.trim(log.end)
    assert not list(tmp_path.glob(f"*{INDEX}"))


@pytest.mark.parametrize("codec", range(5))
def test_times_are_found_in_many_files_whatever_packed_the_records(tmp_path: Path, codec: int) -> None:
    log = Partition(tmp_path, SMALL)
    for number in range(200):
        records = batch(*[b"x" * 50] * 4, times=[10 * number, 10 * number + 7, 10 * number + 2, 10 * number + 7], compression=codec)
        log.append(header(records), records)
    assert len(log.segments) > 5
    log.close()
    for each in (log, Partition(tmp_path, SMALL)):
        for number in range(0, 200, 7):
            assert each.at_time(10 * number - 1) == (4 * number, 10 * number)
            assert each.at_time(10 * number + 1) == (4 * number + 1, 10 * number + 7)
        assert each.newest() == (4 * 199 + 1, 1997)
        assert each.at_time(1998) is None
