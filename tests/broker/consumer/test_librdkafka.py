"""librdkafka by the new group protocol: the client below those of Python, .NET, Go and PHP."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from confluent_kafka import Consumer, ConsumerGroupState, ConsumerGroupType
from confluent_kafka.admin import AdminClient, NewPartitions

from tests.broker.conftest import Start
from tests.broker.librdkafka import WITHIN, admin, made, produced
from tests.broker.process import BrokerProcess


class Reader:
    """A consumer that commits what it reads, one by one; `errors` are what librdkafka told it."""

    def __init__(self, address: str, group: str, topic: str, **options: Any) -> None:
        named = {key.replace("_", "."): value for key, value in options.items()}
        fixed = {
            "group.protocol": "consumer",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "topic.metadata.refresh.interval.ms": 500,
        }
        self.consumer = Consumer({"bootstrap.servers": address, "group.id": group, **fixed, **named})
        self.consumer.subscribe([topic])
        self.read: list[str] = []
        self.errors: list[str] = []

    @property
    def has(self) -> int:
        return len(self.consumer.assignment())

    def poll(self) -> None:
        message = self.consumer.poll(0.02)
        if message is None:
            return
        if (error := message.error()) is not None:
            self.errors.append(error.str())
            return
        self.read.append((message.key() or b"").decode())
        self.consumer.commit(message=message, asynchronous=False)


@contextmanager
def reading(address: str, group: str, topic: str, **options: Any) -> Iterator[Reader]:
    reader = Reader(address, group, topic, **options)
    try:
        yield reader
    finally:
        reader.consumer.close()


def until(readers: list[Reader], there: Callable[[], bool], what: str) -> None:
    """All members poll until it is so."""
    end = time.monotonic() + WITHIN
    while not there():
        assert time.monotonic() < end, f"{what}: {[(reader.has, len(reader.read), reader.errors) for reader in readers]}"
        for reader in readers:
            reader.poll()


def shares(readers: list[Reader], *expected: int) -> Callable[[], bool]:
    return lambda: sorted(reader.has for reader in readers) == list(expected)


def read(readers: list[Reader]) -> set[str]:
    """The keys that any of them has read: at least once is what a group promises."""
    return {key for reader in readers for key in reader.read}


@pytest.mark.parametrize("assignor", ["uniform", "range"])
async def test_a_group_of_three_of_which_one_leaves_misses_nothing(quick: BrokerProcess, name: str, assignor: str) -> None:
    def share() -> None:
        topic = made(quick, name, 6)
        options = {"group_remote_assignor": assignor}
        first, second = [f"a{number}" for number in range(60)], [f"b{number}" for number in range(60)]
        with ExitStack() as members:
            one, two = (members.enter_context(reading(quick.address, name, topic, **options)) for _ in range(2))
            with reading(quick.address, name, topic, **options) as three:
                until([one, two, three], shares([one, two, three], 2, 2, 2), "three members, six partitions")
                produced(quick, topic, first)
                until([one, two, three], lambda: len(read([one, two, three])) >= 60, "the first sixty")
                client = admin(quick)
                described = client.describe_consumer_groups([name])[name].result(WITHIN)
                assert (described.state, described.type, described.partition_assignor) == (
                    ConsumerGroupState.STABLE,
                    ConsumerGroupType.CONSUMER,
                    assignor,
                )
            until([one, two], shares([one, two], 3, 3), "two are left")
            produced(quick, topic, second)
            until([one, two], lambda: len(read([one, two, three])) >= 120, "the second sixty")
            assert read([one, two, three]) == {*first, *second}

    await asyncio.to_thread(share)


async def test_a_static_member_that_comes_back_has_what_it_had_and_a_twin_is_told_that_it_is_one(quick: BrokerProcess, name: str) -> None:
    def come_back() -> None:
        topic = made(quick, name, 4)
        with reading(quick.address, name, topic) as other:
            with reading(quick.address, name, topic, group_instance_id="clerk") as clerk:
                until([other, clerk], shares([other, clerk], 2, 2), "both have two")
                had = {each.partition for each in clerk.consumer.assignment()}
                with reading(quick.address, name, topic, group_instance_id="clerk") as twin:
                    until([other, clerk, twin], lambda: bool(twin.errors), "the twin is refused")
                    assert "The instance ID is still used by another member" in twin.errors[0]
            with reading(quick.address, name, topic, group_instance_id="clerk") as again:
                until([other, again], shares([other, again], 2, 2), "the clerk is back")
                assert {each.partition for each in again.consumer.assignment()} == had

    await asyncio.to_thread(come_back)


async def test_a_pattern_takes_in_topics_that_come_later_and_partitions_that_are_added(quick: BrokerProcess, name: str) -> None:
    def grow() -> None:
        first = made(quick, f"{name}.a", 2)
        with reading(quick.address, name, f"^{name}\\..*") as reader:
            until([reader], shares([reader], 2), "the one topic")
            made(quick, f"{name}.b", 3)
            until([reader], shares([reader], 5), "a second one")
            client: AdminClient = admin(quick)
            client.create_partitions([NewPartitions(first, 4)])[first].result(WITHIN)
            until([reader], shares([reader], 7), "the first one grew")

    await asyncio.to_thread(grow)


async def test_members_go_on_after_their_broker_was_killed(start: Start, name: str) -> None:
    broker = await start("--consumer-heartbeat-ms", "200")
    keys = [f"a{number}" for number in range(30)]
    with ExitStack() as members:

        def begin() -> list[Reader]:
            topic = made(broker, name, 4)
            readers = [members.enter_context(reading(broker.address, name, topic)) for _ in range(2)]
            until(readers, shares(readers, 2, 2), "both have two")
            return readers

        readers = await asyncio.to_thread(begin)
        await broker.kill()
        await broker.start()

        def go_on() -> None:
            produced(broker, name, keys)
            until(readers, lambda: len(read(readers)) >= 30, "thirty after the restart")
            assert read(readers) == set(keys)
            assert sorted(reader.has for reader in readers) == [2, 2]

        await asyncio.to_thread(go_on)
