"""A town whose parts are processes under a supervisor, as `lgsp up` runs them, over a broker that keeps its log in files.

That is always the embedded one, which is a part like the others and is killed like them.
"""

from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Self

import httpx
import psutil

from app.commands.options import environment
from app.house import House
from app.settings import Settings
from app.state import prepare
from bus.premises import accepts
from tests.e2e.town import MONDAY, Town
from tests.postgres import databases
from tests.support import eventually

__all__ = ["HouseTown"]


class HouseTown(Town):
    """All verbs of a town; and its parts can be killed."""

    def __init__(self, folder: Path, *, at: datetime = MONDAY, seed: int = 2024, log_level: str = "info") -> None:
        ours = {name: value for name, value in environment().items() if not name.startswith("LGSP_")}
        self.house = House(Settings(state=prepare(folder), seed=seed, log_level=log_level, databases=databases()), (), ours)
        self.settings = self.house.settings
        self.at = at
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.http = await self._stack.enter_async_context(httpx.AsyncClient(timeout=20))
        self._stack.push_async_callback(self.house.stop)
        await self.house.start()
        await self.turn(self.at)
        return self

    @property
    def running(self) -> tuple[str, ...]:
        """All parts with an address of their own."""
        return self.house.http_parts

    def url(self, part: str) -> str:
        """The address of a part."""
        return self.house.url(part)

    async def kill(self, part: str) -> None:
        """SIGKILL; the supervisor starts it again by itself. Returns once it is well again."""
        old = self.house.pids()[part]
        psutil.Process(old).kill()

        async def back() -> bool:
            assert self.house.pids().get(part, old) != old, f"{part} was not started again"
            if part == "broker":
                return await self._broker_answers()
            assert (await self.health(part))["status"] == "ok", f"{part} is not well after it was killed"
            return True

        await eventually(back, within=30)

    async def _broker_answers(self) -> bool:
        host, _, port = self.house.bootstrap.rpartition(":")
        return await accepts(host, int(port))
