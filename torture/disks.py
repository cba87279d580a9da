"""The disk is full: no file of a process may grow (RLIMIT_FSIZE on the running process, which needs no root), then there is room again.

A write fails with EFBIG where a full disk says ENOSPC; what reads on, and what is kept already, is as on a full disk.
"""

import asyncio
import contextlib
import resource
from collections.abc import Awaitable, Callable, Iterator

from app.settings import AGENCIES
from torture.case import Case
from torture.ground import Ground
from torture.plan import EMBEDDED
from torture.stories import STORIES

__all__ = ["CASES"]

FULL_FOR = 5.0


@contextlib.contextmanager
def _full(pid: int) -> Iterator[None]:
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, most))
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):  # it may have ended over it
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))


def _without_room(part: str) -> Callable[[Ground], Awaitable[None]]:
    async def run(ground: Ground) -> None:
        town = ground.shaken
        stories = [STORIES[ground.plan.draw(len(STORIES), "disk", part, place)] for place in range(ground.plan.amount(10, 6))]
        living = asyncio.create_task(ground.live(stories, every=0.3))
        await ground.journal.goes_on(town.within, by=5)
        with _full(town.process(part).pid):
            await asyncio.sleep(FULL_FOR)
        await town.well(part)  # who has ended over it is started again
        await living

    return run


CASES = tuple(
    Case("disk", part, _without_room(part), f"no file of {part} may grow for {FULL_FOR:g} s under load", 15.0, brokers=(EMBEDDED,))
    for part in (*AGENCIES, "broker")
)
