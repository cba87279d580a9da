"""The parts that one scenario is played with: all in one process but the broker, each on its own socket, in topics of their own."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from app.joins import Patience, rules_of
from app.play.doors import Door
from app.play.relay import Relay
from app.province import Province
from app.settings import ADAPTERS, AGENCIES, Settings
from app.state import prepare
from bus import EXCHANGE, Admin, KafkaSettings, Space
from vn.clock import Clock

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
        relayed: bool = False,
        doors: Sequence[str] = (),
        elsewhere: Mapping[str, str] | None = None,
        left_out: Sequence[str] = (),
    ) -> None:
        self.settings = replace(settings, bootstrap=bootstrap, state=prepare(folder))
        self.kafka = KafkaSettings(bootstrap, security=settings.security)
        self.outer = Space(self.settings.space)
        self.inner = Space(f"{self.settings.space}{INNER}") if relayed else self.outer
        self.clock = Clock()
        members, _ = rules_of(self.settings)
        self.members = tuple(member.id for member in members if member.id != EXCHANGE)
        self.province = Province(self.settings, bootstrap, urls=elsewhere or {}, patience=Patience(), inner=self.inner.name)
        self.relay = Relay(self.kafka, self.outer, self.inner, self.members, self.clock.now) if relayed else None
        self.doors: dict[str, Door] = {}
        self._doors = tuple(doors)
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

    async def _start(self) -> None:
        enter, province = self._stack.enter_async_context, self.province
        self._stack.push_async_callback(self._forget_topics)
        self.http = await enter(httpx.AsyncClient(timeout=30))
        self._stack.push_async_callback(province.close)
        if "exchange" not in self._left_out:
            await province.start("exchange")
        if self.relay is not None:
            await enter(self.relay)
        for name in AGENCIES:
            if name not in self._elsewhere | self._left_out:
                await province.start(name)
        for name in self._doors:
            self.doors[name] = await enter(Door(name, province.urls[name], self.clock.now))
            province.fronts[name] = self.doors[name].url
        for name in ADAPTERS:
            if f"{name}-adapter" not in self._left_out:
                await province.start(f"{name}-adapter")

    @property
    def urls(self) -> Mapping[str, str]:
        """The address of each part."""
        return self.province.urls

    async def _forget_topics(self) -> None:
        """Somebody else's broker is left as it was."""
        async with Admin(self.kafka) as admin:
            prefixes = (f"{self.outer.name}.", f"{self.inner.name}.")
            await admin.delete([name for name in await admin.topics() if name.startswith(prefixes)])


