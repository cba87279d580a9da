"""The agency's outgoing feed into the outbox: a page at a time, acknowledged to the agency only when the broker has it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from adapters.runtime.client import AgencyClient
from adapters.runtime.declaration import Adapter, FeedItem
from adapters.runtime.entries import BadEntry, Page, read_page
from adapters.runtime.health import Health
from adapters.runtime.letters import letter
from adapters.runtime.outbox import Outbox
from adapters.runtime.policy import GiveUp, untranslatable
from adapters.runtime.settings import Settings
from bus import Failure, Message
from bus.measures import NOT_SENT, RETRIES
from contracts import Catalogue
from vn.errors import AgencyAnsweredNo, LgspError, Refused, Unknown

log = structlog.get_logger("adapters.runtime")
WHERE = "feed"


class Feed:
    """Reads until cancelled; nothing is lost by that, for the agency still has what it was not told to forget."""

    def __init__(
        self,
        adapter: Adapter,
        client: AgencyClient,
        *,
        catalogue: Catalogue,
        outbox: Outbox,
        health: Health,
        settings: Settings,
        pause: Callable[[float], Awaitable[None]],
    ) -> None:
        self._adapter = adapter
        self._client = client
        self._catalogue = catalogue
        self._outbox = outbox
        self._health = health
        self._settings = settings
        self._pause = pause

    async def run(self, ending: asyncio.Event) -> None:
        """Page after page, until cancelled; in trouble the same page again, later."""
        cursor: int | None = None
        failures = 0
        # The first poll, and the first after a trouble, answers at once: health shall not wait for something to happen.
        wait = 0.0
        while not ending.is_set():
            try:
                cursor = await self._page(cursor, wait)
            except Exception as error:  # noqa: BLE001  # the loop outlives whatever one page does to it
                failures += 1
                self._health.vitals.meter.add(RETRIES, WHERE)
                wait = 0.0
                self._health.trouble(WHERE, f"feed: {error if isinstance(error, LgspError) else type(error).__name__}")
                tell = log.warning if failures == 1 else log.debug
                tell("feed waits", member=self._adapter.name, error=type(error).__name__, failures=failures)
                await self._pause(self._settings.backoff.wait(failures))
            else:
                failures = 0
                wait = self._settings.feed_wait
                self._health.well(WHERE)

    async def _page(self, cursor: int | None, wait: float) -> int | None:
        """Send one page on; answers the cursor that acknowledges it, None where there is nothing to acknowledge."""
        page = read_page(await self._client.feed(cursor, limit=self._settings.feed_limit, wait=wait))
        passing = asyncio.create_task(self._pass_on(page))
        try:
            await asyncio.shield(passing)
        except asyncio.CancelledError:
            await self._finish(passing, page)
            raise
        # Never said twice: after a reset the agency counts from the start, and an old cursor would acknowledge the unread.
        return page.next if page.entries else None

    async def _finish(self, passing: asyncio.Task[None], page: Page) -> None:
        """The end has come: a page that is on its way may arrive and is acknowledged; after the drain it stays with the agency."""
        await asyncio.wait({passing}, timeout=self._settings.drains_within)
        if passing.done() and not passing.cancelled() and passing.exception() is None:
            with suppress(Exception):  # then the same entries come again, under the same ids
                await self._client.feed(page.next, limit=1, wait=0)
            return
        passing.cancel()
        log.warning("feed entries left with the agency, sent at the next start", member=self._adapter.name, entries=len(page.entries))

    async def _pass_on(self, page: Page) -> None:
        letters = []
        for entry in page.entries:
            said = self._said(entry)
            if isinstance(said, Message):
                letters.append((entry, said))
            elif said is not None:
                await self._tell(entry, said)
        await self._send(letters)

    async def _send(self, letters: list[tuple[FeedItem | BadEntry, Message]]) -> None:
        if not letters:
            return
        try:
            await self._outbox.send([message for _, message in letters], tracer=self._settings.operating.tracer)
        except Refused as error:
            if len(letters) == 1:
                await self._tell(letters[0][0], GiveUp(error.code, error.message, error.faults))
                return
            for each in letters:  # one of them does not fit; the others are sent again, as what they are
                await self._send([each])

    def _said(self, entry: FeedItem | BadEntry) -> Message | GiveUp | None:
        if isinstance(entry, BadEntry):
            return entry.why
        sender = self._adapter.sends.get(entry.kind)
        if sender is None:
            return GiveUp(Failure.UNTRANSLATABLE, f"no such kind of entry: {entry.kind[:100]!r}")
        try:
            said = sender(entry)
            return None if said is None else letter(entry, said, member=self._adapter.member, catalogue=self._catalogue)
        except Exception as error:  # noqa: BLE001  # whatever an entry does to its translation is about this one entry
            return untranslatable(error)

    async def _tell(self, entry: FeedItem | BadEntry, why: GiveUp) -> None:
        about = {"dossier": entry.subject, "correlation": entry.correlation, "kind": entry.kind} if isinstance(entry, FeedItem) else {}
        log.error("feed entry not sent", member=self._adapter.name, entry=entry.id, code=why.code, faults=len(why.faults), **about)
        self._health.vitals.meter.add(NOT_SENT, why.code)
        if entry.id is None:
            return
        try:
            await self._client.outcome(entry.id, code=why.code, message=why.message, faults=why.faults)
        except (Unknown, AgencyAnsweredNo) as error:
            log.error("the agency does not take the outcome of its entry", entry=entry.id, error=type(error).__name__)
