"""The transport: acknowledged writes, batches, commits, look-ups by place."""

import asyncio
import time
from typing import Any

import pytest
from aiokafka.errors import OutOfOrderSequenceNumber
from aiokafka.partitioner import murmur2

from bus import Admin, Consumer, Group, KafkaSettings, Place, Producer, Reader, Record, Space, Taken, Topic
from bus.kafka.settings import connect
from tests.support import eventually
from vn.errors import CannotConnect, Refused

MEMBER = "VN/GOV/H37.15/ilis"


def records(topic: str, count: int, size: int = 10) -> list[Record]:
    return [Record(topic, b"key-%d" % (number % 50), b"%d " % number + b"x" * size, [("n", b"%d" % number)]) for number in range(count)]


async def taken(consumer: Consumer, count: int) -> list[tuple[int, bytes | None]]:
    """So many records, committed."""
    found: list[tuple[int, bytes | None]] = []

    async def enough() -> bool:
        batch: Taken = await consumer.take(100)
        found.extend((place.partition, record.value) for place, some in batch.items() for record in some)
        if batch:
            await consumer.commit({place: some[-1].offset + 1 for place, some in batch.items()})
        return len(found) >= count

    await eventually(enough)
    return found


@pytest.fixture
async def topic(kafka: KafkaSettings, space: Space) -> str:
    async with Admin(kafka) as admin:
        await admin.ensure(space.plan([MEMBER]))
    return space.outbox(MEMBER)


async def test_topics_are_made_once_with_their_partitions(kafka: KafkaSettings, space: Space) -> None:
    plan = space.plan([MEMBER])
    async with Admin(kafka) as admin:
        assert await admin.ensure(plan) == tuple(topic.name for topic in plan)
        assert await admin.ensure(plan) == ()
        there = await admin.topics()
        assert {there[topic.name] for topic in plan} == {6}
        await admin.delete([topic.name for topic in plan])
        await admin.delete([topic.name for topic in plan])


async def test_who_waits_for_topics_that_nobody_makes_is_told_which(kafka: KafkaSettings, space: Space) -> None:
    async with Admin(kafka) as admin:
        with pytest.raises(CannotConnect, match=rf"{space.name}\.journal; is the exchange running\?"):
            await admin.wait_for([space.journal], within=0.1)


async def test_acknowledgements_say_where_each_record_is(kafka: KafkaSettings, topic: str) -> None:
    said = records(topic, 500)
    async with Producer(kafka) as producer, Reader(kafka) as reader:
        acks = await producer.send_all(said)
        for position in (0, 123, 499):
            record = await reader.at(Place(topic, acks[position].partition), acks[position].offset)
            assert record is not None
            assert (record.key, record.value, list(record.headers)) == said[position][1:4]


async def test_a_key_goes_to_the_partition_that_kafkas_own_clients_choose(kafka: KafkaSettings, topic: str) -> None:
    said = records(topic, 50)
    async with Producer(kafka) as producer:
        acks = await producer.send_all(said)
    assert [ack.partition for ack in acks] == [(murmur2(record.key) & 0x7FFFFFFF) % 6 for record in said]


async def test_more_than_one_batch_per_partition_keeps_its_order(kafka: KafkaSettings, topic: str) -> None:
    said = [record._replace(partition=2) for record in records(topic, 60, size=50_000)]
    async with Producer(kafka) as producer, Reader(kafka) as reader:
        acks = await producer.send_all(said)
        assert [ack.offset for ack in acks] == list(range(60))
        assert [record.value async for record in reader.everything(topic)] == [record.value for record in said]


async def test_what_the_broker_finds_too_large_is_refused(kafka: KafkaSettings, topic: str) -> None:
    async with Producer(kafka) as producer:
        with pytest.raises(Refused, match="the broker's own limit is smaller"):
            await producer.send_all([Record(topic, b"k", b"x" * (5 * 1024 * 1024), [])])
        assert len(await producer.send_all(records(topic, 1))) == 1


class Breaking(Producer):
    """Its first client breaks at its second partition, as aiokafka's do when the broker has forgotten their sequence."""

    def __init__(self, settings: KafkaSettings) -> None:
        super().__init__(settings)
        self.sent = 0

    async def _start(self) -> Any:
        client = await super()._start()
        send = client.send_batch

        async def breaking(batch: Any, topic: str, *, partition: int) -> Any:
            self.sent += 1
            if self.sent == 2:
                raise OutOfOrderSequenceNumber
            return await send(batch, topic, partition=partition)

        client.send_batch = breaking
        return client


async def test_a_broken_producer_is_replaced_and_what_was_not_acknowledged_is_sent_again(kafka: KafkaSettings, topic: str) -> None:
    said = records(topic, 100)
    async with Breaking(kafka) as producer, Reader(kafka) as reader:
        acks = await producer.send_all(said)
        assert producer.remade == 1
        found = [record.value async for record in reader.everything(topic)]
    assert sorted(found) == sorted(record.value for record in said), "each once: only the partition that failed was sent again"
    assert len({(ack.partition, ack.offset) for ack in acks}) == 100


async def test_an_empty_send_is_no_send(kafka: KafkaSettings, topic: str) -> None:
    async with Producer(kafka) as producer:
        assert await producer.send_all([]) == []


async def test_a_restarted_member_goes_on_after_what_was_committed(kafka: KafkaSettings, topic: str) -> None:
    async with Producer(kafka) as producer:
        await producer.send_all(records(topic, 300))
        async with Consumer(kafka, [topic], group=f"{topic}-g", instance="one") as consumer:
            first = await taken(consumer, 300)
            assert sum(consumer.lag().values()) == 0
        await producer.send_all(records(topic, 5))
        async with Consumer(kafka, [topic], group=f"{topic}-g", instance="one") as consumer:
            second = await taken(consumer, 5)
    assert (len(first), len(second)) == (300, 5)


async def test_a_group_is_seen_with_its_members_and_what_it_has_committed_and_one_that_never_was_has_neither(
    kafka: KafkaSettings, topic: str
) -> None:
    async with Admin(kafka) as admin, Producer(kafka) as producer, Reader(kafka) as reader:
        assert await admin.group(f"{topic}-g") == Group(0, {})
        acks = await producer.send_all(records(topic, 30))
        async with Consumer(kafka, [topic], group=f"{topic}-g") as consumer:
            assert len(await taken(consumer, 30)) == 30
            ends = {Place(topic, ack.partition): 1 + max(a.offset for a in acks if a.partition == ack.partition) for ack in acks}
            assert await consumer.commit(ends)
            assert await admin.group(f"{topic}-g") == Group(1, ends)
        assert await admin.group(f"{topic}-g") == Group(0, ends)
        more = await producer.send_all(records(topic, 3))
        assert len([record async for record in reader.everything(topic, since=ends)]) == len(more)


async def test_a_lag_is_what_nobody_took_yet_and_unknown_until_the_broker_has_told(kafka: KafkaSettings, topic: str) -> None:
    async with Producer(kafka) as producer:
        await producer.send_all(records(topic, 300))
        async with Consumer(kafka, [topic], group=f"{topic}-g", instance="one") as consumer:
            assert not consumer.sighted
            seen = 0
            while not consumer.sighted:
                seen += sum(len(each) for each in (await consumer.take(1, within=5)).values())
            assert sum(consumer.lag().values()) == 300 - seen


async def test_a_paused_partition_waits_and_the_others_go_on(kafka: KafkaSettings, topic: str) -> None:
    async with Producer(kafka) as producer, Consumer(kafka, [topic], group=f"{topic}-g") as consumer:
        await eventually(lambda: assigned(consumer))
        consumer.pause(Place(topic, 0))
        await producer.send_all([Record(topic, b"k", b"held", [], 0), Record(topic, b"k", b"free", [], 1)])
        assert await taken(consumer, 1) == [(1, b"free")]
        consumer.resume(Place(topic, 0))
        assert await taken(consumer, 1) == [(0, b"held")]


async def assigned(consumer: Consumer) -> bool:
    await consumer.take(1, within=0.05)
    return len(consumer.lag()) == 6


async def test_a_silent_topic_is_no_sign_of_death(kafka: KafkaSettings, topic: str) -> None:
    async with Consumer(kafka, [topic], group=f"{topic}-g") as consumer:
        await eventually(lambda: assigned(consumer))
        began = time.monotonic()

        async def time_passed() -> bool:
            await consumer.take(1, within=0.2)
            return time.monotonic() - began > 1.5

        await eventually(time_passed)
        assert consumer.age() < 1.2


async def test_records_that_are_not_there_are_not_found(kafka: KafkaSettings, topic: str) -> None:
    async with Reader(kafka) as reader:
        assert await reader.at(Place(topic, 0), 0) is None
        assert await reader.at(Place(topic, 77), 0) is None
        assert [record async for record in reader.everything(topic)] == []


async def test_a_broker_of_another_time_is_told_at_once() -> None:
    async def make() -> None:
        raise NotImplementedError("Support for FetchRequest v90 has not yet been added")

    with pytest.raises(CannotConnect, match=r"127\.0\.0\.1:9092 speaks no version .* FetchRequest v90"):
        await asyncio.wait_for(connect(make, KafkaSettings("127.0.0.1:9092")), 2)


async def test_nobody_at_the_address_is_told_in_one_line_within_the_bound() -> None:
    began = time.monotonic()
    with pytest.raises(CannotConnect) as caught:
        async with Producer(KafkaSettings("127.0.0.1:1", connect_within=0.6)):
            pass
    assert time.monotonic() - began < 3
    assert str(caught.value).startswith("no Kafka broker answers at 127.0.0.1:1 within 0.6 s")


def test_a_space_names_its_topics_and_groups() -> None:
    space = Space("s")
    assert (space.outbox(MEMBER), space.inbox(MEMBER)) == ("s.outbox.VN.GOV.H37.15.ilis", "s.inbox.VN.GOV.H37.15.ilis")
    assert (space.journal, space.dead_letter, space.exchange_group) == ("s.journal", "s.dead-letter", "s.exchange")
    assert space.group(MEMBER) == "s.VN.GOV.H37.15.ilis"


def test_the_dead_letter_topic_takes_what_an_outbox_takes_and_the_reasons_too() -> None:
    limits = {topic.name: int(topic.config["max.message.bytes"]) for topic in Space("s").plan([MEMBER])}
    assert limits.pop("s.dead-letter") == 5 * 1024 * 1024
    assert set(limits.values()) == {4 * 1024 * 1024}
    assert all(topic.config["retention.ms"] == "-1" for topic in Space("s").plan([MEMBER]))


@pytest.mark.parametrize("name", ["", "a.b", "a b", "x" * 61, "đ"])
def test_a_space_has_a_plain_name(name: str) -> None:
    with pytest.raises(Exception, match="a space is named with letters"):
        Space(name)


def test_a_topic_has_six_partitions_unless_told() -> None:
    assert Topic("t").partitions == 6


async def test_a_client_whose_inner_task_has_ended_is_replaced_at_once(kafka: KafkaSettings, topic: str) -> None:
    async with (
        Producer(kafka) as producer,
        Consumer(kafka, [topic], group=f"{topic}-g") as consumer,
        Reader(kafka) as reader,
        Admin(kafka) as admin,
    ):
        await eventually(lambda: assigned(consumer))
        (ack,) = await producer.send_all(records(topic, 1))
        assert len(await taken(consumer, 1)) == 1
        await admin.ensure([Topic(f"{topic}-unseen", 1)])
        for task in (consumer._client._client._sync_task, producer._client.client._sync_task, reader._client._client._sync_task):
            task.cancel()
            await asyncio.wait({task})
        assert await reader.count(f"{topic}-unseen") == 0
        assert await reader.at(Place(topic, ack.partition), ack.offset) is not None
        await producer.send_all(records(topic, 1))
        await eventually(lambda: replaced(consumer))
        assert producer.remade == 1


async def replaced(consumer: Consumer) -> bool:
    await consumer.take(10, within=0.05)
    return consumer.remade == 1


async def test_what_was_read_before_its_partitions_went_is_not_handed_out_after(kafka: KafkaSettings, topic: str) -> None:
    async with Producer(kafka) as producer, Consumer(kafka, [topic], group="zombie") as consumer:
        await producer.send_all(records(topic, 20))
        client = consumer._client
        assert client is not None
        look_up = client.committed

        async def slept(place: Any) -> Any:
            client.committed = look_up  # type: ignore[method-assign]
            await consumer._revoked(frozenset(Place(*each) for each in client.assignment()))
            return await look_up(place)

        client.committed = slept  # type: ignore[method-assign]

        handed_out: list[Taken] = []

        async def read() -> bool:
            handed_out.append(await consumer.take(100))
            return client.committed == look_up

        await eventually(read)
        assert not any(handed_out)


async def test_a_commit_that_waits_while_its_partitions_go_is_never_sent(kafka: KafkaSettings, topic: str) -> None:
    async with Producer(kafka) as producer, Consumer(kafka, [topic], group="zombie-commit") as consumer, Admin(kafka) as admin:
        await producer.send_all(records(topic, 50))
        await taken(consumer, 50)
        before = (await admin.group("zombie-commit")).committed
        client = consumer._client
        assert client is not None

        async def waits() -> bool:
            return bool(consumer._commits)

        async with client._coordinator._commit_lock:
            late = asyncio.create_task(consumer.commit({Place(topic, 0): 1}))
            await eventually(waits)
            await consumer._revoked(frozenset({Place(topic, 0)}))
            assert not await late
        assert await consumer.commit({Place(topic, 1): before[Place(topic, 1)]})
        assert (await admin.group("zombie-commit")).committed == before
