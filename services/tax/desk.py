"""What the tax authority does: one function per act, each inside one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

from services.kit import AgencySettings, Reading, Transaction, Work
from services.tax import documents, model
from services.tax.duties import Due, Nil
from services.tax.gateway_xml import Element, Stamp, write
from services.tax.land_use_fee import use_of
from services.tax.model import BookEntry, Case, Receipt
from services.tax.notices import Notice, notice_number
from services.tax.settlement import Reconciled, reconcile
from services.tax.slip import ParcelKey, Slip
from services.tax.slip_checks import Booked, Known, faults_of
from services.tax.slip_xml import Cancellation, NewEntry, Query, Voucher
from services.tax.store import BOOK, CASES, NOTICES, RECEIPTS, USES
from vn.errors import Fault, NotAllowed, Unknown
from vn.parcels import Parcels
from vn.people import Population
from vn.units import NEW_DIVISION, TaxOffice, commune, successor, tax_office

ASSESS, RECONCILE = "assess", "reconcile"
RETURN = "return"
DECISIONS = {ASSESS: "Xác định nghĩa vụ tài chính theo phiếu chuyển", RECONCILE: "Đối soát chứng từ nộp tiền"}
OUTCOMES = {ASSESS: {RETURN: "chuyển trả phiếu"}}
"""What chance may make of a decision, where a policy leaves something to it."""


def take_slip(tx: Transaction, slip: Slip) -> Case:
    """A slip has come: it waits for assessment; a newer revision takes the place of the one before."""
    known = cases_of(tx, slip.dossier)
    case = model.admit(slip, known)
    before = model.current(known)
    if before is not None:
        _end(tx, before, "replaced", f"phiếu {slip.ref.number} có lần lập {slip.ref.revision}")
    CASES.add(tx, case)
    tx.decide(ASSESS, slip.dossier, key=_key(case))
    return case


def cancel_slip(tx: Transaction, said: Cancellation) -> Case:
    """The slip no longer stands: nothing more is assessed, every notice is cancelled, what was paid is refundable."""
    case = CASES.get(tx, said.dossier, *said.slip)
    if case.state in model.OVER:
        return case
    return _end(tx, case, "cancelled", said.reason)


def take_receipt(tx: Transaction, said: Voucher) -> Receipt:
    """A receipt has come; raises Unknown while its notice is not known."""
    notice = NOTICES.get(tx, said.notice)
    if notice.dossier != said.dossier:
        raise NotAllowed("thông báo không thuộc hồ sơ này", [Fault("/CHUNG_TU/MA_HS", f"thông báo {said.notice} thuộc hồ sơ khác")])
    receipt = Receipt(
        id=tx.number("receipts"),
        dossier=said.dossier,
        notice=said.notice,
        attempt=said.attempt,
        number=said.number,
        amount=said.amount,
        paid_at=said.paid_at,
        channel=said.channel,
        payer=said.payer,
        payer_name=said.payer_name,
    )
    RECEIPTS.add(tx, receipt)
    tx.decide(RECONCILE, said.dossier, key=str(receipt.id))
    return receipt


def keep_book(tx: Transaction, changes: Iterable[NewEntry]) -> None:
    """The register has changed: the land-tax book follows."""
    for change in changes:
        found = _booked(tx, change.key)
        entry = found or BookEntry(*change.key, change.key.commune, "0", change.use, change.certificate)
        BOOK.put(tx, replace(entry, area=str(change.area), use=change.use, certificate=change.certificate))


def enter(tx: Transaction, entry: BookEntry) -> BookEntry:
    """A parcel that is new in the land-tax book."""
    for before in (False, True):
        if _booked(tx, model.entry_key(entry, before=before)) is not None:
            raise NotAllowed(f"sổ thuế đất đã có thửa {entry.parcel_number}, tờ {entry.map_sheet}, xã {entry.commune}")
    BOOK.add(tx, entry)
    return entry


def answer(tx: Reading, asked: Query) -> Element:
    """What a party of a dossier still has to pay."""
    case = model.current(cases_of(tx, asked.dossier))
    notices = [each for each in notices_of(tx, case) if each.taxpayer == asked.party and each.state == "open"] if case else []
    if case is None or not notices:
        return documents.nothing_to_pay()
    return documents.answer_to_query(notices, case.slip, office_of(case))


def cases_of(tx: Reading, dossier: str) -> list[Case]:
    """Every revision known, in the order of numbers and revisions."""
    return CASES.find(tx, dossier=dossier)


def notices_of(tx: Reading, case: Case) -> list[Notice]:
    """All notices of this revision that stand, in their order."""
    issued = NOTICES.find(tx, dossier=case.dossier, slip_number=case.number, slip_revision=case.revision)
    return sorted((each for each in issued if each.state != "cancelled"), key=lambda each: each.ordinal)


def office_of(case: Case) -> TaxOffice:
    """The tax office of the slip's parcels."""
    found = tax_office(case.slip.parcels[0].key.commune, case.slip.issued_on)
    return found or TaxOffice(case.slip.tax_office, case.slip.tax_office_name)


def assess(tx: Transaction, case: Case) -> None:
    """Check the slip, then return it with every fault, or issue all its notices, or say that nothing is due."""
    faults = faults_of(case.slip, _known(tx, case.slip))
    if faults:
        return_slip(tx, case, faults)
        return
    use = use_of(case.slip)
    duties = model.duties_of(case.slip, USES.find(tx, household=use.household) if use else [])
    if use:
        USES.put(tx, use)
    dues = [duty for duty in duties if isinstance(duty, Due)]
    nil = tuple(duty for duty in duties if isinstance(duty, Nil))
    if dues:
        _issue_all(tx, replace(case, state="assessed", declaration=tx.number("declarations"), nil=nil), dues)
    else:
        CASES.put(tx, replace(case, state="nothing-due", nil=nil))
        _tell(tx, "KHONG_PHAT_SINH", case.dossier, documents.nothing_due(case, nil, tx.now))


def return_slip(tx: Transaction, case: Case, faults: Sequence[Fault]) -> None:
    """The slip is wrong; a new revision follows."""
    CASES.put(tx, replace(case, state="returned"))
    _tell(tx, "TRA_PHIEU", case.dossier, documents.slip_returned(case, faults, tx.now))


def reconcile_receipt(tx: Transaction, receipt: Receipt) -> None:
    """Count a receipt; issue late interest; complete the slip where nothing is left to pay."""
    same = [*RECEIPTS.find(tx, attempt=receipt.attempt), *RECEIPTS.find(tx, number=receipt.number)]
    repeated = any(each.id < receipt.id for each in same)
    before = NOTICES.get(tx, receipt.notice)
    notice, counted, result = model.settle(before, receipt, repeated=repeated, now=tx.now)
    NOTICES.put(tx, notice)
    RECEIPTS.put(tx, counted)
    _tell_reconciled(tx, counted, result)
    if not result.counted:
        return
    case = CASES.get(tx, notice.dossier, *notice.slip)
    _late_interest(tx, case, notice)
    if notice.state == "settled":
        _complete(tx, case)


def _late_interest(tx: Transaction, case: Case, notice: Notice) -> None:
    receipts = RECEIPTS.find(tx, notice=notice.number)
    standing = notices_of(tx, case)
    cited = [each for each in standing if each.cites == notice.number]
    more = model.late_interest_notice(notice, receipts, cited, tx.now.date())
    if more is not None:
        place = len(standing) + 1
        _issue(tx, case, replace(more, number=_number(tx, case), ordinal=place, of=place))


def _issue_all(tx: Transaction, case: Case, dues: Sequence[Due]) -> None:
    CASES.put(tx, case)
    numbers = [_number(tx, case) for _ in dues]
    for notice in model.notices_of(case, dues, numbers, tx.now.date()):
        _issue(tx, case, notice)


def _issue(tx: Transaction, case: Case, notice: Notice) -> None:
    NOTICES.add(tx, notice)
    _tell(tx, "THONG_BAO", case.dossier, documents.notice_issued(notice, case, office_of(case)))


def _number(tx: Transaction, case: Case) -> str:
    return notice_number(tx.number("notices"), case.declaration, tx.now.date())


def _complete(tx: Transaction, case: Case) -> None:
    notices = notices_of(tx, case)
    if case.state == "assessed" and all(each.state == "settled" for each in notices):
        CASES.put(tx, replace(case, state="completed"))
        _tell(tx, "HOAN_THANH", case.dossier, documents.completed(case, notices, tx.now))


def _end(tx: Transaction, case: Case, state: model.SlipState, reason: str) -> Case:
    tx.drop(ASSESS, case.dossier, key=_key(case))
    ended = replace(case, state=state)
    CASES.put(tx, ended)
    USES.remove(tx, dossier=case.dossier)
    for notice in notices_of(tx, case):
        NOTICES.put(tx, replace(notice, state="cancelled", paid=0))
        _tell(tx, "HUY_THONG_BAO", case.dossier, documents.notice_cancelled(notice, reason, tx.now))
        for receipt in RECEIPTS.find(tx, notice=notice.number):
            if not receipt.counted:
                continue
            result = reconcile(notice.total, 0, receipt.amount, cancelled=True)
            again = replace(receipt, outcome=result.outcome, counted=0, refundable=result.refundable)
            RECEIPTS.put(tx, again)
            _tell_reconciled(tx, again, result)
    return ended


def _tell_reconciled(tx: Transaction, receipt: Receipt, result: Reconciled) -> None:
    _tell(tx, "DOI_SOAT", receipt.dossier, documents.reconciled(receipt, result, tx.now))


def _tell(tx: Transaction, kind: str, dossier: str, body: Element) -> None:
    tx.tell(kind, dossier, write(body, Stamp(tx.number("messages"), tx.now)))


def _known(tx: Reading, slip: Slip) -> Known:
    before = slip.issued_on < NEW_DIVISION
    entries = {parcel.key: entry for parcel in slip.parcels if (entry := _booked(tx, parcel.key))}
    booked = {key: Booked(model.entry_key(entry, before=before), Decimal(entry.area), entry.certificate) for key, entry in entries.items()}
    return Known(booked, commune, successor)


def _booked(tx: Reading, key: ParcelKey) -> BookEntry | None:
    on_sheet = {"map_sheet": key.map_sheet, "parcel_number": key.parcel_number}
    found = BOOK.find(tx, commune=key.commune, **on_sheet) or BOOK.find(tx, commune_before=key.commune, **on_sheet)
    return found[0] if found else None


def _key(case: Case) -> str:
    return f"{case.number} {case.revision}"


def decide(tx: Transaction, dossier: str) -> Case:
    """The slip that waits for an officer, taken over by them; raises NotAllowed, or Unknown."""
    known = cases_of(tx, dossier)
    if not known:
        raise Unknown("không có hồ sơ này")
    case = model.current(known)
    if case is None or case.state != "pending":
        state = model.STATES[case.state if case else known[-1].state]
        raise NotAllowed(f"phiếu của hồ sơ {dossier} {state}, không chờ xác định")
    tx.complete(ASSESS, dossier, key=_key(case))
    return case


def reconcile_all(tx: Transaction, dossier: str) -> int:
    """An officer reconciles what waits; answers how many receipts."""
    waiting = RECEIPTS.find(tx, dossier=dossier, outcome=None)
    if not waiting:
        raise NotAllowed(f"hồ sơ {dossier} không có chứng từ chờ đối soát")
    for receipt in waiting:
        cause = tx.cause
        tx.complete(RECONCILE, dossier, key=str(receipt.id))
        reconcile_receipt(tx, receipt)
        tx.cause = cause
    return len(waiting)


def assessment_due(tx: Transaction, work: Work) -> None:
    """By policy the slip is assessed now."""
    number, _, revision = work.key.rpartition(" ")
    case = CASES.get(tx, work.subject, number, int(revision))
    if case.state != "pending":
        return
    if case.revision == 1 and tx.outcome(ASSESS, work.subject) == RETURN:
        return_slip(tx, case, [Fault("", "cơ quan thuế đề nghị kiểm tra lại thông tin trên phiếu")])
    else:
        assess(tx, case)


def reconciliation_due(tx: Transaction, work: Work) -> None:
    """By policy the receipt is reconciled now."""
    reconcile_receipt(tx, RECEIPTS.get(tx, int(work.key)))


def found(tx: Transaction, settings: AgencySettings) -> None:
    """The land-tax book begins as the register does."""
    BOOK.add_all(tx, _book(settings.seed, settings.people))


@cache
def _book(seed: int, people: int) -> tuple[BookEntry, ...]:
    return tuple(
        BookEntry(
            commune=parcel.commune(NEW_DIVISION).code,
            map_sheet=parcel.map_sheet,
            parcel_number=parcel.number,
            commune_before=parcel.place.old_commune,
            area=str(parcel.area),
            use=parcel.uses[0].code,
            certificate=parcel.certificate,
        )
        for parcel in Parcels(Population(seed, people=people), seed=seed)
    )


WORK: Mapping[str, Callable[[Transaction, Work], None]] = {
    ASSESS: assessment_due,
    RECONCILE: reconciliation_due,
}
