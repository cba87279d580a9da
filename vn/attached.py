"""A process that ends with whoever holds the other end of its standard input, on every system."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress

__all__ = ["when_input_ends"]


def when_input_ends(stop: Callable[[], object]) -> None:
    """Call `stop` in a thread of its own once nobody holds the other end any more; what is read until then means nothing."""

    def wait() -> None:
        while os.read(0, 1024):  # not through sys.stdin: its lock, held here, would abort an interpreter that ends by itself
            pass
        with suppress(RuntimeError):  # the loop that it was for has ended
            stop()

    threading.Thread(target=wait, daemon=True, name="input").start()
