"""The same steps so many times, one run every so often, and what must hold of all of them together."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.play.rounds import Rounds, Timekeeper
from app.play.scene import Scene, StepFailed
from scenarios.reading import Placed
from scenarios.scalars import Count
from scenarios.scenario import Aggregates, Repeat
from scenarios.verdicts import Failure
from vn.errors import LgspError
from vn.spans import Elapsed

__all__ = ["repeat"]

Took = tuple[datetime, datetime]  # began and ended


Do = Callable[[Scene, Placed], Awaitable[None]]


async def repeat(scene: Scene, act: Repeat, inner: tuple[Placed, ...], do: Do) -> None:
    """Every run has names of its own; `{run}` is its number. `do` does one step."""
    times = act.times or 1
    took: dict[int, Took] = {}
    starts = [_start(scene.now, act, number) for number in range(times)]

    def body(number: int) -> Any:
        async def played(clock: Timekeeper) -> None:
            await clock.advance(starts[number])
            own = scene.run(number + 1, clock, starts[number])
            for placed in inner:
                await do(own, placed)
                own.began = own.now
            took[number] = starts[number], clock.now

        return played

    ended = await Rounds(scene.clock).run([body(number) for number in range(times)])
    await scene.clock.quiet()
    wrong = [(number, error) for number, error in enumerate(ended) if error is not None]
    for _, error in wrong:
        if not isinstance(error, LgspError):
            raise error
    scene.figures["repeat"] = {
        "times": times,
        "finished": len(took),
        "seconds": sorted((end - start).total_seconds() for start, end in took.values()),
    }
    faults = _broken(act.then or Aggregates(finished=str(times)), list(took.values()), times)
    if faults:
        number, first = wrong[0] if wrong else (0, None)
        nearest = first.failure if isinstance(first, StepFailed) else Failure(str(first or ""))
        raise StepFailed(replace(nearest, reason="; ".join(faults) + (f"; run {number + 1}: {nearest.reason}" if first else "")))


def _start(now: datetime, act: Repeat, number: int) -> datetime:
    start = now
    if isinstance(act.every, Elapsed):
        return now + number * act.every.by
    for _ in range(number if act.every else 0):
        start = act.every.after(start) if act.every else start
    return start


def _broken(then: Aggregates, took: Sequence[Took], times: int) -> list[str]:
    said = []
    finished = Count.read(then.finished) if then.finished else Count(times, "exactly")
    if not finished.holds(len(took)):
        said.append(f"expected {finished.how} {finished.number} of {times} runs to finish, found {len(took)}")
    if then.p95 is not None:
        within = sum(end <= then.p95.after(start) for start, end in took)
        if within < 0.95 * len(took):
            said.append(f"p95: only {within} of {len(took)} runs took no longer than {then.p95}")
    if then.stuck_longer_than is not None:
        late = sum(end > then.stuck_longer_than.after(start) for start, end in took)
        if late:
            said.append(f"{late} of {len(took)} runs took longer than {then.stuck_longer_than}")
    return said
