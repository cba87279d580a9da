"""The network between single parts and the broker is cut for 1, 10 and 30 s: bytes are held back both ways, then they arrive, late."""

import asyncio
from collections.abc import Awaitable, Callable

from torture.case import LINKED, Case
from torture.ground import Ground
from torture.plan import EMBEDDED
from torture.stories import STORIES
from torture.town import MOVERS

__all__ = ["CASES"]

SPANS = (1, 10, 30)  # seconds


def _cut(parts: tuple[str, ...], span: int) -> Callable[[Ground], Awaitable[None]]:
    async def run(ground: Ground) -> None:
        assert ground.link is not None
        count = ground.plan.amount(10, 6)
        stories = [STORIES[ground.plan.draw(len(STORIES), parts, span, place)] for place in range(count)]
        living = asyncio.create_task(ground.live(stories, every=max(0.2, 0.5 * span / count)))
        await ground.journal.goes_on(ground.shaken.within, by=5)
        ground.link.cut(*parts)
        try:
            await asyncio.sleep(span)
        finally:
            ground.link.mend()
        await living

    return run


CASES = tuple(
    Case(
        "cut",
        f"{name}-{span}s",
        _cut(parts, span),
        f"the network between {' and '.join(parts)} and the broker is cut for {span} s under load",
        span + 12.0,
        LINKED,
        brokers=(EMBEDDED,),
    )
    for span in SPANS
    for name, parts in (*((mover, (mover,)) for mover in MOVERS), ("everybody", MOVERS))
)
