"""What the tax authority receives and what it says: one table each."""

from adapters.runtime import Agency, Handler, Received, Receives, Sends
from adapters.tax import translation
from adapters.tax.documents import check, document
from contracts import Payload, PaymentReceipt, RegisterUpdated, SlipCancelled, TransferSlip12, TransferSlip19


def told_as(body: str) -> Handler:
    """A handler that tells the gateway a message as this body."""

    async def tell(message: Received[Payload], agency: Agency) -> None:
        value = message.payload.model_dump(mode="json", by_alias=True)
        content = document(body, value, message_id=message.id, said_at=message.time)
        check(await agency.post("/gip", content, content_type="application/xml"))

    return tell


RECEIVES: Receives = {
    TransferSlip12: told_as("PHIEU_CHUYEN"),
    TransferSlip19: told_as("PHIEU_CHUYEN"),
    SlipCancelled: told_as("HUY_PHIEU"),
    PaymentReceipt: told_as("CHUNG_TU"),
    RegisterUpdated: told_as("BIEN_DONG"),
}
SENDS: Sends = {
    "TRA_PHIEU": lambda item: translation.slip_returned(item.body),
    "THONG_BAO": lambda item: translation.payment_notice(item.body),
    "HUY_THONG_BAO": lambda item: translation.notice_cancelled(item.body),
    "KHONG_PHAT_SINH": lambda item: translation.no_obligation(item.body),
    "DOI_SOAT": lambda item: translation.receipt_reconciled(item.body),
    "HOAN_THANH": lambda item: translation.obligation_completed(item.body),
}
