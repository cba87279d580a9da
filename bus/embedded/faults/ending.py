"""The end of this process as `kill -9` makes it: nothing is finished, nothing is said."""

import logging
import os
import signal
import sys
from typing import NoReturn


def end_process() -> NoReturn:
    """Never returns."""
    for handler in logging.getLogger().handlers:  # the line that says who did it has to be out
        handler.flush()
    sys.stderr.flush()
    if sys.platform != "win32":
        os.kill(os.getpid(), signal.SIGKILL)
    os._exit(137)
