"""Writes records in batches per partition and waits until the broker has them; a broken producer is replaced and the rest sent again."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError
from aiokafka.partitioner import DefaultPartitioner

from bus.kafka.pulse import has_stopped
from bus.kafka.settings import TROUBLE, Ack, Backoff, KafkaSettings, Record, connect, log, stop_quietly
from bus.measures import KAFKA, PUBLISHED, PUBLISHING, RETRIES
from vn.clock import now_ms
from vn.errors import Refused
from vn.vitals import Vitals

_by_key = DefaultPartitioner()
WRITING = "producer"
_Group = tuple[str, int, list[int]]  # topic, partition, positions in what was given


class Producer:
    """One idempotent producer that outlives its own failures; `async with` it."""

    def __init__(self, settings: KafkaSettings, vitals: Vitals | None = None) -> None:
        self._settings = settings
        self._vitals = vitals or Vitals()
        self._client: AIOKafkaProducer | None = None
        self._making = asyncio.Lock()
        self._backoff = Backoff()
        self.remade = 0

    async def __aenter__(self) -> Self:
        self._client = await connect(self._start, self._settings)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        client, self._client = self._client, None
        if client is not None:
            await stop_quietly(client, self._settings.stop_within)

    async def send_all(self, records: Sequence[Record]) -> list[Ack]:
        """Write all records, in their order per partition, and return where each one is.

        Waits as long as the broker is away; a record may be written twice then, never less than once.
        Raises Refused where the broker's own size limit forbids a record.
        """
        began, written = time.monotonic(), Counter[str]()
        acks: list[Ack | None] = [None] * len(records)
        pending: list[_Group] | None = None
        while pending is None or pending:
            client = await self._usable()
            try:
                if pending is None:
                    pending = await self._by_partition(client, records)
                    for topic, _, positions in pending:
                        written[topic] += len(positions)
                results = await asyncio.gather(*(self._send(client, group, records, acks) for group in pending), return_exceptions=True)
            except TROUBLE as error:
                await self._replace(client, error)
                continue
            pending = [(t, p, [i for i in positions if acks[i] is None]) for t, p, positions in pending]
            pending = [group for group in pending if group[2]]
            fault = next((result for result in results if isinstance(result, BaseException)), None)
            if isinstance(fault, MessageSizeTooLargeError | RecordListTooLargeError):
                raise Refused("client.message_too_large", "the broker's own limit is smaller than this message") from fault
            if isinstance(fault, TROUBLE):
                await self._replace(client, fault)
            elif fault is not None:
                raise fault
            else:
                self._backoff.well()
                self._vitals.troubles.end(WRITING)
        self._count(written, time.monotonic() - began)
        return [ack for ack in acks if ack is not None]

    async def partitions(self, topic: str) -> int:
        """How many partitions a topic has."""
        return len(await (await self._usable()).partitions_for(topic))

    def _count(self, written: Counter[str], seconds: float) -> None:
        for topic, number in written.items():
            self._vitals.meter.add(PUBLISHED, KAFKA, topic, "success", by=number)
            self._vitals.meter.note(PUBLISHING, KAFKA, topic, seconds=seconds, times=number)

    async def _by_partition(self, client: AIOKafkaProducer, records: Sequence[Record]) -> list[_Group]:
        groups: dict[tuple[str, int], list[int]] = {}
        unplaced = {record.topic for record in records if record.partition is None}
        counts = {topic: sorted(await client.partitions_for(topic)) for topic in unplaced}
        for position, record in enumerate(records):
            topic, key, _, _, partition = record
            if partition is None:
                partition = _by_key(key, counts[topic], counts[topic])  # murmur2, as Kafka's own clients do
            place = (topic, partition)
            group = groups.get(place)
            if group is None:
                groups[place] = [position]
            else:
                group.append(position)
        return [(topic, partition, positions) for (topic, partition), positions in groups.items()]

    async def _send(self, client: AIOKafkaProducer, group: _Group, records: Sequence[Record], acks: list[Ack | None]) -> None:
        """One partition's records as full batches instead of single sends: a batch costs one future, not one per record."""
        topic, partition, positions = group
        sent: list[tuple[list[int], asyncio.Future[Any]]] = []
        batch, chunk = client.create_batch(), list[int]()
        for position in positions:
            record = records[position]
            if batch.append(timestamp=None, key=record.key, value=record.value, headers=record.headers) is None:
                sent.append((chunk, await client.send_batch(batch, topic, partition=partition)))
                batch, chunk = client.create_batch(), []
                batch.append(timestamp=None, key=record.key, value=record.value, headers=record.headers)
            chunk.append(position)
        sent.append((chunk, await client.send_batch(batch, topic, partition=partition)))
        async with asyncio.timeout(3 * self._settings.request_timeout):
            answers = await asyncio.gather(*(future for _, future in sent), return_exceptions=True)
        for (chunk, _), at in zip(sent, answers, strict=True):
            if isinstance(at, BaseException):
                raise at  # what follows is sent again too, so that the order holds
            now = at.timestamp if at.timestamp > 0 else now_ms()
            for i, position in enumerate(chunk):
                acks[position] = Ack(partition, at.offset + i, now)

    async def _usable(self) -> AIOKafkaProducer:
        async with self._making:
            if self._client is not None and has_stopped(self._client):
                await self._drop(self._client, "one of its tasks has ended")
            while self._client is None:
                try:
                    self._client = await self._start()
                    self.remade += 1
                except TROUBLE as error:
                    log.warning("no new producer yet", error=type(error).__name__)
                    self._vitals.troubles.begin(WRITING, type(error).__name__)
                    await self._backoff.wait()
            return self._client

    async def _replace(self, broken: AIOKafkaProducer, error: BaseException) -> None:
        """Close what is broken; the next send makes a new one, with a sequence of its own."""
        async with self._making:
            current = self._client
            if current is None or current is not broken:
                return
            await self._drop(current, type(error).__name__)
            await self._backoff.wait()

    async def _drop(self, client: AIOKafkaProducer, why: str) -> None:
        log.warning("the producer is replaced", error=why)
        self._vitals.meter.add(RETRIES, WRITING)
        self._vitals.troubles.begin(WRITING, why)
        self._client = None
        await stop_quietly(client, self._settings.stop_within)

    async def _start(self) -> AIOKafkaProducer:
        settings = self._settings
        client = AIOKafkaProducer(
            **settings.common(),
            enable_idempotence=True,
            acks="all",
            max_batch_size=settings.batch_bytes,
            linger_ms=0,
        )
        try:
            await client.start()
        except BaseException:
            await stop_quietly(client, settings.stop_within)
            raise
        return client
