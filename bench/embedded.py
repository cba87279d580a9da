"""The embedded broker: how much plain aiokafka writes and reads through it, how soon it is ready, what it holds when empty.

- **produce**: messages of 1 KiB per second from one aiokafka producer (idempotent, acks=all, batches of 512 KiB, linger 5 ms) until the
  last one is acknowledged.
- **consume**: the same messages per second by one aiokafka consumer without a group, `getmany`, the default fetch sizes.
- **broker / client**: the broker's processor time over the client's, for the same messages: below 1 the client is what limits the
  rate. This is the comparison within one run; the rates are not judged.
- **ready**: from the start of the process to its line on standard output. **memory when empty**: resident, right after that.
- **memory when full**: resident, with 1,000,000 messages of 1 KiB (short: 100,000) in its files, after a consumer has read them all and
  was told what is first, last and newest; at most 150 MiB. **files, ready again**: from the start of a process that finds them until it
  answers what the newest record is.

Whichever broker the other benchmarks are told to use, this one measures the embedded one.
"""

import asyncio
import os
import tempfile
import time
import uuid
from pathlib import Path
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from bench.broker import Broker, mib, running
from bench.plan import Plan
from bench.report import Bound, Figure
from bus import Admin
from bus.topics import Topic

EMBEDDED = Plan()
PARTITIONS = 6
SIZE = 1024


class Pass(NamedTuple):
    """Messages per second, and the broker's processor time over the client's."""

    rate: float
    share: float


class _Watch:
    """Wall time and processor time of both sides since it was made."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._began = (time.monotonic(), time.process_time(), broker.spent())

    def passed(self, count: int) -> Pass:
        wall, client, broker = self._began
        return Pass(count / (time.monotonic() - wall), (self._broker.spent() - broker) / (time.process_time() - client))


async def run(plan: Plan) -> list[Figure]:
    """Each round with a broker of its own."""
    count = plan.amount(60_000, 15_000)
    ready, empty, produced, consumed = [], [], [], []
    for _ in range(plan.runs):
        async with running(EMBEDDED) as broker:
            assert broker.process is not None
            ready.append(broker.ready)
            empty.append(mib(broker.process))
            topic = await _topic(broker)
            produced.append(await _produce(broker, topic, count))
            consumed.append(await _consume(broker, topic, count))
    full, again = await _full(plan.amount(1_000_000, 100_000))
    beside = f"{count:,} messages of 1 KiB"
    return [
        Figure("produce", tuple(each.rate for each in produced), "messages/s", Bound(least=20_000, judged=False), beside),
        Figure("consume", tuple(each.rate for each in consumed), "messages/s", Bound(least=50_000, judged=False), beside),
        Figure("broker / client, producing", tuple(each.share for each in produced), note="processor time"),
        Figure("broker / client, consuming", tuple(each.share for each in consumed), note="processor time"),
        Figure("ready", tuple(ready), "s", Bound(most=1.0, judged=False), "after process start"),
        Figure("memory when empty", tuple(empty), "MiB", Bound(most=80)),
        Figure("memory when full", (full,), "MiB", Bound(most=150), f"{plan.amount(1_000_000, 100_000):,} messages of 1 KiB in files"),
        Figure("files, ready again", (again,), "s", note="and the newest record found"),
    ]


async def _full(count: int) -> tuple[float, float]:
    """MiB of a broker with so many messages in its files, and seconds until another one has found the newest of them."""
    with tempfile.TemporaryDirectory() as folder:
        async with running(EMBEDDED, state=Path(folder) / "state") as broker:
            assert broker.process is not None
            topic = await _topic(broker)
            await _produce(broker, topic, count)
            await _consume(broker, topic, count)
            await _newest(broker, topic)
            held = mib(broker.process)
        began = time.monotonic()
        async with running(EMBEDDED, state=Path(folder) / "state") as broker:
            await _newest(broker, topic)
            return held, time.monotonic() - began


async def _newest(broker: Broker, topic: str) -> None:
    places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    async with AIOKafkaConsumer(bootstrap_servers=broker.bootstrap) as consumer:
        await consumer.offsets_for_times(dict.fromkeys(places, int(time.time() * 1000) - 1))
        await consumer.offsets_for_times(dict.fromkeys(places, 0))


async def _topic(broker: Broker) -> str:
    name = f"bench-{uuid.uuid4().hex[:8]}"
    async with Admin(broker.kafka) as admin:
        await admin.ensure([Topic(name, PARTITIONS)])
    return name


async def _produce(broker: Broker, topic: str, count: int) -> Pass:
    value = os.urandom(SIZE)
    options = {"enable_idempotence": True, "acks": "all", "max_batch_size": 512 * 1024, "linger_ms": 5}
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap, **options) as producer:
        await producer.send_and_wait(topic, value, partition=0)
        watch = _Watch(broker)
        waiting = [await producer.send(topic, value, partition=number % PARTITIONS) for number in range(count)]
        await asyncio.gather(*waiting)
        return watch.passed(count)


async def _consume(broker: Broker, topic: str, count: int) -> Pass:
    async with AIOKafkaConsumer(bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(topic, number) for number in range(PARTITIONS)])
        watch, seen = _Watch(broker), 0
        while seen < count:
            seen += sum(len(records) for records in (await consumer.getmany(timeout_ms=1000)).values())
        return watch.passed(seen)
