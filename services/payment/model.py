"""The rules of a payment: who may ask for one, when it ends and how; no database, no clock."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from vn.errors import Fault, NotAllowed

TIME_TO_PAY = timedelta(minutes=15)  # assumption, see FACTS

State = Literal["started", "paid", "failed", "expired"]
Channel = Literal["DVCQG", "NGANHANG", "ETAX", "KBNN"]
Outcome = Literal["MOT_PHAN", "DU", "THUA", "TRUNG", "TB_HUY"]

STATES: Mapping[State, str] = {"started": "đang chờ thanh toán", "paid": "đã thanh toán", "failed": "thất bại", "expired": "hết hạn"}


@dataclass(frozen=True)
class Line:
    """One sum to pay (khoản nộp), with its budget sub-item (mã NDKT, tiểu mục) where the partner gives it."""

    text: str
    amount: int
    sub_item: str | None = None


@dataclass(frozen=True)
class Order:
    """What a partner asks to have paid; `reference` is the partner's own and names one attempt for ever."""

    reference: str
    partner: str
    dossier: str
    notice: str
    notice_date: date | None
    collector: str
    treasury: str
    beneficiary: str
    budget_account: str
    payer: str
    payer_name: str
    payer_address: str | None
    amount: int
    channel: Channel
    text: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Attempt:
    """One attempt to pay an order (giao dịch); part payments are attempts with smaller amounts."""

    reference: str
    dossier: str
    notice: str
    amount: int
    state: State
    order: Order
    started_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Receipt:
    """Money that reached the treasury (chứng từ, giấy nộp tiền vào NSNN, form C1-02/NS)."""

    number: str
    reference: str
    dossier: str
    notice: str
    amount: int
    channel: Channel
    paid_at: datetime


@dataclass(frozen=True)
class Reconciliation:
    """What the tax authority made of a receipt (đối soát); `place` counts them per receipt, the last one stands."""

    receipt: str
    place: int
    dossier: str
    outcome: Outcome
    remaining: int
    refundable: int
    said_at: datetime


def signature(signed: str, secret: str) -> str:
    """MaXacThuc: HMAC-SHA256, in lower-case hex, of the pipe-joined fields under the partner's secret."""
    return hmac.new(secret.encode(), signed.encode(), "sha256").hexdigest()


def check(order: Order, *, signed: str, code: str, secrets: Mapping[str, str]) -> None:
    """Raise NotAllowed with every fault: unknown partner, wrong code, lines that do not add up."""
    faults = []
    secret = secrets.get(order.partner)
    if secret is None:
        faults.append(Fault("/MaDoiTac", "đối tác chưa đăng ký"))
    elif not hmac.compare_digest(signature(signed, secret).encode(), code.encode()):
        faults.append(Fault("/MaXacThuc", "mã xác thực không khớp với nội dung bản tin"))
    total = sum(line.amount for line in order.lines)
    if total != order.amount:
        faults.append(Fault("/SoTien", f"{order.amount} khác tổng các khoản nộp {total}"))
    if faults:
        raise NotAllowed("Bản tin INIT không được chấp nhận", faults)


def check_same(first: Attempt, order: Order) -> None:
    """Raise NotAllowed where a reference comes again for something else: the same reference never pays twice."""
    if first.order != order:
        reason = "mã tham chiếu đã dùng cho một giao dịch có nội dung khác"
        raise NotAllowed(reason, [Fault("/MaThamChieu", reason)])


def start(order: Order, now: datetime, decided: datetime | None) -> Attempt:
    """A new attempt; it expires after the time to pay, counted from when policy has it paid if that is later."""
    expires = max(now, decided or now) + TIME_TO_PAY
    return Attempt(order.reference, order.dossier, order.notice, order.amount, "started", order, now, expires)


def pay(attempt: Attempt, now: datetime) -> Attempt:
    """The payer has paid, in time."""
    if attempt.state == "started" and now >= attempt.expires_at:
        raise NotAllowed("giao dịch đã quá thời hạn thanh toán")
    return _end(attempt, "paid", now)


def fail(attempt: Attempt, now: datetime, reason: str) -> Attempt:
    """The payer or the bank has broken it off."""
    return _end(attempt, "failed", now, reason)


def expire(attempt: Attempt, now: datetime) -> Attempt:
    """Nobody paid in time."""
    return _end(attempt, "expired", now, "quá thời hạn thanh toán")


def receipt(paid: Attempt, number: int, channel: Channel, now: datetime) -> Receipt:
    """The receipt for a paid attempt; `number` runs over all receipts."""
    return Receipt(f"C1-02/NS-{now:%y%m%d}-{number:07d}", paid.reference, paid.dossier, paid.notice, paid.amount, channel, now)


def check_receipt(receipt: Receipt, reference: str) -> None:
    """Raise NotAllowed where a receipt and an attempt are named together that do not belong together."""
    if receipt.reference != reference:
        reason = "chứng từ này không phải của giao dịch có mã tham chiếu đó"
        raise NotAllowed(reason, [Fault("/MaThamChieu", reason)])


def _end(attempt: Attempt, state: State, now: datetime, reason: str = "") -> Attempt:
    if attempt.state != "started":
        raise NotAllowed(f"giao dịch {STATES[attempt.state]}, không thể chuyển sang {STATES[state]}")
    return replace(attempt, state=state, ended_at=now, reason=reason)
