"""The public service portal's adapter: contracts to the portal's own messages (DVCQG, tax imports) and back."""

from adapters.dvc.handlers import RECEIVES, SENDS, read_no
from adapters.runtime import Adapter
from contracts import DVC as MEMBER

__all__ = ["DVC"]

DVC = Adapter(name="dvc", member=MEMBER, service="dvc", receives=RECEIVES, sends=SENDS, read_no=read_no)
