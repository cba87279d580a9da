"""Apache Kafka as a user starts it: `lgsp broker --apache` in a process of its own, which ends with the process that started it."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.app.lgsp import around

READY_WITHIN = 60.0  # the first start of all fetches the jars before, which has its own bound
ENDS_WITHIN = 15.0


class Node:
    """One node over the state folder `state`; `address` once it is ready."""

    def __init__(self, state: Path, **variables: str) -> None:
        self.state = state
        self._variables = variables
        self.address = "127.0.0.1:0"

    def start(self) -> None:
        """Return when it is ready; raises RuntimeError with what it told where it cannot be."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app", "broker", "--apache", "--listen", self.address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environ(),
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith("broker ready on "):
            raise RuntimeError(self.ended()[1])
        self.address = line.split()[-1]

    @property
    def pid(self) -> int:
        """Of our process, whose child is Kafka's."""
        return self._process.pid

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send the signal; exit code and what it told on standard error."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        return self.ended()

    def ended(self) -> tuple[int, str]:
        """Exit code and standard error, once it has ended."""
        self._process.wait(ENDS_WITHIN)  # by itself: to let go of its standard input is to tell it to end
        errors = self._process.communicate()[1]
        return self._process.returncode, errors

    def _environ(self) -> Mapping[str, str]:
        return around(self.state, LGSP_SUPERVISED="1", **self._variables)
