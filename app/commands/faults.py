"""Commands that tell the embedded broker to lie, and ask it what it did."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands.options import AsJson, State, parts_of
from app.listing import lines, table
from app.settings import CONTROL

__all__ = ["faults"]

faults = typer.Typer(
    help="Faults of the embedded broker, at run time (docs/faults.md): list, add, clear, fired. Needs its control address: "
    "LGSP_BROKER_CONTROL_PORT at the start of `lgsp up`, or LGSP_BROKER_CONTROL_URL of a broker elsewhere.",
    no_args_is_help=True,
)
_RULES = "/_lgsp/faults"
_COUNTS = ("matches", "fired")
_SHOWN = ("name", "stage", "action", *_COUNTS)
_EVENT = ("time", "rule", "stage", "action")


@faults.command("list")
def list_faults(json_: AsJson = False, state: State = None) -> None:
    """The rules in force, how many requests each has met and how often it fired."""
    rules = parts_of(state).get(CONTROL, _RULES)["rules"]
    if json_:
        lines(rules)
    else:
        table((*_SHOWN, "rule"), ((*(str(rule[key]) for key in _SHOWN), _rest(rule, _SHOWN)) for rule in rules))


@faults.command("add")
def add_faults(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A list of rules, as YAML or JSON.")],
    json_: AsJson = False,
    state: State = None,
) -> None:
    """Add the rules of a file; a group or broker rule without `when` is done at once."""
    from bus.embedded.faults import read_plan

    rules = [rule.to_json() for rule in read_plan(file, at_start=False)]
    parts_of(state).patch(CONTROL, _RULES, rules)
    if json_:
        lines(rules)
    else:
        typer.echo(f"{len(rules)} rule(s) added")


@faults.command("clear")
def clear_faults(
    name: Annotated[str, typer.Argument(metavar="NAME", help="One rule; none: all of them.")] = "",
    json_: AsJson = False,
    state: State = None,
) -> None:
    """Remove one rule, or all; what was held back is then stored, what was paused goes on."""
    parts_of(state).delete(CONTROL, f"{_RULES}/{name}" if name else _RULES)
    if json_:
        lines([{"cleared": name or "all"}])
    else:
        typer.echo(f"cleared: {name or 'all rules'}")


@faults.command("fired")
def fired_faults(json_: AsJson = False, state: State = None) -> None:
    """Every fault that fired, the oldest first: when, which rule, and what it was about."""
    found = parts_of(state).get(CONTROL, f"{_RULES}/fired")
    if json_:
        lines(found["fired"])
        return
    table((*_EVENT, "about"), ((*(str(each[key]) for key in _EVENT), _rest(each, _EVENT)) for each in found["fired"]))
    if found["forgotten"]:
        typer.echo(f"{found['forgotten']} older ones are forgotten")


def _rest(row: dict[str, Any], shown: tuple[str, ...]) -> str:
    """What has no column of its own, as `key=value`."""
    inner = {**{key: value for key, value in row.items() if key != "when"}, **row.get("when", {})}
    return " ".join(f"{key}={value}" for key, value in inner.items() if key not in shown)
