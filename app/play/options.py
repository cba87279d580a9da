"""One `lgsp run`: what was asked for, what is played, what is reported."""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console

from app.known import known_of
from app.play.broker import Broker
from app.play.clock import Speed
from app.play.fitness import Means
from app.play.runs import cases_of, run_of
from app.play.setting import Setting
from app.play.terminal import Terminal
from app.settings import Settings
from scenarios.places import Unwritable
from scenarios.reading import Script, read_all
from scenarios.report import check, write
from scenarios.verdicts import Run, Verdict
from vn.clock import VN
from vn.collector import calm

__all__ = ["Options", "play_all"]


@dataclass(frozen=True)
class Options:
    """What `lgsp run` was told."""

    paths: tuple[str, ...]
    reports: tuple[tuple[str, Path], ...] = ()
    parallel: int = 1
    speed: str = "max"
    bindings: Path | None = None
    interactive: bool = True
    scale: float = 1.0
    verbose: bool = False


async def play_all(options: Options, settings: Settings, environ: Mapping[str, str], stop: asyncio.Event) -> int:
    """Play them, show how it goes, write the reports; the exit code."""
    for kind, path in options.reports:
        check(kind, path)
    speed = Speed.read(options.speed)
    scripts = _scripts(options, settings)
    started, began = datetime.now(VN), time.monotonic()
    means = Means(
        own_broker=settings.bootstrap is None,
        virtual_clock=options.speed != "real",
        somebody=options.interactive and sys.stdin.isatty(),
    )
    console = Console()
    with Terminal(console, total=len(scripts), verbose=options.verbose) as terminal:
        async with AsyncExitStack() as stack:
            broker = None if settings.bootstrap else await stack.enter_async_context(Broker(environ))
            setting = Setting(settings, environ, broker, speed=speed, prefix=f"run-{os.getpid()}")
            with calm():
                cases = await cases_of(scripts, setting, means, teller=terminal, stop=stop)
        run = run_of(cases, started=started, began=began, broker=settings.bootstrap or "embedded")
        terminal.end(run)
    for kind, path in options.reports:
        write(run, kind, path)
    return _exit_code(run, stop)


def _scripts(options: Options, settings: Settings) -> list[Script]:
    scripts, wrong = read_all([Path(each) for each in options.paths], known_of(settings))
    if wrong:
        raise Unwritable(wrong)
    return scripts


def _exit_code(run: Run, stop: asyncio.Event) -> int:
    return 130 if stop.is_set() and any(case.verdict is not Verdict.PASSED for case in run.cases) else run.exit_code()
