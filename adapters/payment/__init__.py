"""The payment platform's adapter: contracts to PayPlat messages and back."""

from adapters.payment.handlers import RECEIVES, SENDS
from adapters.runtime import Adapter
from contracts import PAYPLAT

__all__ = ["PAYMENT"]

PAYMENT = Adapter(name="payment", member=PAYPLAT, service="payment", receives=RECEIVES, sends=SENDS)
