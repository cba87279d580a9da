"""What came later than it was said: whoever takes it was away, or it was under way while the citizen acted again."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from app.play.record.decisions import Decision
from app.play.record.heard import AT_ONCE, EXCHANGE, Heard
from app.play.record.payments import Crossing

__all__ = ["arrivals", "late"]

HELD = timedelta(hours=1)  # Assumed: how long something stayed under way after the act that crossed it
MEMBERS_TOLD = ("dvc", "ilis")  # who would not have let the citizen act, had it known


def late(said: Sequence[Heard], decisions: Iterable[Decision], crossings: Iterable[Crossing]) -> list[Heard]:
    """The messages of one dossier, each with the addressees that it reached late."""
    found: dict[str, dict[str, timedelta]] = defaultdict(dict)
    for crossing in crossings:
        if crossing.settled:
            for each in _following(crossing.receipt, said):
                held = {to: crossing.act.at - each.at + HELD for to in MEMBERS_TOLD if to in each.deliveries}
                found[each.id] |= held if each.at <= crossing.act.at else {}
    explained = {(each.first.source, each.first.causation) for each in decisions if each.first is not None}
    for cause, effect in _first_effects(said):
        if effect.at - cause.at > AT_ONCE and (effect.source, cause.id) not in explained:
            found[cause.id].setdefault(effect.source, effect.at - cause.at)
    return [replace(each, late=found[each.id]) if each.id in found else each for each in said]


def arrivals(said: Iterable[Heard]) -> list[Heard]:
    """The same, with what came late once more at the time when it came."""
    result: list[Heard] = []
    waiting: list[Heard] = []
    for each in said:
        came, waiting = [one for one in waiting if one.at <= each.at], [one for one in waiting if one.at > each.at]
        result += [*came, replace(each, deliveries={to: times for to, times in each.deliveries.items() if to not in each.late})]
        waiting = sorted([*waiting, *_arrivals(each)], key=lambda one: one.at)
    return [*result, *waiting]


def _arrivals(each: Heard) -> list[Heard]:
    return [
        replace(
            each,
            id=f"{each.id} at {to}",
            at=each.at + by,
            causation=each.id,
            deliveries={to: each.deliveries[to]},
            lost=frozenset(),
            late={},
            arrival=True,
        )
        for to, by in each.late.items()
    ]


def _first_effects(said: Sequence[Heard]) -> Iterable[tuple[Heard, Heard]]:
    """For each message and member that said something because of it: the message, and what that member said first."""
    by_id = {each.id: each for each in said}
    first: dict[tuple[str, str], Heard] = {}
    for each in said:
        cause = by_id.get(each.causation or "")
        if cause is None or each.source == EXCHANGE or each.past or each.refused or each.source not in cause.deliveries:
            continue
        if each.contract == "payment.failed" and each.payload.get("outcome") == "expired":
            continue
        first.setdefault((cause.id, each.source), each)
    return [(by_id[cause], effect) for (cause, _), effect in first.items()]


def _following(first: Heard, said: Sequence[Heard]) -> Iterable[Heard]:
    """The message, and all that follows from it."""
    known = {first.id}
    for each in said:
        if each.id in known or each.causation in known:
            known.add(each.id)
            yield each
