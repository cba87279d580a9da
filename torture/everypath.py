"""Every path of the end-to-end tests, with its own assertions, in a town whose parts are killed again and again as the journal grows."""

import asyncio
from typing import Any

from tests.e2e.paths import every_path
from torture.case import Case
from torture.ground import Ground
from torture.kills import PARTS, revived
from torture.storm import kept
from torture.town import ProcessTown

__all__ = ["CASES"]

BETWEEN = (25, 50)  # records of the journal between two kills: at least, and below


async def _every_path(ground: Ground) -> None:
    paths = every_path()[:: ground.plan.amount(1, 4)]

    async def walked(town: Any) -> None:
        for path in paths:
            await path(town)

    async with kept(ground):
        killing = asyncio.create_task(_kill_as_it_grows(ground))
        try:
            await asyncio.gather(walked(ground.calm), walked(ground.shaken))
            if killing.done():
                killing.result()  # it ends by itself only where something did not come back
            ground.accepted += [row["code"] for row in (await ground.calm.databases())["dvc"]["tables"]["dossiers"]]
        finally:
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)


async def _kill_as_it_grows(ground: Ground) -> None:
    """One after the other; what the path itself has stopped stays so."""
    number = 0
    while True:
        number += 1
        gap = BETWEEN[0] + ground.plan.draw(BETWEEN[1] - BETWEEN[0], "paths", number, "gap")
        await ground.journal.goes_on(10 * ground.shaken.within, by=gap)
        part = PARTS[ground.plan.draw(len(PARTS), "paths", number, "part")]
        if _there(ground.shaken, part):
            await ground.end(part, "kill")
            await revived(ground, part)


def _there(town: ProcessTown, part: str) -> bool:
    return part in town.parts and town.process(part).runs


CASES = (
    Case("paths", "all", _every_path, "a part is killed every 25 to 50 records while every path of tests/e2e is walked", 240.0, fresh=True),
)
