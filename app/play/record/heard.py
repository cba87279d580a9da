"""What was said in the recorded cases: each message once, with whom it reached and when it was said."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from scenarios.verdicts import Message
from vn.clock import VN

__all__ = ["ACTS", "AT_ONCE", "EXCHANGE", "Heard", "heard", "moved"]

EXCHANGE = "lgsp"  # it reads no inbox that is watched
AT_ONCE = timedelta(seconds=60)  # on a real clock nothing takes no time at all
ACTS = ("dossier.submitted", "dossier.supplemented", "dossier.withdrawal-requested", "payment.requested")
"""What a citizen's act says; everything else follows from something."""


@dataclass(frozen=True)
class Heard:
    """One message; `deliveries`: records by addressee's short name. `code`: the exchange refused it, or somebody could not apply it."""

    order: int
    at: datetime
    id: str
    contract: str
    source: str
    dossier: str
    causation: str | None
    payload: Mapping[str, Any]
    deliveries: Mapping[str, int]
    code: str = ""
    lost: frozenset[str] = frozenset()
    """Addressees that the exchange had it for, and in whose inbox it never was."""
    past: bool = False
    """It was written past the sender's agency and adapter."""
    repeats: str = ""
    """The id of what was said before in the same words for the same reason: no agency does that."""
    late: Mapping[str, timedelta] = field(default_factory=dict)
    """Addressees that it reached only so much later."""
    arrival: bool = False
    """It was said before, and is here because it came only now."""

    @property
    def refused(self) -> bool:
        """It never reached anybody."""
        return bool(self.code) and not self.deliveries


def heard(messages: Sequence[Message], dossiers: Sequence[str]) -> list[Heard]:
    """The messages of these dossiers in the order of the time at which they were said; within one instant as they were first seen."""
    found: dict[tuple[str, str, bool], Heard] = {}
    for order, each in enumerate(messages):
        if each.subject not in dossiers:
            continue
        key = each.source, each.id, each.recipient is None
        known = found.get(key) or _heard(order, each)
        reached = {each.recipient: each.deliveries} if each.recipient and each.deliveries else {}
        lost = {each.recipient} if each.recipient and each.recipient != EXCHANGE and not each.deliveries else set()
        found[key] = replace(
            known,
            deliveries={**known.deliveries, **reached},
            code=known.code or each.code,
            lost=known.lost | lost,
            payload=known.payload or _mapping(each.payload),
        )
    by_id = {each.id.removesuffix(" refused"): each for each in sorted(found.values(), key=lambda each: each.refused)}
    caused = ((each, by_id.get(each.causation or "")) for each in found.values())
    timed = [_after(each, cause) if each.source == EXCHANGE and cause else each for each, cause in caused]
    said = sorted(timed, key=lambda each: (each.at, each.order, each.source == EXCHANGE))
    explained = {each.source for each in said if each.causation}
    return [replace(each, past=_is_past(each, explained)) for each in _with_repeats(said)]


def moved(messages: Iterable[Heard], first: Heard, after: Heard) -> list[Heard]:
    """The same with `first`, and all that follows from it, said no earlier than right after another."""
    later = {first.id}
    result, held = [], []
    for each in messages:
        if each.causation in later:
            later.add(each.id)
        if each.id in later:
            held.append(each)
            continue
        result.append(each)
        if each is after:
            result += held
            held = []
    return sorted([*result, *held], key=lambda each: max(each.at, after.at) if each.id in later else each.at)


def _heard(order: int, each: Message) -> Heard:
    said = each.headers.get("ce_time")
    try:
        at = datetime.fromisoformat(said).astimezone(VN) if said else each.at
    except ValueError:
        at = each.at
    id_ = each.id if each.recipient else f"{each.id} refused"  # the same id may have been let through before
    return Heard(order, at, id_, each.contract, each.source, each.subject, each.causation, _mapping(each.payload), {}, each.code)


def _after(receipt: Heard, cause: Heard) -> Heard:
    """The exchange has a clock of its own; what it says stands behind what it answers."""
    return replace(receipt, at=cause.at, order=max(receipt.order, cause.order), causation=cause.id)


def _with_repeats(said: Iterable[Heard]) -> Iterator[Heard]:
    before: dict[tuple[str, str, str], list[Heard]] = defaultdict(list)
    for each in said:
        if each.causation is None or each.refused or each.source == EXCHANGE:
            yield each
            continue
        known = before[each.source, each.contract, each.causation]
        yield replace(each, repeats=next((one.id for one in known if one.payload == each.payload), ""))
        known.append(each)


def _mapping(payload: Any) -> Mapping[str, Any]:
    return payload if isinstance(payload, Mapping) else {}


def _is_past(each: Heard, explained: set[str]) -> bool:
    """Adapters say what a message follows from: at tax and the payment platform each does, unless a sender's never say it."""
    return bool(each.repeats) or (
        each.source != EXCHANGE
        and (
            each.causation is None
            and (each.refused or (each.source in ("tct", "payplat") and each.source in explained))
            and each.contract != "exchange.delivery-failed"
        )
    )
