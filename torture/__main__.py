"""`python -m torture [--short] [--sample SECONDS] [--seed N] [--only NAME] [--list] [--broker apache] [--out FILE]`."""

import asyncio
import logging
import platform
import signal
import sys
import time
from collections.abc import Coroutine
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import psutil
import typer
from rich.console import Console

from app.logs import configure
from torture.case import PLAIN, Outcome
from torture.cases import chosen, expected, sampled
from torture.plan import APACHE, EMBEDDED, Plan
from torture.report import document, faults, listed, recovered, row, table
from torture.run import run
from vn.clock import VN


class Broker(StrEnum):
    """On which the cases run."""

    embedded = EMBEDDED
    apache = APACHE


def main(  # noqa: PLR0917  # a command's parameters are its options
    seed: Annotated[int, typer.Option(help="Makes the plan: which dossiers, which part, at which record.")] = 1,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Cases whose name begins so; may be given again.", metavar="NAME")
    ] = None,
    short: Annotated[bool, typer.Option("--short", help="Fewer dossiers and kills in each case.")] = False,
    sample: Annotated[float, typer.Option(help="One case of each kind that so many seconds afford; 0: all.", metavar="SECONDS")] = 0.0,
    broker: Annotated[
        Broker, typer.Option(help="embedded, or Apache Kafka from its jars, where no fault plan can be tried.")
    ] = Broker.embedded,
    out: Annotated[Path, typer.Option(help="Where the figures go.", metavar="FILE")] = Path("torture.json"),
    keep: Annotated[Path | None, typer.Option(help="Logs, topics and databases of what broke go there.", metavar="DIR")] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show the cases and end.")] = False,
) -> None:
    """Exit code 1 where something did not survive, 2 where no case has that name."""
    plan = Plan(seed=seed, short=short or sample > 0, broker=broker.value)
    cases = chosen(plan, only or ())
    if not cases:
        raise typer.BadParameter(f"{', '.join(only or ())}: no case on {plan.broker} begins so; see --list")
    cases = sorted(sampled(plan, cases, sample) if sample else cases, key=lambda case: (case.fresh, case.ground != PLAIN, case.ground))
    console = Console(width=None if sys.stdout.isatty() else 160)
    if list_:
        console.print(listed(cases))
        sys.exit(0)
    configure("text", "error", "torture")
    logging.disable(logging.ERROR)  # of the calm town and the onlookers, whose broker is away on purpose
    about_so_long = expected(cases)
    console.print(f"{len(cases)} cases, seed {seed}, {plan.broker}; about {about_so_long / 60:.0f} min", highlight=False)

    def told(outcome: Outcome) -> None:
        console.print(row(outcome), style=None if outcome.held else "bold red", highlight=False, markup=False)

    began = time.monotonic()
    try:
        outcomes = asyncio.run(_until_told(run(cases, plan, told, keep=keep, until=began + sample if sample else None)))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
    about = machine(plan) | {"expectedSeconds": round(about_so_long), "seconds": round(time.monotonic() - began, 1)}
    out.write_bytes(orjson.dumps(document(outcomes, about), option=orjson.OPT_INDENT_2) + b"\n")
    sys.exit(close(console, outcomes, about, out))


async def _until_told(work: Coroutine[Any, Any, list[Outcome]]) -> list[Outcome]:
    """SIGTERM is as Ctrl-C: towns are taken down."""
    task = asyncio.current_task()
    if task is not None and sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work


def close(console: Console, outcomes: list[Outcome], about: dict[str, Any], out: Path) -> int:
    """The tables, the last lines, the exit code."""
    console.print(table(outcomes))
    if any(each.recoveries for each in outcomes):
        console.print(recovered(outcomes))
    for fault in faults(outcomes):
        console.print(f"BROKEN  {fault}", style="bold red", markup=False, soft_wrap=True)
    console.print(f"seed {about['seed']}, {about['broker']}, {about['seconds']:.0f} s; written to {out}", highlight=False, markup=False)
    return 0 if outcomes and all(each.held for each in outcomes) else 1


def machine(plan: Plan) -> dict[str, Any]:
    """Where and how it was run."""
    return {
        "command": " ".join(["python -m torture", *sys.argv[1:]]),
        "at": datetime.now(VN).isoformat(timespec="seconds"),
        "seed": plan.seed,
        "short": plan.short,
        "broker": plan.broker,
        "cores": psutil.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "load": round(psutil.getloadavg()[0], 2),
    }


if __name__ == "__main__":
    typer.run(main)
