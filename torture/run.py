"""Runs cases one after the other, each ground as long as all holds on it."""

import shutil
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from pathlib import Path

import orjson

from torture.case import LINKED, LYING, Case, Outcome
from torture.ground import Ground, broken_ground
from torture.plan import Plan

__all__ = ["run"]

MOST_ON_ONE = 60  # dossiers; then a new ground, since free parcels and patience end


async def run(
    cases: Iterable[Case], plan: Plan, told: Callable[[Outcome], None], *, until: float | None = None, keep: Path | None = None
) -> list[Outcome]:
    """The outcome of each; `until`: no case is begun after this moment (monotonic); `keep`: logs and databases of what broke go there."""
    outcomes: list[Outcome] = []
    async with _Grounds(plan) as grounds:
        for case in cases:
            if until is not None and outcomes and time.monotonic() + case.seconds > until:
                continue
            outcomes.append(await _one(case, grounds, keep))
            told(outcomes[-1])
    return outcomes


async def _one(case: Case, grounds: "_Grounds", keep: Path | None) -> Outcome:
    outcome = Outcome(case.name)
    began = time.monotonic()
    try:
        ground = await grounds.of(case)
        before = len(ground.accepted), ground.ended, len(ground.recoveries)
        try:
            await case.run(ground)
            if case.points:
                outcome.violations = [each for each in await ground.judged() if each.point in case.points]
        finally:
            outcome.dossiers, outcome.kills = len(ground.accepted) - before[0], ground.ended - before[1]
            outcome.recoveries = ground.recoveries[before[2] :]
    except Exception as error:  # noqa: BLE001  # whatever kept a case from its end is its result, and the others still run
        outcome.trouble = _told(error)
    outcome.seconds = time.monotonic() - began
    if not outcome.held and keep is not None:
        grounds.keep(keep / case.name.replace("/", "-"))
    if not outcome.held or case.fresh:
        await grounds.leave()
    return outcome


def _told(error: BaseException) -> str:
    """The first cause, in one line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({where.filename.rsplit('/', 1)[-1]}:{where.lineno})"


class _Grounds:
    """The ground that stands now; another kind, or one that is worn out, takes its place."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._stack = AsyncExitStack()
        self._kind: str | None = None
        self._ground: Ground | None = None

    async def __aenter__(self) -> "_Grounds":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.leave()

    async def of(self, case: Case) -> Ground:
        if self._ground is None or self._kind != case.ground or case.fresh or len(self._ground.accepted) >= MOST_ON_ONE:
            await self.leave()
            self._ground = await self._stack.enter_async_context(
                broken_ground(self._plan, linked=case.ground == LINKED, lying=case.ground == LYING)
            )
            self._kind = case.ground
        return self._ground

    def keep(self, folder: Path) -> None:
        """The state of the shaken town and its journal as it was seen, for whoever looks for the cause."""
        if self._ground is not None:
            shutil.copytree(self._ground.shaken.settings.state, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock"))
            seen = zip(self._ground.journal.times, self._ground.journal.entries, strict=True)
            (folder / "journal.ndjson").write_bytes(b"".join(orjson.dumps({"seen": at, **entry}) + b"\n" for at, entry in seen))

    async def leave(self) -> None:
        self._ground, self._kind = None, None
        await self._stack.aclose()
