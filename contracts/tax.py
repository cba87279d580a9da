"""What the tax authority says: notices, exemptions, reconciliation, completion."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Payload
from contracts.parties import (
    Amount,
    Attempt,
    DossierCode,
    LongText,
    NoticeNumber,
    PartyId,
    Rate,
    ReceiptNumber,
    SlipRef,
    Text,
)


class NoticeKind(StrEnum):
    """What a payment notice asks for."""

    REGISTRATION_FEE = "registration-fee"  # lệ phí trước bạ, 01/TB-LPTB
    INCOME_TAX = "personal-income-tax"  # thuế TNCN từ chuyển nhượng BĐS
    LAND_USE_FEE = "land-use-fee"  # tiền sử dụng đất, 01a/TB-TSDĐ
    LATE_INTEREST = "late-interest"  # tiền chậm nộp


class NoticeLine(Payload):
    """One line of a notice: a budget sub-item, or a tranche of it."""

    sub_item: Annotated[str, Field(pattern=r"^[0-9]{4}$")] = Field(description="tiểu mục, e.g. 2801, 1006, 1401")
    sub_item_name: Text = Field(description="tên tiểu mục")
    chapter: Annotated[str, Field(pattern=r"^[0-9]{3}$")] = Field(description="chương, 757 or 857")
    base: Amount = Field(description="căn cứ tính, đồng")
    rate: Rate = Field(description="tỷ lệ; per day for late interest")
    amount: Annotated[int, Field(ge=1, le=10**15)] = Field(description="số tiền phải nộp, đồng")
    deadline: date = Field(description="hạn nộp, this day included")


class Duty(Payload):
    """A duty that is nil, and the legal ground."""

    kind: NoticeKind
    taxpayer: PartyId
    ground: LongText = Field(description="căn cứ pháp lý")


class BudgetAccount(Payload):
    """Where the money goes (tài khoản thu ngân sách)."""

    account: Annotated[str, Field(pattern=r"^[0-9]{4}$")] = Field(description="loại tài khoản thu NSNN, 7111")
    treasury: Annotated[str, Field(pattern=r"^[0-9]{4}$")] = Field(description="số hiệu kho bạc (SHKB)")
    treasury_name: Text
    collector: Annotated[str, Field(pattern=r"^[0-9]{7}$")] = Field(description="mã cơ quan thu (MA_CQUAN_THU)")


class PaymentNotice(Payload):
    """One payment notice (thông báo nộp tiền): one taxpayer, one sub-item."""

    dossier: DossierCode
    slip: SlipRef
    notice: NoticeNumber
    kind: NoticeKind
    ordinal: Annotated[int, Field(ge=1, le=200)] = Field(description="the k-th notice of this slip")
    of: Annotated[int, Field(ge=1, le=200)] = Field(description="n notices of this slip in all, at the time of this one")
    issued_on: date = Field(description="ngày thông báo")
    issuer: Text = Field(description="cơ quan thuế ra thông báo")
    taxpayer: PartyId
    taxpayer_name: Text = Field(description="người nộp thuế")
    lines: Annotated[tuple[NoticeLine, ...], Field(min_length=1, max_length=20)]
    total: Annotated[int, Field(ge=1, le=10**15)] = Field(description="tổng số tiền, the sum of the lines, đồng")
    total_in_words: Text = Field(description="số tiền bằng chữ")
    account: BudgetAccount
    exempted: Annotated[tuple[Duty, ...], Field(max_length=400)] = Field((), description="duties of this slip that are nil")
    cites: NoticeNumber | None = Field(None, description="late interest: the notice that was paid late")


class NoticeCancelled(Payload):
    """A notice no longer stands; what was paid on it is refundable."""

    dossier: DossierCode
    notice: NoticeNumber
    reason: LongText
    cancelled_at: AwareDatetime


class NoObligation(Payload):
    """Nothing to pay at all: each duty with its legal ground."""

    dossier: DossierCode
    slip: SlipRef
    duties: Annotated[tuple[Duty, ...], Field(min_length=1, max_length=400)]
    confirmed_at: AwareDatetime


class ReceiptReconciled(Payload):
    """What tax made of a receipt; nobody says "paid" before this."""

    dossier: DossierCode
    notice: NoticeNumber
    receipt: ReceiptNumber
    attempt: Attempt
    outcome: Literal["part", "settled", "over", "repeated", "notice-cancelled"] = Field(
        description="nộp một phần, đã nộp đủ, nộp thừa, nộp trùng, thông báo đã hủy"
    )
    amount: Amount = Field(description="of this receipt, đồng")
    paid: Amount = Field(description="counted to the notice so far, đồng")
    remaining: Amount = Field(description="còn phải nộp, đồng")
    refundable: Amount = Field(description="được hoàn trả from this receipt, đồng")
    reconciled_at: AwareDatetime


class SettledNotice(Payload):
    """A notice and what was paid on it."""

    notice: NoticeNumber
    amount: Amount
    settled_at: AwareDatetime


class ObligationCompleted(Payload):
    """All notices of the slip are settled (hoàn thành nghĩa vụ tài chính)."""

    dossier: DossierCode
    slip: SlipRef
    notices: Annotated[tuple[SettledNotice, ...], Field(min_length=1, max_length=400)]
    total: Amount
    completed_at: AwareDatetime
