"""Tiny scripts as text, read and played for real: many over one broker, each in topics of its own."""

import asyncio
import itertools
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from app.known import known_of
from app.play.broker import Broker
from app.play.clock import Speed
from app.play.player import play
from app.play.setting import Setting
from app.settings import Settings
from scenarios.reading import Script, read
from scenarios.verdicts import Case, Failure, StepDone, Verdict

SETTINGS = Settings()
BY_HAND = "{land: {decides: by-hand}}"
_numbers = itertools.count(1)


def text_of(steps: str, *, given: str = "", start: str = "2026-03-02T09:00", more: str = "") -> str:
    """A whole script with these steps (a YAML list)."""
    name = f"script-{next(_numbers)}"
    head = f"scenario: {name}\ntitle: {{vi: Thử, en: Test}}\nseed: 7\nstart: {start}\n"
    indented = "\n".join(f"  {line}" for line in steps.strip("\n").splitlines())
    return f"{head}{more}\n{f'given: {given}' if given else ''}\nsteps:\n{indented}\n"


@dataclass
class Silent:
    """Is told and says nothing; what it was told is kept."""

    ended: list[StepDone] = field(default_factory=list)

    def step_begins(self, number: int, total: int, text: str, at: datetime) -> None:
        """Nothing."""

    def step_ended(self, step: StepDone) -> None:
        """Kept."""
        self.ended.append(step)


@dataclass
class Theatre:
    """Plays scripts on one broker: an own one (`broker`) that lies on demand, or any other."""

    folder: Path
    bootstrap: str | None = None
    broker: Broker | None = None

    def read(self, text: str) -> list[Script]:
        """The scripts in this text."""
        path = self.folder / f"{next(_numbers)}.yaml"
        path.write_text(text, encoding="utf-8")
        return read(path, known_of(SETTINGS))

    async def all(
        self,
        text: str,
        *,
        speed: str = "max",
        stop: asyncio.Event | None = None,
        ask: Callable[[str], Awaitable[None]] | None = None,
    ) -> list[Case]:
        """Every case of a script."""
        setting = Setting(
            Settings(bootstrap=self.bootstrap),
            dict(os.environ),  # noqa: TID251 - for the brokers that a script needs for itself
            self.broker,
            speed=Speed.read(speed),
            prefix=f"t-{os.getpid()}",
            **({"ask": ask} if ask else {}),
        )
        return [await play(script, setting, Silent(), stop or asyncio.Event()) for script in self.read(text)]

    async def play(self, steps: str, *, given: str = "", start: str = "2026-03-02T09:00", more: str = "", **how: object) -> Case:
        """The one case of these steps."""
        (case,) = await self.all(text_of(steps, given=given, start=start, more=more), **how)  # type: ignore[arg-type]
        return case


def failure(case: Case) -> Failure:
    """Why it failed."""
    assert case.verdict is Verdict.FAILED, (case.verdict, case.reason)
    found = case.steps[-1].failure
    assert found is not None
    return found


def passed(case: Case) -> Case:
    """It has passed; where not, why."""
    assert case.verdict is Verdict.PASSED, (case.reason, case.steps[-1:] and case.steps[-1].failure)
    return case
