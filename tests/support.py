"""What tests of several parts share: waiting for a condition with a deadline, and a small HTTP server."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """HOST:PORT while the block lasts; what is being answered at its end is waited for."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
