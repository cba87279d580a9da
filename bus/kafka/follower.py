"""Reads several topics from their beginning and then whatever comes, outside of any group, each record once."""

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self, cast

from aiokafka import AIOKafkaConsumer, TopicPartition

from bus.kafka.pulse import has_stopped
from bus.kafka.settings import TROUBLE, Backoff, KafkaSettings, Place, Received, connect, log, stop_quietly
from vn.errors import Retry

ANSWERS = 3.0  # seconds within which a broker that is there says where topics end


class Follower:
    """`async with` it once the topics are there. Its positions are its own: a client that breaks is replaced and goes on from them.

    One caller of `take` and one of `ends` at a time; each has a client of its own, for a fetch that waits holds up whatever is asked
    behind it on the same connection.
    """

    def __init__(self, settings: KafkaSettings, topics: Sequence[str]) -> None:
        self._settings = settings
        self._topics = tuple(topics)
        self._client: AIOKafkaConsumer | None = None
        self._asks: AIOKafkaConsumer | None = None
        self._backoff = Backoff()
        self.positions: dict[Place, int] = {}
        """The next offset to be taken in every partition."""

    async def __aenter__(self) -> Self:
        self._client = await connect(self._start, self._settings)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        clients = (self._client, self._asks)
        self._client = self._asks = None
        for client in clients:
            if client is not None:
                await stop_quietly(client, self._settings.stop_within)

    async def take(self, most: int, *, within: float = 0.5) -> Mapping[Place, Sequence[Received]]:
        """Up to `most` records by partition; nothing where none came within so many seconds, or the client had to be replaced."""
        client = self._client
        try:
            if client is None or has_stopped(client):
                await self._replace()
                return {}
            taken = cast(Mapping[Place, Sequence[Received]], await client.getmany(timeout_ms=int(within * 1000), max_records=most))
            for place in self.positions:  # they pass the marks of transactions too, which no batch shows
                self.positions[place] = await client.position(TopicPartition(*place))
        except TROUBLE as error:
            log.warning("a follower's client is replaced", error=type(error).__name__)
            self._client = None
            if client is not None:
                await stop_quietly(client, self._settings.stop_within)
            await self._backoff.wait()
            return {}
        self._backoff.well()
        return {Place(*place): records for place, records in taken.items()}

    async def ends(self) -> dict[Place, int]:
        """Where every partition ends now, asked of the broker; raises Retry where it does not answer."""
        places = [TopicPartition(*place) for place in self.positions]
        try:
            async with asyncio.timeout(ANSWERS):
                if self._asks is not None and has_stopped(self._asks):
                    await stop_quietly(self._asks, self._settings.stop_within)
                    self._asks = None
                self._asks = self._asks or await self._started()
                found = await self._asks.end_offsets(places)
        except TROUBLE as error:
            raise Retry(f"the broker does not say where topics end ({type(error).__name__})") from error
        return {Place(*place): end for place, end in found.items()}

    async def _replace(self) -> None:
        broken, self._client = self._client, None
        if broken is not None:
            await stop_quietly(broken, self._settings.stop_within)
        self._client = await asyncio.wait_for(self._start(), self._settings.connect_within)

    async def _start(self) -> AIOKafkaConsumer:
        client = await self._started()
        try:
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

    async def _started(self) -> AIOKafkaConsumer:
        client = AIOKafkaConsumer(
            **self._settings.common(),
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            isolation_level="read_committed",
            fetch_max_bytes=8 * 1024 * 1024,
        )
        try:
            await client.start()
        except BaseException:
            await stop_quietly(client, self._settings.stop_within)
            raise
        return client
