"""Who follows a topic is told when the broker is gone."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiokafka import AIOKafkaProducer

from bus import KafkaSettings, Reader
from tests.broker.process import BrokerProcess
from vn.errors import CannotConnect


async def test_whoever_follows_a_topic_is_told_when_the_broker_is_gone(start: Callable[..., Awaitable[BrokerProcess]], name: str) -> None:
    broker = await start()
    await broker.topic(name)
    async with AIOKafkaProducer(bootstrap_servers=broker.address) as producer:
        await producer.send_and_wait(name, b"one")
    async with Reader(KafkaSettings(broker.address, stalled_after=1.0, stop_within=1.0)) as reader:
        following = reader.follow(name)
        assert (await asyncio.wait_for(anext(following), 10)).value == b"one"
        await broker.kill()
        with pytest.raises(CannotConnect, match="does not answer any more"):
            await asyncio.wait_for(anext(following), 20)
