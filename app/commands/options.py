"""Options that several commands share, and how they become settings."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.settings import Settings

if TYPE_CHECKING:
    from app.calls import Parts

__all__ = ["AsJson", "Faults", "State", "environment", "parts_of", "settings"]

State = Annotated[Path | None, typer.Option("--state", metavar="DIR", help="Folder of all state; default .lgsp, or LGSP_STATE.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
Faults = Annotated[
    Path | None, typer.Option("--faults", help="Fault plan of the embedded broker (docs/faults.md); or LGSP_BROKER_FAULTS.", metavar="FILE")
]


def environment() -> dict[str, str]:
    """All variables of this process, for its children."""
    return dict(os.environ)  # noqa: TID251  # the one place


def parts_of(state: Path | None = None) -> "Parts":
    """The parts that these settings reach."""
    from app.calls import Parts

    return Parts(settings(state))


def settings(state: Path | None = None) -> Settings:
    """The settings of this process: its environment, and what was said on the command line."""
    read = Settings.read(environment())
    return replace(read, state=state) if state else read
