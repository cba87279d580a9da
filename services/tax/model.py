"""A slip, its notices and its receipts as the tax authority handles them: states, and what each step makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from services.tax.duties import Due, Duty, Nil, transfer_duties
from services.tax.land_use_fee import Use, change_duties, right_is_free
from services.tax.notices import Notice, late_lines, lines_of
from services.tax.settlement import Outcome, Paid, Reconciled, late_parts, reconcile
from services.tax.slip import Kind, ParcelKey, Procedure, Slip, SlipRef
from vn.errors import NotAllowed

SlipState = Literal["pending", "returned", "assessed", "nothing-due", "completed", "cancelled", "replaced"]
STATES: dict[SlipState, str] = {
    "pending": "chờ xác định",
    "returned": "đã chuyển trả",
    "assessed": "đã thông báo",
    "nothing-due": "không phát sinh nghĩa vụ",
    "completed": "đã hoàn thành nghĩa vụ",
    "cancelled": "đã hủy",
    "replaced": "đã có lần lập mới",
}
OVER: frozenset[SlipState] = frozenset({"cancelled", "replaced"})


@dataclass(frozen=True)
class Case:
    """One revision of a slip, and what became of it."""

    dossier: str
    number: str
    revision: int
    state: SlipState
    slip: Slip
    declaration: int = 0
    nil: tuple[Nil, ...] = ()

    @property
    def ref(self) -> SlipRef:
        """Number and revision."""
        return SlipRef(self.number, self.revision)


@dataclass(frozen=True)
class Receipt:
    """A receipt (chứng từ) in the order of arrival; `outcome` is None until it is reconciled."""

    id: int
    dossier: str
    notice: str
    attempt: str
    number: str
    amount: int
    paid_at: datetime
    channel: str
    payer: str
    payer_name: str
    outcome: Outcome | None = None
    counted: int = 0
    refundable: int = 0


@dataclass(frozen=True)
class BookEntry:
    """A parcel in the land-tax book (sổ thuế đất), under both divisions."""

    commune: str
    map_sheet: int
    parcel_number: int
    commune_before: str
    area: str
    use: str
    certificate: str


def admit(slip: Slip, known: Sequence[Case]) -> Case:
    """A slip that came in, beside what is known of its dossier; raises NotAllowed."""
    for case in known:
        if case.number == slip.ref.number and case.revision >= slip.ref.revision:
            raise NotAllowed(f"phiếu {slip.ref.number} đã có lần lập {case.revision}")
        if case.state == "completed":
            raise NotAllowed("hồ sơ đã hoàn thành nghĩa vụ tài chính, không nhận phiếu mới")
    return Case(slip.dossier, slip.ref.number, slip.ref.revision, "pending", slip)


def current(cases: Sequence[Case]) -> Case | None:
    """The one revision that counts; None where there is none or all are cancelled."""
    return next((case for case in cases if case.state not in OVER), None)


def duties_of(slip: Slip, uses: Sequence[Use]) -> list[Duty]:
    """All duties of a checked slip; `uses` of the once-only right that are known of."""
    if slip.procedure is not Procedure.CHANGE_PURPOSE:
        return transfer_duties(slip)
    change = slip.declarations.purpose_change
    return change_duties(slip, right_free=change is not None and right_is_free(change.household, slip.dossier, uses))


def notices_of(case: Case, dues: Sequence[Due], numbers: Sequence[str], issued_on: date) -> list[Notice]:
    """One notice for every duty that is due, in their order."""
    return [
        Notice(
            number=number,
            dossier=case.dossier,
            slip_number=case.number,
            slip_revision=case.revision,
            kind=due.kind,
            principal=due.kind,
            ordinal=ordinal,
            of=len(dues),
            issued_on=issued_on,
            tax_office=case.slip.tax_office,
            taxpayer=due.taxpayer,
            lines=lines_of(due, issued_on),
            total=due.amount,
        )
        for ordinal, (due, number) in enumerate(zip(dues, numbers, strict=True), 1)
    ]


def settle(notice: Notice, receipt: Receipt, *, repeated: bool, now: datetime) -> tuple[Notice, Receipt, Reconciled]:
    """Count one receipt to its notice."""
    result = reconcile(notice.total, notice.paid, receipt.amount, cancelled=notice.state == "cancelled", repeated=repeated)
    counted = replace(receipt, outcome=result.outcome, counted=result.counted, refundable=result.refundable)
    if not result.counted:
        return notice, counted, result
    paid = replace(notice, paid=result.paid)
    return (replace(paid, state="settled", settled_at=now) if not result.remaining else paid), counted, result


def late_interest_notice(notice: Notice, receipts: Sequence[Receipt], noticed: Sequence[Notice], issued_on: date) -> Notice | None:
    """The further notice that receipts of this one ask for, without its number and place; None where nothing more is owed.

    `noticed` are the notices of late interest that cite this one and stand. There is no interest on interest.
    """
    if notice.kind is Kind.LATE_INTEREST:
        return None
    parts = late_parts(notice.owed, [Paid(each.counted, each.paid_at.date()) for each in receipts if each.counted])
    more = sum(part.interest for part in parts) - sum(each.total for each in noticed)
    if more <= 0:
        return None
    lines = late_lines(notice.principal, parts[sum(len(each.lines) for each in noticed) :], issued_on)
    if sum(line.amount for line in lines) != more:  # receipts came in another order than they were paid in
        lines = (replace(late_lines(notice.principal, parts, issued_on)[-1], amount=more),)
    return replace(
        notice, number="", kind=Kind.LATE_INTEREST, issued_on=issued_on, lines=lines, total=more, cites=notice.number, state="open", paid=0,
        settled_at=None,
    )  # fmt: skip


def remaining(notice: Notice) -> list[int]:
    """What is still owed on each line; money fills the earliest deadline first."""
    if notice.state == "cancelled":
        return [0] * len(notice.lines)
    left, owed = notice.paid, [line.amount for line in notice.lines]
    for order in sorted(range(len(owed)), key=lambda each: notice.lines[each].deadline):
        part = min(left, owed[order])
        owed[order] -= part
        left -= part
    return owed


def entry_key(entry: BookEntry, *, before: bool) -> ParcelKey:
    """Its key under the division before or from 1 July 2025."""
    return ParcelKey(entry.commune_before if before else entry.commune, entry.map_sheet, entry.parcel_number)
