"""What the land office receives and what it says: one table each."""

from adapters.ilis import translation
from adapters.runtime import Agency, Received, Receives, Sends
from contracts import (
    DossierSubmitted,
    DossierSupplemented,
    NoObligation,
    NoticeCancelled,
    ObligationCompleted,
    PaymentNotice,
    SlipReturned,
    WithdrawalRequested,
)


async def submitted(message: Received[DossierSubmitted], agency: Agency) -> None:
    """A citizen's dossier comes in."""
    await agency.post("/TiepNhanHoSo", translation.dossier(message.payload))


async def supplemented(message: Received[DossierSupplemented], agency: Agency) -> None:
    """The citizen adds to it."""
    await agency.post("/BoSungHoSo", translation.supplement(message.payload))


async def withdrawal_requested(message: Received[WithdrawalRequested], agency: Agency) -> None:
    """The citizen wants out."""
    await agency.post("/RutHoSo", translation.withdrawal(message.payload))


async def slip_returned(message: Received[SlipReturned], agency: Agency) -> None:
    """Tax has found the slip wrong."""
    await agency.post("/ThueChuyenTraHoSoDoSai", translation.slip_returned(message.payload))


async def payment_notice(message: Received[PaymentNotice], agency: Agency) -> None:
    """Tax has issued a notice."""
    await agency.post("/CapNhatKetQuaThongBaoThue", translation.notice(message.payload))


async def notice_cancelled(message: Received[NoticeCancelled], agency: Agency) -> None:
    """Tax has cancelled a notice."""
    await agency.post("/HuyThongBaoThue", translation.notice_cancelled(message.payload))


async def no_obligation(message: Received[NoObligation], agency: Agency) -> None:
    """Nothing is due."""
    await agency.post("/KhongPhatSinhNghiaVu", translation.no_obligation(message.payload))


async def obligation_completed(message: Received[ObligationCompleted], agency: Agency) -> None:
    """All is paid."""
    await agency.post("/HoanThanhNghiaVu", translation.completed(message.payload))


RECEIVES: Receives = {
    DossierSubmitted: submitted,
    DossierSupplemented: supplemented,
    WithdrawalRequested: withdrawal_requested,
    SlipReturned: slip_returned,
    PaymentNotice: payment_notice,
    NoticeCancelled: notice_cancelled,
    NoObligation: no_obligation,
    ObligationCompleted: obligation_completed,
}
SENDS: Sends = {
    "PHIEU_CHUYEN": lambda item: translation.slip(item.body),
    "HUY_PHIEU": lambda item: translation.slip_cancelled(item.body),
    "TRANG_THAI": lambda item: translation.status(item.body),
    "BIEN_DONG": lambda item: translation.register_updated(item.body),
}
