"""The bare cost of what a message's way is made of: an HTTP POST, the read of a feed, a Kafka record written and fetched.

Nothing of ours takes part but the web server's settings: `bench.bare_server`, httpx's transport on a connection that stays open, aiokafka.
The server is a process of its own, as the agencies are in what this is compared with, and so is the broker.
"""

import asyncio
import ssl
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from statistics import median

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from app.child import child
from app.commands.options import environment
from bench.bare_server import RUNG
from bench.load import payload
from bus import Admin, KafkaSettings
from bus.topics import Topic

TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nobody uses it, but each transport would read the certificate store
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Cost:
    """Median seconds of each."""

    post: float
    feed: float
    record: float

    @property
    def sent(self) -> float:
        """One message into its outbox: the feed is read, the record is written and fetched."""
        return self.feed + self.record

    @property
    def delivered(self) -> float:
        """One message to one recipient: the record is written to the inbox and fetched, the agency is told."""
        return self.record + self.post


class Bare:
    """The three, measured on demand; `async with bare(kafka) as it`."""

    def __init__(self, url: str, *, topic: str, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer) -> None:
        self._url = url
        self._topic = topic
        self._producer = producer
        self._consumer = consumer
        self._body = payload()

    async def cost(self, times: int) -> Cost:
        """Each of the three so many times, one after the other."""
        async with httpx.AsyncHTTPTransport(verify=TLS) as line:
            post = await _median(times, lambda: self._post(line))
            feed = await _median(times, lambda: self._feed(line))
        return Cost(post, feed, await _median(times, self._record))

    async def _post(self, line: httpx.AsyncHTTPTransport) -> float:
        began = time.perf_counter()
        await _post(line, self._url, self._body)
        return time.perf_counter() - began

    async def _feed(self, line: httpx.AsyncHTTPTransport) -> float:
        """From the moment that something is written until the waiting reader has it."""
        response = await line.handle_async_request(httpx.Request("GET", f"{self._url}/feed"))
        await _read(response)
        return time.time() - float(response.headers[RUNG])

    async def _record(self) -> float:
        """From the call that writes until the consumer has it."""
        began = time.perf_counter()
        await self._producer.send(self._topic, self._body)
        await self._consumer.getone()
        return time.perf_counter() - began


async def posts(url: str, count: int, at_a_time: int) -> float:
    """POSTs per second to a bare server with so many in flight, each on a connection of its own."""
    left, body = iter(range(count)), payload()

    async def poster() -> None:
        async with httpx.AsyncHTTPTransport(verify=TLS) as line:
            for _ in left:
                await _post(line, url, body)

    began = time.monotonic()
    await asyncio.gather(*(poster() for _ in range(at_a_time)))
    return count / (time.monotonic() - began)


@asynccontextmanager
async def bare(kafka: KafkaSettings) -> AsyncIterator[Bare]:
    """Server, producer and consumer for the length of the block."""
    topic = f"bench-{uuid.uuid4().hex[:8]}"
    async with AsyncExitStack() as stack:
        admin = await stack.enter_async_context(Admin(kafka))
        await admin.ensure([Topic(topic, 1)])
        stack.push_async_callback(admin.delete, [topic])
        served = await stack.enter_async_context(child("bench.bare_server", environ=environment(), shown=True))
        url = (await served.ready())["bare"]
        producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, enable_idempotence=True, acks="all")
        consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
        await stack.enter_async_context(producer)
        await stack.enter_async_context(consumer)
        consumer.assign([TopicPartition(topic, 0)])
        yield Bare(url, topic=topic, producer=producer, consumer=consumer)


async def _post(line: httpx.AsyncHTTPTransport, url: str, body: bytes) -> None:
    await _read(await line.handle_async_request(httpx.Request("POST", f"{url}/post", headers=JSON, content=body)))


async def _median(times: int, measure: Callable[[], Awaitable[float]]) -> float:
    return median([await measure() for _ in range(times)])


async def _read(response: httpx.Response) -> None:
    await response.aread()
    await response.aclose()
