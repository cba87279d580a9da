"""lgsp-sim in a container, for the tests of those who connect to it."""

from lgsp_testing.container import LgspContainer, NothingCame, Refused

__all__ = ["LgspContainer", "NothingCame", "Refused"]
