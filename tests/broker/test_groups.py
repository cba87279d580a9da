"""Consumer groups, seen from aiokafka."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition

from tests.broker.conftest import Start
from tests.broker.process import BrokerProcess

DEADLINE = 20.0


class Share(ConsumerRebalanceListener):
    """What a member has been given, and how often."""

    def __init__(self, changed: asyncio.Condition) -> None:
        self.partitions: set[int] = set()
        self.times = 0
        self._changed = changed

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self.partitions -= {each.partition for each in revoked}

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        async with self._changed:
            self.partitions = {each.partition for each in assigned}
            self.times += 1
            self._changed.notify_all()


class Team:
    """Members of one group on one topic; `split` waits until they share all partitions evenly."""

    def __init__(self, broker: BrokerProcess, topic: str, partitions: int) -> None:
        self._broker, self._topic, self._partitions = broker, topic, partitions
        self._changed = asyncio.Condition()
        self.members: dict[str, tuple[AIOKafkaConsumer, Share]] = {}

    async def join(self, name: str, **options: object) -> AIOKafkaConsumer:
        share = Share(self._changed)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._broker.address,
            group_id=self._topic,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            heartbeat_interval_ms=100,
            session_timeout_ms=6000,
            retry_backoff_ms=50,
            **options,
        )
        consumer.subscribe([self._topic], listener=share)
        self.members[name] = consumer, share
        await consumer.start()
        return consumer

    async def leave(self, name: str) -> None:
        consumer, _share = self.members.pop(name)
        await consumer.stop()

    async def split(self) -> None:
        def even() -> bool:
            shares = [share.partitions for _consumer, share in self.members.values()]
            whole = sorted(partition for share in shares for partition in share) == list(range(self._partitions))
            return whole and max(map(len, shares)) - min(map(len, shares)) <= 1

        async with asyncio.timeout(DEADLINE), self._changed:
            await self._changed.wait_for(even)

    def times(self) -> dict[str, int]:
        return {name: share.times for name, (_consumer, share) in self.members.items()}


@asynccontextmanager
async def team(broker: BrokerProcess, topic: str, partitions: int = 6) -> AsyncIterator[Team]:
    await broker.topic(topic, partitions)
    together = Team(broker, topic, partitions)
    yield together
    await asyncio.gather(*(consumer.stop() for consumer, _share in together.members.values()))


async def test_twelve_groups_of_three_form_at_once_and_again_when_one_member_leaves(memory_broker: BrokerProcess, name: str) -> None:
    async def one(topic: str) -> None:
        async with team(memory_broker, topic) as together:
            await asyncio.gather(*(together.join(member) for member in "abc"))
            await together.split()
            await together.leave("b")
            await together.split()

    await asyncio.gather(*(one(f"{name}-{number}") for number in range(12)))


async def test_a_member_that_comes_later_gets_its_share(broker: BrokerProcess, name: str) -> None:
    async with team(broker, name) as together:
        await together.join("a")
        await together.split()
        await together.join("b")
        await together.split()


async def test_a_static_member_that_comes_back_disturbs_nobody(broker: BrokerProcess, name: str) -> None:
    async with team(broker, name) as together:
        await asyncio.gather(*(together.join(member, group_instance_id=f"static-{member}") for member in "abc"))
        await together.split()
        before = together.times()
        await together.leave("b")
        await together.join("b", group_instance_id="static-b")
        await together.split()
        assert together.times() == {**before, "b": 1}


async def test_a_group_goes_on_where_it_committed(broker: BrokerProcess, name: str) -> None:
    async with team(broker, name, 1) as together:
        async with AIOKafkaProducer(bootstrap_servers=broker.address) as producer:
            for number in range(10):
                await producer.send_and_wait(name, b"%d" % number)
        async with asyncio.timeout(DEADLINE):
            consumer = await together.join("a")
            for _ in range(4):
                await consumer.getone()
            await consumer.commit({TopicPartition(name, 0): (4, "a note")})
            await together.leave("a")
            consumer = await together.join("b")
            assert (await consumer.getone()).value == b"4"
            assert await consumer.committed(TopicPartition(name, 0)) == 4


@pytest.mark.parametrize("static", [True, False])
async def test_a_group_outlives_a_killed_broker_without_a_rebalance(start: Start, name: str, static: bool) -> None:
    broker = await start()
    async with team(broker, name) as together:
        for member in "ab":
            await together.join(member, **({"group_instance_id": member} if static else {}))
        await together.split()
        consumer, _share = together.members["a"]
        partition = next(iter(consumer.assignment()))
        await consumer.commit({partition: 0})
        before = together.times()
        await broker.kill()
        await broker.start()
        async with asyncio.timeout(DEADLINE), AIOKafkaProducer(bootstrap_servers=broker.address) as producer:
            await producer.send_and_wait(name, b"after", partition=partition.partition)
            assert (await consumer.getone()).value == b"after"
            await consumer.commit({partition: 1})
        assert together.times() == before
