"""What a consumer of committed records is given, and what is kept from it."""

import asyncio

import pytest
from aiokafka.record.memory_records import MemoryRecords

from bus.embedded.batch import header, sound
from tests.broker.process import BrokerProcess
from tests.broker.raw import METADATA, Raw, batch
from tests.broker.transact import COMMITTED_ONLY, begun, committed, fetch, one, produce, send_fetch

ALL = 0


@pytest.fixture
async def topic(memory_broker: BrokerProcess, name: str) -> str:
    return await memory_broker.topic(f"{name}-topic")


async def test_nothing_of_an_open_transaction_nor_what_comes_behind_it_is_given(raw: Raw, name: str, topic: str) -> None:
    txn = await begun(raw, name)
    await produce(raw, topic, batch(b"before", b"it"), None)
    await txn.produce(topic, b"in it", version=12)
    await produce(raw, topic, batch(b"behind"), None)
    answer = await fetch(raw, topic)
    assert (answer.high_watermark, answer.last_stable_offset, answer.aborted_transactions) == (4, 2, ())
    assert await committed(raw, topic) == [b"before", b"it"]
    for offset in (2, 3, 4):
        above = await fetch(raw, topic, offset)
        assert (above.error_code, above.records, above.last_stable_offset) == (0, b"", 2)
    everything = await fetch(raw, topic, isolation=ALL)
    assert (everything.last_stable_offset, everything.aborted_transactions, header(everything.records).base_offset) == (2, None, 0)
    await txn.end(version=5)
    await txn.completed()
    assert await committed(raw, topic) == [b"before", b"it", b"in it", b"behind"]


async def test_a_marker_is_a_control_batch_with_a_true_checksum(raw: Raw, name: str, topic: str) -> None:
    for number, commit in enumerate((True, False)):
        txn = await begun(raw, f"{name}-{number}")
        await txn.add(topic)
        await txn.produce(topic)
        epoch = txn.epoch
        await txn.end(commit)
        await txn.completed()
        content = (await fetch(raw, topic, 2 * number + 1, isolation=ALL)).records
        marker = header(content)
        assert (marker.transactional, marker.control, marker.base_sequence, marker.records, marker.last_delta) == (True, True, -1, 1, 0)
        assert (marker.producer_id, marker.producer_epoch, marker.leader_epoch, marker.base_time) == (txn.id, epoch, 0, marker.max_time)
        assert sound(marker, content)
        # length, attributes, two deltas, a key of (version, kind) and a value of (version, coordinator epoch), no headers
        assert content[61:].hex() == f"20000000080000000{int(commit)}0c00000000000000"
        (record,) = list(MemoryRecords(content).next_batch())  # the client library's reader takes it
        assert record.key == bytes((0, 0, 0, commit))


async def test_of_many_transactions_only_the_committed_ones_are_seen(raw: Raw, name: str, topic: str) -> None:
    for number in range(20):
        await one(raw, f"{name}-{number % 3}", topic, b"%d" % number, commit=number % 2 == 0)
    assert await committed(raw, topic) == [b"%d" % number for number in range(0, 20, 2)]
    assert await committed(raw, topic, 21) == [b"%d" % number for number in range(12, 20, 2)]


async def test_transactions_that_overlap_end_each_on_its_own(raw: Raw, name: str, topic: str) -> None:
    producers = [await begun(raw, f"{name}-{number}") for number in range(3)]
    for number, txn in enumerate(producers):
        await txn.produce(topic, b"%d" % number, version=12)
    await producers[1].end(False, version=5)
    await producers[1].completed()
    assert (await fetch(raw, topic)).last_stable_offset == 0
    await producers[0].end(True, version=5)
    await producers[0].completed()
    assert (await fetch(raw, topic)).last_stable_offset == 2
    assert await committed(raw, topic) == [b"0"]
    await producers[2].end(True, version=5)
    await producers[2].completed()
    assert await committed(raw, topic) == [b"0", b"2"]


async def test_a_fetch_that_waits_is_answered_when_the_transaction_ends_and_not_by_its_records(
    memory_broker: BrokerProcess, raw: Raw, name: str, topic: str
) -> None:
    txn = await begun(raw, name)
    async with Raw(memory_broker.address) as waiting:
        send_fetch(waiting, topic, 0, wait=12)
        answer = asyncio.create_task(waiting.answer())
        await txn.produce(topic, b"x" * 1000, version=12)
        await raw.ask(METADATA, 1, topics=[])  # the broker has had its turn
        assert not answer.done()
        await txn.end(version=5)
        found = (await asyncio.wait_for(answer, 10)).responses[0].partitions[0]
    assert (found.error_code, found.last_stable_offset, header(found.records).base_offset) == (0, 2, 0)


async def test_the_end_is_the_last_stable_offset_for_who_reads_committed_records(raw: Raw, name: str, topic: str) -> None:
    async def offsets(isolation: int) -> list[tuple[int, int]]:
        found = []
        for timestamp in (-1, -2, -3, 1500, 3000):
            part = {"partition_index": 0, "timestamp": timestamp}
            answer = await raw.ask(2, 7, replica_id=-1, isolation_level=isolation, topics=[{"name": topic, "partitions": [part]}])
            found.append((answer.topics[0].partitions[0].offset, answer.topics[0].partitions[0].timestamp))
        return found

    txn = await begun(raw, name)
    await produce(raw, topic, batch(b"a", b"b", times=[1000, 2000]), None)
    records = batch(b"c", b"d", producer=txn.id, epoch=0, sequence=0, transactional=True, times=[3000, 4000])
    await txn.produce(topic, records=records, version=12)
    assert await offsets(ALL) == [(4, -1), (0, -1), (3, 4000), (1, 2000), (2, 3000)]
    assert await offsets(COMMITTED_ONLY) == [(2, -1), (0, -1), (-1, -1), (1, 2000), (-1, -1)]
