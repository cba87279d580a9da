"""One `lgsp run`: what was asked for, what is played, what is reported."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import TypeAlias

from rich.console import Console

from app.known import known_of
from app.play.bound import Bound, read
from app.play.broker import Broker
from app.play.clock import Speed
from app.play.crew import spread
from app.play.fitness import Means
from app.play.outsiders import Outsiders
from app.play.runs import cases_of, run_of
from app.play.setting import Setting
from app.play.terminal import Terminal
from app.play.unused import check_unused
from app.settings import Settings
from bus import Admin, KafkaSettings
from scenarios.places import Unwritable
from scenarios.reading import Script, read_all
from scenarios.report import check, write
from scenarios.verdicts import Case, Verdict
from vn.clock import VN
from vn.collector import calm
from vn.errors import Unusable

__all__ = ["Extra", "Options", "bound_of", "company", "play_all", "scripts_of"]

WIDE = 240
CONNECT_WITHIN = 10.0  # seconds for the first word of a broker that is named


@dataclass(frozen=True)
class Options:
    """What `lgsp run` was told."""

    paths: tuple[str, ...]
    reports: tuple[tuple[str, Path], ...] = ()
    parallel: int = 1
    speed: str = "max"
    bindings: Path | None = None
    interactive: bool = True
    verbose: bool = False


Extra: TypeAlias = Callable[[Terminal, asyncio.Event], Awaitable[Case]]
"""What is no script and makes a case of the run all the same."""


async def play_all(
    options: Options, settings: Settings, environ: Mapping[str, str], *, stop: asyncio.Event, extras: Sequence[Extra] = ()
) -> int:
    """Play them, then the extras, show how it goes, write the reports; the exit code.

    Raises CannotConnect where a named broker does not answer.
    """
    for kind, path in options.reports:
        check(kind, path)
    Speed.read(options.speed)
    bound = bound_of(options, environ)
    scripts = scripts_of(options, settings, bound)
    started, began = datetime.now(VN), time.monotonic()
    spreads = options.parallel > 1 and len(scripts) > 1
    if spreads:
        _sharable(settings, environ, scripts, bound)
    if settings.bootstrap:
        await _reachable(settings, environ, scripts, bound)
    cases: list[Case] = []
    with Terminal(_console(), total=len(scripts) + len(extras), verbose=options.verbose) as terminal:
        if spreads:
            cases = await spread(scripts, options, options.parallel, environ, teller=terminal, stop=stop)
        elif scripts:
            async with company(options, settings, environ, ask=terminal.ask) as (setting, means):
                with calm():
                    cases = await cases_of(scripts, setting, means, teller=terminal, stop=stop)
        for extra in extras:
            if not stop.is_set():
                cases.append(await extra(terminal, stop))
        run = run_of(cases, started=started, began=began, broker=settings.bootstrap or "embedded")
        run = replace(run, interrupted=stop.is_set() and any(case.verdict is not Verdict.PASSED for case in cases))
        terminal.end(run)
    for kind, path in options.reports:
        write(run, kind, path)
    return run.exit_code()


def _console() -> Console:
    """A terminal is as wide as it is; whoever reads a pipe wants whole words."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDE)


async def _reachable(settings: Settings, environ: Mapping[str, str], scripts: Sequence[Script], bound: Bound) -> None:
    """The named broker answers, and a space that outside systems know is not somebody's whose messages would be removed."""
    kafka = KafkaSettings(settings.bootstrap or "", security=settings.security, connect_within=CONNECT_WITHIN)
    async with Admin(kafka):
        pass
    space = _space(environ)
    if space and any(Outsiders.of(each, bound).members for each in scripts):
        await check_unused(kafka, space)


def _sharable(settings: Settings, environ: Mapping[str, str], scripts: Sequence[Script], bound: Bound) -> None:
    """Several processes do not get in each other's way."""
    if settings.port("broker"):
        raise Unusable("LGSP_BROKER_PORT is one address, and --parallel has as many brokers as processes")
    if settings.bootstrap and _space(environ) and any(Outsiders.of(each, bound).members for each in scripts):
        raise Unusable("LGSP_SPACE is one space, made anew for every scenario with a member outside: it cannot be shared (--parallel)")


def _space(environ: Mapping[str, str]) -> str | None:
    return environ.get("LGSP_SPACE", "").strip() or None


@asynccontextmanager
async def company(
    options: Options, settings: Settings, environ: Mapping[str, str], *, ask: Callable[[str], Awaitable[None]] | None = None
) -> AsyncIterator[tuple[Setting, Means]]:
    """What plays scripts in this process, with a broker of its own where none is named; `ask`: how somebody is told what to do by hand."""
    bound = bound_of(options, environ)
    space, port = _space(environ), settings.port("broker")
    means = Means(
        own_broker=settings.bootstrap is None,
        virtual_clock=options.speed != "real",
        somebody=ask is not None and options.interactive and sys.stdin.isatty(),
        findable=space is not None and (bool(port) or settings.bootstrap is not None),
        bound=bound,
    )
    listen = f"{settings.host if port else '127.0.0.1'}:{port}"
    async with AsyncExitStack() as stack:
        broker = None if settings.bootstrap else await stack.enter_async_context(Broker.of(environ, listen=listen))
        speed = Speed.read(options.speed)
        setting = Setting(settings, environ, broker, speed=speed, prefix=f"run-{token_hex(4)}", space=space, bound=bound)
        yield (setting if ask is None else replace(setting, ask=ask)), means


def bound_of(options: Options, environ: Mapping[str, str]) -> Bound:
    """What the bindings file says; nobody is outside where there is none."""
    return read(options.bindings, environ) if options.bindings else Bound()


def scripts_of(options: Options, settings: Settings, bound: Bound) -> list[Script]:
    """In the order of the paths; raises Unwritable with all that is wrong in any of them."""
    if not options.paths:
        return []
    known = replace(known_of(settings), codes=tuple(bound.bindings.codes))
    scripts, wrong = read_all([Path(each) for each in options.paths], known)
    if wrong:
        raise Unwritable(wrong)
    return scripts
