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
from torture.trouble import drawn, under_load

__all__ = ["CASES"]

FULL_FOR = 4.0


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
        stories = drawn(ground, ground.plan.amount(10, 6), "disk", part)
        async with under_load(ground, stories, every=0.3, records=5):
            with _full(ground.shaken.process(part).pid):
                await asyncio.sleep(FULL_FOR)
            await ground.shaken.well(part)  # who has ended over it is started again

    return run


CASES = tuple(
    Case("disk", part, _without_room(part), f"no file of {part} may grow for {FULL_FOR:g} s under load", 11.0, brokers=(EMBEDDED,))
    for part in (*AGENCIES, "broker")
)
