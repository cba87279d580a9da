"""A run of scenarios as a terminal shows it: one live line, what failed and why, a summary."""

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scenarios.report.words import clean, counts, explained, failed_steps, moment, reason, seconds, spanned
from scenarios.verdicts import Case, Run, StepDone, Verdict

__all__ = ["Terminal"]

STYLES = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "bold red",
    Verdict.ERROR: "bold red",
    Verdict.NOT_RUN: "yellow",
    Verdict.INTERRUPTED: "yellow",
}
WRONG = (Verdict.FAILED, Verdict.ERROR)  # explained with its case
MOST = 60  # steps that passed, in the table of a case
SHORT = 100  # characters of a reason that has been told already


class Terminal:
    """Told what happens, as it happens; `total`: how many cases there will be.

    A live line on a terminal; elsewhere one line for each case, and for each tenth of a long one. Nothing is told by colour
    alone. Use it as a context: the live line goes, and the cursor comes back, however the run ends.
    """

    def __init__(self, console: Console, *, total: int, verbose: bool = False) -> None:
        self._console, self._total, self._verbose = console, total, verbose
        self._number = self._tenths = 0
        self._case = ""
        self._live = Live(Text(), console=console, transient=True, refresh_per_second=8) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    def case_begins(self, script_id: str, title: str) -> None:
        """The next of so many."""
        self._number, self._tenths = self._number + 1, 0
        self._case = f"{self._number}/{self._total} {script_id}"
        self._show(self._case, title)

    def step_begins(self, number: int, total: int, text: str, virtual_time: datetime | None) -> None:
        """Step `number` of `total`, at the scenario's time."""
        self._show(self._case, moment(virtual_time)[:16], f"step {number}/{total}", text)

    def goes_on(self, share: float, what: str) -> None:
        """A long case has done so much, from 0 to 1: the live line, or a line for each tenth."""
        bar = ("#" * int(20 * share)).ljust(20, ".")
        self._show(self._case, f"[{bar}]", f"{share:.0%}", what)
        if not self._live and int(10 * share) > self._tenths:
            self._tenths = int(10 * share)
            self._console.print(Text(clean(f"{self._case}  {share:.0%}  {what}")), highlight=False)

    async def ask(self, what: str) -> None:
        """Somebody has to do something by hand."""
        self._console.print(Text(clean(f"{self._case}: {what}"), "bold"), highlight=False)

    def step_ended(self, step: StepDone) -> None:
        """The step is told with its case."""

    def case_ended(self, case: Case) -> None:
        """Its steps only where it did not pass, or where everything is wanted."""
        told = self._verbose or case.verdict in WRONG
        if told or not self._console.is_terminal:
            line = Text.assemble(_verdict(case.verdict), "  ", (clean(case.id), "bold"), f"  {spanned(case)}  {seconds(case.seconds)}")
            self._console.print(line, highlight=False)
        if told:
            if case.reason and not _told_by_steps(case):
                self._console.print(Padding(Text(clean(case.reason)), (0, 0, 0, 2), expand=False), highlight=False)
            if case.steps:
                self._console.print(Padding(_steps(case.steps), (0, 0, 0, 2), expand=False), highlight=False)
            for step in failed_steps(case):
                self._console.print(Padding(_failure(step), (0, 0, 1, 4), expand=False), highlight=False)

    def say(self, text: str) -> None:
        """Words of a case that are more than its verdict."""
        self._console.print(Text(text), highlight=False, soft_wrap=True)

    def end(self, run: Run) -> None:
        """The summary: one row for each case, with its place where it has been explained above, then the counts."""
        self._stop()
        table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
        for column in ("verdict", "its time", "real", "scenario"):
            fold = column == "scenario"
            table.add_column(column, overflow="fold", justify="left" if fold or column == "verdict" else "right", no_wrap=not fold)
        for case in run.cases:
            why = _shortly(case)
            name = Group(Text(clean(case.id)), *([Padding(Text(clean(why)), (0, 0, 0, 2))] if why else []))
            table.add_row(_verdict(case.verdict), spanned(case), seconds(case.seconds), name)
        self._console.print(table, highlight=False)
        worst = "green" if run.exit_code() == 0 else "bold red"
        self._console.print(Text(f"{counts(run.cases)} in {seconds(run.seconds)}", worst), highlight=False)

    def _show(self, *words: str) -> None:
        if self._live:
            self._live.update(Text(clean("  ".join(word for word in words if word)), no_wrap=True, overflow="ellipsis"))

    def _stop(self) -> None:
        if self._live:
            self._live.stop()


def _verdict(verdict: Verdict) -> Text:
    """In capitals where something is wrong, so that it is found without colour."""
    bad = verdict in WRONG
    return Text(verdict.value.upper() if bad else verdict.value, STYLES[verdict])


def _told_by_steps(case: Case) -> bool:
    """Whether the reason is that of a step, which explains it."""
    return any(step.failure and step.failure.reason in case.reason for step in failed_steps(case))


def _shortly(case: Case) -> str:
    """In the summary: the reason where it is told nowhere else, else where it has been explained."""
    why = reason(case)
    if case.verdict not in WRONG:
        return why
    if step := next((step for step in failed_steps(case) if step.verdict in WRONG), None):
        return f"step {step.number}, {step.place}"
    return why if len(why) <= SHORT else f"{why[: SHORT - 1]}…"


def _steps(steps: Sequence[StepDone]) -> Table:
    """One row for each step; all that did not pass, and the last of those that did."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for fold in (False, False, False, True):
        table.add_column(overflow="fold", no_wrap=not fold)
    passed = [step for step in steps if step.verdict is Verdict.PASSED]
    hidden = {id(step) for step in passed[:-MOST]}
    if hidden:
        table.add_row("", "", "", f"({len(hidden)} steps before these passed)")
    for step in steps:
        if id(step) not in hidden:
            text = Text.assemble((step.word, "bold"), clean(f" {step.text}"))
            table.add_row(str(step.number), _verdict(step.verdict), moment(step.ended or step.began)[:10], text)
    return table


def _failure(step: StepDone) -> Text:
    """The explanation, with the place in the script."""
    lines = explained(step.failure) if step.failure else []
    return Text(clean("\n".join([f"step {step.number}, {step.place}", *lines])), STYLES[step.verdict].replace("bold ", ""))
