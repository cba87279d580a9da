"""Reads several topics from their beginning and then whatever comes, outside of any group, each record once."""

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self, cast

from aiokafka import AIOKafkaConsumer, TopicPartition

from bus.kafka.pulse import has_stopped
from bus.kafka.reader import Reader
from bus.kafka.settings import TROUBLE, Backoff, KafkaSettings, Place, Received, connect, log, stop_quietly

MOST = 2000  # records taken at one time


class Follower:
    """`async with` it once the topics are there. Its positions are its own: a client that breaks is replaced and goes on from them.

    One caller of `take` at a time; anybody may ask for `ends` meanwhile, over connections of their own: a broker answers those of one
    connection in turn, and would let the question wait for the end of a fetch.
    """

    def __init__(self, settings: KafkaSettings, topics: Sequence[str]) -> None:
        self._settings = settings
        self._topics = tuple(topics)
        self._client: AIOKafkaConsumer | None = None
        self._asking = Reader(settings)
        self._backoff = Backoff()
        self.positions: dict[Place, int] = {}
        """The next offset to be taken in every partition."""

    async def __aenter__(self) -> Self:
        await self._asking.__aenter__()
        try:
            self._client = await connect(self._start, self._settings)
        except BaseException:
            await self._asking.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        client, self._client = self._client, None
        if client is not None:
            await stop_quietly(client, self._settings.stop_within)
        await self._asking.__aexit__(kind, error, trace)

    async def take(self, most: int, *, within: float = 0.5) -> Mapping[Place, Sequence[Received]]:
        """Up to `most` records by partition; nothing where none came within so many seconds, or the client had to be replaced."""
        client = self._client
        try:
            if client is None or has_stopped(client):
                await self._replace()
                return {}
            taken = cast(Mapping[Place, Sequence[Received]], await client.getmany(timeout_ms=int(within * 1000), max_records=most))
            # they pass the marks of transactions too, which no batch shows; all of them or none, or what was taken would be lost
            self.positions = {place: await client.position(TopicPartition(*place)) for place in self.positions}
        except TROUBLE as error:
            log.warning("a follower's client is replaced", error=type(error).__name__)
            self._client = None
            if client is not None:
                await stop_quietly(client, self._settings.stop_within)
            await self._backoff.wait()
            return {}
        self._backoff.well()
        return {Place(*place): records for place, records in taken.items()}

    async def untaken(self) -> list[Received]:
        """Whatever is there and not taken yet, in the order of time; raises Retry where the broker does not say how much that is."""
        ends, found = await self.ends(), list[Received]()
        while any(self.positions[place] < end for place, end in ends.items()):
            found += [record for records in (await self.take(MOST)).values() for record in records]
        return sorted(found, key=lambda each: (each.timestamp, each.topic, each.partition, each.offset))

    async def ends(self) -> dict[Place, int]:
        """Where every partition ends now, asked of the broker; raises Retry where it does not answer."""
        return await self._asking.ends(self._topics)

    async def _replace(self) -> None:
        broken, self._client = self._client, None
        if broken is not None:
            await stop_quietly(broken, self._settings.stop_within)
        self._client = await asyncio.wait_for(self._start(), self._settings.connect_within)

    async def _start(self) -> AIOKafkaConsumer:
        client = AIOKafkaConsumer(
            **self._settings.common(),
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            isolation_level="read_committed",
            fetch_max_bytes=8 * 1024 * 1024,
        )
        try:
            await client.start()
            if not self.positions:
                found = [(topic, each) for topic in self._topics for each in await client._client._wait_on_metadata(topic)]
                self.positions = {Place(*place): 0 for place in found}
            client.assign([TopicPartition(*place) for place in self.positions])
            for place, offset in self.positions.items():
                client.seek(TopicPartition(*place), offset)
        except BaseException:
            await stop_quietly(client, self._settings.stop_within)
            raise
        return client
