"""The broker of a benchmark: the one that is given, or an embedded one in a process of its own."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import psutil

from bus import KafkaSettings


@dataclass(frozen=True)
class Broker:
    """Where it is; its process, if it is ours; how long it took from the start of the process until it answered."""

    bootstrap: str
    process: psutil.Process | None = None
    ready: float = 0.0

    @property
    def kafka(self) -> KafkaSettings:
        """For clients."""
        return KafkaSettings(self.bootstrap)

    def spent(self) -> float:
        """Seconds of processor time until now; 0 where it is somebody else's."""
        return spent(self.process) if self.process else 0.0


@contextlib.asynccontextmanager
async def running(bootstrap: str | None = None) -> AsyncIterator[Broker]:
    """A broker for the length of the block."""
    if bootstrap:
        yield Broker(bootstrap)
        return
    began = time.monotonic()
    command = [sys.executable, "-m", "bus.embedded", "--listen", "127.0.0.1:0", "--memory"]
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        line = (await child.stdout.readline()).decode() if child.stdout else ""
        if not line.startswith("broker ready on "):
            raise RuntimeError("the embedded broker did not start")
        yield Broker(line.split()[-1], psutil.Process(child.pid), time.monotonic() - began)
    finally:
        await end(child)


async def end(child: asyncio.subprocess.Process, *, within: float = 5.0) -> None:
    """Tell a child to end, and make sure."""
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    try:
        await asyncio.wait_for(child.wait(), within)
    except TimeoutError:
        child.kill()
        await child.wait()


def spent(process: psutil.Process) -> float:
    """Seconds of processor time, user and system."""
    times = process.cpu_times()
    return float(times.user + times.system)


def mib(process: psutil.Process) -> float:
    """Resident memory."""
    return float(process.memory_info().rss) / 2**20
