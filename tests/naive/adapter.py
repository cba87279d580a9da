"""A plain program in the place of the land office's adapter: right, but for the mistakes that a test names."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError

from adapters.ilis import ILIS
from adapters.runtime.answers import Answer, judge, problem
from adapters.runtime.declaration import FeedItem, Received
from adapters.runtime.entries import read_page
from adapters.runtime.letters import failure, letter
from adapters.runtime.policy import verdict
from bus import Admin, KafkaSettings, Message, Place, Space, decode
from bus.operating import by_topic
from contracts import Catalogue, ExchangeReceipt, Payload
from tests.naive.wrong import guessed, misread
from vn.clock import Clock
from vn.errors import LgspError, Refused, Retry, Unknown
from vn.vitals import Sample

AGAIN, KNOWN_WITHIN = 0.1, 50  # seconds before the next try; tries until a dossier that is not known is reported
RESENDS_AFTER = 0.4


class PlainAdapter(ConsumerRebalanceListener):
    """One loop over the inbox, one over the agency's feed; `mistakes` are names of `tests.naive.mistakes`."""

    def __init__(self, bootstrap: str, space: str, url: str, *, clock: Clock, mistakes: Collection[str]) -> None:
        self._bootstrap, self._space, self._url = bootstrap, Space(space), url
        self._clock = clock
        self._mistakes = frozenset(mistakes)
        self._catalogue = Catalogue.load()
        self._settled: dict[Place, int] = {}
        self._left = 0
        self._notices: dict[str, set[str]] = {}  # by dossier
        self._slips: dict[str, int] = {}  # the latest revision, by dossier

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; then it drops what it has in its hands."""
        async with Admin(KafkaSettings(self._bootstrap)) as admin:
            await admin.wait_for([self._space.inbox(ILIS.member), self._space.outbox(ILIS.member)], within=20)
        async with httpx.AsyncClient(
            base_url=self._url, timeout=0.5 if "impatient" in self._mistakes else 20, trust_env=False
        ) as self._http:
            self._producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap,
                enable_idempotence="new-id-for-a-resend" not in self._mistakes,
                retry_backoff_ms=1000 if "new-id-for-a-resend" in self._mistakes else 100,
            )
            async with self._producer:
                loops = [asyncio.create_task(self._inbox()), asyncio.create_task(self._feed())]
                stopping = asyncio.create_task(stop.wait())
                await asyncio.wait({stopping, loops[1]}, return_when=asyncio.FIRST_COMPLETED)
                for each in (*loops, stopping):
                    each.cancel()
                await asyncio.gather(*loops, stopping, return_exceptions=True)

    def health(self) -> Mapping[str, Any]:
        """It does not look."""
        return {"status": "ok"}

    def info(self) -> Mapping[str, Any]:
        """How far it has come in its inbox."""
        return {"member": ILIS.member, "positions": by_topic(self._settled), "inFlight": self._left}

    def figures(self) -> Iterator[Sample]:
        """None."""
        yield from ()

    # the inbox

    async def _inbox(self) -> None:
        inbox, from_the_end = self._space.inbox(ILIS.member), "reads-from-the-end" in self._mistakes
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            group_id=self._space.group(ILIS.member) + (f"-{uuid4()}" if from_the_end else ""),
            enable_auto_commit=False,
            auto_offset_reset="latest" if from_the_end else "earliest",
            heartbeat_interval_ms=300,
            max_poll_records=100,
        )
        self._consumer.subscribe([inbox], listener=self)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._consumer.stop)  # also where it is told to stop while it starts
            await self._consumer.start()
            while True:
                taken = await self._consumer.getmany(timeout_ms=200)
                records = sorted((each for batch in taken.values() for each in batch), key=lambda each: (each.timestamp, each.offset))
                if "newest-first" in self._mistakes:
                    records.reverse()
                for self._left, record in zip(range(len(records), 0, -1), records, strict=True):
                    if not await self._dealt_with(record):
                        break  # expelled meanwhile: this one and the rest come again
                self._left = 0

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """What is not committed comes again."""

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Go on from the last commit."""
        if "leaves-when-expelled" in self._mistakes and self._settled:
            asyncio.get_running_loop().call_soon(self._consumer.unsubscribe)
            return
        for each in assigned:
            self._settled[Place(each.topic, each.partition)] = await self._consumer.position(each)

    async def _dealt_with(self, record: ConsumerRecord) -> bool:
        place = Place(record.topic, record.partition)
        if "commits-first" in self._mistakes:
            await self._commit(record)
        await self._to_the_end(record)
        if "commits-first" not in self._mistakes and not await self._commit(record):
            return False
        self._settled[place] = max(self._settled.get(place, 0), record.offset + 1)
        return True

    async def _commit(self, record: ConsumerRecord) -> bool:
        try:
            await self._consumer.commit({TopicPartition(record.topic, record.partition): record.offset + 1})
        except CommitFailedError:
            return False
        return True

    async def _to_the_end(self, record: ConsumerRecord) -> None:
        for tries in range(1, 10**6):
            try:
                await self._apply(record)
            except (Retry, Unknown) as error:
                if "no-retry" in self._mistakes:
                    return None
                if isinstance(error, Unknown) and tries > KNOWN_WITHIN:
                    return await self._report(record, error)
                await asyncio.sleep(AGAIN)
            except (LgspError, ValueError) as error:
                return await self._report(record, error)
            else:
                return None
        return None

    async def _apply(self, record: ConsumerRecord) -> None:
        try:
            message, payload = self._read(record)
        except (Refused, ValueError):
            if "stops-at-poison" in self._mistakes:
                self._consumer.unsubscribe()
                await asyncio.Event().wait()  # it is there, and does nothing any more
            if "swallows-poison" in self._mistakes:
                return
            raise
        if isinstance(payload, ExchangeReceipt):
            return
        for each in misread(payload, self._mistakes, self._notices, self._slips):
            handler = ILIS.handler(each)
            if handler is not None:
                await handler(Received(each, message), _Once(self, message))

    def _read(self, record: ConsumerRecord) -> tuple[Message, Payload]:
        message = decode(record.key, record.value, record.headers)
        if "guesses-dates" in self._mistakes:
            message = replace(message, payload=guessed(message.payload))
        return message, self._catalogue.decode(message.type, message.payload)

    async def call(self, method: str, path: str, *, headers: Mapping[str, str], content: bytes | None = None) -> Answer:
        """The agency's yes; raises as the runtime's client does."""
        said = {name: value for name, value in headers.items() if name != "Idempotency-Key" or "no-key" not in self._mistakes}
        if "impatient" in self._mistakes:
            said["Idempotency-Key"] = str(uuid4())
        try:
            answer = await self._http.request(method, path, headers=said, content=content)
        except httpx.HTTPError as error:
            raise Retry(type(error).__name__) from error
        status = 200 if answer.status_code < 500 and "takes-4xx-for-success" in self._mistakes else answer.status_code
        return judge(Answer(status, {name.lower(): value for name, value in answer.headers.items()}, answer.content), problem)

    async def _report(self, record: ConsumerRecord, error: Exception) -> None:
        await self._send(failure(record, verdict(error), member=ILIS.member, catalogue=self._catalogue, now=self._clock.now()))

    # the feed

    async def _feed(self) -> None:
        cursor = ""
        while True:
            try:
                answer = await self._http.get(f"/_feed?{cursor}limit=100&wait=4", timeout=20)
                page = read_page(answer.raise_for_status().json())
            except (httpx.HTTPError, ValueError, LgspError):
                await asyncio.sleep(AGAIN)
                continue
            for each in page.entries:
                if isinstance(each, FeedItem) and (said := ILIS.sends[each.kind](each)) is not None:
                    self._slips[each.subject] = getattr(said, "revision", self._slips.get(each.subject, 0))
                    await self._send(letter(each, said, member=ILIS.member, catalogue=self._catalogue))
            cursor = f"after={page.next}&" if page.entries else ""

    async def _send(self, message: Message) -> None:
        fresh = "new-id-for-a-resend" in self._mistakes
        while True:
            sent = self._producer.send_and_wait(
                self._space.outbox(ILIS.member), message.payload, key=message.key, headers=list(message.to_headers())
            )
            try:
                await asyncio.wait_for(sent, RESENDS_AFTER if fresh else None)
                return
            except TimeoutError:
                message = replace(message, id=str(uuid4()))


class _Once:
    """The agency on behalf of one message, in the handlers' words."""

    def __init__(self, adapter: PlainAdapter, message: Message) -> None:
        self._adapter = adapter
        self._headers = {"Idempotency-Key": f"{message.source} {message.id}", "Content-Type": "application/json"}
        self._headers |= {"X-Correlation-Id": message.correlation_id} if message.correlation_id else {}

    async def post(self, path: str, body: object = None) -> Answer:
        """Tell the agency."""
        return await self._adapter.call("POST", path, headers=self._headers, content=orjson.dumps(body))
