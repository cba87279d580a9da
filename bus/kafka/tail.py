"""Reads several topics from their first record on, outside of any group, and knows when it has read all that is there."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from bus.kafka.settings import TROUBLE, KafkaSettings, Place, Received, connect, stop_quietly
from vn.errors import Retry

FETCH_WAIT_MS = 50
MOST = 2000


class Tail:
    """`async with Tail(settings, topics) as tail`; the topics must be there. One caller at a time.

    Everywhere: raises Retry while the broker is away.
    """

    def __init__(self, settings: KafkaSettings, topics: Iterable[str]) -> None:
        self._settings = settings
        self._topics = tuple(topics)
        self._next: dict[Place, int] = {}
        self._client: AIOKafkaConsumer | None = None

    async def __aenter__(self) -> Self:
        self._client = await connect(self._start, self._settings)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._client is not None:
            await stop_quietly(self._client, self._settings.stop_within)

    async def ends(self) -> dict[Place, int]:
        """Where each partition ends now, as the broker says."""
        try:
            found = await self._usable.end_offsets([TopicPartition(*place) for place in self._next])
        except TROUBLE as error:
            raise Retry(f"the broker does not say where its topics end: {type(error).__name__}") from error
        return {Place(*place): offset for place, offset in found.items()}

    async def rest(self) -> Sequence[Received]:
        """All that was written up to now and has not been read yet, in the order of timestamps (of places, where they are equal)."""
        return await self.up_to(await self.ends())

    async def up_to(self, ends: dict[Place, int]) -> Sequence[Received]:
        """All that has not been read yet and lies before these ends."""
        found: list[Received] = []
        deadline = time.monotonic() + 2 * self._settings.request_timeout
        while behind := [place for place, end in ends.items() if self._next[place] < end]:
            found += await self._take(behind)
            if time.monotonic() > deadline:
                raise Retry(f"{behind[0].topic}/{behind[0].partition} cannot be read up to its end")
        return sorted(found, key=lambda each: (each.timestamp, each.topic, each.partition, each.offset))

    async def _take(self, places: Sequence[Place]) -> list[Received]:
        client = self._usable
        wanted = [TopicPartition(*place) for place in places]
        try:
            async with asyncio.timeout(self._settings.request_timeout):
                taken = await client.getmany(*wanted, timeout_ms=FETCH_WAIT_MS, max_records=MOST)
                for place in wanted:  # a position passes control records, which no batch shows
                    self._next[Place(*place)] = await client.position(place)
        except TROUBLE as error:
            raise Retry(f"the topics cannot be read: {type(error).__name__}") from error
        return [record for records in taken.values() for record in records]

    @property
    def _usable(self) -> AIOKafkaConsumer:
        assert self._client is not None, "enter the tail first"
        return self._client

    async def _start(self) -> AIOKafkaConsumer:
        client = AIOKafkaConsumer(
            **self._settings.common(), auto_offset_reset="earliest", enable_auto_commit=False, fetch_max_wait_ms=FETCH_WAIT_MS
        )
        try:
            await client.start()
            places = [
                TopicPartition(topic, partition) for topic in self._topics for partition in await client._client._wait_on_metadata(topic)
            ]
            starts = await client.beginning_offsets(places)
            client.assign(places)
            for place in places:
                client.seek(place, starts[place])
        except BaseException:
            await stop_quietly(client, self._settings.stop_within)
            raise
        self._next = {Place(*place): offset for place, offset in starts.items()}
        return client
