"""The land registration office's adapter: contracts to iLIS calls and back."""

from adapters.ilis.handlers import RECEIVES, SENDS
from adapters.runtime import Adapter
from contracts import ILIS as MEMBER

__all__ = ["ILIS"]

ILIS = Adapter(name="ilis", member=MEMBER, service="land", receives=RECEIVES, sends=SENDS)
