"""`lgsp up`: everything as supervised processes, a table of addresses, and what an integrator's own part must do."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from app.invitation import invitation
from app.ports import assign, base_url
from app.settings import ADAPTERS, AGENCIES, PARTS, Settings
from app.state import Running, forget, prepare, running
from app.supervisor import Process, Supervisor
from app.supervisor_api import control
from app.web import listen, serving
from vn.errors import BadEnvironment, CannotConnect, Unusable

__all__ = ["run"]

READY_WITHIN = 30.0  # seconds for all parts to answer


async def run(
    settings: Settings, *, fresh: bool, without: tuple[str, ...], policy: Path | None, stop: asyncio.Event, environ: Mapping[str, str]
) -> int | None:
    """Start all parts in order, tell where they are, run until `stop`, end all of them."""
    left_out = _left_out(without)
    await _nobody_else(settings.state)
    folder = prepare(settings.state, fresh=fresh)
    house = _House(replace(settings, state=folder.absolute(), policy=policy or settings.policy), left_out, environ)
    bound = listen(settings.host, settings.port("supervisor"), "supervisor")
    try:
        async with serving(control(house), bound) as address:
            await house.start(fresh=fresh)
            house.where(address).write(folder)
            _tell(house, address)
            await stop.wait()
    finally:
        forget(folder)
        await house.stop()
    return 0


class _House:
    """The processes of one exchange, and where each of them is."""

    def __init__(self, settings: Settings, left_out: tuple[str, ...], environ: Mapping[str, str]) -> None:
        self.parts = tuple(part for part in PARTS if part not in left_out and not (part == "broker" and settings.bootstrap))
        self.left_out = left_out
        ports = {**settings.ports, **assign(settings, (*self.parts,))}
        urls = {name: base_url(settings.host, ports[name]) for name in AGENCIES if name in self.parts} | dict(settings.urls)
        bootstrap = settings.bootstrap or base_url(settings.host, ports["broker"]).removeprefix("http://")
        self.settings = replace(settings, ports=ports, urls=urls, bootstrap=bootstrap, supervised=True)
        self._own_broker = settings.bootstrap is None
        self._supervisor = Supervisor({**environ, **self.settings.environ()})

    def url(self, part: str) -> str:
        """The HTTP address of a part."""
        return base_url(self.settings.host, self.settings.ports[part])

    @property
    def http_parts(self) -> tuple[str, ...]:
        """All but the broker."""
        return tuple(part for part in self.parts if part != "broker")

    def where(self, supervisor: str) -> Running:
        """The note for other commands."""
        urls = {part: self.url(part) for part in self.http_parts} | {"supervisor": supervisor}
        assert self.settings.bootstrap is not None
        return Running(self.settings.bootstrap, self.settings.space, urls, self.left_out)

    async def start(self, *, fresh: bool) -> None:
        """The broker first, then all others at once; answers when each is healthy."""
        if "broker" in self.parts:
            self._start("broker")
            await self._until_broker()
        if fresh and not self._own_broker:
            await self.clear_topics()
        for part in self.http_parts:
            self._start(part)
        await self.until_healthy()

    async def stop(self) -> None:
        """Adapters and exchange, then agencies, the broker last."""
        movers = [part for part in self.parts if part.endswith("-adapter") or part == "exchange"]
        await self._supervisor.stop(*movers)
        await self._supervisor.stop(*AGENCIES)
        await self._supervisor.stop("broker")
