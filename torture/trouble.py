"""Dossiers that go on while a block of trouble lasts."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from torture.ground import Ground
from torture.stories import STORIES, Story

__all__ = ["drawn", "under_load"]


def drawn(ground: Ground, count: int, *about: object) -> list[Story]:
    """So many stories, as the seed draws them for this case."""
    return [STORIES[ground.plan.draw(len(STORIES), *about, place)] for place in range(count)]


@asynccontextmanager
async def under_load(ground: Ground, stories: Sequence[Story], *, every: float, records: int = 0) -> AsyncIterator["asyncio.Task[None]"]:
    """The block begins once so many records are in the journal, and ends when all these have come to their end; what fails ends them."""
    living = asyncio.create_task(ground.live(stories, every=every))
    try:
        if records:
            await ground.journal.goes_on(ground.shaken.within, by=records)
        yield living
        await living
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
