"""The processes of a benchmark: the broker that is given or an embedded one, and what else is needed."""

import contextlib
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.child import child
from app.commands.options import environment
from bench.plan import Plan
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
        return sum(spent(each) for each in self._processes())

    def mib(self) -> float:
        """Resident memory; 0 where it is somebody else's."""
        return sum(mib(each) for each in self._processes())

    def _processes(self) -> list[psutil.Process]:
        """Java is a child of the process that was started."""
        return [self.process, *self.process.children(recursive=True)] if self.process else []


@contextlib.asynccontextmanager
async def running(plan: Plan, *, state: Path | None = None) -> AsyncIterator[Broker]:
    """A broker for the length of the block; the embedded one keeps its log in memory, unless in `state`."""
    if plan.bootstrap:
        yield Broker(plan.bootstrap)
        return
    began, listen = time.monotonic(), ("--listen", "127.0.0.1:0")
    with tempfile.TemporaryDirectory(prefix="lgsp-bench-", ignore_cleanup_errors=True) as folder:
        if plan.apache:
            command = ("app", "broker", "--apache", *listen, "--state", str(state or folder))
        else:
            command = ("bus.embedded", *listen, *(("--state", str(state)) if state else ("--memory",)))
        async with child(*command, environ=environment(), shown=True) as process:
            address = (await process.ready(within=None))["broker"]  # jars may have to be fetched before
            yield Broker(address, psutil.Process(process.pid), time.monotonic() - began)


def spent(process: psutil.Process) -> float:
    """Seconds of processor time, user and system."""
    times = process.cpu_times()
    return float(times.user + times.system)


def mib(process: psutil.Process) -> float:
    """Resident memory."""
    return float(process.memory_info().rss) / 2**20
