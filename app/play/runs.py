"""Many scripts one after the other, or in several processes at a time: all cases, and the run that they make."""

import asyncio
import platform
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from typing import Protocol

from app.play.fitness import Means, why_not
from app.play.player import Progress, blank, play
from app.play.setting import Setting
from scenarios.reading import Script
from scenarios.verdicts import Case, Run, Verdict
from vn.clock import VN

__all__ = ["Teller", "cases_of", "run_of"]


class Teller(Progress, Protocol):
    """Who is told about every case, too."""

    def case_begins(self, name: str, title: str) -> None: ...
    def case_ended(self, case: Case) -> None: ...


async def cases_of(scripts: Sequence[Script], setting: Setting, means: Means, *, teller: Teller, stop: asyncio.Event) -> list[Case]:
    """In the order of the scripts; those that cannot be run here say why, those after an interruption that they were not begun."""
    found = []
    for script in scripts:
        teller.case_begins(script.id, script.scenario.title.vi)
        reason = "the run was interrupted before it began" if stop.is_set() else why_not(script, means)
        if reason:
            case = replace(blank(script), verdict=Verdict.NOT_RUN, reason=reason)
        else:
            case = await play(script, setting, teller, stop)
        found.append(case)
        teller.case_ended(case)
    return found


def run_of(cases: Sequence[Case], *, started: datetime, began: float, broker: str) -> Run:
    """The whole, as reports have it; `began` on the monotonic clock."""
    return Run(
        cases=tuple(cases),
        started=started.astimezone(VN),
        seconds=time.monotonic() - began,
        version=version("lgsp-sim"),
        broker=broker,
        host=platform.node(),
    )
