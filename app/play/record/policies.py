"""The policies under which the built-in agencies decide as was recorded, and the decisions that only an officer can take again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from app.play.record.decisions import Decision
from app.play.record.heard import AT_ONCE
from vn.spans import WorkingDays

__all__ = ["BY_HAND", "by_hand", "policies"]

BY_HAND = "by-hand"
LONGEST = 60  # working days that a policy is looked for; what takes longer was somebody's doing
Policies = Mapping[str, Mapping[str, str]]


def policies(made: Iterable[Decision]) -> Policies:
    """By agency and decision: `2 working-days` or `by-hand`; what is decided at once stands in none, it is so anyway."""
    kinds: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for each in made:
        if each.policy is not None:
            kinds[each.at, each.policy].append(each)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for (at, policy), same in kinds.items():
        manner = _manner(same)
        if manner is not None:
            found[at][policy] = manner
    return {at: found[at] for at in ("dvc", "land", "tax", "payment") if at in found}


def by_hand(made: Iterable[Decision], chosen: Policies) -> list[list[Decision]]:
    """Those that somebody has to take, since no policy does or theirs waits for an officer, who reconciles all receipts at once."""
    found: list[list[Decision]] = []
    for each in made:
        if each.first is None or not (each.policy is None or chosen.get(each.at, {}).get(each.policy) == BY_HAND):
            continue
        together = next((same for same in found if _reconciled_together(same[0], each)), None)
        if together is None:
            found.append([each])
        else:
            together.append(each)
    return found


def _reconciled_together(one: Decision, other: Decision) -> bool:
    if one.policy != "reconcile" or other.policy != "reconcile" or one.first is None or other.first is None:
        return False
    return one.first.dossier == other.first.dossier and abs(other.first.at - one.first.at) <= AT_ONCE and other.asked <= one.first.at


def _manner(same: Sequence[Decision]) -> str | None:
    if not all(each.usual for each in same):
        return BY_HAND
    if all(_at_once(each) for each in same):
        return None
    first = next((each for each in same if each.first is not None), None)
    spans = range(1, LONGEST + 1) if first is not None else ()
    days = next((days for days in spans if all(_fits(each, WorkingDays(days).deadline(each.asked)) for each in same)), None)
    return BY_HAND if days is None else str(WorkingDays(days))


def _at_once(each: Decision) -> bool:
    return each.first is not None and each.first.at - each.asked <= AT_ONCE


def _fits(each: Decision, due: datetime) -> bool:
    """Whether it came when it was due, or had not come yet when it was no longer waited for."""
    if each.first is None:
        return each.until is None or each.until < due
    return abs(each.first.at - due) <= AT_ONCE
