"""Reads topics as one member of a group, in batches; commits only what it is told; makes itself anew when it is broken or stalled."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import CorruptRecordException

from bus.kafka.corruption import Corruption, overhear
from bus.kafka.pulse import has_coordinator, has_stopped, heard
from bus.kafka.settings import TROUBLE, Backoff, KafkaSettings, Place, Received, connect, log, stop_quietly
from bus.measures import COMMITS, KAFKA, RECEIVED
from vn.vitals import Vitals

Taken = Mapping[Place, Sequence[Received]]
OnRevoked = Callable[[frozenset[Place]], Awaitable[None]]


async def _nothing(places: frozenset[Place]) -> None:
    """Nobody has work in flight."""


class Consumer:
    """One member of a consumer group that outlives its own failures; `async with` it.

    `on_revoked` is awaited (bounded) before partitions go to another member: finish what is in flight, commit, return.
    With an `instance` the membership is static: a restart takes its partitions back at once, without a rebalance.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        topics: Sequence[str],
        *,
        group: str,
        instance: str | None = None,
        on_revoked: OnRevoked = _nothing,
        vitals: Vitals | None = None,
    ) -> None:
        self._settings = settings
        self._vitals = vitals or Vitals()
        self.last_commit: float | None = None  # seconds since 1970
        self._topics = tuple(topics)
        self._group = group
        self._instance = instance
        self._on_revoked = on_revoked
        self._client: AIOKafkaConsumer | None = None
        self._starting: AIOKafkaConsumer | None = None  # the newest, which may be assigned partitions before it has started
        self._backoff = Backoff()
        self._listener = _Listener(self)
        self._next: dict[Place, int] = {}
        self._paused: set[Place] = set()
        self._corruption = Corruption()
        self._alive = time.monotonic()
        self._expects = True  # whether silence is a fault
        self._lag: dict[Place, int] = {}
        self._handed: dict[Place, int] = {}
        self.sighted = False  # whether the lag of every partition is known, and there is one
        self._parted = 0  # how often partitions went
        self._commits: set[asyncio.Future[None]] = set()
        self.remade = 0
        self.gaps = 0

    async def __aenter__(self) -> Self:
        self._client = await connect(self._start, self._settings)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        client, self._client = self._client, None
        if client is not None:
            await stop_quietly(client, self._settings.stop_within)

    async def take(self, most: int, *, within: float = 0.5) -> Taken:
        """Up to `most` records by partition, or nothing when none came within so many seconds or the consumer had to be made anew."""
        client = self._client
        if client is None:
            await self._remake()
            return {}
        if has_stopped(client):
            log.warning("the consumer is replaced", group=self._group, error="one of its tasks has ended")
            await self._give_up(client)
            return {}
        try:
            async with asyncio.timeout(within + self._settings.stalled_after):  # in a rebalance that never ends it would wait for ever
                taken: Taken = await self._corruption.read(client, most, self._paused)
                if not taken:
                    taken = cast(Taken, await client.getmany(timeout_ms=int(within * 1000), max_records=most))
            parted = self._parted
            for place, records in taken.items():
                await self._note_gap(client, place, records)
                if self._parted != parted:  # they went meanwhile, and come again from what is committed by now, perhaps by somebody else
                    self._next.clear()
                    return {}
            for place, records in taken.items():
                self._vitals.meter.add(RECEIVED, KAFKA, place.topic, by=len(records))
        except TROUBLE as error:
            if isinstance(error, CorruptRecordException):
                self._corruption.met(client)
            log.warning("the consumer is replaced", group=self._group, error=type(error).__name__)
            await self._give_up(client)
            return {}
        self._look_after(client)
        if not taken and self.age() > self._settings.stalled_after:
            log.warning("the consumer is replaced", group=self._group, error="stalled", age=round(self.age(), 1))
            await self._give_up(client)
        return taken

    async def commit(self, positions: Mapping[Place, int]) -> bool:
        """Commit the next offset of each partition; False where it could not be, and the records come again."""
        client = self._client
        if client is None or not positions:
            return False
        mine = client.assignment()
        offsets = {TopicPartition(*place): offset for place, offset in positions.items() if place in mine}
        try:
            if offsets and not await self._sent(client.commit(offsets)):
                return False
        except TROUBLE as error:
            log.warning("offsets are not committed, the records come again", group=self._group, error=type(error).__name__)
            self._vitals.meter.add(COMMITS, "failed")
            return False
        if offsets:
            self.last_commit = time.time()
            self._vitals.meter.add(COMMITS, "ok")
        return len(offsets) == len(positions)

    async def _sent(self, commit: Coroutine[Any, Any, None]) -> bool:
        """Whether it could be sent before partitions went; later, in a new generation, it would undo what another has committed."""
        sending = asyncio.ensure_future(commit)
        self._commits.add(sending)
        try:
            await asyncio.wait_for(asyncio.shield(sending), self._settings.request_timeout)
        except asyncio.CancelledError:
            if not sending.cancelled():  # it is the caller that is cancelled
                raise
            return False
        finally:
            self._commits.discard(sending)
            sending.cancel()
        return True

    def pause(self, *places: Place) -> None:
        """Take nothing more from these partitions, but stay in the group."""
        self._paused.update(places)
        self._apply(AIOKafkaConsumer.pause, places)

    def resume(self, *places: Place) -> None:
        """Take from these partitions again."""
        self._paused.difference_update(places)
        self._apply(AIOKafkaConsumer.resume, [place for place in places if place not in self._corruption])

    def lag(self) -> dict[Place, int]:
        """How many records of each assigned partition were still to be taken, as of the last take."""
        return self._lag

    def handed_out(self) -> dict[Place, int]:
        """The next offset that each assigned partition gives, all before it having been given or committed, as of the last take."""
        return self._handed

    def age(self) -> float:
        """Seconds since the last successful fetch, the measure of being alive; or since the group had a leader."""
        return time.monotonic() - self._alive

    def trouble(self) -> str | None:
        """Where records cannot be read, and nothing after them is: topic, partition, offset; None while all is well."""
        return None if self._client is None else self._corruption.trouble(self._client.assignment())

    def _apply(self, act: Callable[..., None], places: Sequence[Place]) -> None:
        client = self._client
        if client is not None:
            mine = client.assignment()
            act(client, *(TopicPartition(*place) for place in places if place in mine))

    def _look_after(self, client: AIOKafkaConsumer) -> None:
        """Note when Kafka last answered a fetch, and how far behind this consumer is."""
        assigned = client.assignment()
        read = (place for place in assigned if place not in self._paused and place not in self._corruption)
        self._expects = self._listener.joining or any(read)
        self._alive = max(self._alive, heard(client, assigned) or 0.0)
        if not self._expects and has_coordinator(client):
            self._alive = time.monotonic()
        self._handed = {Place(*place): at for place in assigned if (at := _position(client, place)) is not None}
        behind = {Place(*place): _behind(client, place) for place in assigned}
        self._lag = {place: records for place, records in behind.items() if records is not None}
        self.sighted = 0 < len(behind) == len(self._lag)

    async def _note_gap(self, client: AIOKafkaConsumer, place: Place, records: Sequence[Received]) -> None:
        """Alarm where offsets jump: control records of a sender's transactions make small gaps, lost records make others."""
        expected = self._next.get(place)
        if expected is None:
            expected = await client.committed(TopicPartition(*place))
        first, last = records[0].offset, records[-1].offset
        self._next[place] = last + 1
        missing = (first - expected if expected is not None else 0) + (last - first + 1 - len(records))
        if missing:
            self.gaps += 1
            log.warning("offsets jump", topic=place.topic, partition=place.partition, offset=first, expected=expected, missing=missing)

    def _hold_corrupt(self) -> None:
        if self._starting is not None:
            self._corruption.hold(self._starting)

    async def _give_up(self, client: AIOKafkaConsumer) -> None:
        lost = frozenset(Place(*place) for place in client.assignment())
        if self._client is client:
            await self._revoked(lost)
            self._client = None
        await stop_quietly(client, self._settings.stop_within)
        await self._backoff.wait()

    async def _remake(self) -> None:
        try:
            self._client = await asyncio.wait_for(self._start(), self._settings.connect_within)
            self.remade += 1
        except TROUBLE as error:
            log.warning("no new consumer yet", group=self._group, error=type(error).__name__)
            await self._backoff.wait()

    async def _revoked(self, places: frozenset[Place]) -> None:
        for place in places:  # before their records are let go of, or those would seem to be finished
            self._handed.pop(place, None)
        try:
            if places:
                await asyncio.wait_for(self._on_revoked(places), self._settings.revoke_within)
        except TimeoutError:
            log.warning("work was still in flight when its partitions went", group=self._group, partitions=len(places))
        self._parted += 1
        for commit in self._commits:
            commit.cancel()
        for place in places:
            self._next.pop(place, None)
            self._paused.discard(place)

    async def _start(self) -> AIOKafkaConsumer:
        settings = self._settings
        client = AIOKafkaConsumer(
            **settings.common(),
            group_id=self._group,
            group_instance_id=self._instance,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=int(settings.session_timeout * 1000),
            heartbeat_interval_ms=int(settings.heartbeat * 1000),
            max_poll_interval_ms=300_000,
            fetch_max_bytes=8 * 1024 * 1024,
        )
        overhear(client, self._corruption.refused)
        self._starting = client
        client.subscribe(list(self._topics), listener=self._listener)
        try:
            await client.start()
        except BaseException:
            await stop_quietly(client, settings.stop_within)
            raise
        self._alive = time.monotonic()
        self._backoff.well()
        return client


def _behind(client: AIOKafkaConsumer, place: TopicPartition) -> int | None:
    """Records between what is handed out next and the end of the partition; None before the first answer about it."""
    state = client._subscription.subscription.assignment.state_value(place)
    return None if state.highwater is None or not state.has_valid_position else max(state.highwater - state.position, 0)


def _position(client: AIOKafkaConsumer, place: TopicPartition) -> int | None:
    """What is handed out next; None before the committed offset is known."""
    state = client._subscription.subscription.assignment.state_value(place)
    return state.position if state.has_valid_position else None


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    def __init__(self, owner: Consumer) -> None:
        self._owner = owner
        self.joining = False

    async def on_partitions_revoked(self, revoked: Any) -> None:
        self.joining = True
        await self._owner._revoked(frozenset(Place(*place) for place in revoked))

    async def on_partitions_assigned(self, assigned: Any) -> None:
        self.joining = False
        self._owner._hold_corrupt()
        log.debug("partitions assigned", partitions=len(assigned))
