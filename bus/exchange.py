"""The exchange: takes what members say from their outboxes, judges it, delivers it, journals it, and only then commits."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bus.access import Rights
from bus.kafka import Ack, Admin, Backoff, Consumer, KafkaSettings, Place, Producer, Reader, Record, Taken, now_ms
from bus.members import EXCHANGE, Members
from bus.outgoing import Outgoing
from bus.receipts import original
from bus.refusals import Code
from bus.reused_ids import ReusedIds
from bus.stages import Letter, Rules, judge
from bus.topics import Space
from bus.undeliverable import TYPE as DELIVERY_FAILED
from bus.undeliverable import look_up
from contracts import Catalogue
from vn.clock import Clock
from vn.collector import calm
from vn.errors import Refused, Retry

log = structlog.get_logger("bus.exchange")

BATCH = 1000  # records taken at once, at most
AHEAD = 1  # batches that wait between two steps
FOR_THE_EXCHANGE = (EXCHANGE,)
ANSWERS = 2.0  # seconds since the last successful fetch in which the broker is taken to be there
SILENT = 10.0  # seconds without a successful fetch, or with a batch in flight, after which the exchange calls itself failing


@dataclass(frozen=True)
class Batch:
    """One batch on its way: what it writes, and what may be committed once that is written."""

    outgoing: Outgoing
    positions: dict[Place, int]
    counts: Counter[str]


class Exchange:
    """One exchange of a space; several share the work as one consumer group, each partition at one of them.

    At least once: offsets are committed after the broker has acknowledged everything that a batch produced. Three steps work at the
    same time on successive batches (judge, write, journal and commit), each step on one batch at a time, so order holds.
    """

    def __init__(
        self,
        kafka: KafkaSettings,
        space: Space,
        *,
        members: Members,
        rights: Rights,
        contracts: Catalogue,
        clock: Clock,
        instance: str | None = None,
    ) -> None:
        self._kafka = kafka
        self._space = space
        self._members = members
        self._rights = rights
        self._contracts = contracts
        self._clock = clock
        self._ids = ReusedIds()
        self._owners = {space.outbox(member): member for member in members.ids}
        self._confirmed = frozenset(member.id for member in members if member.receipts == "all")
        self._partitions: dict[str, int] = {}
        self._producer = Producer(kafka)
        self._reader = Reader(kafka)
        self._consumer = Consumer(kafka, tuple(self._owners), group=space.exchange_group, instance=instance, on_revoked=self._hand_over)
        self._judged: asyncio.Queue[Batch] = asyncio.Queue(AHEAD)
        self._written: asyncio.Queue[tuple[Batch, list[Ack]]] = asyncio.Queue(AHEAD)
        self._owed: dict[Place, int] = {}  # what is written and journaled, and not yet committed
        self._in_flight: list[float] = []  # when each batch that is not yet committed was taken
        self._idle = asyncio.Event()
        self._idle.set()
        self._counts: Counter[str] = Counter()
        self._status = "starting"
        self._trouble: str | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`; makes the topics that are missing first. Raises CannotConnect where no broker answers."""
        async with Admin(self._kafka) as admin:
            await admin.ensure(self._space.plan(self._members.ids))
            self._partitions = await admin.topics()
        try:
            async with self._producer, self._reader, self._consumer, asyncio.TaskGroup() as tasks:
                self._status = "ok"
                steps = [tasks.create_task(self._write()), tasks.create_task(self._finish())]
                with calm():
                    await self._take(stop)
                with contextlib.suppress(TimeoutError):  # what is not finished then is taken again at the next start
                    await asyncio.wait_for(self._idle.wait(), self._kafka.stop_within)
                for step in steps:
                    step.cancel()
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
        finally:
            self._status = "stopped"

    def health(self) -> dict[str, Any]:
        """`status` (starting, ok, failing, stopped) with its reason, age of the last fetch, lag, what is in flight."""
        age, waiting = self._consumer.age(), self._waiting()
        reason = self._trouble
        if self._status == "ok" and age > SILENT:
            reason = f"nothing could be fetched from Kafka for {age:.0f} s"
        elif self._status == "ok" and waiting > SILENT:
            reason = f"a batch waits for Kafka for {waiting:.0f} s"
        return {
            "status": "failing" if reason and self._status == "ok" else self._status,
            "detail": reason,
            "lastFetchAgeSeconds": round(age, 1),
            "lag": sum(self._consumer.lag().values()),
            "batchesInFlight": len(self._in_flight),
        }

    def info(self) -> dict[str, Any]:
        """What has been done since the start, by kind and by refusal code."""
        return {
            "space": self._space.name,
            "counts": dict(self._counts),
            "offsetGaps": self._consumer.gaps,
            "remade": {"producer": self._producer.remade, "consumer": self._consumer.remade},
            "partitions": len(self._consumer.lag()),
        }

    async def _take(self, stop: asyncio.Event) -> None:
        """First step: take a batch and judge it."""
        while not stop.is_set():
            taken = await self._consumer.take(BATCH)
            if not taken and not self._in_flight and self._consumer.age() < ANSWERS:
                await self._commit()
            if taken:
                self._in_flight.append(time.monotonic())
                self._idle.clear()
                batch = await self._judge_surely(taken, stop)
                if batch is None:
                    return
                await self._judged.put(batch)

    async def _write(self) -> None:
        """Second step: write deliveries, receipts and dead letters, and wait until the broker has them."""
        while True:
            batch = await self._judged.get()
            await self._written.put((batch, await self._surely(batch.outgoing.records)))

    async def _finish(self) -> None:
        """Third step: journal what was written, then commit."""
        while True:
            batch, acks = await self._written.get()
            await self._surely(batch.outgoing.journal(acks))
            self._owed |= batch.positions
            await self._commit()
            self._counts += batch.counts
            self._trouble = None
            self._in_flight.pop(0)
            if not self._in_flight:
                self._idle.set()

    async def _commit(self) -> None:
        """What could not be committed, because the broker was away, is committed when it is back, though nothing new comes."""
        owed = dict(self._owed)
        if owed and await self._consumer.commit(owed):
            self._owed = {place: position for place, position in self._owed.items() if owed.get(place) != position}

    async def _surely(self, records: Sequence[Record]) -> list[Ack]:
        """The broker's acknowledgements; a broker whose own limits forbid what members may send is the exchange's trouble, not theirs."""
        backoff = Backoff()
        while True:
            try:
                return await self._producer.send_all(records)
            except Refused as error:
                self._fail(error)
                await backoff.wait()

    async def _judge_surely(self, taken: Taken, stop: asyncio.Event) -> Batch | None:
        backoff = Backoff()
        while not stop.is_set():
            try:
                return await self._judge(taken)
            except Retry as error:
                self._fail(error)
                await backoff.wait()
        return None

    async def _judge(self, taken: Taken) -> Batch:
        now = self._clock.now()
        rules = Rules(self._members, self._rights, self._contracts, now, self._ids)
        batch = Batch(Outgoing(self._space, self._members, self._partitions), {}, Counter())
        for place, records in taken.items():
            owner = self._owners[place.topic]
            letters = [Letter(record, owner) for record in records]
            judge(letters, rules)
            for letter in letters:
                fault = letter.fault
                if fault is None and letter.recipients == FOR_THE_EXCHANGE:
                    fault = await self._hear(letter, batch, now)
                if fault is None:
                    self._accept(letter, batch, now)
                else:
                    self._refuse(letter, fault, batch, now)
            batch.positions[place] = records[-1].offset + 1
        return batch

    def _accept(self, letter: Letter, batch: Batch, now: datetime) -> None:
        batch.counts["accepted"] += 1
        if letter.recipients != FOR_THE_EXCHANGE:
            batch.outgoing.deliver(letter)
            batch.counts["delivered"] += len(letter.recipients)
        if letter.owner in self._confirmed:
            batch.outgoing.answer("accepted", original(letter.message, letter.record), letter.record, to=letter.owner, at=now)

    def _refuse(self, letter: Letter, fault: Refused, batch: Batch, now: datetime) -> None:
        record = letter.record
        log.info("refused", code=fault.code, topic=record.topic, partition=record.partition, offset=record.offset)
        batch.counts[fault.code] += 1
        batch.outgoing.refuse(letter, fault, now)

    async def _hear(self, letter: Letter, batch: Batch, now: datetime) -> Refused | None:
        """A message for the exchange itself: what a member could not apply goes to the dead letters, and its sender is told."""
        if letter.message.type == DELIVERY_FAILED:
            try:
                back = await look_up(letter, self._space, self._reader)
            except Refused as fault:
                return fault
            batch.counts["undeliverable"] += 1
            batch.outgoing.give_back(back.message, back.record, letter.owner, fault=back.fault, at=now)
        batch.outgoing.take_in(letter, now_ms())
        return None

    async def _hand_over(self, places: frozenset[Place]) -> None:
        """Before partitions go to another exchange: finish what was taken, so that it is committed."""
        await self._idle.wait()
        self._ids.forget(places)
        for place in places:
            self._owed.pop(place, None)  # whoever has them now commits them

    def _fail(self, error: Exception) -> None:
        self._trouble = f"{Code.EXCHANGE_FAILED}: {error}"
        log.warning("tried again", code=Code.EXCHANGE_FAILED.value, reason=str(error))

    def _waiting(self) -> float:
        return time.monotonic() - self._in_flight[0] if self._in_flight else 0.0
