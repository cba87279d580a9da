"""The exchange: takes what members say from their outboxes, judges it, delivers it, journals it, and only then commits."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from bus.access import Rights
from bus.batch import Batch
from bus.kafka import Ack, Admin, Backoff, Consumer, KafkaSettings, Place, Producer, Reader, Record
from bus.measures import IN_PROCESS, KAFKA, RETRIES, STAGE
from bus.members import EXCHANGE, Members
from bus.operating import Operating, by_topic, consumed, fetching, span_of
from bus.outgoing import Outgoing
from bus.receipts import original
from bus.refusals import Code
from bus.reused_ids import ReusedIds
from bus.stages import Letter, Rules, judge
from bus.topics import Space
from bus.undeliverable import TYPE as DELIVERY_FAILED
from bus.undeliverable import look_up
from contracts import Catalogue
from vn.clock import Clock, now_ms
from vn.collector import calm
from vn.errors import Refused, Retry
from vn.vitals import Family, Sample, Vitals

log = structlog.get_logger("bus.exchange")

BATCH = 1000  # records taken at once, at most
AHEAD = 1  # batches that wait between two steps
FOR_THE_EXCHANGE = (EXCHANGE,)
CODES = frozenset(Code)
ANSWERS = 2.0  # seconds since the last successful fetch in which the broker is taken to be there
COMMIT_EVERY = 0.1  # seconds between two commits while more is in flight; what a kill leaves uncommitted is carried once more
SILENT = 5.0  # seconds without a successful fetch, or with a batch in flight, after which the exchange calls itself failing
CLOSING = 3.0  # seconds of the drain that are kept for letting go of three Kafka clients, which a dead broker holds up
WORKING = "exchange"


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
        operating: Operating = Operating(),
    ) -> None:
        self._kafka = kafka = replace(kafka, stop_within=min(kafka.stop_within, CLOSING / 3))
        self._operating = operating
        self._vitals = vitals = Vitals()
        self._space = space
        self._members = members
        self._rights = rights
        self._contracts = contracts
        self._clock = clock
        self._ids = ReusedIds()
        self._owners = {space.outbox(member): member for member in members.ids}
        self._confirmed = frozenset(member.id for member in members if member.receipts == "all")
        self._partitions: dict[str, int] = {}
        self._producer = Producer(kafka, vitals)
        self._reader = Reader(kafka)
        self._consumer = Consumer(
            kafka, tuple(self._owners), group=space.exchange_group, instance=instance, on_revoked=self._hand_over, vitals=vitals
        )
        self._judged: asyncio.Queue[Batch] = asyncio.Queue(AHEAD)
        self._written: asyncio.Queue[tuple[Batch, list[Ack]]] = asyncio.Queue(AHEAD)
        self._committed = 0.0  # when that was last tried
        self._owed: dict[Place, int] = {}  # what is written and journaled, and not yet committed
        self._in_flight: list[Batch] = []  # taken and not yet committed
        self._idle = asyncio.Event()
        self._idle.set()
        self._counts: Counter[str] = Counter()
        self._status = "starting"

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`, then finish what is in flight, within the drain's seconds in all; makes missing topics first.

        Raises CannotConnect where no broker answers.
        """
        async with Admin(self._kafka) as admin:
            await admin.ensure(self._space.plan(self._members.ids))
            self._partitions = await admin.topics()
        try:
            async with self._producer, self._reader, self._consumer, asyncio.TaskGroup() as tasks:
                self._status = "ok"
                steps = [tasks.create_task(step) for step in (self._take(stop), self._write(), self._finish())]
                with calm():
                    await stop.wait()
                self._status = "stopping"
                await self._drain()
                for step in steps:
                    step.cancel()
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
        finally:
            self._status = "stopped"

    def health(self) -> dict[str, Any]:
        """`status` (starting, ok, failing, stopping, stopped) with its reasons, and how fetching, committing and retrying go."""
        reasons = list(self._reasons()) if self._status == "ok" else []
        return {
            "status": "failing" if reasons else self._status,
            "detail": "; ".join(reasons) or None,
            **fetching(self._consumer),
            "batchesInFlight": len(self._in_flight),
            "retrying": [trouble.as_json() for trouble in self._vitals.troubles],
        }

    def figures(self) -> Iterator[Sample]:
        """All metrics of now."""
        yield from consumed(self._consumer, self._producer, self._vitals)
        in_flight = Counter[str]()
        for batch in self._in_flight:
            in_flight.update(batch.by_topic())
        for topic in self._owners:
            yield Sample(IN_PROCESS, (KAFKA, topic), in_flight[topic])

    def info(self) -> dict[str, Any]:
        """What has been done since the start, by kind and by refusal code; `positions`: the offset before which all is settled."""
        return {
            "space": self._space.name,
            "counts": dict(self._counts),
            "offsetGaps": self._consumer.gaps,
            "remade": {"producer": self._producer.remade, "consumer": self._consumer.remade},
            "partitions": len(self._consumer.lag()),
            "positions": by_topic(self._settled()),
            "inFlight": sum(batch.messages for batch in self._in_flight),
        }

    def _settled(self) -> dict[Place, int]:
        """Of each partition, the first offset that may still make something be written."""
        settled = dict(self._consumer.handed_out())
        for batch in self._in_flight:
            for place, records in batch.taken.items():
                settled[place] = min(settled.get(place, records[0].offset), records[0].offset)
        return settled

    async def _take(self, stop: asyncio.Event) -> None:
        """First step: take a batch and judge it."""
        while not stop.is_set():
            taken = await self._consumer.take(BATCH)
            if not taken and not self._in_flight and self._consumer.age() < ANSWERS:
                await self._commit()
            if taken:
                batch = Batch(Outgoing(self._space, self._members, self._partitions), taken, time.monotonic())
                self._in_flight.append(batch)
                self._idle.clear()
                await self._judged.put(await self._judge_surely(batch))

    async def _write(self) -> None:
        """Second step: write deliveries, receipts and dead letters, and wait until the broker has them."""
        while True:
            batch = await self._judged.get()
            with self._timed(STAGE, "deliver", times=len(batch.outgoing.records)):
                acks = await self._surely(batch.outgoing.records)
            await self._written.put((batch, acks))

    async def _finish(self) -> None:
        """Third step: journal what was written, then commit."""
        while True:
            batch, acks = await self._written.get()
            lines = batch.outgoing.journal(acks)
            with self._timed(STAGE, "journal", times=len(lines)):
                await self._surely(lines)
            self._owed |= {place: position for place, position in batch.positions.items() if place not in batch.lost}
            if len(self._in_flight) == 1 or time.monotonic() - self._committed > COMMIT_EVERY:
                with self._timed(STAGE, "commit", times=batch.messages):
                    await self._commit()
            self._vitals.troubles.end(WORKING)
            self._counts += batch.counts
            batch.close(self._vitals.meter)
            self._in_flight.pop(0)
            if not self._in_flight:
                self._idle.set()

    async def _commit(self) -> None:
        """What could not be committed, because the broker was away, is committed when it is back, though nothing new comes."""
        owed, self._committed = dict(self._owed), time.monotonic()
        if owed and await self._consumer.commit(owed):
            self._owed = {place: position for place, position in self._owed.items() if owed.get(place) != position}

    @contextlib.contextmanager
    def _timed(self, family: Family, stage: str, *, times: int) -> Iterator[None]:
        began = time.monotonic()
        yield
        if times:
            self._vitals.meter.note(family, stage, seconds=(time.monotonic() - began) / times, times=times)

    async def _drain(self) -> None:
        """What is in flight may finish; what has not by then is taken again at the next start."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), max(self._operating.drain - CLOSING, self._operating.drain / 2))
        if self._in_flight:
            left = sum(batch.messages for batch in self._in_flight)
            log.warning("left unfinished, taken again at the next start", batches=len(self._in_flight), messages=left)

    async def _surely(self, records: Sequence[Record]) -> list[Ack]:
        """The broker's acknowledgements; a broker whose own limits forbid what members may send is the exchange's trouble, not theirs."""
        backoff = Backoff()
        while True:
            try:
                return await self._producer.send_all(records)
            except Refused as error:
                self._fail(error)
                await backoff.wait()

    async def _judge_surely(self, batch: Batch) -> Batch:
        backoff = Backoff()
        while True:
            try:
                await self._judge(batch)
                return batch
            except Retry as error:
                self._fail(error)
                await backoff.wait()
                again = Batch(Outgoing(self._space, self._members, self._partitions), batch.taken, batch.began, lost=batch.lost)
                self._in_flight[self._in_flight.index(batch)] = batch = again

    async def _judge(self, batch: Batch) -> None:
        now = self._clock.now()
        rules = Rules(self._members, self._rights, self._contracts, now, self._ids)
        tracer = self._operating.tracer
        for place, records in batch.taken.items():
            began = time.time_ns()
            owner = self._owners[place.topic]
            letters = [Letter(record, owner) for record in records]
            judge(letters, rules, self._vitals.meter)
            for letter in letters:
                fault = letter.fault
                if fault is None and letter.recipients == FOR_THE_EXCHANGE:
                    fault = await self._hear(letter, batch, now)
                if fault is None:
                    self._accept(letter, batch, now)
                else:
                    self._refuse(letter, fault, batch, now)
                if tracer is not None:
                    span = span_of(tracer, letter.record, letter.message, self._space.exchange_group, since=began)
                    batch.spans.append((span, fault.code if fault else None))
            batch.positions[place] = records[-1].offset + 1

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
        batch.refused[record.topic] += 1
        batch.codes[fault.code if fault.code in CODES else "other"] += 1
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
        """Before partitions go to another exchange: finish what was taken, so that it is committed, unless that takes too long."""
        try:
            await self._idle.wait()
        finally:  # whoever has them now commits them; what is finished too late would set their offsets back, once they are here again
            self._ids.forget(places)
            for batch in self._in_flight:
                batch.lost.update(places)
            for place in places:
                self._owed.pop(place, None)

    def _fail(self, error: Exception) -> None:
        self._vitals.troubles.begin(WORKING, f"{Code.EXCHANGE_FAILED}: {error}")
        self._vitals.meter.add(RETRIES, WORKING)
        log.warning("tried again", code=Code.EXCHANGE_FAILED.value, reason=str(error))

    def _reasons(self) -> Iterator[str]:
        """Why it is failing."""
        age, waiting = self._consumer.age(), time.monotonic() - self._in_flight[0].began if self._in_flight else 0.0
        yield from (trouble.reason for trouble in self._vitals.troubles if trouble.what == WORKING)
        if trouble := self._consumer.trouble():
            yield trouble
        if waiting > SILENT:  # then nobody fetches either
            yield f"a batch waits for Kafka for {waiting:.0f} s"
        elif age > SILENT:
            yield f"nothing could be fetched from Kafka for {age:.0f} s"
