"""The parts that one scenario is played with: all in one process but the broker, each on its own socket, in topics of their own."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from app.joins import catalogue_of, rules_of
from app.play.doors import Doors
from app.play.relay import Relay
from app.province import Province
from app.settings import ADAPTERS, AGENCIES, Settings
from app.state import prepare
from bus import EXCHANGE, Admin, KafkaSettings, Space

__all__ = ["Ground"]

INNER = "-x"


class Ground:
    """`async with` it; `relayed` puts a relay between members and exchange, `doors` something before these agencies.

    `elsewhere`: the addresses of agencies that are not ours; `left_out`: parts that are not started.
    """

    def __init__(
        self,
        settings: Settings,
        bootstrap: str,
        folder: Path,
        *,
        now: Callable[[], datetime],
        relayed: bool = False,
        doors: Sequence[str] = (),
        elsewhere: Mapping[str, str] | None = None,
        left_out: Collection[str] = (),
    ) -> None:
        settings = replace(settings, bootstrap=bootstrap, state=prepare(folder))
        self.kafka = KafkaSettings(bootstrap, security=settings.security)
        self.outer = Space(settings.space)
        self.inner = Space(f"{settings.space}{INNER}") if relayed else self.outer
        self.register, _ = rules_of(settings)
        self.catalogue = catalogue_of(settings)
        self.members = tuple(member.id for member in self.register if member.id != EXCHANGE)
        self.province = Province(settings, bootstrap, urls=elsewhere or {}, inner=self.inner.name)
        self.relay = Relay(self.kafka, self.outer, self.inner, self.members, now=now) if relayed else None
        self.doors = Doors(settings, now=now) if doors else None
        self._before = tuple(doors)
        self._elsewhere = frozenset(elsewhere or ())
        self._left_out = frozenset(left_out)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.aclose()

    @property
    def urls(self) -> Mapping[str, str]:
        """The address of each part."""
        return self.province.urls

    async def _start(self) -> None:
        enter, province = self._stack.enter_async_context, self.province
        self._stack.push_async_callback(self._forget_topics)
        self.http = await enter(httpx.AsyncClient(timeout=30, trust_env=False))
        self._stack.push_async_callback(province.close)
        if "exchange" not in self._left_out:
            await province.start("exchange")
        if self.relay is not None:
            await enter(self.relay)
        await self._together(name for name in AGENCIES if name not in self._elsewhere | self._left_out)
        if self.doors is not None:
            await enter(self.doors)
            for name in self._before:
                province.fronts[name] = await self.doors.open(name, province.urls[name])
        adapters = [part for name in ADAPTERS if (part := f"{name}-adapter") not in self._left_out]
        self._stack.push_async_callback(lambda: asyncio.gather(*map(province.stop, adapters)))  # before the doors that they call through
        await self._together(adapters)

    async def _together(self, parts: Iterable[str]) -> None:
        """Start them at one time; where one does not start, nobody is left half on the way."""
        for error in await asyncio.gather(*map(self.province.start, parts), return_exceptions=True):
            if error is not None:
                raise error

    async def _forget_topics(self) -> None:
        """Somebody else's broker is left as it was."""
        async with Admin(self.kafka) as admin:
            prefixes = (f"{self.outer.name}.", f"{self.inner.name}.")
            await admin.delete([name for name in await admin.topics() if name.startswith(prefixes)])
