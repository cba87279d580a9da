"""What the portal receives and what it says: one table each."""

import orjson

from adapters.dvc import translation
from adapters.runtime import Agency, Answer, Received, Receives, Sends, problem
from bus import Failure
from contracts import (
    NoObligation,
    NoticeCancelled,
    ObligationCompleted,
    PaymentFailed,
    PaymentNotice,
    PaymentReceipt,
    ReceiptReconciled,
    RegisterUpdated,
    StatusChanged,
)
from vn.errors import AgencyAnsweredNo


def read_no(answer: Answer) -> AgencyAnsweredNo:
    """A no as DVCQG says it (`error_code`, `message`), or as RFC 9457 does."""
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        said = None
    if isinstance(said, dict) and "error_code" in said:
        return AgencyAnsweredNo(Failure.ANSWERED_NO, str(said.get("message") or f"error_code {said['error_code']}"))
    return problem(answer)


async def status_changed(message: Received[StatusChanged], agency: Agency) -> None:
    """The land office says how far the dossier is."""
    await agency.post("/CapNhatTienDoHoSoMC", translation.status(message.payload))


async def payment_notice(message: Received[PaymentNotice], agency: Agency) -> None:
    """Tax has issued a notice."""
    await agency.post("/ImportThongBaoThue", translation.notice(message.payload))


async def notice_cancelled(message: Received[NoticeCancelled], agency: Agency) -> None:
    """Tax has cancelled a notice."""
    await agency.post("/ImportHuyThongBao", translation.notice_cancelled(message.payload))


async def no_obligation(message: Received[NoObligation], agency: Agency) -> None:
    """Nothing is due."""
    await agency.post("/ImportKetQuaNghiaVu", translation.no_obligation(message.payload))


async def obligation_completed(message: Received[ObligationCompleted], agency: Agency) -> None:
    """All is paid."""
    await agency.post("/ImportKetQuaNghiaVu", translation.completed(message.payload))


async def receipt_reconciled(message: Received[ReceiptReconciled], agency: Agency) -> None:
    """Tax has looked at a receipt."""
    await agency.post("/ImportDoiSoat", translation.reconciled(message.payload))


async def payment_receipt(message: Received[PaymentReceipt], agency: Agency) -> None:
    """Money has reached the treasury."""
    await agency.post("/ImportChungTuThue", translation.receipt(message.payload))


async def payment_failed(message: Received[PaymentFailed], agency: Agency) -> None:
    """An attempt came to nothing."""
    await agency.post("/KetQuaThanhToan", translation.failed(message.payload))


async def register_updated(message: Received[RegisterUpdated], agency: Agency) -> None:
    """The register has changed."""
    await agency.post("/CapNhatKetQuaHoSo", translation.register_updated(message.payload))


RECEIVES: Receives = {
    StatusChanged: status_changed,
    PaymentNotice: payment_notice,
    NoticeCancelled: notice_cancelled,
    NoObligation: no_obligation,
    ObligationCompleted: obligation_completed,
    ReceiptReconciled: receipt_reconciled,
    PaymentReceipt: payment_receipt,
    PaymentFailed: payment_failed,
    RegisterUpdated: register_updated,
}
SENDS: Sends = {
    "HO_SO_MOI": lambda item: translation.submitted(item.body),
    "BO_SUNG": lambda item: translation.supplemented(item.body),
    "RUT_HO_SO": lambda item: translation.withdrawal(item.body),
    "THANH_TOAN": lambda item: translation.requested(item.body),
}
