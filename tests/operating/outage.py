"""A broker of a test's own that goes away in one of three ways and comes back: killed, stopped, behind a cut network."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from app.play.link import Link
from tests.broker.process import BrokerProcess

__all__ = ["WAYS", "Outage", "outage"]

WAYS = ("killed", "stopped", "cut")


class Outage:
    """`address` is that of the proxy in front of the broker; `begin` and `end` in the way it was made for."""

    def __init__(self, way: str, broker: BrokerProcess, wire: Link) -> None:
        self._way = way
        self._broker = broker
        self._wire = wire
        self.address = f"127.0.0.1:{wire.port}"

    async def begin(self) -> None:
        """The broker is away."""
        if self._way == "killed":
            await self._broker.kill()
        elif self._way == "stopped":
            psutil.Process(self._broker.pid).send_signal(signal.SIGSTOP)
        else:
            self._wire.cut()

    async def end(self) -> None:
        """It is back."""
        if self._way == "killed":
            await self._broker.start()
        elif self._way == "stopped":
            psutil.Process(self._broker.pid).send_signal(signal.SIGCONT)
        else:
            self._wire.mend()


@asynccontextmanager
async def outage(way: str, folder: Path) -> AsyncIterator[Outage]:
    """A broker with its log in `folder`, not away yet."""
    async with Link() as wire:
        broker = BrokerProcess(folder, "--advertise", f"127.0.0.1:{wire.port}")
        await broker.start()
        wire.to = broker.address
        made = Outage(way, broker, wire)
        try:
            yield made
        finally:
            wire.mend()
            psutil.Process(broker.pid).send_signal(signal.SIGCONT)
            await asyncio.wait_for(broker.stop(), 20)
