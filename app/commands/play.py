"""Commands that play scenarios, make them of what happened, and say why a case stands where it does."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.options import AsJson, State, environment, parts_of, settings
from app.commands.run import until_stopped
from app.listing import lines
from app.logs import configure
from vn.errors import Unusable

if TYPE_CHECKING:
    from app.play.options import Extra
    from app.settings import Settings

__all__ = ["record", "run", "why"]

PROFILE = "profile:"

Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help="Scenario files, folders of them, or profile:NAME.")]
Report = Annotated[
    list[str], typer.Option("--report", metavar="KIND=FILE", help="junit=FILE, html=FILE, json=FILE, ctrf=FILE; several, also with commas.")
]
Bindings = Annotated[Path | None, typer.Option(help="Who plays the parts that are outside (docs/outside.md).", metavar="FILE")]


def run(  # noqa: PLR0917  # a command's parameters are its options
    paths: Paths,
    report: Report = [],  # noqa: B006  # typer copies it
    parallel: Annotated[int, typer.Option(min=1, max=64, help="So many processes, each with a broker of its own.")] = 1,
    speed: Annotated[str, typer.Option(help="max, real, or so many times real: 60x.")] = "max",
    bindings: Bindings = None,
    interactive: Annotated[bool, typer.Option("--interactive/--non-interactive", help="Whether somebody can act by hand.")] = True,
    scale: Annotated[float, typer.Option(min=0.001, max=10, help="Of a profile: so much of it.")] = 1.0,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the steps of what passed, too.")] = False,
) -> int:
    """Play scenarios on a virtual clock, faults included; 0 only where something ran and all of it passed.

    Runs on an embedded broker of its own, or on the one that LGSP_KAFKA_BOOTSTRAP names.
    """
    from app.play.options import Options, play_all

    read = settings()
    configure(read.log, "critical" if read.log_level == "info" else read.log_level, "run")  # what goes wrong on purpose is no news
    profiles = [each.removeprefix(PROFILE) for each in paths if each.startswith(PROFILE)]
    options = Options(
        paths=tuple(each for each in paths if not each.startswith(PROFILE)),
        reports=_reports(report),
        parallel=parallel,
        speed=speed,
        bindings=bindings,
        interactive=interactive,
        verbose=verbose,
    )
    return until_stopped(lambda stop: play_all(options, read, environment(), stop=stop, extras=_extras(profiles, read, scale)))


def _extras(profiles: Sequence[str], read: "Settings", scale: float) -> "list[Extra]":
    if not profiles:
        return []
    from app.profiles.asked import asked

    return [asked(name, read, environment(), scale=scale) for name in profiles]


def _reports(said: Sequence[str]) -> tuple[tuple[str, Path], ...]:
    """`junit=a.xml,html=b.html`, or the option twice."""
    found = []
    for each in ",".join(said).split(",") if said else ():
        kind, _, path = each.partition("=")
        if not path:
            raise Unusable(f"--report {each}: say KIND=FILE, e.g. junit=run.xml")
        found.append((kind, Path(path)))
    return tuple(found)


def why(
    about: Annotated[str, typer.Argument(metavar="MESSAGE-ID|DOSSIER", help="A message id or a dossier code.")],
    json_: AsJson = False,
    state: State = None,
) -> int:
    """Where a case or a message stands: its last hop (accepted, delivered, taken, nothing since) and whose turn it is."""
    from app.play.case import stands

    read = settings(state)
    configure(read.log, "warning", "lgsp")
    found = asyncio.run(stands(about, read, parts_of(state)))
    if json_:
        lines([found.as_json()])
    else:
        typer.echo(f"last hop: {found.hop}\nwhose turn: {found.turn}")
    return 0


def record(
    dossiers: Annotated[list[str], typer.Argument(metavar="DOSSIER...", help="Dossier codes; several make one script.")],
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the draft; default: standard output.", metavar="FILE")] = None,
    state: State = None,
) -> int:
    """Make a scenario draft of what happened to dossiers, with generated identities in the place of theirs.

    Exit code 1 where something of the recording is not in the draft; what, stands on standard error and in the draft.
    """
    from app.play.case import recorded

    read = settings(state)
    configure(read.log, "warning", "lgsp")
    made = asyncio.run(recorded(list(dict.fromkeys(dossiers)), read))
    if out is None:
        typer.echo(made.text, nl=False)
    else:
        try:
            out.write_text(made.text, encoding="utf-8")
        except OSError as error:
            raise Unusable(f"{out}: cannot be written ({error.strerror})") from None
    for line in made.left_out:
        typer.echo(f"left out: {line}", err=True)
    return 1 if made.left_out else 0
