"""SIGTERM to every part in turn, each started again before the next is told to end, while citizens go on."""

import asyncio

from app.settings import AGENCIES
from torture.case import Case
from torture.ground import Ground
from torture.kills import revived
from torture.stories import STORIES
from torture.town import MOVERS

__all__ = ["CASES"]

ORDER = ("exchange", "broker", *AGENCIES, *MOVERS[1:])


async def _rolling(ground: Ground) -> None:
    count = ground.plan.amount(20, 8)
    stories = [STORIES[ground.plan.draw(len(STORIES), "rolling", place)] for place in range(count)]
    living = asyncio.create_task(ground.live(stories, every=0.3))
    for part in ORDER:
        code = await ground.end(part, "stop")
        assert code == 0, f"{part} ended with exit code {code} on SIGTERM: {ground.shaken.process(part).said()[:300]}"
        await revived(ground, part)
    await living


CASES = (Case("rolling", "everything", _rolling, "SIGTERM to every part in turn, each well again before the next, under load", 30.0),)
