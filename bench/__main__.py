"""`python -m bench [--short] [--out FILE] [BENCH ...]`: run the benchmarks, show the table, write `bench.json`."""

import os
import platform
import sys
import time
from asyncio import CancelledError
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import psutil
import typer
from rich.console import Console
from rich.table import Table

from app.logs import configure
from bench import demo, embedded, endurance, exchange, latency, million, pair, throughput, transfer
from bench.loop import run
from bench.plan import Plan
from bench.report import MISSED, Figure, Result, document, missed
from vn.clock import VN

Bench = Callable[[Plan], Coroutine[Any, Any, list[Figure]]]

BENCHES: dict[str, Bench] = {
    "exchange": exchange.run,
    "pair": pair.run,
    "latency": latency.run,
    "endurance": endurance.run,
    "million": million.run,
    "embedded": embedded.run,
    "transfer": transfer.run,
    "throughput": throughput.run,
    "demo": demo.run,
}


def main(  # noqa: PLR0917  # options, which typer names
    names: Annotated[list[str] | None, typer.Argument(metavar="[BENCH]...", help=f"of {', '.join(BENCHES)}; all without.")] = None,
    short: Annotated[bool, typer.Option("--short", help="Fewer messages and rounds, ratios with a margin.")] = False,
    out: Annotated[Path, typer.Option(help="Where the figures go.", metavar="FILE")] = Path("bench.json"),
    bootstrap: Annotated[str | None, typer.Option(envvar="LGSP_KAFKA_BOOTSTRAP", help="A running broker; else an embedded one.")] = None,
    apache: Annotated[bool, typer.Option("--apache", help="On Apache Kafka from its jars.")] = False,
) -> None:
    """Exit code 1 where a judged bound is missed, 2 where a name is wrong."""
    if unknown := set(names or ()) - set(BENCHES):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: none of {', '.join(BENCHES)}")
    chosen = {name: bench for name, bench in BENCHES.items() if not names or name in names}
    configure("text", "error", "bench")
    plan = Plan(short=short, bootstrap=bootstrap or None, apache=apache)
    console = Console(width=None if sys.stdout.isatty() else 160)
    about = machine(plan)
    results = {}
    for name, bench in chosen.items():
        results[name] = measured(bench, plan)
        show(console, name, results[name])
    about["loadAfter"] = load()
    out.write_bytes(orjson.dumps(document(results, about), option=orjson.OPT_INDENT_2) + b"\n")
    sys.exit(close(console, results, about, out))


def measured(bench: Bench, plan: Plan) -> Result:
    """One benchmark; what it raises is its result, so that the others still run."""
    began = time.monotonic()
    try:
        figures = run(bench(plan))
    except (Exception, CancelledError) as error:  # noqa: BLE001  # shown, exit code 1; a part that fails cancels who started it
        return Result(seconds=time.monotonic() - began, trouble=f"{type(error).__name__}: {error}")
    return Result(tuple(figures), time.monotonic() - began)


def show(console: Console, name: str, result: Result) -> None:
    """The figures of one benchmark."""
    table = Table(title=f"{name}  ({result.seconds:.0f} s)", title_justify="left", title_style="bold", expand=False)
    for column in ("figure", "value", "bound", "", "beside it"):
        table.add_column(column, justify="right" if column == "value" else "left", overflow="fold")
    for figure in result.figures:
        table.add_row(*figure.row(), style="bold red" if figure.verdict == MISSED else None)
    console.print(table)
    if result.trouble:
        console.print(f"could not be run: {result.trouble}", style="bold red", markup=False)


def close(console: Console, results: dict[str, Result], about: dict[str, Any], out: Path) -> int:
    """The last lines and the exit code."""
    told = f"{about['cores']} cores, Python {about['python']}, load {about['loadBefore']:.1f} before and {about['loadAfter']:.1f} after"
    console.print(f"{told}; broker: {about['broker']}; written to {out}", highlight=False, markup=False)
    faults = missed(results)
    for fault in faults:
        console.print(f"MISSED  {fault}", style="bold red", markup=False, soft_wrap=True)
    return 1 if faults else 0


def machine(plan: Plan) -> dict[str, Any]:
    """Where and how the figures were made."""
    return {
        "command": " ".join(["python -m bench", *sys.argv[1:]]),
        "short": plan.short,
        "broker": plan.broker,
        "at": datetime.now(VN).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "loadBefore": load(),
    }


def load() -> float:
    """Processes that wanted a core during the last minute."""
    return round(psutil.getloadavg()[0], 2)


if __name__ == "__main__":
    typer.run(main)
