"""The tax authority's adapter: contracts to the gateway's XML and back."""

from adapters.runtime import Adapter
from adapters.tax.documents import read_no
from adapters.tax.handlers import RECEIVES, SENDS
from contracts import TCT

__all__ = ["TAX"]

TAX = Adapter(name="tax", member=TCT, service="tax", receives=RECEIVES, sends=SENDS, read_no=read_no)
