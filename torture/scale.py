"""One, two and three exchanges, started and ended while citizens go on; each with a name of its own in the group."""

import asyncio

from torture.case import Case
from torture.ground import Ground
from torture.town import EXCHANGES
from torture.trouble import drawn, under_load

__all__ = ["CASES"]

UP_AND_DOWN = (("start", 1), ("start", 2), ("stop", 1), ("start", 1), ("kill", 2), ("stop", 2), ("stop", 1))
"""What happens to which of the exchanges beside the first, which runs all the time."""
BETWEEN = 1.5  # seconds


async def _up_and_down(ground: Ground) -> None:
    town, count = ground.shaken, ground.plan.amount(40, 16)
    async with under_load(ground, drawn(ground, count, "scale"), every=0.5):
        for act, which in UP_AND_DOWN:
            part = EXCHANGES[which]
            if act == "start":
                await town.start(part)
            elif act == "stop":
                await town.stop(part)
            else:
                await ground.end(part, "kill")
            await asyncio.sleep(BETWEEN)


CASES = (Case("scale", "up-and-down", _up_and_down, "two more exchanges come and go under load, one by SIGKILL", 40.0),)
