"""The processes of one exchange: which they are, where each is, how they start, end and begin anew."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from app.health import Health, health_at
from app.listeners import told_to_clients
from app.ports import assign, base_url
from app.security import OURS_IS_PLAIN, VARIABLES
from app.settings import AGENCIES, CONTROL, PARTS, Settings
from app.state import Running, keep_ports, kept_ports
from app.supervisor import Process, Supervisor, report
from app.together import Together
from bus.premises import accepts
from vn.errors import BadEnvironment, CannotConnect, Unusable

if TYPE_CHECKING:
    from bus import Admin

__all__ = ["House"]

SUPERVISOR = "supervisor"
READY_WITHIN = 40.0  # seconds for all parts to answer
_EVERY = 0.05


class House:
    """All parts but those left out, as processes of their own; `compact`: all but the broker in this one."""

    def __init__(self, settings: Settings, left_out: tuple[str, ...], environ: Mapping[str, str], *, compact: bool = False) -> None:
        own_broker = settings.bootstrap is None
        if own_broker and not settings.security.plain:
            raise Unusable(OURS_IS_PLAIN)
        self.parts = tuple(part for part in PARTS if part not in left_out and (own_broker or part != "broker"))
        self.left_out = left_out
        self._control = (CONTROL,) if own_broker and CONTROL in settings.ports else ()
        ports = {**settings.ports, **assign(settings, (*self.parts, *self._control, SUPERVISOR), kept_ports(settings.state))}
        keep_ports(settings.state, ports)
        urls = {name: base_url(settings.host, ports[name]) for name in AGENCIES if name in self.parts}
        self.bootstrap = settings.bootstrap or base_url(settings.host, ports["broker"]).removeprefix("http://")
        self.settings = replace(settings, ports=ports, urls={**urls, **settings.urls}, bootstrap=self.bootstrap, supervised=True)
        self._supervisor = Supervisor({**environ, **self.settings.environ()}, self._ended)
        self.compact = compact
        self._together = Together(self.settings, self._give_up) if compact else None
        self._unusable: Unusable | None = None  # what no new start of a part will mend

    def url(self, part: str) -> str:
        """The HTTP address of a part."""
        return base_url(self.settings.host, self.settings.ports[part])

    @property
    def urls(self) -> dict[str, str]:
        """The HTTP address of every part that has one, the broker's where it can be told to lie."""
        return {part: self.url(part) for part in self.http_parts} | ({"broker": self.url(CONTROL)} if self._control else {})

    @property
    def told_to_clients(self) -> dict[str, str]:
        """What clients of our own broker's listeners are told, by listener."""
        return told_to_clients(self.settings) if "broker" in self.parts else {}

    def address(self, agency: str) -> str:
        """Where an agency is, ours or one that runs elsewhere; raises Unusable where nobody said."""
        if agency not in self.settings.urls:
            raise Unusable(f"{agency} was left out, and LGSP_{agency.upper()}_URL does not say where it is")
        return self.settings.urls[agency]

    @property
    def http_parts(self) -> tuple[str, ...]:
        """All but the broker."""
        return tuple(part for part in self.parts if part != "broker")

    @property
    def movers(self) -> tuple[str, ...]:
        """What moves messages: the exchange and the adapters."""
        return tuple(part for part in self.parts if part == "exchange" or part.endswith("-adapter"))

    def where(self) -> Running:
        """The note for other commands."""
        ours = {part: self.url(part) for part in (*self.http_parts, *self._control)}
        urls = {**self.settings.urls, **ours, SUPERVISOR: self.url(SUPERVISOR)}
        return Running(self.bootstrap, self.settings.space, urls, self.left_out)

    def pids(self) -> dict[str, int]:
        """The running processes."""
        return {**self._supervisor.pids(), **(self._together.pids() if self._together else {})}

    async def start(self, *, fresh: bool = False) -> None:
        """What needs no broker at once with it, what moves messages after it; answers when each is healthy."""
        for part in self.parts:
            if part not in self.movers:
                self._start(part)
        await self._until_broker()
        if fresh and "broker" not in self.parts:
            await self._clear_topics()
        for part in self.movers:
            self._start(part)
        await self._until_healthy(self.http_parts)

    async def stop(self) -> None:
        """What moves messages first, then the agencies, the broker last."""
        within = self.settings.drain + 2  # they end by themselves before
        await self._stop(*self.movers, *AGENCIES, within=within)
        await self._supervisor.stop("broker", within=1.0)

    async def reset(self) -> None:
        """A new generation: topics made anew, agencies as at their founding; every part keeps its address."""
        self._unusable = None
        await self._stop(*self.movers, within=self.settings.drain + 2)
        await self._clear_topics()
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            for name in AGENCIES:
                if name in self.parts:
                    (await client.post(f"{self.url(name)}/_lgsp/reset")).raise_for_status()
        for part in self.movers:
            self._start(part)
        await self._until_healthy(self.movers)

    async def health(self) -> dict[str, Health]:
        """Of every part."""
        where = self.urls
        async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
            found = await asyncio.gather(*(health_at(client, url) for url in where.values()))
        return dict(zip(where, found, strict=True))

    async def _stop(self, *parts: str, within: float) -> None:
        await (self._together or self._supervisor).stop(*parts, within=within)

    async def broker_there(self) -> None:
        """Until our own broker answers, which begins with us; raises CannotConnect after a while."""
        if "broker" in self.parts:
            await self._until_broker()

    def _start(self, part: str) -> None:
        if self._together is not None and part != "broker":
            self._together.start(part)
            return
        without = dict.fromkeys(() if part in self.movers else VARIABLES, "")  # who has nothing to do with Kafka learns no secret of its
        self._supervisor.start(Process(part, _arguments(part), {"LGSP_LOG": "json", **without}, self._log_of(part)))

    def _log_of(self, part: str) -> Path:
        return self.settings.state / "logs" / f"{part}.log"

    def _ended(self, part: str, code: int) -> None:
        kind = next((kind for kind in (Unusable, BadEnvironment) if kind.exit_code == code), None)
        if kind is None:
            report(part, code)
            return
        *_, last = self._log_of(part).read_text(encoding="utf-8", errors="replace").splitlines() or [f"lgsp: {part} ended"]
        self._give_up(kind(last.removeprefix("lgsp: ")))

    def _give_up(self, error: Unusable) -> None:
        self._unusable = error

    def _raise_unusable(self) -> None:
        if self._unusable is not None:
            raise self._unusable

    async def _until_broker(self) -> None:
        host, _, port = self.bootstrap.split(",")[0].rpartition(":")
        deadline = asyncio.get_running_loop().time() + READY_WITHIN
        while not (port.isdecimal() and await accepts(host, int(port))):
            self._raise_unusable()
            if asyncio.get_running_loop().time() > deadline or "broker" not in self.parts:
                raise CannotConnect(f"no Kafka broker answers at {self.bootstrap}; is it running there?")
            await asyncio.sleep(_EVERY)
        if "broker" not in self.parts:
            async with self._admin():  # whether it takes us is told here, not in the log of a part
                pass

    async def _until_healthy(self, parts: Iterable[str]) -> None:
        deadline = asyncio.get_running_loop().time() + READY_WITHIN
        while sick := {part: why for part, each in (await self.health()).items() if part in set(parts) and (why := each.why_not)}:
            self._raise_unusable()
            if asyncio.get_running_loop().time() > deadline:
                see = "" if self.compact else f"; see {self._log_of(next(iter(sick)))}"
                told = "; ".join(f"{part} {why}" for part, why in sick.items())
                raise CannotConnect(f"not ready after {READY_WITHIN:g} s: {told}{see}")
            await asyncio.sleep(_EVERY)

    async def _clear_topics(self) -> None:
        async with self._admin() as admin:
            prefix = f"{self.settings.space}."
            await admin.delete([name for name in await admin.topics() if name.startswith(prefix)])

    def _admin(self) -> "Admin":
        from bus import Admin, KafkaSettings

        return Admin(KafkaSettings(bootstrap=self.bootstrap, security=self.settings.security))


def _arguments(part: str) -> tuple[str, ...]:
    if part in ("broker", "exchange"):
        return (part,)
    return ("adapter", part.removesuffix("-adapter")) if part.endswith("-adapter") else ("serve", part)
