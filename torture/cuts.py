"""The network between single parts and the broker is cut for 1, 10 and 30 s: bytes are held back both ways, then they arrive, late."""

import asyncio
from collections.abc import Awaitable, Callable

from torture.case import LINKED, Case
from torture.ground import Ground
from torture.plan import EMBEDDED
from torture.town import MOVERS
from torture.trouble import drawn, under_load

__all__ = ["CASES"]

SPANS = (1, 10, 30)  # seconds


def _cut(parts: tuple[str, ...], span: int) -> Callable[[Ground], Awaitable[None]]:
    async def run(ground: Ground) -> None:
        assert ground.link is not None
        count = ground.plan.amount(10, 6)
        async with under_load(ground, drawn(ground, count, parts, span), every=max(0.2, 0.5 * span / count), records=5):
            ground.link.cut(*parts)
            try:
                await asyncio.sleep(span)
            finally:
                ground.link.mend()

    return run


CASES = tuple(
    Case(
        "cut",
        f"{name}-{span}s",
        _cut(parts, span),
        f"the network between {' and '.join(parts)} and the broker is cut for {span} s under load",
        span + 8.0,
        LINKED,
        brokers=(EMBEDDED,),
    )
    for span in SPANS
    for name, parts in (*((mover, (mover,)) for mover in MOVERS), ("everybody", MOVERS))
)
