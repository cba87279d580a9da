"""What tests of several parts share: waiting for a condition with a deadline."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
POLL = 0.03


async def eventually(check: Callable[[], Awaitable[T]], *, within: float = 20.0) -> T:
    """The first true answer of `check`; an assertion that fails counts as not yet. The last failure is shown at the deadline."""
    deadline = time.monotonic() + within
    while True:
        failure: AssertionError | None = None
        try:
            answer = await check()
        except AssertionError as error:
            failure = error
        else:
            if answer:
                return answer
        if time.monotonic() > deadline:
            raise failure or AssertionError(f"{getattr(check, '__name__', check)} did not come true within {within:g} s")
        await asyncio.sleep(POLL)
