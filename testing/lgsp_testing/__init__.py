"""lgsp-sim in a container, for the tests of those who connect to it."""

from lgsp_testing.container import LgspContainer
from lgsp_testing.errors import LgspTestingError, NoAnswer, NothingCame, NotReady, Refused, TooMany

__all__ = ["LgspContainer", "LgspTestingError", "NoAnswer", "NotReady", "NothingCame", "Refused", "TooMany"]
