"""How long one message takes over each hop at 10, 100 and 1,000 messages a second: through the exchange, and through a raw relay.

A sender writes the messages of `bench.load` one by one at an even pace; a receiver without a group reads the inbox and the journal.
Both live in the process that measures, the relay in its own; the relays take turns on one broker.

- **acknowledged**: from the sender's call until the broker has acknowledged the record in the outbox.
- **in the inbox**: from the sender's call until the receiver has the record: two hops over Kafka and the relay between them.
- **in the journal**: the same for the journal's record about it; only the exchange writes one.
- **p50 / raw**: what the exchange adds, as the ratio of the medians until the inbox within one round.

Milliseconds on a busy machine are no promise; the ratio is the figure to look at.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from bench.broker import Broker, running
from bench.load import RECEIVER, SENDER, message, payload
from bench.plan import Plan
from bench.relays import relaying
from bench.report import Figure, rounds
from bus import Admin, Space
from bus.topics import PARTITIONS

RATES = (10, 100, 1000)
RELAYS = ("raw", "exchange")
WARM_UP = 50
WITHIN = 60.0


@dataclass
class Times:
    """Seconds from the sender's call, per message."""

    acknowledged: dict[str, float] = field(default_factory=dict)
    inbox: dict[str, float] = field(default_factory=dict)
    journal: dict[str, float] = field(default_factory=dict)


async def run(plan: Plan) -> list[Figure]:
    """Each rate with both relays."""
    figures = []
    async with running(plan) as broker:
        for rate in RATES:
            count = min(plan.amount(20, 4) * rate, plan.amount(5000, 1000))
            found: dict[str, list[Times]] = {relay: [] for relay in RELAYS}
            for _ in range(1 if rate == RATES[0] else plan.amount(3, 1)):
                for relay in RELAYS:
                    found[relay].append(await _measured(relay, broker, rate, count))
            figures += _figures(rate, found)
    return figures


def _figures(rate: int, found: Mapping[str, list[Times]]) -> list[Figure]:
    at = f"at {rate:,}/s"
    acknowledged = [each.acknowledged for each in found["exchange"]]
    figures = [_shown(f"{at}: acknowledged", acknowledged)]
    figures += [_shown(f"{at}: in the inbox, {relay}", [each.inbox for each in found[relay]]) for relay in RELAYS]
    figures += [_shown(f"{at}: in the journal", [each.journal for each in found["exchange"]])]
    middles = {relay: tuple(median(each.inbox.values()) for each in found[relay]) for relay in RELAYS}
    return [*figures, Figure(f"{at}: p50 / raw", rounds(middles["exchange"], middles["raw"]))]


def _shown(name: str, times: list[dict[str, float]]) -> Figure:
    everything = [value * 1000 for each in times for value in each.values()]
    last = quantiles(everything, n=100)[98]
    return Figure(
        name, tuple(median(each.values()) * 1000 for each in times), "ms", note=f"p50; p99 {last:.1f} ms, {len(everything):,} messages"
    )


async def _measured(relay: str, broker: Broker, rate: int, count: int) -> Times:
    """So many messages at an even pace, after a few that warm everything up."""
    space = Space(f"bench-{uuid.uuid4().hex[:8]}")
    topics = space.plan([SENDER, RECEIVER])
    heard = [space.inbox(RECEIVER), *([space.journal] if relay == "exchange" else [])]
    async with Admin(broker.kafka) as admin:
        await admin.ensure(topics)
        try:
            async with (
                relaying(relay, broker, space),
                _receiver(broker, heard) as receiver,
                AIOKafkaProducer(bootstrap_servers=broker.bootstrap, enable_idempotence=True, acks="all") as producer,
            ):
                await _Pace(producer, receiver, space, heard).messages(range(WARM_UP), rate)
                return await _Pace(producer, receiver, space, heard).messages(range(WARM_UP, WARM_UP + count), rate)
        finally:
            await admin.delete([topic.name for topic in topics])


@contextlib.asynccontextmanager
async def _receiver(broker: Broker, topics: list[str]) -> AsyncIterator[AIOKafkaConsumer]:
    async with AIOKafkaConsumer(bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)])
        yield consumer


class _Pace:
    """Says messages one by one and hears them again."""

    def __init__(self, producer: AIOKafkaProducer, receiver: AIOKafkaConsumer, space: Space, heard: list[str]) -> None:
        self._producer = producer
        self._receiver = receiver
        self._space = space
        self._topics = heard
        self._sent: dict[str, float] = {}
        self._times = Times()

    async def messages(self, numbers: range, rate: int) -> Times:
        """Until the last one was heard on every topic. Raises TimeoutError."""
        async with asyncio.timeout(WITHIN + len(numbers) / rate), asyncio.TaskGroup() as tasks:
            tasks.create_task(self._say(numbers, rate))
            tasks.create_task(self._hear(len(numbers) * len(self._topics)))
        return self._times

    async def _say(self, numbers: range, rate: int) -> None:
        raw, began, waiting = payload(), time.perf_counter(), []
        for place, number in enumerate(numbers):
            await asyncio.sleep(max(began + place / rate - time.perf_counter(), 0))
            one = message(number, raw)
            self._sent[one.id] = time.perf_counter()
            record = await self._producer.send(self._space.outbox(SENDER), one.payload, one.key, headers=[*one.to_headers()])
            record.add_done_callback(lambda _done, id_=one.id: self._note(self._times.acknowledged, id_))
            waiting.append(record)
        await asyncio.gather(*waiting)

    async def _hear(self, wanted: int) -> None:
        while len(self._times.inbox) + len(self._times.journal) < wanted:
            for place, records in (await self._receiver.getmany(timeout_ms=500)).items():
                in_journal = place.topic == self._space.journal
                for each in records:
                    id_ = orjson.loads(each.value)["messageId"] if in_journal else dict(each.headers)["ce_id"].decode()
                    self._note(self._times.journal if in_journal else self._times.inbox, id_)

    def _note(self, times: dict[str, float], id_: str) -> None:
        if id_ in self._sent:  # not one of the warming up
            times.setdefault(id_, time.perf_counter() - self._sent[id_])
