"""One adapter at work: its agency's feed into its outbox, its inbox into its agency."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

from adapters.runtime.client import AgencyClient
from adapters.runtime.declaration import Adapter
from adapters.runtime.delivery import Delivery
from adapters.runtime.feed import Feed
from adapters.runtime.health import Health, HealthSnapshot
from adapters.runtime.inbox import Inbox
from adapters.runtime.outbox import Outbox
from adapters.runtime.settings import Settings
from bus import Admin, Consumer, KafkaSettings, Place, Producer, Space
from bus.operating import by_topic
from contracts import Catalogue
from vn.clock import Clock
from vn.vitals import Sample

STOPS_WITHIN = 2.0  # s, beyond the drain, until it is told once more
KAFKA_STOPS_WITHIN = 0.3  # s, each of two clients, also when the broker is gone


class Runtime:
    """Joined by `app`: `url` is the agency's; `pause` is how it waits before the next try."""

    def __init__(
        self,
        adapter: Adapter,
        url: str,
        *,
        kafka: KafkaSettings,
        space: Space,
        catalogue: Catalogue,
        clock: Clock,
        settings: Settings | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._adapter = adapter
        self._url = url
        self._kafka = replace(kafka, stop_within=KAFKA_STOPS_WITHIN)
        self._space = space
        self._catalogue = catalogue
        self._settings = settings or Settings()
        self._pause = pause
        self._health = Health(clock.now, patience=self._settings.patience)
        self._settled: Callable[[], Mapping[Place, int]] = dict
        for loop in ("feed", "inbox"):
            self._health.trouble(loop, f"{loop}: not begun yet")

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set, then until what is in flight is finished, within the drain's seconds in all.

        Raises `CannotConnect` where no broker answers at the start.
        """
        ending = asyncio.Event()
        working = asyncio.create_task(self._work(ending))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            ending.set()  # a cancellation alone can get lost: Python 3.11's wait_for swallows one that comes with its result
            self._health.stopping = True
            within = self._settings.operating.drain
            while not working.done():
                working.cancel()
                await asyncio.wait({working}, timeout=within)
                within = STOPS_WITHIN
        if not working.cancelled():
            working.result()

    def health(self) -> HealthSnapshot:
        """How it is doing now."""
        return self._health.snapshot()

    def progress(self) -> dict[str, Any]:
        """`positions`: the offset of each partition before which all is settled; `inFlight`: records given to the agency now.

        An entry of the feed is settled when it is acknowledged to the agency.
        """
        settled = {} if self._health.stopping else self._settled()  # what is broken off at the end is not settled
        return {"positions": by_topic(settled), "inFlight": self._health.in_flight}

    def figures(self) -> Iterator[Sample]:
        """All metrics of now."""
        return self._health.figures(self._space.inbox(self._adapter.member))

    async def _work(self, ending: asyncio.Event) -> None:
        settings, space, member = self._settings, self._space, self._adapter.member
        async with Admin(self._kafka) as admin:
            await admin.wait_for([space.inbox(member), space.outbox(member)], within=settings.topics_within)
        async with AsyncExitStack() as stack:
            client = AgencyClient(
                self._url, call_timeout=settings.call_timeout, feed_grace=settings.feed_grace, read_no=self._adapter.read_no
            )
            await stack.enter_async_context(client)
            producer = await stack.enter_async_context(Producer(self._kafka, self._health.vitals))
            outbox = Outbox(producer, space.outbox(member), health=self._health, patience=settings.patience)
            feed, inbox = self._feed(client, outbox), self._inbox(client, outbox)

            async def revoked(places: Collection[Place]) -> None:
                await inbox.release(consumer, places, within=settings.stop_within)

            consumer = Consumer(
                self._kafka,
                [space.inbox(member)],
                group=space.group(member),
                instance=None if settings.instance is None else f"{space.group(member)}-{settings.instance}",
                on_revoked=revoked,
                vitals=self._health.vitals,
            )
            await stack.enter_async_context(consumer)
            self._health.clients = consumer, producer
            self._settled = lambda: inbox.settled(consumer)
            async with asyncio.TaskGroup() as both:
                both.create_task(feed.run(ending))
                both.create_task(inbox.run(consumer, ending))

    def _feed(self, client: AgencyClient, outbox: Outbox) -> Feed:
        return Feed(
            self._adapter,
            client,
            catalogue=self._catalogue,
            outbox=outbox,
            health=self._health,
            settings=self._settings,
            pause=self._pause,
        )

    def _inbox(self, client: AgencyClient, outbox: Outbox) -> Inbox:
        delivery = Delivery(
            self._adapter,
            client,
            catalogue=self._catalogue,
            outbox=outbox,
            health=self._health,
            settings=self._settings,
            group=self._space.group(self._adapter.member),
        )
        return Inbox(delivery.settle, health=self._health, settings=self._settings, pause=self._pause)
