"""A log that holds other bytes than were written to it: told by topic, partition and offset, and never skipped."""

from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CorruptRecordException
from kio.schema.errors import ErrorCode

from bus.embedded.batch import header, sound
from bus.embedded.log import DamagedError, Partition
from bus.embedded.log.compaction import Cleaned, compact
from tests.broker.conftest import Start
from tests.broker.process import BrokerProcess
from tests.broker.raw import Raw, batch
from tests.broker.test_compaction import NOW, RULES, done
from tests.broker.test_durability import log_of

BATCHES, BAD = 6, 3
SIZE = len(batch(b"value 0"))
FALSE = {
    "length": (8, b"\x7f"),
    "magic": (16, b"\x09"),
    "a later offset": (7, b"\x09"),
    "an earlier offset": (7, b"\x01"),
    "noughts": (0, b"\0" * SIZE),
}


def spoil(path: Path, number: int, place: int, content: bytes) -> None:
    """Write other bytes into a batch of a file."""
    with path.open("r+b") as file:
        file.seek(number * SIZE + place)
        file.write(content)


def written(folder: Path, segment: int = 10_000) -> Path:
    """One record a batch, and the first file of the log."""
    partition = Partition(folder, segment)
    for number in range(BATCHES):
        records = batch(b"value %d" % number)
        assert partition.append(header(records), records)[1] == number
    partition.close()
    return min(folder.glob("*.log"))


@pytest.fixture(params=[10_000, BATCHES * SIZE], ids=["the last file", "an earlier file"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The file that the tests spoil, with six batches."""
    path = written(tmp_path, request.param)
    if request.param < 10_000:
        again = Partition(tmp_path, request.param)
        records = batch(b"value 6")
        assert again.append(header(records), records)[1] == BATCHES
        again.close()
    return path


def checked(folder: Path) -> Partition:
    partition = Partition(folder, 10_000, name="land-0")
    for _ in partition.check():
        pass
    return partition


@pytest.mark.parametrize("damage", FALSE.values(), ids=FALSE.keys())
def test_where_bytes_are_no_batch_the_offset_is_refused_and_all_others_are_read(
    log: Path, damage: tuple[int, bytes], caplog: pytest.LogCaptureFixture
) -> None:
    spoil(log, BAD, *damage)
    before = log.read_bytes()
    partition = checked(log.parent)
    assert caplog.text.count(f"land-0 is damaged at offset {BAD}") == 1
    with pytest.raises(DamagedError):
        partition.read(BAD, 1000, whole=True)
    assert partition.unread(BAD) > 2**30
    for offset in (*range(BAD), *range(BAD + 1, BATCHES)):
        content = partition.read(offset, 1000, whole=True)
        assert (header(content).base_offset, sound(header(content), content[:SIZE])) == (offset, True)
        assert len(content) == SIZE * ((BAD if offset < BAD else BATCHES) - offset)
    records = batch(b"next")
    end = partition.end
    assert partition.append(header(records), records)[1] == end >= BATCHES
    assert log.read_bytes()[: len(before)] == before
    assert checked(log.parent).end == end + 1


@pytest.mark.parametrize("damage", FALSE.values(), ids=FALSE.keys())
def test_a_reader_that_comes_before_all_was_checked_is_not_led_past_the_damage(log: Path, damage: tuple[int, bytes]) -> None:
    spoil(log, BAD, *damage)
    for first in (BAD, 0):
        partition = Partition(log.parent, 10_000)
        if first == BAD:
            with pytest.raises(DamagedError):
                partition.read(BAD, 1000, whole=True)
        assert len(partition.read(0, 1000, whole=True)) == BAD * SIZE
        with pytest.raises(DamagedError):
            partition.read(BAD, 1000, whole=True)


def test_a_file_of_nothing_but_noughts_is_damaged_and_not_empty(log: Path) -> None:
    if len(list(log.parent.glob("*.log"))) == 1:
        pytest.skip("noughts at the end of the log are what a power cut leaves")
    log.write_bytes(b"\0" * log.stat().st_size)
    partition = Partition(log.parent, 10_000)
    with pytest.raises(DamagedError):
        partition.read(0, 1000, whole=True)
    assert done(compact(partition, RULES, Cleaned(), NOW)) is None
    assert header(partition.read(BATCHES, 1000, whole=True)).base_offset == BATCHES


@pytest.mark.parametrize(("place", "content"), [(66, b"\xff"), (22, b"\x04"), (11, b"\x35")], ids=["records", "codec", "a shorter length"])
def test_a_batch_that_its_checksum_denies_is_given_as_it_is_so_that_its_reader_finds_out(
    log: Path, place: int, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(log, BAD, place, content)
    partition = checked(log.parent)
    assert caplog.text.count(f"land-0 is damaged at offset {BAD}") == 1
    found = partition.read(BAD, SIZE, whole=True)
    assert (header(found).base_offset, sound(header(found), found)) == (BAD, False)
    assert caplog.text.count("is damaged") == 1
    found = partition.read(BAD + 1, SIZE, whole=True)
    assert (header(found).base_offset, sound(header(found), found)) == (BAD + 1, True)
    assert partition.end >= BATCHES


def test_damage_at_the_end_of_an_earlier_file_is_not_taken_for_its_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = written(tmp_path, BATCHES * SIZE - 1)
    assert len(list(tmp_path.glob("*.log"))) == 2
    path.write_bytes(path.read_bytes()[:-9])
    partition = checked(tmp_path)
    assert f"land-0 is damaged at offset {BATCHES - 2}" in caplog.text
    with pytest.raises(DamagedError):
        partition.read(BATCHES - 2, 1000, whole=True)
    assert header(partition.read(BATCHES - 1, 1000, whole=True)).base_offset == BATCHES - 1


async def values(broker: BrokerProcess, topic: str, offset: int) -> list[bytes]:
    """What one call of a consumer that checks checksums gets from an offset on."""
    place = TopicPartition(topic, 0)
    async with AIOKafkaConsumer(bootstrap_servers=broker.address, check_crcs=True) as consumer:
        consumer.assign([place])
        consumer.seek(place, offset)
        return [record.value for records in (await consumer.getmany(timeout_ms=5000)).values() for record in records]


async def test_a_consumer_stops_at_the_damage_and_the_broker_names_the_place(start: Start, name: str, tmp_path: Path) -> None:
    broker = await start()
    denied, lost = await broker.topic(f"{name}-denied"), await broker.topic(f"{name}-lost")
    async with Raw(broker.address) as raw:
        for topic in (denied, lost):
            for number in range(BATCHES):
                await raw.produce(topic, batch(b"value %d" % number))
    await broker.kill()
    spoil(log_of(tmp_path / "state", denied), BAD, 66, b"\xff")
    spoil(log_of(tmp_path / "state", lost), BAD, *FALSE["length"])
    await broker.start()
    async with Raw(broker.address) as raw:
        answer = await raw.fetch(lost, BAD, wait=10)
        assert (answer.error_code, answer.records, answer.high_watermark) == (ErrorCode.corrupt_message, b"", -1)
        assert len((await raw.fetch(lost, 0)).records) == BAD * SIZE
        assert len((await raw.fetch(lost, BAD + 1)).records) == (BATCHES - BAD - 1) * SIZE
        assert (await raw.list_offsets(lost, -1)).offset == BATCHES
    with pytest.raises(CorruptRecordException):
        await values(broker, denied, BAD)
    assert await values(broker, denied, BAD + 1) == [b"value 4", b"value 5"]
    said = await broker.kill()
    assert f"{denied}-0 is damaged at offset {BAD}" in said
    assert f"{lost}-0 is damaged at offset {BAD}" in said
