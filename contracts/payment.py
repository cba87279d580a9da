"""Payment through the payment platform: attempts, failures, receipts (chứng từ)."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Payload
from contracts.parties import Amount, Attempt, DossierCode, LongText, NoticeNumber, PartyId, ReceiptNumber, Text
from contracts.tax import BudgetAccount

Paid = Annotated[int, Field(ge=1, le=10**15, description="số tiền, in whole đồng, more than nothing")]


class PaymentLine(Payload):
    """One sum to pay (khoản nộp)."""

    sub_item: Annotated[str, Field(pattern=r"^[0-9]{4}$")] = Field(description="tiểu mục")
    text: Text = Field(description="nội dung")
    amount: Amount


class PaymentRequested(Payload):
    """One attempt to pay a notice, whole or in part."""

    dossier: DossierCode
    notice: NoticeNumber
    attempt: Attempt
    amount: Paid
    lines: Annotated[tuple[PaymentLine, ...], Field(min_length=1, max_length=20)]
    payer: PartyId
    payer_name: Text = Field(description="họ tên người nộp")
    account: BudgetAccount
    requested_at: AwareDatetime


class PaymentFailed(Payload):
    """This attempt failed or expired; another may follow with a reference of its own."""

    dossier: DossierCode
    notice: NoticeNumber
    attempt: Attempt
    outcome: Literal["failed", "expired"] = Field(description="thất bại, hết hạn")
    reason: LongText
    failed_at: AwareDatetime


class PaymentReceipt(Payload):
    """The receipt (chứng từ, C1-02/NS) of money that reached the treasury."""

    dossier: DossierCode
    notice: NoticeNumber
    attempt: Attempt
    receipt: ReceiptNumber
    amount: Paid
    paid_at: AwareDatetime = Field(description="thời gian thanh toán; decides whether it was in time")
    channel: Literal["dvcqg", "bank", "etax-mobile", "treasury"] = Field(description="kênh nộp")
    payer: PartyId
    payer_name: Text
