"""Clients that nobody here wrote do what they do on any Kafka: the same scenario for each, on the broker of this run."""

import asyncio
from itertools import chain
from typing import Any

import pytest

from tests.broker.clients.conftest import Drivers
from tests.broker.clients.driver import Driver
from tests.broker.raw import Raw

PARTITIONS = 3
END = "end"


def numbered(letter: str, count: int) -> list[str]:
    return [f"{letter}{number:03}" for number in range(count)]


def keys(records: list[list[Any]]) -> list[str]:
    return sorted(key for _member, _partition, _offset, key in records)


async def made(client: Driver, topic: str, partitions: int = 1) -> str:
    await client("create", topic=topic, partitions=partitions)
    return topic


async def produced(client: Driver, topic: str, values: list[str], *, partitions: int = 1, codec: str = "none") -> None:
    await client("produce", topic=topic, partitions=partitions, keys=values, codec=codec)


async def read(client: Driver, topic: str, isolation: str = "read_uncommitted") -> Any:
    return await client("read", topic=topic, until=END, isolation=isolation)


async def test_what_a_client_produces_with_each_codec_it_has_comes_back_whole_and_in_order(client: Driver, name: str) -> None:
    codecs = ["none", *await client("codecs")]
    assert "gzip" in codecs
    await made(client, name)
    for codec in codecs:
        await produced(client, name, numbered(codec, 50), codec=codec)
    await produced(client, name, [END])
    assert await read(client, name) == [key for codec in codecs for key in numbered(codec, 50)]


async def shared(client: Driver, name: str, protocol: str) -> None:
    await made(client, name, PARTITIONS)
    try:
        await three_then_two_then_one(client, name, protocol)
    finally:
        await client("end")


async def three_then_two_then_one(client: Driver, name: str, protocol: str) -> None:
    """A group of three, one leaves, all leave, one comes back."""
    given = await client("join", topic=name, partitions=PARTITIONS, group=name, members=3, protocol=protocol)
    assert sorted(given) == [[0], [1], [2]]
    await produced(client, name, numbered("a", 60), partitions=PARTITIONS)
    first = await client("consume", wanted=60)
    assert {member for member, *_rest in first} == {0, 1, 2}
    assert keys(first) == numbered("a", 60)

    left = await client("leave")
    assert sorted(chain(*left)) == [0, 1, 2]
    await produced(client, name, numbered("b", 30), partitions=PARTITIONS)
    assert keys(await client("consume", wanted=30)) == numbered("b", 30)

    await client("end")
    assert await client("committed", topic=name, partitions=PARTITIONS, group=name) == [30, 30, 30]
    await produced(client, name, numbered("c", 9), partitions=PARTITIONS)
    await client("join", topic=name, partitions=PARTITIONS, group=name, members=1, protocol=protocol)
    assert keys(await client("consume", wanted=9)) == numbered("c", 9)


async def test_a_group_of_three_of_which_one_leaves_gets_everything_once_and_goes_on_where_it_was(client: Driver, name: str) -> None:
    await shared(client, name, "classic")


@pytest.mark.parametrize("which", ["librdkafka", "java", "franz-go"])
async def test_a_group_whose_broker_gives_out_the_partitions_does_the_same(which: str, drivers: Drivers, name: str, broker: str) -> None:
    await shared(await drivers.of(which), name, "consumer")
    async with Raw(broker) as raw:  # a client may take the classic protocol without a word
        groups = (await raw.ask(16, 5, states_filter=[], types_filter=[])).groups
    assert {each.group_id: each.group_type for each in groups}[name] == "consumer"


async def test_of_a_committed_and_an_aborted_transaction_only_the_first_is_read_committed(client: Driver, name: str) -> None:
    await made(client, name)
    await client("transact", topic=name, id=name, keys=numbered("a", 5), commit=True)
    await client("transact", topic=name, id=name, keys=numbered("b", 5), commit=False)
    await client("transact", topic=name, id=name, keys=[END], commit=True)
    assert await read(client, name, "read_committed") == numbered("a", 5)
    assert await read(client, name, "read_uncommitted") == numbered("a", 5) + numbered("b", 5)


@pytest.mark.parametrize("which", ["aiokafka", "librdkafka", "java", "kafkajs"])
async def test_offsets_in_a_transaction_count_once_it_is_committed_only(which: str, drivers: Drivers, name: str) -> None:
    client = await drivers.of(which)
    await made(client, name)
    await produced(client, name, numbered("a", 9))
    for offset, commit, then in ((5, True, 5), (7, False, 5)):
        await client("offsets", id=name, topic=name, group=name, offset=offset, commit=commit)
        async with asyncio.timeout(30):  # the client is answered before the end of its transaction has come to the group
            while await client("committed", topic=name, partitions=1, group=name) != [then]:
                pass


async def test_a_deleted_topic_and_group_are_gone(client: Driver, name: str) -> None:
    await made(client, name)
    await produced(client, name, numbered("a", 3))
    await client("join", topic=name, partitions=1, group=name, members=1, protocol="classic")
    assert keys(await client("consume", wanted=3)) == numbered("a", 3)
    await client("end")
    assert name in await client("topics")
    await client("delete", topic=name, group=name)
    assert name not in await client("topics")
