"""A profile that was asked for on the command line, as one case of a run."""

import asyncio
from collections.abc import Mapping

from app.play.options import Extra
from app.play.terminal import Terminal
from app.profiles.compared import lines
from app.profiles.profile import load
from app.profiles.province import play
from app.settings import Settings
from scenarios.verdicts import Case

__all__ = ["asked"]


def asked(name: str, settings: Settings, environ: Mapping[str, str], *, scale: float) -> Extra:
    """Plays it with a bar on the terminal, then says what came of it beside what was published; raises Unusable for a name nobody knows.

    LGSP_SEED in the environment says the seed; else the profile has one of its own.
    """
    profile = load(name)
    if environ.get("LGSP_SEED", "").strip():
        profile = profile.model_copy(update={"seed": settings.seed})

    async def extra(terminal: Terminal, stop: asyncio.Event) -> Case:
        terminal.case_begins(profile.profile, profile.title.vi)
        case = await play(profile, settings, environ, scale=scale, progress=terminal.goes_on, stop=stop)
        terminal.case_ended(case)
        terminal.say("\n".join(lines(case)))
        return case

    return extra
