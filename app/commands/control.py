"""Commands that turn a running exchange: clock, policy, canonical form, reset."""

import json
import re
from datetime import datetime
from typing import Annotated, Any

import typer

from app.commands.options import AsJson, State, parts_of
from app.listing import lines
from app.settings import CONTROL
from vn.clock import VN
from vn.errors import Unusable

__all__ = ["canonical", "clock", "policy", "reset"]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_AGENCIES = ("dvc", "land", "tax", "payment")


def clock(
    what: Annotated[str, typer.Argument(help="show, real, at, freeze or jump.")] = "show",
    value: Annotated[str, typer.Argument(help="at, freeze: 2025-06-16T08:00 (Viet Nam's time); jump: 90s, 15m, 8h, 3d, 2w.")] = "",
    json_: AsJson = False,
    state: State = None,
) -> int:
    """Show or turn the clock of every part: real; running from another instant (at); standing still (freeze); moved on (jump)."""
    parts = parts_of(state)
    names = [part for part in parts.urls if part not in ("supervisor", CONTROL)]
    if what == "jump":
        seconds = _seconds(value)
        for part in names:
            parts.post(part, "/_lgsp/clock/jump", {"seconds": seconds})
    elif what != "show":
        setting = _setting(what, value)
        for part in names:
            parts.put(part, "/_lgsp/clock", setting)
    clocks = {part: parts.get(part, "/_lgsp/clock") for part in names}
    if json_:
        lines({"part": part, **shown} for part, shown in clocks.items())
    else:
        for part, shown in clocks.items():
            typer.echo(f"{part:17} {shown['now'][:19]}  {shown['mode']}")
    return 0


def _setting(what: str, value: str) -> dict[str, Any]:
    if what == "real":
        return {"mode": "real"}
    if what not in ("at", "freeze"):
        raise Unusable(f"clock {what}: say show, real, at, freeze or jump")
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise Unusable(f"clock {what} {value!r}: give an instant, e.g. 2025-06-16T08:00") from None
    instant = instant if instant.tzinfo else instant.replace(tzinfo=VN)
    if what == "freeze":
        return {"mode": "frozen", "at": instant.isoformat()}
    return {"mode": "offset", "offsetSeconds": (instant - datetime.now(VN)).total_seconds()}


def _seconds(value: str) -> float:
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?)([smhdw])", value)
    if found is None:
        raise Unusable(f"clock jump {value!r}: give a time such as 90s, 15m, 8h, 3d, 2w")
    return float(found[1]) * _UNITS[found[2]]


def policy(  # noqa: PLR0917  # a command's parameters are its options
    agency: Annotated[str, typer.Argument(help="dvc, land, tax or payment; none: show all.")] = "",
    decision: Annotated[str, typer.Argument(help="Which decision.")] = "",
    manner: Annotated[str, typer.Argument(help="instant, manual, or so many working days, e.g. 3.")] = "",
    json_: AsJson = False,
    state: State = None,
) -> int:
    """Show or change how agencies decide: at once, when an officer says so, or after working days."""
    parts = parts_of(state)
    if agency and agency not in _AGENCIES:
        raise Unusable(f"policy {agency}: agencies are {', '.join(_AGENCIES)}")
    if decision:
        known = parts.get(agency, "/_lgsp/policy")
        if decision not in known:
            raise Unusable(f"policy {agency} {decision}: the decisions of {agency} are {', '.join(known)}")
        if manner:
            parts.put(agency, "/_lgsp/policy", {decision: _manner(manner)})
    agencies = [agency] if agency else [each for each in _AGENCIES if each in parts.urls]
    every = [(name, key, value) for name in agencies for key, value in parts.get(name, "/_lgsp/policy").items()]
    found = [row for row in every if decision in ("", row[1])]
    if json_:
        lines({"agency": name, "decision": key, "manner": value} for name, key, value in found)
    else:
        for name, key, value in found:
            typer.echo(f"{name:8} {key:20} {_shown(value)}")
    return 0


def _shown(manner: Any) -> str:
    """A manner in words: `after 1 to 5 working day(s) at 16:00, 2% never, 10% refuse`."""
    if isinstance(manner, str):
        return manner
    days = manner["workingDays"]
    if isinstance(days, dict):
        days = f"{days['from']} to {days['to']}" if "from" in days else " or ".join(sorted(days["weights"], key=int))
    chances = [("never", manner["never"])] if "never" in manner else []
    chances += manner.get("outcomes", {}).items()
    hour = f" at {manner['at']}" if "at" in manner else ""
    return ", ".join([f"after {days} working day(s){hour}", *(f"{100 * chance:g}% {name}" for name, chance in chances)])


def _manner(said: str) -> str | dict[str, int]:
    if said in ("instant", "manual"):
        return said
    if said.isdecimal() and 1 <= int(said) <= 1000:
        return {"workingDays": int(said)}
    raise Unusable(f"policy: {said!r} is not instant, manual, or a number of working days from 1 to 1000")


def canonical(json_: AsJson = False, state: State = None) -> int:
    """Print the canonical form of every agency's database as JSON, equal for runs that had equal effects; with --json in one line."""
    parts = parts_of(state)
    forms = {name: parts.get(name, "/_lgsp/canonical") for name in _AGENCIES if name in parts.urls}
    typer.echo(json.dumps(forms, ensure_ascii=False, indent=None if json_ else 1, sort_keys=True))
    return 0


def reset(json_: AsJson = False, state: State = None) -> int:
    """Begin anew without a restart: new topics, agencies as at their founding."""
    parts_of(state).post("supervisor", "/_lgsp/reset")
    typer.echo(json.dumps({"reset": True}) if json_ else "everything begins anew")
    return 0
