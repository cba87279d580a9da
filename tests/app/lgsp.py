"""The command line as a user meets it: processes, their output, their exit code."""

import json
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil
import structlog
from typer.testing import CliRunner

from app.cli import build
from app.commands.options import environment

WITHIN = 90.0
COMMAND = (sys.executable, "-m", "app")
STARTING = ("up", "demo", "run", "broker", "exchange", "serve", "adapter", "wait")
NOBODY = "127.0.0.1:9"  # a port where no broker is


def around(state: Path, **variables: str) -> dict[str, str]:
    """The variables of a user who has set these of ours, and no others."""
    foreign = {name: value for name, value in environment().items() if not name.startswith("LGSP_")}
    return {**foreign, "LGSP_STATE": str(state), "PYTHONPATH": str(Path(__file__).parents[2]), **variables}


@dataclass(frozen=True)
class Said:
    """What a command said, and how it left."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """One JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@contextmanager
def logging_kept() -> Iterator[None]:
    """A command sets up the logs of its process, which is this one: other tests find them as they were."""
    before, root, kafka = structlog.get_config(), logging.getLogger(), logging.getLogger("aiokafka")
    handlers, levels = root.handlers[:], (root.level, kafka.level)
    try:
        yield
    finally:
        structlog.configure(**before)
        structlog.contextvars.clear_contextvars()
        root.handlers[:] = handlers
        root.setLevel(levels[0])
        kafka.setLevel(levels[1])


def lgsp(*arguments: str, state: Path, given: str | bytes = b"", variables: Mapping[str, str] | None = None) -> Said:
    """Run one command to its end: one that starts a part as a process, any other in this one, which is quicker."""
    if arguments[0] not in STARTING:
        variables = {name: "" for name in environment() if name.startswith("LGSP_")} | {"LGSP_STATE": str(state), **(variables or {})}
        with logging_kept():
            called = CliRunner().invoke(build(), arguments, input=given, env=variables)
        return Said(called.exit_code, called.stdout, called.stderr)
    raw = given.encode() if isinstance(given, str) else given
    done = subprocess.run(
        [*COMMAND, *arguments], input=raw, capture_output=True, timeout=WITHIN, env=around(state, **(variables or {})), check=False
    )
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


class Up:
    """`lgsp up` while the block lasts; `told` is what it printed."""

    def __init__(self, state: Path, *arguments: str, **variables: str) -> None:
        self._command = [*COMMAND, "up", *arguments]
        self._variables = variables
        self.state = state
        self.told = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=around(self.state, **self._variables),
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.told += line
            if line.startswith("Next: "):
                return self
        raise AssertionError(f"lgsp up ended: {self._process.wait()} {self._process.stderr and self._process.stderr.read()}")

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.kill()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def everything(self) -> list[psutil.Process]:
        """The supervisor and all its parts."""
        own = psutil.Process(self._process.pid)
        return [own, *own.children(recursive=True)]

    def interrupt(self) -> tuple[int, float]:
        """Ctrl-C; the exit code, and after how many seconds the last process was gone."""
        parts, began = self.everything(), time.monotonic()
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(WITHIN)
        psutil.wait_procs(parts, timeout=WITHIN)
        return code, time.monotonic() - began

    def kill(self) -> None:
        """kill -9, all at once."""
        parts = self.everything()
        for part in parts:
            part.kill()
        self._process.wait(WITHIN)
        psutil.wait_procs(parts, timeout=WITHIN)
