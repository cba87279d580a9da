"""Plays scripts of the library in this process, with our adapters or with a plain one that makes mistakes."""

import asyncio
import os
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from app.known import known_of
from app.play.broker import Broker
from app.play.fitness import Means
from app.play.quiet import WITHIN
from app.play.runs import cases_of
from app.play.setting import Setting
from app.settings import Settings
from scenarios.reading import Script, read_all
from scenarios.verdicts import Case, StepDone
from tests.naive.adapter import PlainAdapter
from vn.collector import calm

LIBRARY = Path(__file__).resolve().parents[2] / "scenarios"
ENVIRON = {name: value for name, value in os.environ.items() if not name.startswith("LGSP_")}  # noqa: TID251 - for the broker's process
STUCK, STUCK_AFTER = {"stops-at-poison", "leaves-when-expelled"}, 8.0  # who does nothing any more, and how many seconds it is waited for


class Silent:
    """Is told how it goes, and says nothing."""

    def step_begins(self, number: int, total: int, text: str, at: datetime) -> None:
        """Nothing."""

    def step_ended(self, step: StepDone) -> None:
        """Nothing."""

    def case_begins(self, name: str, title: str) -> None:
        """Nothing."""

    def case_ended(self, case: Case) -> None:
        """Nothing."""


@cache
def library(folder: Path = LIBRARY) -> tuple[Script, ...]:
    """Every case of the library; a test fails where one cannot be read."""
    scripts, wrong = read_all([folder], known_of(Settings()))
    assert not wrong, "\n".join(map(str, wrong))
    return tuple(scripts)


def named(name: str) -> Script:
    """One case."""
    return next(each for each in library() if each.id == name)


@asynccontextmanager
async def setting(bootstrap: str | None) -> AsyncIterator[Setting]:
    """What all cases of a test run share: the broker of that address, or an embedded one of their own."""
    prefix = f"lib-{os.getpid()}"
    if bootstrap is not None:
        yield Setting(Settings(bootstrap=bootstrap), ENVIRON, None, prefix=prefix)
        return
    async with Broker.of(ENVIRON) as broker:
        with calm():
            yield Setting(Settings(), ENVIRON, broker, prefix=prefix)


async def played(scripts: Sequence[Script], setting: Setting) -> list[Case]:
    """What became of them."""
    means = Means(own_broker=setting.broker is not None, somebody=False)
    return await cases_of(scripts, setting, means, teller=Silent(), stop=asyncio.Event())


def with_mistakes(setting: Setting, *mistakes: str) -> Setting:
    """The same with a plain adapter at the land office that makes these."""
    return replace(setting, makers={"ilis-adapter": _maker(mistakes)}, within=STUCK_AFTER if STUCK & {*mistakes} else WITHIN)


def _maker(mistakes: Collection[str]) -> Any:
    def make(settings: Settings, name: str, *, bootstrap: str, url: str, clock: Any, **_: Any) -> PlainAdapter:
        return PlainAdapter(bootstrap, settings.space, url, clock=clock, mistakes=mistakes)

    return make
