"""Messages per second of the exchange, a raw relay and a FastStream relay, in alternating runs on one broker; prints the ratios."""

import argparse
import asyncio
import contextlib
import signal
import statistics
import sys
import time
import uuid
from collections.abc import AsyncIterator
from typing import NamedTuple

import psutil

from bench.load import RECEIVER, SENDER, fill
from bus import Admin, KafkaSettings, Reader, Space


class Result(NamedTuple):
    """Messages per second, MiB of the relay at the end, microseconds of its processor time per message."""

    rate: float
    memory: float
    processor: float


RELAYS = {
    "raw": ["-m", "bench.relay_raw"],
    "raw-built": ["-m", "bench.relay_raw"],
    "faststream": ["-m", "bench.relay_faststream"],
    "exchange": ["-m", "bench.relay_exchange"],
}
WITHIN = 120.0


@contextlib.asynccontextmanager
async def broker(bootstrap: str | None) -> AsyncIterator[str]:
    """The broker that is given, or an embedded one that lives as long as this block."""
    if bootstrap:
        yield bootstrap
        return
    command = [sys.executable, "-m", "bus.embedded", "--listen", "127.0.0.1:0", "--memory"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield (await process.stdout.readline()).decode().split()[-1]
    finally:
        process.terminate()
        await process.wait()


async def measure(relay: str, kafka: KafkaSettings, count: int, profile: str | None) -> Result:
    """One relay over a fresh space whose outbox is full already."""
    space = Space(f"bench-{uuid.uuid4().hex[:8]}")
    plan = space.plan([SENDER, RECEIVER])
    async with Admin(kafka) as admin:
        await admin.ensure(plan)
    await fill(kafka, space, count)
    extra = (["--built"] if relay == "raw-built" else []) + ([f"--profile={profile}"] if profile and relay == "exchange" else [])
    process = await asyncio.create_subprocess_exec(sys.executable, *RELAYS[relay], kafka.bootstrap, space.name, *extra)
    try:
        wanted = [space.inbox(RECEIVER)] + ([space.journal] if relay == "exchange" else [])
        async with Reader(kafka) as reader:
            result = await timed(reader, wanted, count, psutil.Process(process.pid))
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()
    async with Admin(kafka) as admin:
        await admin.delete([topic.name for topic in plan])
    return result


async def timed(reader: Reader, topics: list[str], count: int, process: psutil.Process) -> Result:
    """From the first sight of records to the last one in every topic."""
    deadline, began, first, spent = time.monotonic() + WITHIN, 0.0, 0, 0.0
    while True:
        there = min([await reader.count(topic) for topic in topics])
        now = time.monotonic()
        if there and not began:
            began, first, spent = now, there, sum(process.cpu_times()[:2])
        if there >= count:
            relayed = count - first
            processor = (sum(process.cpu_times()[:2]) - spent) * 1e6 / relayed
            return Result(relayed / (now - began), process.memory_info().rss / 2**20, processor)
        if now > deadline or not process.is_running():
            raise SystemExit(f"only {there} of {count} messages came through")
        await asyncio.sleep(0.02)


async def main() -> None:
    """Runs and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bootstrap", help="a running broker; without it an embedded one is started")
    parser.add_argument("--count", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--relays", default="raw,faststream,exchange")
    parser.add_argument("--profile", help="file for the exchange's profile")
    given = parser.parse_args()
    relays = given.relays.split(",")
    rates: dict[str, list[float]] = {relay: [] for relay in relays}
    async with broker(given.bootstrap) as bootstrap:
        for _ in range(given.rounds):
            for relay in relays:
                result = await measure(relay, KafkaSettings(bootstrap), given.count, given.profile)
                rates[relay].append(result.rate)
                told = f"{result.memory:>5.0f} MiB {result.processor:>5.0f} us of processor each"
                print(f"{relay:<12} {result.rate:>9,.0f} messages/s {told}", flush=True)
    middle = {relay: statistics.median(found) for relay, found in rates.items()}
    for other in relays:
        if other != "exchange" and "exchange" in middle:
            print(f"exchange / {other}: {middle['exchange'] / middle[other]:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
