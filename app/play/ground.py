"""The parts that one scenario is played with: all in one process but the broker, each on its own socket, in topics of their own."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import httpx

from app.joins import catalogue_of, rules_of
from app.play.doors import Doors
from app.play.outsiders import NOBODY, Outsiders
from app.play.relay import Relay
from app.province import Province
from app.settings import ADAPTERS, AGENCIES, Settings
from app.state import prepare
from bus import EXCHANGE, Admin, KafkaSettings, Space

__all__ = ["Ground"]

INNER = "-x"
RELAY, DOOR = "relay", "door:"
GONE_WITHIN = 15.0  # seconds
LOOK_EVERY = 0.05


class Ground:
    """`async with it.running()`; of what a script `needs`, a relay between members and exchange and doors before agencies are put up.

    `anew`: the space may have been used before; what is left of that goes first.
    """

    def __init__(
        self,
        settings: Settings,
        bootstrap: str,
        folder: Path,
        *,
        now: Callable[[], datetime],
        needs: Collection[str] = (),
        outsiders: Outsiders = NOBODY,
        anew: bool = False,
    ) -> None:
        settings = replace(settings, bootstrap=bootstrap, state=prepare(folder))
        self.kafka = KafkaSettings(bootstrap, security=settings.security)
        self.outer = Space(settings.space)
        self.inner = Space(f"{settings.space}{INNER}") if RELAY in needs else self.outer
        self.register, _ = rules_of(settings)
        self.catalogue = catalogue_of(settings)
        self.members = tuple(member.id for member in self.register if member.id != EXCHANGE)
        self.province = Province(settings, bootstrap, urls=outsiders.urls, inner=self.inner.name)
        self.relay = Relay(self.kafka, self.outer, self.inner, self.members, now=now) if RELAY in needs else None
        keyed = [agency for agency in outsiders.kept.values() if outsiders.agency(agency).headers]  # our adapter knows of no keys
        self._before = tuple(dict.fromkeys((*sorted(each.removeprefix(DOOR) for each in needs if each.startswith(DOOR)), *keyed)))
        self.doors = Doors(settings, now=now) if self._before else None
        self._outsiders = outsiders
        self._anew = anew

    @property
    def urls(self) -> Mapping[str, str]:
        """The address of each part."""
        return self.province.urls

    def address(self, agency: str) -> str | None:
        """Where whoever stands for this agency on the bus calls it."""
        return self.province.fronts.get(agency) or self.urls.get(agency)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """All of it, for the length of the block."""
        async with AsyncExitStack() as stack:
            enter, province, left_out = stack.enter_async_context, self.province, self._outsiders.left_out
            if self._anew:
                await self._forget_topics()
            stack.push_async_callback(self._forget_topics)
            self.http = await enter(httpx.AsyncClient(timeout=30, trust_env=False))
            stack.push_async_callback(province.close)
            await province.start("exchange")
            if self.relay is not None:
                await enter(self.relay)
            await self._together(name for name in AGENCIES if name not in left_out)
            if self.doors is not None:
                await enter(self.doors)
                for name in self._before:
                    province.fronts[name] = await self.doors.open(name, province.urls[name], self._outsiders.headers(name))
            adapters = [part for name in ADAPTERS if (part := f"{name}-adapter") not in left_out]
            stack.push_async_callback(lambda: asyncio.gather(*map(province.stop, adapters)))  # before the doors that they call through
            await self._together(adapters)
            yield

    async def _together(self, parts: Iterable[str]) -> None:
        """Start them at one time; where one does not start, nobody is left half on the way."""
        for error in await asyncio.gather(*map(self.province.start, parts), return_exceptions=True):
            if error is not None:
                raise error

    async def _forget_topics(self) -> None:
        """Somebody else's broker is left as it was."""
        async with Admin(self.kafka) as admin:
            prefixes = (f"{self.outer.name}.", f"{self.inner.name}.")
            deadline = time.monotonic() + GONE_WITHIN
            while there := [name for name in await admin.topics() if name.startswith(prefixes)]:
                await admin.delete(there)
                if not self._anew or time.monotonic() > deadline:
                    return
                await asyncio.sleep(LOOK_EVERY)  # Apache Kafka answers before they are gone
