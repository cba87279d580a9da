"""Python's garbage collector, told that messages and calls come and go: what they hold is freed without it."""

import contextlib
import gc
from collections.abc import Iterator

__all__ = ["calm"]

YOUNG = 50_000  # new containers between two looks at the young ones; the default of 700 makes every batch look like a leak


@contextlib.contextmanager
def calm() -> Iterator[None]:
    """Look seldom, and never again at what was there before; a sixth of the exchange's time went there.

    Within another such block only what has come since is looked at, once: in a run of scenarios that is the one before.
    """
    before = gc.get_threshold()
    gc.collect()
    if before[0] == YOUNG:
        yield
        return
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
