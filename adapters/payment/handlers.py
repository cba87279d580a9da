"""What the payment platform receives and what it says: one table each."""

from adapters.payment import translation
from adapters.runtime import Agency, Received, Receives, Sends
from contracts import PaymentRequested, ReceiptReconciled


async def payment_requested(message: Received[PaymentRequested], agency: Agency) -> None:
    """The portal wants a sum paid: INIT, in the portal's name."""
    await agency.post("/payplat/init", translation.init(message.payload))


async def receipt_reconciled(message: Received[ReceiptReconciled], agency: Agency) -> None:
    """Tax has looked at a receipt."""
    await agency.post("/doi-soat", translation.reconciliation(message.payload))


RECEIVES: Receives = {
    PaymentRequested: payment_requested,
    ReceiptReconciled: receipt_reconciled,
}
SENDS: Sends = {
    "CHUNG_TU": lambda item: translation.receipt(item.body),
    "THAT_BAI": lambda item: translation.failed(item.body),
}
