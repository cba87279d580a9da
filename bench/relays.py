"""Runs one relay, as a process of its own, over an outbox that is full already, and watches how much has come through."""

import asyncio
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from bench.broker import Broker, end, mib, spent
from bench.course import Course, Sample
from bench.load import RECEIVER, SENDER, fill
from bus import Admin, Reader, Space

RELAYS = ("raw", "faststream", "exchange")
WITHIN = 300.0  # seconds for one run, on a machine that others use too
EVERY = 0.02  # between two looks; a look costs the broker one request per topic


@dataclass(frozen=True)
class Run:
    """What was seen, and the broker's share of one core meanwhile."""

    course: Course
    broker_share: float


async def run(relay: str, broker: Broker, count: int) -> Run:
    """One relay over a fresh space with so many messages."""
    space = Space(f"bench-{uuid.uuid4().hex[:8]}")
    topics = space.plan([SENDER, RECEIVER])
    async with Admin(broker.kafka) as admin:
        await admin.ensure(topics)
        await fill(broker.kafka, space, count)
        child = await asyncio.create_subprocess_exec(sys.executable, "-m", f"bench.relay_{relay}", broker.bootstrap, space.name)
        try:
            # what the exchange delivered counts once the journal says so
            wanted = [space.inbox(RECEIVER), *([space.journal] if relay == "exchange" else [])]
            return await _watched(psutil.Process(child.pid), broker, wanted, count)
        finally:
            await end(child)
            await admin.delete([topic.name for topic in topics])


async def _watched(process: psutil.Process, broker: Broker, topics: Sequence[str], count: int) -> Run:
    began, broker_began = time.monotonic(), broker.spent()
    samples = [Sample(began, 0, mib(process), spent(process))]
    async with Reader(broker.kafka) as reader:
        while samples[-1].through < count:
            await asyncio.sleep(EVERY)
            there = min([await reader.count(topic) for topic in topics])
            now = time.monotonic()
            if there == 0:
                samples, broker_began = [], broker.spent()
            samples.append(Sample(now, there, mib(process), spent(process)))
            if now - began > WITHIN or process.status() == psutil.STATUS_ZOMBIE:
                raise RuntimeError(f"only {there} of {count} messages came through")
    return Run(Course(samples), (broker.spent() - broker_began) / (samples[-1].at - samples[0].at))
