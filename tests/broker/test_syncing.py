"""What `--fsync` promises: when the bytes have to be on the disk itself."""

import os
from pathlib import Path

import pytest
from kio.schema.errors import ErrorCode

from bus.embedded.batch import header
from bus.embedded.journal import Journal
from bus.embedded.log import Partition
from bus.embedded.log.compaction import Cleaned, compact
from bus.embedded.syncing import Fsync, Syncing
from tests.broker.conftest import Start
from tests.broker.raw import Raw, batch
from tests.broker.test_compaction import NOW, RULES, done, filled


class Disk:
    """Remembers which file had how many bytes each time it was brought to the disk; or it is broken."""

    def __init__(self) -> None:
        self.synced: list[tuple[str, int]] = []
        self.broken = False

    def sync(self, handle: int) -> None:
        if self.broken:
            raise OSError(5, "Input/output error")
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        self.synced.append((path.name, os.fstat(handle).st_size if path.is_file() else -1))


pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the names of open files are asked from Linux")
LOG = f"{0:020}.log"


def append(partition: Partition, value: bytes = b"x") -> ErrorCode:
    records = batch(value)
    return partition.append(header(records), records)[0]


def test_each_batch_is_on_the_disk_before_it_is_acknowledged(tmp_path: Path) -> None:
    disk = Disk()
    partition = Partition(tmp_path, 10_000, syncing=Syncing("batch", disk.sync))
    for number in range(1, 4):
        assert append(partition) is ErrorCode.none
        assert disk.synced[-1 if number > 1 else -2] == (LOG, (tmp_path / LOG).stat().st_size)
    assert disk.synced[1] == (tmp_path.name, -1)  # a new file is found again only when its folder is on the disk as well
    assert [name for name, _size in disk.synced].count(LOG) == 3


def test_a_batch_that_does_not_reach_the_disk_is_refused_and_not_kept(tmp_path: Path) -> None:
    disk = Disk()
    partition = Partition(tmp_path, 10_000, syncing=Syncing("batch", disk.sync))
    append(partition, b"first")
    disk.broken = True
    assert append(partition, b"lost") is ErrorCode.kafka_storage_error
    disk.broken = False
    assert append(partition, b"next") is ErrorCode.none
    assert (partition.end, b"lost" in (tmp_path / LOG).read_bytes()) == (2, False)


def test_the_journal_is_on_the_disk_before_what_it_holds_counts(tmp_path: Path) -> None:
    disk = Disk()
    journal = Journal(tmp_path / "journal", Syncing("batch", disk.sync))
    assert disk.synced == [("journal.draft", 0), (tmp_path.name, -1)]
    journal.write({("a",): 1})
    assert disk.synced[-1] == ("journal", (tmp_path / "journal").stat().st_size)
    disk.broken = True
    with pytest.raises(OSError, match="Input/output"):
        journal.write({("a",): 2})
    disk.broken = False
    assert (journal.get(("a",)), Journal(tmp_path / "journal").get(("a",))) == (1, 1)


async def test_what_was_written_in_an_interval_is_brought_to_the_disk_once(tmp_path: Path) -> None:
    disk = Disk()
    syncing = Syncing("interval", disk.sync)
    partition, journal = Partition(tmp_path / "log", 10_000, syncing=syncing), Journal(tmp_path / "journal", syncing)
    for number in range(5):
        append(partition)
        journal.write({("a",): number})
    disk.synced.clear()
    await syncing.catch_up()
    sizes = {LOG: (tmp_path / "log" / LOG).stat().st_size, "journal": (tmp_path / "journal").stat().st_size}
    assert (len(disk.synced), dict(disk.synced)) == (2, sizes)
    await syncing.catch_up()
    assert len(disk.synced) == 2
    append(partition)
    partition.close()
    syncing.close()
    assert len(disk.synced) == 3


async def test_a_disk_that_fails_an_interval_is_told_and_asked_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    disk = Disk()
    syncing = Syncing("interval", disk.sync)
    partition = Partition(tmp_path, 10_000, syncing=syncing)
    append(partition)
    disk.broken = True
    await syncing.catch_up()
    assert "to the disk" in caplog.text
    disk.broken = False
    append(partition)
    await syncing.catch_up()
    assert disk.synced


@pytest.mark.parametrize("when", ["batch", "interval"])
def test_a_compacted_segment_is_on_the_disk_before_the_old_ones_go(tmp_path: Path, when: Fsync) -> None:
    disk = Disk()
    filled(tmp_path).close()
    log = Partition(tmp_path, 600, syncing=Syncing(when, disk.sync))
    done(compact(log, RULES, Cleaned(), NOW))
    draft = disk.synced.index((f"{0:020}.new.cleaned", log.segments[0].store.size))
    assert disk.synced[draft + 1 :] == [(tmp_path.name, -1)]


def test_nothing_is_forced_where_nobody_asked(tmp_path: Path) -> None:
    disk = Disk()
    partition, journal = Partition(tmp_path, 100, syncing=Syncing("none", disk.sync)), Journal(tmp_path / "j", Syncing("none", disk.sync))
    for _ in range(5):
        append(partition)
    journal.write({("a",): 1})
    assert disk.synced == []


@pytest.mark.parametrize("when", ["batch", "interval"])
async def test_a_broker_takes_the_option_and_keeps_what_it_acknowledged(start: Start, name: str, when: str) -> None:
    broker = await start("--fsync", when)
    topic = await broker.topic(name)
    async with Raw(broker.address) as raw:
        for _ in range(10):
            assert (await raw.produce(topic, batch(b"x"))).error_code is ErrorCode.none
    await broker.kill()
    await broker.start()
    async with Raw(broker.address) as raw:
        assert (await raw.list_offsets(topic, -1)).offset == 10
