"""Seeded kills tied to counts of journal records while hundreds of dossiers run: 200 kills, 500 dossiers, in three towns."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

from torture.case import Case
from torture.ground import Ground
from torture.kills import PARTS, revived
from torture.plan import Plan
from torture.stories import STORIES

__all__ = ["CASES", "blows", "kept"]

TOWNS = 3
DOSSIERS, KILLS = 167, 67  # of each town
BETWEEN = (20, 45)  # records of the journal between two kills: at least, and below
KEEP_EVERY = 0.3


def blows(plan: Plan, town: int, kills: int) -> Iterator[tuple[int, str]]:
    """(count of journal records, part) of each kill: the same for the same seed."""
    count = 0
    for number in range(kills):
        count += BETWEEN[0] + plan.draw(BETWEEN[1] - BETWEEN[0], "storm", town, number, "count")
        yield count, PARTS[plan.draw(len(PARTS), "storm", town, number, "part")]


def _storm(town: int) -> Callable[[Ground], Awaitable[None]]:
    async def run(ground: Ground) -> None:
        plan = ground.plan
        dossiers, kills = plan.amount(DOSSIERS, 24), plan.amount(KILLS, 10)
        stories = [STORIES[plan.draw(len(STORIES), "storm", town, "story", place)] for place in range(dossiers)]
        living = asyncio.create_task(ground.live(stories, at_once=12))
        reviving: list[asyncio.Task[None]] = []
        try:
            async with kept(ground):
                for count, part in blows(plan, town, kills):
                    reached = asyncio.create_task(ground.journal.reaches(count, 10 * ground.shaken.within))
                    await asyncio.wait({reached, living}, return_when=asyncio.FIRST_COMPLETED)
                    reached.cancel()
                    await ground.end(part, "kill")
                    reviving.append(asyncio.create_task(revived(ground, part)))
                await living
                await asyncio.gather(*reviving)
        finally:
            for task in (living, *reviving):
                task.cancel()
            await asyncio.gather(living, *reviving, return_exceptions=True)

    return run


@asynccontextmanager
async def kept(ground: Ground) -> AsyncIterator[None]:
    """While the block lasts, who ends by itself, because it found no broker, is started again, as whoever supervises it would."""
    keeping = asyncio.create_task(_keep(ground))
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _keep(ground: Ground) -> None:
    while True:
        await asyncio.sleep(KEEP_EVERY)
        for part in ground.shaken.parts:
            if ground.shaken.process(part).given_up:
                await ground.shaken.launch(part)


CASES = tuple(
    Case(
        "storm",
        f"town-{town}",
        _storm(town),
        f"{KILLS} kills at counts of journal records while {DOSSIERS} dossiers of every path run",
        150.0,
        fresh=True,
    )
    for town in range(1, TOWNS + 1)
)
