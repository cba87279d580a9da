"""A province whose exchange works behind a relay, and whose adapters may find a door before their agency."""

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from app.play.doors import Doors
from app.play.relay import Relay
from app.province import Province
from bus import KafkaSettings, Members, Space
from tests.e2e.town import QUICK, Town

__all__ = ["Staged"]


class Staged(Town):
    """`async with Staged(...)`: a town with a relay, and a door before each agency of `before`; its journal is the inner exchange's."""

    def __init__(self, bootstrap: str, space: str, folder: Path, *, before: tuple[str, ...] = ()) -> None:
        super().__init__(bootstrap, space, folder)
        outer = self.settings
        self.province = Province(outer, bootstrap, patience=QUICK, inner=f"{space}-x")
        self.settings = replace(outer, space=f"{space}-x")
        self.relay = Relay(KafkaSettings(bootstrap), Space(space), Space(f"{space}-x"), Members.read().ids, now=self.now)
        self.doors = Doors(outer, now=self.now)
        self.outer, self.others = Space(space), (self.relay, self.doors)
        self._before = before
        self._outside = AsyncExitStack()

    def now(self) -> datetime:
        """The town's time."""
        return self.at

    async def __aenter__(self) -> Self:
        try:
            await self._outside.enter_async_context(self.relay)
            await self._outside.enter_async_context(self.doors)
            for agency in self._before:
                await self.province.start(agency)
                self.province.fronts[agency] = await self.doors.open(agency, self.province.urls[agency])
            return await super().__aenter__()
        except BaseException:
            await self._outside.aclose()
            raise

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await super().__aexit__(kind, error, trace)
        await self._outside.aclose()

    async def jump(self, at: datetime) -> None:
        """Time goes on, and whoever waited for it is told; a runner's clock does this."""
        await self.turn(at)
        await self.relay.turn(self.at)
