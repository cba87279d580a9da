"""What a producer sends twice is stored once."""

import asyncio
from datetime import timedelta

import pytest

from tests.broker.conftest import Start
from tests.broker.process import BrokerProcess
from tests.broker.raw import INIT_PRODUCER, Raw, batch

OUT_OF_ORDER, OLD_EPOCH = 45, 47


async def producer_id(raw: Raw) -> int:
    async with asyncio.timeout(15):
        answer = await raw.ask(INIT_PRODUCER, 4, transactional_id=None, transaction_timeout=timedelta(seconds=1))
        while answer.error_code.retriable:  # Kafka fetches a new block of ids
            answer = await raw.ask(INIT_PRODUCER, 4, transactional_id=None, transaction_timeout=timedelta(seconds=1))
    assert (answer.error_code, answer.producer_epoch) == (0, 0)
    return int(answer.producer_id)


async def stored(raw: Raw, topic: str) -> int:
    return int((await raw.list_offsets(topic, -1)).offset)


async def test_a_batch_sent_again_gets_its_first_offset_and_is_stored_once(broker: BrokerProcess, name: str) -> None:
    topic = await broker.topic(name)
    async with Raw(broker.address) as raw:
        me = await producer_id(raw)
        first = batch(b"a", b"b", producer=me, epoch=0, sequence=0)
        second = batch(b"c", producer=me, epoch=0, sequence=2)
        offsets = [(await raw.produce(topic, records)).base_offset for records in (first, second, first, second)]
        assert offsets == [0, 2, 0, 2]
        assert await stored(raw, topic) == 3


async def test_the_last_five_batches_are_known_and_an_older_one_is_out_of_order(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    me = await producer_id(raw)
    batches = [batch(b"%d" % number, producer=me, epoch=0, sequence=number) for number in range(7)]
    for records in batches:
        assert (await raw.produce(topic, records)).error_code == 0
    again = [(await raw.produce(topic, records)).error_code for records in batches]
    assert again == [OUT_OF_ORDER, OUT_OF_ORDER, 0, 0, 0, 0, 0]
    assert await stored(raw, topic) == 7


async def test_a_gap_in_the_sequence_is_refused(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    me = await producer_id(raw)
    await raw.produce(topic, batch(b"a", producer=me, epoch=0, sequence=0))
    assert (await raw.produce(topic, batch(b"c", producer=me, epoch=0, sequence=2))).error_code == OUT_OF_ORDER
    assert (await raw.produce(topic, batch(b"b", producer=me, epoch=0, sequence=1))).base_offset == 1


async def test_a_new_epoch_begins_with_an_empty_window_at_sequence_nought(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    me = await producer_id(raw)
    await raw.produce(topic, batch(b"old", producer=me, epoch=0, sequence=0))
    assert (await raw.produce(topic, batch(b"new", producer=me, epoch=1, sequence=1))).error_code == OUT_OF_ORDER
    assert (await raw.produce(topic, batch(b"new", producer=me, epoch=1, sequence=0))).base_offset == 1
    assert (await raw.produce(topic, batch(b"old", producer=me, epoch=0, sequence=1))).error_code == OLD_EPOCH
    assert await stored(raw, topic) == 2


async def test_a_new_epochs_sequences_are_not_mistaken_for_the_old_ones(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    me = await producer_id(raw)
    both = [batch(b"x", producer=me, epoch=epoch, sequence=sequence) for epoch in (0, 1) for sequence in (0, 1, 2)]
    assert [(await raw.produce(topic, records)).base_offset for records in both] == [0, 1, 2, 3, 4, 5]
    assert [(await raw.produce(topic, records)).base_offset for records in both[3:]] == [3, 4, 5]


async def test_sequences_go_on_at_nought_after_the_highest(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    me = await producer_id(raw)
    last = batch(b"a", b"b", producer=me, epoch=0, sequence=2**31 - 2)
    assert (await raw.produce(topic, last)).base_offset == 0
    assert (await raw.produce(topic, batch(b"c", producer=me, epoch=0, sequence=0))).base_offset == 2
    assert (await raw.produce(topic, last)).base_offset == 0


async def test_windows_are_kept_per_partition(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name, 2)
    me = await producer_id(raw)
    for partition in (0, 1):
        assert (await raw.produce(topic, batch(b"a", producer=me, epoch=0, sequence=0), partition)).base_offset == 0


@pytest.mark.parametrize("kills", [1, 2])
async def test_a_killed_broker_still_knows_what_a_producer_sent(start: Start, name: str, kills: int) -> None:
    broker = await start()
    topic = await broker.topic(name)
    async with Raw(broker.address) as raw:
        me = await producer_id(raw)
        first = batch(b"a", producer=me, epoch=0, sequence=0)
        await raw.produce(topic, first)
    for _ in range(kills):
        await broker.kill()
        await broker.start()
    async with Raw(broker.address) as raw:
        assert (await raw.produce(topic, first)).base_offset == 0
        assert await stored(raw, topic) == 1
        assert await producer_id(raw) > me


async def test_no_two_producers_get_the_same_id(memory_broker: BrokerProcess) -> None:
    async def some() -> list[int]:
        async with Raw(memory_broker.address) as raw:
            return [await producer_id(raw) for _ in range(60)]

    ids = [each for several in await asyncio.gather(*(some() for _ in range(20))) for each in several]
    assert len(set(ids)) == 1200
