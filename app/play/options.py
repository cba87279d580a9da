"""One `lgsp run`: what was asked for, what is played, what is reported."""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from rich.console import Console

from app.known import known_of
from app.play.bound import Bound, read
from app.play.broker import Broker
from app.play.clock import Speed
from app.play.fitness import Means
from app.play.outsiders import Outsiders
from app.play.runs import cases_of, run_of
from app.play.setting import Setting
from app.play.terminal import Terminal
from app.play.unused import check_unused
from app.settings import Settings
from bus import KafkaSettings
from scenarios.places import Unwritable
from scenarios.reading import Script, read_all
from scenarios.report import check, write
from scenarios.verdicts import Run, Verdict
from vn.clock import VN
from vn.errors import Unusable

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
    bound = read(options.bindings, environ) if options.bindings else Bound()
    scripts = _scripts(options, settings, bound)
    listen, space = _address(options, settings), environ.get("LGSP_SPACE", "").strip() or None
    started, began = datetime.now(VN), time.monotonic()
    means = Means(
        own_broker=settings.bootstrap is None,
        virtual_clock=options.speed != "real",
        somebody=options.interactive and sys.stdin.isatty(),
        findable=space is not None and (listen is not None or settings.bootstrap is not None),
        bound=bound,
    )
    console = Console()
    with Terminal(console, total=len(scripts), verbose=options.verbose) as terminal:
        async with AsyncExitStack() as stack:
            broker = None if settings.bootstrap else await stack.enter_async_context(Broker(environ, listen=listen or "127.0.0.1:0"))
            if settings.bootstrap and space and any(Outsiders.of(each, bound).members for each in scripts):
                await check_unused(KafkaSettings(settings.bootstrap, security=settings.security), space)
            setting = Setting(
                settings, environ, broker, speed=speed, ask=terminal.ask, prefix=f"run-{os.getpid()}", space=space, bound=bound
            )
            cases = await cases_of(scripts, setting, means, teller=terminal, stop=stop)
        run = run_of(cases, started=started, began=began, broker=settings.bootstrap or "embedded")
        terminal.end(run)
    for kind, path in options.reports:
        write(run, kind, path)
    return _exit_code(run, stop)


def _address(options: Options, settings: Settings) -> str | None:
    """Where the run's own broker is to listen; None where any free port will do."""
    port = settings.port("broker")
    if port and options.parallel > 1:
        raise Unusable("LGSP_BROKER_PORT is one address, and --parallel has as many brokers as processes")
    return f"{settings.host}:{port}" if port else None


def _scripts(options: Options, settings: Settings, bound: Bound) -> list[Script]:
    known = replace(known_of(settings), codes=tuple(bound.bindings.codes))
    scripts, wrong = read_all([Path(each) for each in options.paths], known)
    if wrong:
        raise Unwritable(wrong)
    return scripts


def _exit_code(run: Run, stop: asyncio.Event) -> int:
    return 130 if stop.is_set() and any(case.verdict is not Verdict.PASSED for case in run.cases) else run.exit_code()
