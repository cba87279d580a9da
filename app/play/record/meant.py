"""What a message means: the few fields of its payload by which an expectation knows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.play.record.heard import Heard
from scenarios.matching import at
from scenarios.typed import NOTHING

__all__ = ["meaning"]

FIELDS: Mapping[str, Sequence[str]] = {
    "dossier.status-changed": ("/status",),
    "land.transfer-slip": ("/form", "/revision"),
    "land.slip-cancelled": ("/slip/revision",),
    "land.register-updated": ("/restsOn/basis",),
    "tax.slip-returned": ("/slip/revision",),
    "tax.payment-notice": ("/kind", "/total"),
    "tax.no-obligation": ("/slip/revision",),
    "tax.receipt-reconciled": ("/outcome", "/remaining"),
    "tax.obligation-completed": ("/slip/revision", "/total"),
    "payment.failed": ("/outcome",),
    "exchange.receipt": ("/outcome", "/code"),
}
SUMS = ("/total", "/remaining")


def meaning(each: Heard, *, sums: bool = True) -> dict[str, Any]:
    """By pointer; `sums`: whether the agencies will come to the same amounts."""
    found = {field: at(each.payload, field) for field in FIELDS.get(each.contract, ()) if sums or field not in SUMS}
    return {field: value for field, value in found.items() if value is not NOTHING}
