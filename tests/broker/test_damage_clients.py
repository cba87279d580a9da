"""A log damaged beyond recognition: the broker answers with CORRUPT_MESSAGE, and who reads stops there and says so, as at a checksum."""

from pathlib import Path

import pytest
import structlog

from bus import Consumer, KafkaSettings, Place, Producer, Reader, Record
from tests.broker.conftest import Start
from tests.broker.process import BrokerProcess
from tests.broker.test_damage import BAD, BATCHES
from tests.broker.test_durability import log_of
from tests.broker.test_faults_corruption import taken
from tests.support import eventually
from vn.errors import Retry

AT = "the batch at offset 3 is corrupt"


@pytest.fixture
async def damaged(start: Start, name: str, tmp_path: Path) -> BrokerProcess:
    """Single-record batches 0 .. 5 in a topic of one partition, and in another; the header of the first's fourth is overwritten."""
    broker = await start()
    topics = (await broker.topic(name), await broker.topic(f"{name}-whole"))
    async with Producer(KafkaSettings(broker.address)) as producer:
        for number in range(BATCHES):
            await producer.send_all([Record(topic, b"k", b"%d" % number, [], 0) for topic in topics])
    await broker.kill()
    path = log_of(tmp_path / "state", name)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // BATCHES * BAD)
        file.write(b"\xff" * 61)
    await broker.start()
    return broker


async def test_a_consumer_stops_where_the_broker_has_nothing_to_give_while_other_partitions_go_on(
    damaged: BrokerProcess, name: str
) -> None:
    found: dict[Place, list[int]] = {}
    with structlog.testing.capture_logs() as logs:
        async with Consumer(KafkaSettings(damaged.address), [name, f"{name}-whole"], group=name) as consumer:

            async def stopped() -> bool:
                await taken(consumer, found)
                return consumer.trouble() is not None and len(found.get(Place(f"{name}-whole", 0), ())) == BATCHES

            await eventually(stopped, within=20)
            assert consumer.trouble() == f"{name}, partition 0: {AT}"
            async with Producer(KafkaSettings(damaged.address)) as producer:
                await producer.send_all([Record(f"{name}-whole", b"k", b"more", [], 0)])

            async def goes_on() -> bool:
                await taken(consumer, found)
                return len(found[Place(f"{name}-whole", 0)]) == BATCHES + 1

            await eventually(goes_on)
            assert consumer.remade == 0
    assert found[Place(name, 0)] == list(range(BAD))
    told = [(each["topic"], each["partition"], each["offset"]) for each in logs if each["log_level"] == "error"]
    assert told == [(name, 0, BAD)]


async def test_a_consumer_with_nothing_else_to_read_is_told_too_and_is_not_made_anew_for_it(damaged: BrokerProcess, name: str) -> None:
    found: dict[Place, list[int]] = {}
    async with Consumer(KafkaSettings(damaged.address, stalled_after=1.0), [name], group=name) as consumer:
        stood = list[float]()

        async def stands() -> bool:
            await taken(consumer, found)
            stood.extend([consumer.age()] if consumer.trouble() else [])
            return len(stood) > 70  # it was looked at again by then, more than once

        await eventually(stands, within=60)
        assert consumer.trouble() == f"{name}, partition 0: {AT}"
        assert consumer.remade == 0
    assert found[Place(name, 0)] == list(range(BAD))


async def test_a_reader_says_where_the_broker_has_nothing_to_give(damaged: BrokerProcess, name: str) -> None:
    seen: list[int] = []

    async def read(reader: Reader) -> None:
        async for record in reader.everything(name):
            seen.append(record.offset)

    async def follow(reader: Reader) -> None:
        async for _ in reader.follow(name):
            pass

    async with Reader(KafkaSettings(damaged.address)) as reader:
        for what in (read(reader), follow(reader), reader.at(Place(name, 0), BAD)):
            with pytest.raises(Retry, match=f"{name}, partition 0: {AT}"):
                await what
        assert (await reader.at(Place(name, 0), BAD + 1)) is not None
    assert seen == list(range(BAD))
