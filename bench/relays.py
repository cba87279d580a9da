"""Runs one relay, as a process of its own, over an outbox that is full already, and watches how much has come through."""

import asyncio
import contextlib
import sys
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import psutil

from app.child import end
from bench.broker import Broker, mib, spent
from bench.course import Course, Sample
from bench.load import RECEIVER, SENDER, fill
from bus import Admin, Reader, Space

RELAYS = ("raw", "faststream", "exchange")
WITHIN = 300.0  # seconds for one run of up to 100,000 messages, on a machine that others use too
EVERY = 0.02  # between two looks; a look costs the broker one request per topic


@dataclass(frozen=True)
class Run:
    """What was seen, and the broker's share of one core meanwhile."""

    course: Course
    broker_share: float


async def run(relay: str, broker: Broker, count: int, *, copies: int = 1, within: float = WITHIN) -> Run:
    """One relay over a fresh space with so many messages; several copies of it share the work as one consumer group."""
    space = Space(f"bench-{uuid.uuid4().hex[:8]}")
    topics = space.plan([SENDER, RECEIVER])
    async with Admin(broker.kafka) as admin:
        await admin.ensure(topics)
        await fill(broker.kafka, space, count)
        try:
            # what the exchange delivered counts once the journal says so
            wanted = [space.inbox(RECEIVER), *([space.journal] if relay == "exchange" else [])]
            async with contextlib.AsyncExitStack() as stack:
                at_work = [await stack.enter_async_context(relaying(relay, broker, space)) for _ in range(copies)]
                return await _watched(at_work, broker, wanted, count, within=within)
        finally:
            await admin.delete([topic.name for topic in topics])


@contextlib.asynccontextmanager
async def relaying(relay: str, broker: Broker, space: Space) -> AsyncIterator[psutil.Process]:
    """One relay at work for the length of the block."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", f"bench.relay_{relay}", broker.bootstrap, space.name)
    try:
        yield psutil.Process(process.pid)
    finally:
        await end(process)


def _seen(processes: Sequence[psutil.Process], at: float, through: int) -> Sample:
    return Sample(at, through, sum(mib(each) for each in processes), sum(spent(each) for each in processes))


async def _watched(processes: Sequence[psutil.Process], broker: Broker, topics: Sequence[str], count: int, *, within: float) -> Run:
    began, broker_began = time.monotonic(), broker.spent()
    samples = [_seen(processes, began, 0)]
    async with Reader(broker.kafka) as reader:
        while samples[-1].through < count:
            await asyncio.sleep(EVERY)
            there = min([await reader.count(topic) for topic in topics])
            now = time.monotonic()
            if there == 0:
                samples, broker_began = [], broker.spent()
            samples.append(_seen(processes, now, there))
            if now - began > within or any(each.status() == psutil.STATUS_ZOMBIE for each in processes):
                raise RuntimeError(f"only {there} of {count} messages came through")
    return Run(Course(samples), (broker.spent() - broker_began) / (samples[-1].at - samples[0].at))
