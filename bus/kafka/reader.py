"""Reads records by their place, outside of any group: one record, or a whole topic up to its present end."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import Self, cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CorruptRecordException

from bus.kafka.corruption import corrupt, overhear, spoilt
from bus.kafka.pulse import has_stopped, heard
from bus.kafka.settings import TROUBLE, KafkaSettings, Place, Received, connect, stop_quietly
from vn.errors import CannotConnect, Retry

WITHIN_MS = 2000
NOWHERE: Mapping[Place, int] = MappingProxyType({})


class Reader:
    """A consumer without a group; `async with` it. One caller at a time.

    Everywhere: raises Retry with topic, partition and offset where a batch is corrupt.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._client: AIOKafkaConsumer | None = None
        self._refused: dict[Place, int] = {}  # where the broker itself has nothing that it could give

    async def __aenter__(self) -> Self:
        self._client = await connect(self._start, self._settings)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._client is not None:
            await stop_quietly(self._client, self._settings.stop_within)

    async def at(self, place: Place, offset: int) -> Received | None:
        """The record at this offset; None where there is none. Raises Retry while the broker is away."""
        try:
            async with asyncio.timeout(2 * self._settings.request_timeout):
                return await self._at(place, offset)
        except TROUBLE as error:
            raise Retry(f"{place.topic}: {type(error).__name__}") from error

    async def everything(self, topic: str, *, since: Mapping[Place, int] = NOWHERE) -> AsyncIterator[Received]:
        """Every record from the first to the one that is last now, partition by partition in turns; `since`: from there in that place."""
        ends = await self._ends(topic)
        starts = await self._usable.beginning_offsets([TopicPartition(*place) for place in ends])
        async for record in self._from({Place(*place): max(first, since.get(Place(*place), 0)) for place, first in starts.items()}, ends):
            yield record

    async def follow(self, topic: str, *, since_start: bool = True) -> AsyncIterator[Received]:
        """Every record from the first, or from now on, and then each new one; raises CannotConnect once the broker is silent."""
        ends = await self._ends(topic)
        places = [TopicPartition(*place) for place in ends]
        starts = await self._usable.beginning_offsets(places) if since_start else {TopicPartition(*p): end for p, end in ends.items()}
        self._assign(places)
        for place in places:
            self._usable.seek(place, starts[place])
        alive = time.monotonic()
        while True:
            for record in sorted((each for records in (await self._got()).values() for each in records), key=lambda each: each.timestamp):
                yield record  # in the order of timestamps across partitions
            alive = max(alive, heard(self._usable, places) or 0.0)
            if has_stopped(self._usable) or time.monotonic() - alive > self._settings.stalled_after:
                raise CannotConnect(f"the broker at {self._settings.bootstrap} does not answer any more")

    async def count(self, topic: str) -> int:
        """How many records the topic has taken in its present generation, if none were removed."""
        return sum((await self._ends(topic)).values())

    async def ends(self, topics: Iterable[str]) -> dict[Place, int]:
        """The offset after the last record of every partition of these topics, asked from the broker in one request per node.

        Raises Retry while the broker is away or has no such topic.
        """
        try:
            async with asyncio.timeout(2 * self._settings.request_timeout):
                client = await self._living()
                places = [TopicPartition(topic, each) for topic in topics for each in await client._client._wait_on_metadata(topic)]
                found = await client.end_offsets(places)
        except TROUBLE as error:
            raise Retry(f"the ends of the topics: {type(error).__name__}") from error
        return {Place(*place): offset for place, offset in found.items()}

    async def _at(self, place: Place, offset: int) -> Received | None:
        ends = await self._ends(place.topic)
        starts = await self._usable.beginning_offsets([TopicPartition(*p) for p in ends])
        if not starts.get(TopicPartition(*place), 0) <= offset < ends.get(place, 0):
            return None
        async for record in self._from({place: offset}, {place: offset + 1}):
            return record if record.offset == offset else None
        return None

    async def _from(self, starts: dict[Place, int], ends: dict[Place, int]) -> AsyncIterator[Received]:
        client = self._usable
        open_ = {TopicPartition(*place): ends[place] for place, start in starts.items() if start < ends[place]}
        if not open_:
            return
        self._assign(list(open_))
        for place in open_:
            client.seek(place, starts[Place(*place)])
        while open_:
            taken = await self._got(*open_)
            for place, records in taken.items():
                for record in records:
                    if record.offset < ends[Place(*place)]:
                        yield record
            # a position passes control records, which no batch shows
            open_ = {place: end for place, end in open_.items() if await client.position(place) < end}

    def _assign(self, places: Sequence[TopicPartition]) -> None:
        self._refused.clear()
        self._usable.assign(places)

    async def _got(self, *places: TopicPartition) -> Mapping[TopicPartition, Sequence[Received]]:
        client = self._usable
        try:
            taken = cast(Mapping[TopicPartition, Sequence[Received]], await client.getmany(*places, timeout_ms=WITHIN_MS, max_records=1000))
        except CorruptRecordException as error:
            found = spoilt(client)
            for place, offset in found:
                client.seek(TopicPartition(*place), offset)  # or the client would take the batch for read
            raise Retry("; ".join(corrupt(place, offset) for place, offset in found)) from error
        if self._refused and not taken:
            raise Retry("; ".join(corrupt(place, offset) for place, offset in sorted(self._refused.items())))
        return taken

    async def _ends(self, topic: str) -> dict[Place, int]:
        client = await self._living()
        partitions = await client._client._wait_on_metadata(topic)
        ends = await client.end_offsets([TopicPartition(topic, partition) for partition in partitions])
        return {Place(*place): offset for place, offset in ends.items()}

    async def _living(self) -> AIOKafkaConsumer:
        """A client whose tasks run."""
        if has_stopped(self._usable):
            await stop_quietly(self._usable, self._settings.stop_within)
            self._client = await self._start()
        return self._usable

    @property
    def _usable(self) -> AIOKafkaConsumer:
        assert self._client is not None, "enter the reader first"
        return self._client

    async def _start(self) -> AIOKafkaConsumer:
        client = AIOKafkaConsumer(**self._settings.common(), auto_offset_reset="earliest", enable_auto_commit=False, fetch_max_wait_ms=50)
        overhear(client, self._refused.__setitem__)
        try:
            await client.start()
        except BaseException:
            await stop_quietly(client, self._settings.stop_within)
            raise
        return client
