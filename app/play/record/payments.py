"""How the citizen paid: every open notice in one act, or one of them, whole, in part, or one tranche of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.play.record.heard import ACTS, AT_ONCE, Heard

__all__ = ["Crossing", "Payment", "crossings", "payments"]


@dataclass(frozen=True)
class Payment:
    """One act of paying; `notice` is None where all that was open was paid. `requests`: what the portal said of it."""

    requests: Sequence[Heard]
    notice: Heard | None = None
    amount: int | None = None
    tranche: int | None = None
    alone: bool = True
    """No other notice of the dossier is of this kind, so that the kind names it."""


@dataclass(frozen=True)
class Crossing:
    """A receipt that the portal did not know yet when the citizen acted again; `settled`: the tax authority did."""

    receipt: Heard
    act: Heard
    settled: bool = False


def payments(said: Sequence[Heard]) -> list[Payment]:
    """Every act of paying of one dossier, in its order."""
    purse, found = _Purse(), list[Payment]()
    taken: set[str] = set()
    for place, each in enumerate(said):
        if each.refused or not each.payload:
            continue
        purse.hear(each)
        if each.contract != "payment.requested" or each.id in taken or each.past:
            continue
        together = purse.all_open(each, said[place:])
        found.append(Payment(together) if together else purse.one(each))
        taken |= {request.id for request in together or [each]}
    return found


def crossings(said: Sequence[Heard]) -> list[Crossing]:
    """Receipts that were on their way while the citizen withdrew, or paid the same notice again."""
    found: list[Crossing] = []
    for place, act in enumerate(said):
        if act.contract not in ("dossier.withdrawal-requested", "payment.requested") or act.past:
            continue
        for request in said[:place]:
            same = act.contract == "dossier.withdrawal-requested" or request.payload.get("notice") == act.payload.get("notice")
            if request.contract == "payment.requested" and same:
                receipt = next((each for each in said if each.contract == "payment.receipt" and each.causation == request.id), None)
                if receipt is not None and _unknown(receipt, act, said, place):
                    found.append(Crossing(receipt, act, _settled(receipt, said[:place])))
    return found


def _unknown(receipt: Heard, act: Heard, said: Sequence[Heard], place: int) -> bool:
    """A citizen may not withdraw once a receipt is known, nor pay once it is reconciled: so it was not."""
    if act.contract == "dossier.withdrawal-requested":
        return receipt.at <= act.at + AT_ONCE
    told = next((n for n, each in enumerate(said) if each.contract == "tax.receipt-reconciled" and each.causation == receipt.id), None)
    return told is not None and told > place and said[told].at - act.at <= AT_ONCE


def _settled(receipt: Heard, before: Sequence[Heard]) -> bool:
    told = (each for each in before if each.contract == "tax.receipt-reconciled" and each.causation == receipt.id)
    return any(each.payload.get("outcome") != "notice-cancelled" for each in told)


@dataclass
class _Purse:
    """What the portal knows of notices and of what is left to pay."""

    notices: dict[str, Heard] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)

    def hear(self, each: Heard) -> None:
        number, payload = str(each.payload.get("notice")), each.payload
        if each.contract == "tax.payment-notice":
            self.notices[number], self.left[number] = each, payload["total"]
            self.kinds[payload["kind"]] += 1
        elif each.contract == "tax.notice-cancelled":
            self.left.pop(number, None)
        elif each.contract == "tax.receipt-reconciled" and number in self.left:
            self.left[number] = min(self.left[number], payload["remaining"])

    def all_open(self, first: Heard, rest: Sequence[Heard]) -> list[Heard]:
        """The requests that together pay all that is open now, each notice once and whole; none where these do not."""
        open_ = {number: amount for number, amount in self.left.items() if amount > 0}
        found: list[Heard] = []
        for each in rest:
            number = each.payload.get("notice")
            if each.contract in ACTS:
                if (
                    each.contract != "payment.requested"
                    or open_.get(str(number)) != each.payload.get("amount")
                    or each.at - first.at > AT_ONCE
                ):
                    break
                found.append(each)
                del open_[str(number)]
        return [] if open_ else found

    def one(self, request: Heard) -> Payment:
        """One notice, and how much of it."""
        number, amount = str(request.payload["notice"]), int(request.payload["amount"])
        notice = self.notices.get(number)
        if notice is None:
            return Payment([request], amount=amount)
        lines: Sequence[Mapping[str, Any]] = notice.payload["lines"]
        alone = self.kinds[notice.payload["kind"]] == 1
        if amount == self.left.get(number):
            return Payment([request], notice, alone=alone)
        tranche = next((n for n, line in enumerate(lines, 1) if line["amount"] == amount), None) if len(lines) > 1 else None
        return Payment([request], notice, None if tranche else amount, tranche, alone)
