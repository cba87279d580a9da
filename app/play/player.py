"""Plays one script from its first step to its verdict."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from app.play.bounds import Bounds, Over
from app.play.commands import Ended
from app.play.found import found_in
from app.play.quiet import NotQuiet
from app.play.scene import Scene, StepFailed, StepNotRun
from app.play.setting import Setting, set_up
from app.play.steps import STEPS
from app.play.steps.meeting import breach, broken
from app.play.steps.repeating import repeat
from app.play.telling import told
from scenarios.reading import Placed, Script
from scenarios.verdicts import Case, Failure, StepDone, Verdict
from vn.errors import AgencyAnsweredNo, AgencyAnsweredYes, LgspError

__all__ = ["Progress", "blank", "play"]

DEFAULT_LIMIT = 600.0  # seconds of real time
GOES_ON = (Verdict.PASSED, Verdict.NOT_RUN)  # after a step that cannot be run here the case goes on, and says so
WRONG = 500  # characters of what went wrong


class Progress(Protocol):
    """Who is told how it goes."""

    def step_begins(self, number: int, total: int, text: str, at: datetime) -> None: ...
    def step_ended(self, step: StepDone) -> None: ...


async def play(script: Script, setting: Setting, progress: Progress, stop: asyncio.Event) -> Case:
    """The case with its verdict; whatever goes wrong is in it."""
    began = time.monotonic()
    limit = script.scenario.limits.real
    bounds = Bounds(stop, limit.by.total_seconds() if limit else DEFAULT_LIMIT)
    case = blank(script)
    try:
        async with AsyncExitStack() as stack:
            async with bounds.hold("while it was set up"):
                scene = await stack.enter_async_context(set_up(script, setting))
            case = await _played(scene, case, progress, bounds)
    except Over as error:
        case = replace(case, verdict=error.verdict, reason=str(error))
    except (LgspError, OSError) as error:  # before the first step, or when all was ended: what failed before that says more
        if not case.steps or case.verdict in GOES_ON:
            case = replace(case, verdict=Verdict.ERROR, reason=_words(error))
    return replace(case, seconds=time.monotonic() - began)


async def _played(scene: Scene, case: Case, progress: Progress, bounds: Bounds) -> Case:
    steps: list[StepDone] = []

    def ended(step: StepDone) -> bool:
        steps.append(step)
        progress.step_ended(step)
        return step.verdict in GOES_ON

    total = len(scene.script.steps)
    for number, placed in enumerate(scene.script.steps, start=1):
        text = told(placed.step)
        progress.step_begins(number, total, text, scene.now)
        if not ended(await _step(scene, placed, StepDone(number, placed.step.word, text, placed.place, Verdict.PASSED), bounds)):
            break
    else:
        for last in await _at_the_end(scene, bounds):
            ended(last)
    failed = next((step for step in steps if step.verdict not in GOES_ON), None)
    left_out = [f"step {step.number} was not run: {_why(step)}" for step in steps if step.verdict is Verdict.NOT_RUN]
    return await found_in(
        scene,
        replace(
            case,
            verdict=failed.verdict if failed else Verdict.PASSED,
            reason="; ".join([*([_why(failed)] if failed else []), *left_out]),
            ended=scene.now,
            steps=tuple(steps),
        ),
    )


def _words(error: BaseException) -> str:
    """What went wrong; some errors of the system have no words of their own."""
    return str(error)[:WRONG] or type(error).__name__


def _why(step: StepDone) -> str:
    return step.failure.reason if step.failure else ""


async def _step(scene: Scene, placed: Placed, step: StepDone, bounds: Bounds) -> StepDone:
    async def body() -> Failure | None:
        await _done(scene, placed)
        await scene.look()
        return None if (watched := broken(scene)) is None else await breach(watched)

    done = await _tried(scene, step, body, bounds)
    scene.began = scene.now
    return done


async def _tried(scene: Scene, step: StepDone, body: Callable[[], Awaitable[Failure | None]], bounds: Bounds) -> StepDone:
    """The step as it went, whatever went wrong."""
    began, at = time.monotonic(), scene.now
    verdict = Verdict.FAILED
    try:
        async with bounds.hold(f"in step {step.number}"):
            failure = await body()
    except StepFailed as error:
        failure = error.failure
    except StepNotRun as error:
        failure, verdict = Failure(str(error)), Verdict.NOT_RUN
    except (NotQuiet, Ended) as error:
        failure, verdict = _unsettled(scene, error)
    except (AgencyAnsweredNo, AgencyAnsweredYes) as error:
        failure = Failure(str(error))
    except Over as error:
        failure, verdict = Failure(str(error)), error.verdict
    except (LgspError, OSError) as error:
        failure, verdict = Failure(_words(error)), Verdict.ERROR
    verdict = verdict if failure else Verdict.PASSED
    return replace(step, verdict=verdict, began=at, ended=scene.now, seconds=time.monotonic() - began, failure=failure)


def _unsettled(scene: Scene, error: NotQuiet | Ended) -> tuple[Failure, Verdict]:
    """Whoever is outside and does not come to rest fails; whoever is ours is an error."""
    if isinstance(error, Ended) or scene.systems.blamed(error.busy) or any(f"{name}-adapter " in error.busy for name in scene.outside):
        return Failure(str(error), turn="member under test"), Verdict.FAILED
    return Failure(str(error)[:WRONG]), Verdict.ERROR


async def _done(scene: Scene, placed: Placed) -> None:
    scene.place = placed.place
    if placed.step.repeat is not None:
        await repeat(scene, placed.step.repeat, placed.inner, _done)
    else:
        await STEPS[placed.step.word](scene, scene.resolve(placed.step.act))


async def _at_the_end(scene: Scene, bounds: Bounds) -> list[StepDone]:
    """What must hold of the whole: nothing came that never must, and every fault has fired. Only what does not hold is a step."""

    async def kept() -> Failure | None:
        await scene.rest()
        return None if (watched := broken(scene)) is None else await breach(watched)

    async def fired() -> Failure | None:
        idle = await scene.saboteurs.idle()
        return Failure(f"armed and never fired: {', '.join(idle)}") if idle else None

    number, place = len(scene.script.steps) + 1, scene.script.steps[-1].place
    tried = []
    for word, text, body in (("never", "nothing that must not come", kept), ("fired", "every fault has fired", fired)):
        tried.append(await _tried(scene, StepDone(number, word, text, place, Verdict.PASSED), body, bounds))
    if (watched := broken(scene)) is not None:
        tried[0] = replace(tried[0], place=watched.place)
    return [step for step in tried if step.verdict is not Verdict.PASSED]


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
