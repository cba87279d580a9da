"""A province whose exchange works behind a relay, and whose adapters may find a door before their agency."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from app import parts
from app.play.doors import Doors
from app.play.relay import Relay
from app.province import Province
from app.settings import ADAPTERS, SERVICE_OF
from bus import KafkaSettings, Members, Space
from tests.e2e.town import QUICK, Town

__all__ = ["Staged"]


class _Behind(Province):
    """The exchange is in the inner space; adapters speak to the doors that there are."""

    doors: Mapping[str, str]

    def _block(self, part: str) -> AbstractAsyncContextManager[str]:
        if part == "exchange":
            return parts.exchange(replace(self.settings, space=f"{self.settings.space}-x"), self.bootstrap)
        name = part.removesuffix("-adapter")
        if part.endswith("-adapter") and name in ADAPTERS and SERVICE_OF[name] in self.doors:
            url = self.doors[SERVICE_OF[name]]
            return parts.adapter(self.settings, name, bootstrap=self.bootstrap, url=url, patience=QUICK)
        return super()._block(part)


class Staged(Town):
    """`async with Staged(...)`: a town with a relay, and a door before each agency of `before`; its journal is the inner exchange's."""

    def __init__(self, bootstrap: str, space: str, folder: Path, *, before: tuple[str, ...] = ()) -> None:
        super().__init__(bootstrap, space, folder)
        outer = self.settings
        self.province = _Behind(outer, bootstrap, patience=QUICK)
        self.settings = replace(outer, space=f"{space}-x")
        self.relay = Relay(KafkaSettings(bootstrap), Space(space), Space(f"{space}-x"), Members.read().ids, now=self.now)
        self.doors = Doors(outer, now=self.now)
        self._before = before
        self._outside = AsyncExitStack()

    def now(self) -> datetime:
        """The town's time."""
        return self.at

    async def __aenter__(self) -> Self:
        try:
            await self._outside.enter_async_context(self.relay)
            await self._outside.enter_async_context(self.doors)
            self.province.doors = {}
            for agency in self._before:
                await self.province.start(agency)
                self.province.doors = {**self.province.doors, agency: await self.doors.open(agency, self.province.urls[agency])}
            return await super().__aenter__()
        except BaseException:
            await self._outside.aclose()
            raise

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await super().__aexit__(kind, error, trace)
        await self._outside.aclose()

    async def at_rest(self) -> None:
        """The relay too: what it has carried gives the others work, so it has to be at rest before they are and after."""
        while True:
            await super().at_rest()
            if await self.relay.busy() is None and await self.doors.busy() is None:
                await super().at_rest()
                if await self.relay.busy() is None:
                    return

    async def jump(self, at: datetime) -> None:
        """Time goes on, and whoever waited for it is told; a runner's clock does this."""
        await self.turn(at)
        await self.relay.turn(self.at)
