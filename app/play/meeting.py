"""Which of the messages seen answer to an expectation, and what keeps the others from it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.play.watch import Delivery, Seen
from scenarios.expectations import Expect, Message
from scenarios.matching import differences

__all__ = ["fits", "met", "unlike"]

Resolve = Callable[[Any], Any]


def unlike(wanted: Message, seen: Seen, dossier: str | None, resolve: Resolve) -> list[str]:
    """Everything in which this message is not the wanted one; empty where it is."""
    named = {
        "contract": (wanted.contract, seen.contract),
        "from": (wanted.from_, seen.source),
        "to": (wanted.to, seen.recipient),
        "about": (dossier, seen.subject),
    }
    said = [f"{name}: expected {want}, found {found or 'nobody'}" for name, (want, found) in named.items() if want not in (None, found)]
    said += differences(wanted.where, seen.payload, resolve)
    return said + [f"header {each}" for each in differences(_as_pointers(wanted.headers), seen.headers, resolve)]


def fits(wanted: Message, seen: Seen, dossier: str | None, resolve: Resolve) -> bool:
    """Whether this message is the wanted one."""
    if wanted.contract not in (None, seen.contract) or dossier not in (None, seen.subject):  # most of them, quickly
        return False
    return not unlike(wanted, seen, dossier, resolve)


def met(act: Expect, seens: Iterable[Seen], *, by: datetime | None) -> tuple[bool, Sequence[Seen], Sequence[Delivery]]:
    """Whether as many as expected are there among those that fit and answer to nothing else yet; and which they are, per addressee.

    Only what came `by` then counts.
    """
    groups: dict[str | None, list[tuple[Seen, Delivery | None]]] = defaultdict(list)
    for seen in seens:
        units = _units(act, seen, by)
        groups[seen.recipient] += [(seen, unit) for unit in units]
    groups = defaultdict(list, {who: units for who, units in groups.items() if units})
    enough = act.count.number == 0 or act.count.how == "at most"
    holds = all(act.count.holds(len(units)) for units in groups.values()) if groups else enough
    most = None if act.count.how == "at most" else act.count.number
    chosen = [unit for units in groups.values() for unit in units[:most]]
    return holds, [seen for seen, _ in chosen], [unit for _, unit in chosen if unit is not None]


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
