"""Plays one script from its first step to its verdict."""

import asyncio
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from app.play.quiet import NotQuiet
from app.play.scene import Scene, StepFailed
from app.play.setting import Setting, set_up
from app.play.steps import STEPS
from app.play.steps.meeting import breach, broken
from app.play.steps.repeating import repeat
from app.play.telling import told
from app.play.why import shown
from scenarios.reading import Placed, Script
from scenarios.verdicts import Case, Failure, StepDone, Verdict
from vn.errors import AgencyAnsweredNo, AgencyAnsweredYes, LgspError

__all__ = ["Progress", "blank", "play"]

DEFAULT_LIMIT = 600.0  # seconds of real time
WRONG = 500  # characters of what went wrong


class Progress(Protocol):
    """Who is told how it goes."""

    def step_begins(self, number: int, total: int, text: str, at: datetime) -> None: ...
    def step_ended(self, step: StepDone) -> None: ...


async def play(script: Script, setting: Setting, progress: Progress, stop: asyncio.Event) -> Case:
    """The case with its verdict; whatever goes wrong is in it."""
    began = time.monotonic()
    limit = script.scenario.limits.real
    case = blank(script)
    try:
        async with asyncio.timeout(limit.by.total_seconds() if limit else DEFAULT_LIMIT), AsyncExitStack() as stack:
            scene = await stack.enter_async_context(set_up(script, setting))
            case = await _played(scene, case, progress, stop)
    except TimeoutError:
        case = replace(case, verdict=Verdict.ERROR, reason="the scenario did not end within its limit in real time (limits.real)")
    except LgspError as error:
        case = replace(case, verdict=Verdict.ERROR, reason=str(error)[:WRONG])
    return replace(case, seconds=time.monotonic() - began)


async def _played(scene: Scene, case: Case, progress: Progress, stop: asyncio.Event) -> Case:
    steps: list[StepDone] = []
    verdict, reason = Verdict.PASSED, ""
    total = len(scene.script.steps)
    for number, placed in enumerate(scene.script.steps, start=1):
        text = told(placed.step)
        progress.step_begins(number, total, text, scene.now)
        done = await _unless(stop, _step(scene, number, placed, text))
        if done is None:
            verdict, reason = Verdict.INTERRUPTED, f"interrupted in step {number}"
            break
        steps.append(done)
        progress.step_ended(done)
        if done.verdict is not Verdict.PASSED:
            verdict, reason = done.verdict, done.failure.reason if done.failure else ""
            break
    if verdict is Verdict.PASSED and (last := await _at_the_end(scene)) is not None:
        steps.append(last)
        progress.step_ended(last)
        verdict, reason = last.verdict, last.failure.reason if last.failure else ""
    if not scene.saboteurs.cut_off:
        await scene.watch.busy()
        await scene.watch.look_who_took()
    return replace(
        case,
        verdict=verdict,
        reason=reason,
        ended=scene.now,
        steps=tuple(steps),
        messages=tuple(shown(seen) for seen in scene.watch),
        faults=await scene.saboteurs.report(),
        deadlines=tuple(scene.deadlines),
        figures=scene.figures,
    )


async def _unless(stop: asyncio.Event, step: Awaitable[StepDone]) -> StepDone | None:
    """What the step found; None where the run is stopped before it ends."""
    working, stopping = asyncio.ensure_future(step), asyncio.ensure_future(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        return working.result()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    return None


async def _step(scene: Scene, number: int, placed: Placed, text: str) -> StepDone:
    began, at = time.monotonic(), scene.now
    done = StepDone(number, placed.step.word, text, placed.place, Verdict.PASSED, began=at)
    failure, verdict = None, Verdict.PASSED
    scene.number = number
    try:
        await _done(scene, placed)
        await scene.look()
        if (watched := broken(scene)) is not None:
            failure = breach(scene, watched)
    except StepFailed as error:
        failure = error.failure
    except (AgencyAnsweredNo, AgencyAnsweredYes) as error:
        failure = Failure(str(error))
    except NotQuiet as error:
        failure, verdict = _not_quiet(scene, error)
    except LgspError as error:
        failure, verdict = Failure(str(error)[:WRONG]), Verdict.ERROR
    if failure is not None and verdict is Verdict.PASSED:
        verdict = Verdict.FAILED
    scene.began = scene.now
    return replace(done, verdict=verdict, ended=scene.now, seconds=time.monotonic() - began, failure=failure)


def _not_quiet(scene: Scene, error: NotQuiet) -> tuple[Failure, Verdict]:
    """Who is under test and does not come to rest has failed; where it is one of ours, the run has."""
    under_test = any(error.busy.startswith(name) or f"; {name}" in error.busy for name in scene.outside)
    failure = Failure(str(error)[:WRONG], turn="member under test" if under_test else "simulator")
    return failure, Verdict.FAILED if under_test else Verdict.ERROR


async def _done(scene: Scene, placed: Placed) -> None:
    if placed.step.repeat is not None:
        await repeat(scene, placed.step.repeat, placed.inner, STEPS)
    else:
        await STEPS[placed.step.word](scene, scene.resolve(placed.step.act))


async def _at_the_end(scene: Scene) -> StepDone | None:
    """What must hold of the whole: nothing came that never must, and every fault has fired."""
    number = len(scene.script.steps) + 1
    try:
        await scene.rest()
    except NotQuiet as error:
        failure, verdict = _not_quiet(scene, error)
        return StepDone(number, "rest", "all has come to rest", "", verdict, scene.now, scene.now, 0.0, failure)
    if (watched := broken(scene)) is not None:
        failure = breach(scene, watched)
        return StepDone(number, "never", "nothing that must never come", "", Verdict.FAILED, scene.now, scene.now, 0.0, failure)
    if idle := await scene.saboteurs.idle():
        failure = Failure(f"armed and never fired: {', '.join(idle)}")
        return StepDone(number, "fired", "every fault has fired", "", Verdict.FAILED, scene.now, scene.now, 0.0, failure)
    return None


def blank(script: Script) -> Case:
    """A case of which nothing is known yet."""
    scenario = script.scenario
    return Case(
        name=scenario.scenario,
        row=script.row,
        path=script.path,
        title_vi=scenario.title.vi,
        title_en=scenario.title.en,
        about=scenario.about,
        verdict=Verdict.ERROR,
        seed=scenario.seed,
        began=scenario.start,
    )
