"""All cases, by kind, and which of them a run takes."""

from collections.abc import Sequence

from torture import cuts, disks, everypath, kills, lies, rolling, scale, storm, zombies
from torture.case import Case
from torture.plan import Plan

__all__ = ["CASES", "chosen", "expected", "sampled"]

START = 5.0  # seconds for a ground to stand

CASES: tuple[Case, ...] = (
    *kills.CASES,
    *rolling.CASES,
    *zombies.CASES,
    *scale.CASES,
    *disks.CASES,
    *cuts.CASES,
    *lies.CASES,
    *storm.CASES,
    *everypath.CASES,
)


def chosen(plan: Plan, only: Sequence[str]) -> list[Case]:
    """Those that can be tried on the plan's broker and whose name begins with one of `only`, all without."""
    return [case for case in CASES if plan.broker in case.brokers and (not only or case.name.startswith(tuple(only)))]


def sampled(plan: Plan, cases: Sequence[Case], seconds: float) -> list[Case]:
    """One of each kind, the cheapest kinds first, as far as `seconds` go; then more, as the seed draws them.

    Within a kind the seed draws among the cheapest.
    """
    drawn = sorted(cases, key=lambda case: plan.draw(10**9, "sample", case.name))
    kinds: dict[str, Case] = {}
    for case in drawn:
        if case.kind not in kinds or (case.seconds < kinds[case.kind].seconds):
            kinds[case.kind] = case
    first = sorted(kinds.values(), key=lambda case: case.seconds)
    taken: list[Case] = []
    for case in (*first, *(each for each in drawn if each not in first)):
        if expected([*taken, case]) <= seconds:
            taken.append(case)
    return taken


def expected(cases: Sequence[Case]) -> float:
    """Seconds, about: of the cases and of the grounds that they stand on."""
    shared = {case.ground for case in cases if not case.fresh}
    return sum(case.seconds for case in cases) + START * (len(shared) + sum(case.fresh for case in cases))
