"""Which of the messages seen answer to an expectation, and what keeps the others from it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.play.watch import Delivery, Seen
from scenarios.expectations import Expect, Message
from scenarios.matching import differences

__all__ = ["Met", "at_the_end", "fits", "met", "unlike"]


def unlike(wanted: Message, seen: Seen, dossier: str | None) -> list[str]:
    """Everything in which this message is not the wanted one; empty where it is."""
    named = {
        "contract": (wanted.contract, seen.contract),
        "from": (wanted.from_, seen.source),
        "to": (wanted.to, seen.recipient),
        "about": (dossier, seen.subject),
    }
    said = [f"{name}: expected {want}, found {found or 'nobody'}" for name, (want, found) in named.items() if want not in (None, found)]
    said += differences(wanted.where, seen.payload)
    return said + [f"header {each}" for each in differences(_as_pointers(wanted.headers), seen.headers)]


def fits(wanted: Message, seen: Seen, dossier: str | None) -> bool:
    """Whether this message is the wanted one."""
    if wanted.contract not in (None, seen.contract) or dossier not in (None, seen.subject):  # most of them, quickly
        return False
    return not unlike(wanted, seen, dossier)


@dataclass(frozen=True)
class Met:
    """What of the messages answers to an expectation, and whether that is as many as expected, for each addressee.

    `counted`: how many there are by addressee; `seens` and `deliveries` are those that answer, no more than were expected.
    """

    holds: bool
    counted: Mapping[str, int]
    seens: Sequence[Seen]
    deliveries: Sequence[Delivery]


def met(act: Expect, seens: Iterable[Seen], *, by: datetime | None) -> Met:
    """Among those messages that fit and answer to nothing else yet; only what came `by` then counts."""
    groups: dict[str, list[tuple[Seen, Delivery | None]]] = defaultdict(list)
    for seen in seens:
        for unit in _units(act, seen, by):
            groups[seen.recipient or ""].append((seen, unit))
    counted = {who: len(units) for who, units in groups.items()}
    most = None if act.count.how == "at most" else act.count.number
    chosen = [each for units in groups.values() for each in units[:most]]
    return Met(
        holds=all(act.count.holds(number) for number in (counted or {"": 0}).values()),
        counted=counted,
        seens=[seen for seen, _ in chosen],
        deliveries=[unit for _, unit in chosen if unit is not None],
    )


def at_the_end(act: Expect) -> bool:
    """Whether only the end of the term can tell: more may come until then."""
    return act.count.how == "at most" or act.count.number == 0


def _units(act: Expect, seen: Seen, by: datetime | None) -> list[Delivery | None]:
    """What of a message counts, at the stage that the expectation is about."""
    if act.at == "accepted":
        judged = seen.entry is not None and not seen.code and seen.judged_at is not None
        return [None] if judged and not seen.answers and _in_time(seen.judged_at, by) else []
    there = [each for each in seen.deliveries if not each.answers and _in_time(each.at, by) and (act.at == "delivered" or each.taken)]
    if act.count.of == "deliveries":
        return list(there)
    return list(there[:1]) if there and not any(each.answers for each in seen.deliveries) else []


def _in_time(at: datetime | None, by: datetime | None) -> bool:
    return by is None or at is None or at <= by


def _as_pointers(headers: Mapping[str, Any]) -> Mapping[str, Any]:
    return {f"/{name}": condition for name, condition in headers.items()}
