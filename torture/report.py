"""What a run found, as a table, as sentences and as JSON; nothing here breaks anything."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from rich.table import Table

from torture.case import Case, Outcome
from torture.ground import Recovery

__all__ = ["document", "faults", "listed", "recovered", "row", "table"]

WORST_FIRST = 6  # violations told of one case


def listed(cases: Sequence[Case]) -> Table:
    """Every case with what it does and how long it takes, about."""
    shown = Table(title_justify="left", expand=False)
    for column in ("case", "s", "what is broken"):
        shown.add_column(column, justify="right" if column == "s" else "left", overflow="fold")
    for case in cases:
        shown.add_row(case.name, f"{case.seconds:g}", case.about)
    return shown


def row(outcome: Outcome) -> str:
    """One line as soon as a case is over."""
    word = "held  " if outcome.held else "BROKEN"
    return f"{word}  {outcome.name:42} {outcome.seconds:6.1f} s  {outcome.dossiers:4} dossiers  {outcome.kills:3} kills"


def table(outcomes: Sequence[Outcome]) -> Table:
    """By kind: cases, dossiers, kills, seconds, what held."""
    shown = Table(title="survival", title_justify="left", title_style="bold", expand=False)
    for column in ("kind", "cases", "dossiers", "kills", "seconds", "broken"):
        shown.add_column(column, justify="left" if column == "kind" else "right")
    for kind, found in _by_kind(outcomes).items():
        broken = sum(not each.held for each in found)
        figures = (
            len(found),
            sum(each.dossiers for each in found),
            sum(each.kills for each in found),
            round(sum(e.seconds for e in found)),
        )
        shown.add_row(kind, *map(str, figures), str(broken or ""), style="bold red" if broken else None)
    return shown


def recovered(outcomes: Sequence[Outcome]) -> Table:
    """By part: how long it took to come back."""
    shown = Table(title="recovery, s from the start of the part: median / worst", title_justify="left", title_style="bold", expand=False)
    for column in ("part", "restarts", "well", "next record", "at rest"):
        shown.add_column(column, justify="left" if column == "part" else "right")
    for part, found in _recoveries(outcomes).items():
        shown.add_row(part, str(len(found)), *(_spread([v for e in found if (v := getattr(e, n)) is not None]) for n in SPANS))
    return shown


def faults(outcomes: Sequence[Outcome]) -> list[str]:
    """What did not hold, in sentences, the first of each case."""
    said = []
    for each in outcomes:
        if each.trouble:
            said.append(f"{each.name}: {each.trouble}")
        said += [f"{each.name}: {violation}" for violation in each.violations[:WORST_FIRST]]
        if len(each.violations) > WORST_FIRST:
            said.append(f"{each.name}: and {len(each.violations) - WORST_FIRST} more")
    return said


def document(outcomes: Sequence[Outcome], about: Mapping[str, Any]) -> dict[str, Any]:
    """All of it as JSON; `lost` and `double` count the messages that points 1 and 2 name."""
    violations = [violation for each in outcomes for violation in each.violations]
    return {
        **about,
        "cases": len(outcomes),
        "broken": [each.name for each in outcomes if not each.held],
        "dossiers": sum(each.dossiers for each in outcomes),
        "kills": sum(each.kills for each in outcomes),
        "lost": sum(each.point == 1 for each in violations),
        "double": sum(each.point == 2 for each in violations),
        "kinds": {
            kind: {"cases": len(found), "broken": sum(not each.held for each in found)} for kind, found in _by_kind(outcomes).items()
        },
        "recovery": {part: _recovery(found) for part, found in _recoveries(outcomes).items()},
        "outcomes": [each.as_json() for each in outcomes],
    }


SPANS = ("well", "next_record", "rest")


def _by_kind(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    found: defaultdict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        found[each.name.partition("/")[0]].append(each)
    return dict(found)


def _recoveries(outcomes: Sequence[Outcome]) -> dict[str, list[Recovery]]:
    found: defaultdict[str, list[Recovery]] = defaultdict(list)
    for outcome in outcomes:
        for each in outcome.recoveries:
            found[each.part].append(each)
    return dict(sorted(found.items()))


def _recovery(found: Sequence[Recovery]) -> dict[str, Any]:
    """Seconds from the start of the part, by what was waited for."""
    told: dict[str, Any] = {"restarts": len(found)}
    for name, key in zip(SPANS, ("well", "nextRecord", "atRest"), strict=True):
        values = [value for each in found if (value := getattr(each, name)) is not None]
        told[key] = {"median": round(median(values), 3), "worst": round(max(values), 3), "of": len(values)} if values else None
    return told


def _spread(values: Sequence[float]) -> str:
    return f"{median(values):.2f} / {max(values):.2f}" if values else "-"
