"""Commands about scenario scripts that play nothing: check them, list them, print their schema."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.options import AsJson, settings
from app.listing import lines, table

if TYPE_CHECKING:
    from scenarios.places import Complaint
    from scenarios.reading import Script

__all__ = ["scenario"]

scenario = typer.Typer(help="Scenario scripts: check, list, schema for editors.", no_args_is_help=True)
Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or folders with *.yaml in them.")]


@scenario.command("lint")
def lint(paths: Paths, json_: AsJson = False) -> int:
    """Find everything that is wrong with scripts, each fault with its place, and say what each needs; exit code 2 if anything is wrong."""
    from scenarios.needs import in_words

    scripts, wrong = _read(paths)
    if json_:
        lines([*(_complaint(each) for each in wrong), *({"scenario": name, "needs": needs} for name, needs in _needs(scripts).items())])
        return 2 if wrong else 0
    for each in wrong:
        typer.echo(str(each))
    for name, needs in _needs(scripts).items():
        typer.echo(f"{name}: needs {', '.join(map(in_words, needs)) or 'nothing'}")
    return 2 if wrong else 0


@scenario.command("list")
def list_scripts(paths: Paths, json_: AsJson = False) -> int:
    """Every scenario, or row of its table: name, titles, what it needs; what cannot be read stands on standard error."""
    scripts, wrong = _read(paths)
    rows: list[dict[str, Any]] = [
        {"name": each.id, "path": str(each.path), "titleVi": each.scenario.title.vi, "titleEn": each.scenario.title.en}
        | {"needs": sorted(each.needs)}
        for each in scripts
    ]
    if json_:
        lines(rows)
    else:
        shown = ((row["name"], f"{row['titleVi']}\n{row['titleEn']}", ", ".join(row["needs"])) for row in rows)
        table(("name", "title", "needs"), shown)
    for each in wrong:
        typer.echo(str(each), err=True)
    return 2 if wrong else 0


@scenario.command("schema")
def schema() -> None:
    """The JSON Schema of scenario files, with which editors complete and explain."""
    from scenarios.schema import PATH

    typer.echo(PATH.read_text(encoding="utf-8"), nl=False)


def _read(paths: Sequence[Path]) -> "tuple[list[Script], list[Complaint]]":
    from app.known import known_of
    from scenarios.reading import read_all

    return read_all(paths, known_of(settings()))


def _complaint(each: "Complaint") -> dict[str, Any]:
    place = {"path": str(each.place.path), "line": each.place.line, "column": each.place.column}
    return {**place, "where": each.where, "reason": each.reason}


def _needs(scripts: "Sequence[Script]") -> dict[str, list[str]]:
    """By scenario; the rows of a table need the same, or together so much."""
    needs: dict[str, set[str]] = {}
    for script in scripts:
        needs.setdefault(script.scenario.scenario, set()).update(script.needs)
    return {name: sorted(each) for name, each in needs.items()}
