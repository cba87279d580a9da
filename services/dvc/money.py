"""What the portal knows about money: notices, attempts, receipts, reconciliations, and what they add up to whatever came first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from vn.errors import Fault, NotAllowed
from vn.fidelity import Fact
from vn.money import formatted

Kind = Literal["LPTB", "TNCN", "TSDD", "CHAM_NOP"]
Outcome = Literal["MOT_PHAN", "DU", "THUA", "TRUNG", "TB_HUY"]
AttemptState = Literal["started", "paid", "failed", "expired"]
NoticeState = Literal["CHUA_NOP", "DANG_THANH_TOAN", "CHO_DOI_SOAT", "NOP_MOT_PHAN", "DA_NOP_DU", "DA_HUY"]


@dataclass(frozen=True)
class Line:
    """A budget sub-item of a notice, or a tranche of it."""

    sub_item: str
    sub_item_name: str
    chapter: str
    base: int
    rate: float
    amount: int
    deadline: date


@dataclass(frozen=True)
class Account:
    """Where the money goes."""

    account: str
    treasury: str
    treasury_name: str
    collector: str


@dataclass(frozen=True)
class Exempted:
    """A duty that is nil, and why."""

    kind: Kind
    taxpayer: str
    ground: str


@dataclass(frozen=True)
class Notice:
    """A payment notice (thông báo nộp tiền)."""

    number: str
    dossier: str
    slip: str
    revision: int
    kind: Kind
    ordinal: int
    of: int
    issued_on: date
    issuer: str
    taxpayer: str
    taxpayer_name: str
    total: int
    total_in_words: str
    cites: str | None
    lines: tuple[Line, ...]
    account: Account
    exempted: tuple[Exempted, ...]


@dataclass(frozen=True)
class Cancellation:
    """A notice that no longer stands; it may be known before the notice itself."""

    notice: str
    dossier: str
    reason: str
    cancelled_at: datetime


@dataclass(frozen=True)
class Attempt:
    """One attempt to pay, begun here; its reference never pays twice."""

    reference: str
    dossier: str
    notice: str
    amount: int
    state: AttemptState
    started_at: datetime
    reason: str | None = None


@dataclass(frozen=True)
class Receipt:
    """Money that reached the treasury (chứng từ)."""

    number: str
    dossier: str
    reference: str
    notice: str
    amount: int
    paid_at: datetime
    channel: str
    payer: str
    payer_name: str


@dataclass(frozen=True)
class Reconciliation:
    """What tax made of a receipt; `place` counts them per receipt, the last one stands."""

    receipt: str
    place: int
    dossier: str
    notice: str
    reference: str
    outcome: Outcome
    amount: int
    paid: int
    remaining: int
    refundable: int
    said_at: datetime


@dataclass(frozen=True)
class Settlement:
    """The tax authority's last word on a slip: all settled (`DA_HOAN_THANH`), or nothing due (`KHONG_PHAT_SINH`)."""

    dossier: str
    slip: str
    revision: int
    basis: Literal["DA_HOAN_THANH", "KHONG_PHAT_SINH"]
    total: int
    duties: tuple[Exempted, ...]
    said_at: datetime


@dataclass(frozen=True)
class Payments:
    """Everything about money in one dossier."""

    notices: Sequence[Notice] = ()
    cancellations: Sequence[Cancellation] = ()
    attempts: Sequence[Attempt] = ()
    receipts: Sequence[Receipt] = ()
    reconciliations: Sequence[Reconciliation] = ()


@dataclass(frozen=True)
class Standing:
    """How a notice stands; nothing counts as paid before tax has reconciled it."""

    state: NoticeState
    paid: int
    remaining: int
    refundable: int


def standing(notice: Notice, known: Payments) -> Standing:
    """How a notice stands by all that is known, in whatever order it came."""
    words = [said for said in known.reconciliations if said.notice == notice.number]
    counted = [said for said in words if said.outcome != "TB_HUY"]
    refundable = sum(_last_words(words).values())
    if any(each.notice == notice.number for each in known.cancellations):
        return Standing("DA_HUY", 0, 0, refundable)
    paid = max((said.paid for said in counted), default=0)
    remaining = min((said.remaining for said in counted), default=notice.total)
    return Standing(_state(notice, known, paid, remaining), paid, remaining, refundable)


def _state(notice: Notice, known: Payments, paid: int, remaining: int) -> NoticeState:
    reconciled = {said.receipt for said in known.reconciliations}
    if remaining == 0:
        return "DA_NOP_DU"
    if any(each.notice == notice.number and each.number not in reconciled for each in known.receipts):
        return "CHO_DOI_SOAT"
    paid_for = {each.reference for each in known.receipts} | {said.reference for said in known.reconciliations}
    if any(each.notice == notice.number and each.state == "started" and each.reference not in paid_for for each in known.attempts):
        return "DANG_THANH_TOAN"
    return "NOP_MOT_PHAN" if paid else "CHUA_NOP"


def refundable(known: Payments) -> int:
    """What comes back to the citizen, over all receipts, also of notices not known here."""
    return sum(_last_words(known.reconciliations).values())


def _last_words(said: Iterable[Reconciliation]) -> dict[str, int]:
    return {each.receipt: each.refundable for each in sorted(said, key=lambda each: each.place)}


def to_pay(notice: Notice, stands: Standing, asked: int | None) -> int:
    """How much an attempt is for: what is asked, or all that is left; raises NotAllowed."""
    if stands.state == "DA_HUY":
        raise NotAllowed(f"thông báo {notice.number} đã bị hủy")
    if stands.remaining == 0:
        raise NotAllowed(f"thông báo {notice.number} đã nộp đủ")
    if asked is not None and asked > stands.remaining:
        reason = f"số tiền lớn hơn số còn phải nộp {formatted(stands.remaining)}"
        raise NotAllowed(reason, [Fault("/SoTien", reason)])
    return stands.remaining if asked is None else asked


def lines_for(notice: Notice, stands: Standing, amount: int) -> list[tuple[Line, int]]:
    """The lines of a notice that an amount pays, what is due first being paid first; never a line of nothing."""
    covered, left, found = notice.total - stands.remaining, amount, []
    for line in sorted(notice.lines, key=lambda each: each.deadline):
        open_part = max(0, line.amount - covered)
        covered = max(0, covered - line.amount)
        part = min(open_part, left)
        left -= part
        if part:
            found.append((line, part))
    return found


def reference(day: date, number: int) -> str:
    """Mã tham chiếu of an attempt: 17 digits, the day and a running number."""
    return f"{day:%y%m%d}{number:011d}"


FACTS = (
    Fact("Reference of an attempt", "17 digits: yyMMdd, then a running number", "17 digits seen; their make-up is ours", "assumption"),
    Fact("A part payment covers", "the line that is due first, then the next", "", "assumption"),
    Fact("A notice counts as paid", "when tax has reconciled its receipts, not before", "flow of the simulator", "simulator"),
)
