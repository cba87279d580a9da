"""SIGSTOP for longer than a session of the group lasts, then SIGCONT: who sleeps must not undo what was done meanwhile."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

from app.settings import AGENCIES
from torture.case import Case
from torture.ground import Ground
from torture.town import EXCHANGES, MOVERS, TWIN
from torture.trouble import drawn, under_load

__all__ = ["CASES"]

ASLEEP = 9.0  # seconds; a session is 6
BOTH = 3.0  # seconds in which sleeper and successor are awake together


def _asleep(part: str, successor: str | None = None) -> Callable[[Ground], Awaitable[None]]:
    async def run(ground: Ground) -> None:
        town = ground.shaken
        stories = drawn(ground, ground.plan.amount(12, 8), part, successor)
        async with under_load(ground, stories, every=0.4, records=5):
            town.process(part).signal(signal.SIGSTOP)
            try:
                if successor is not None:
                    await town.launch(successor)
                await asyncio.sleep(ASLEEP)
            finally:
                town.process(part).signal(signal.SIGCONT)
            await asyncio.sleep(BOTH)
            if successor is not None:
                await town.stop(successor)

    return run


CASES = (
    *(
        Case("sleep", part, _asleep(part), f"SIGSTOP to {part} for {ASLEEP:g} s under load, then SIGCONT", 20.0)
        for part in ("broker", *MOVERS, *AGENCIES)
    ),
    Case(
        "zombie",
        "exchange",
        _asleep("exchange", EXCHANGES[1]),
        "a second exchange takes over while the first sleeps; then both are awake",
        22.0,
    ),
    *(
        Case(
            "zombie",
            f"{part}{TWIN}",
            _asleep(part, f"{part}{TWIN}"),
            f"{part} sleeps and is taken for dead: a second one in the same place of the group, then both are awake",
            22.0,
        )
        for part in MOVERS
    ),
)
