"""One HTTP application on one socket, inside the running event loop."""

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from fastapi import FastAPI
from fastapi.dependencies import models
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.prefix import Prefixed
from vn.errors import BadEnvironment

__all__ = ["Server", "listen", "serving"]

MOST_CONNECTIONS = 1000  # of one application; whoever comes beyond that is told 503 and may come again
TICK = 0.1  # seconds; uvicorn makes the header `Date` anew at every tenth
LONGEST_HEAD = 64 * 1024  # what is longer is read by the parser, as it is
UPGRADE = re.compile(rb"\r\nupgrade:[^\r\n]*", re.IGNORECASE)


def listen(host: str, port: int, part: str) -> socket.socket:
    """A bound socket; port 0 takes any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        variable = f"LGSP_{part.upper().replace('-', '_')}_PORT"
        raise BadEnvironment(f"{part}: cannot listen on {host}:{port} ({error.strerror}); set {variable} to a free port") from None
    return bound


class Server(uvicorn.Server):
    """Leaves signals to whoever started the part, and ends when it is told to, not at its next look."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ending = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None."""
        yield

    def end(self) -> None:
        """Begin to stop; from the server's own loop."""
        self.should_exit = True
        self._ending.set()

    async def main_loop(self) -> None:
        """Until `end`; uvicorn's housekeeping in between."""
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._ending.wait()


class Http11(HttpToolsProtocol):
    """Goes on in HTTP/1.1 where a client offers another protocol, as RFC 9110, 7.8, lets it: httptools loses the body of such a request.

    Java's own client offers HTTP/2 with each.
    """

    _head = b""
    _left = 0
    _chunked = False

    def data_received(self, data: bytes) -> None:
        """Piece by piece: what is left of a body, or the head of the next request without its offer, once all of it is there."""
        while data:
            if self._chunked:
                piece, data = data, b""
            elif self._left:
                piece, data = data[: self._left], data[self._left :]
                self._left -= len(piece)
            else:
                head, end, data = (self._head + data).partition(b"\r\n\r\n")
                if not end and len(head) < LONGEST_HEAD:
                    self._head = head
                    return
                self._head, piece = b"", UPGRADE.sub(b"", head) + end
            super().data_received(piece)

    def on_headers_complete(self) -> None:
        """Called by the parser: what follows is this body."""
        said = dict(self.headers)
        length = said.get(b"content-length", b"")
        self._left = int(length) if length.isdigit() else 0
        self._chunked = b"transfer-encoding" in said
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Called by the parser, also where the answer was there before the body."""
        self._left, self._chunked = 0, False
        super().on_message_complete()


@contextlib.asynccontextmanager
async def serving(app: FastAPI, bound: socket.socket, *, drain: float = 2.0) -> AsyncIterator[str]:
    """Serve until the block ends; gives the address, `http://host:port`, once requests are answered.

    At the end no new connection is taken; what is being answered may take `drain` seconds, and what takes longer is cut off and told.
    """
    config = uvicorn.Config(
        Prefixed(app),
        http=Http11,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        lifespan="on",
        timeout_graceful_shutdown=max(int(drain), 1),
        timeout_keep_alive=65,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
    )
    server = Server(config)
    running = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        while not server.started:
            if running.done():
                await running  # raises what the start-up raised
                raise BadEnvironment(f"{app.title}: did not start")
            await asyncio.sleep(0.005)
        host, port = bound.getsockname()[:2]
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        server.end()
        await asyncio.wait({running}, timeout=drain + 1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        bound.close()
        _forget_callables()


def _forget_callables() -> None:
    """FastAPI remembers what it asked of its last 4,096 endpoints, and with each a whole application: 10 MiB a scenario."""
    for each in vars(models).values():
        if hasattr(each, "cache_clear"):
            each.cache_clear()
