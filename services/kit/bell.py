"""A bell that wakes whoever listens, at once."""

import asyncio


class Bell:
    """First `hear`, then look, then `wait`: nothing that happens between looking and waiting is missed."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        """Wake everyone who has begun to listen."""
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    def hear(self) -> asyncio.Event:
        """Begin to listen: what is answered is set by the next ring."""
        return self._next


async def wait(ear: asyncio.Event, seconds: float) -> bool:
    """Whether it rang within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await ear.wait()
    except TimeoutError:
        return False
    return True
