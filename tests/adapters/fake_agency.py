"""A small agency on a real socket, that keeps what it was told and misbehaves as a test says."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.web import Server, listen


@dataclass(frozen=True)
class Call:
    """One call of an adapter, as it arrived."""

    key: str
    path: str
    body: Any
    headers: dict[str, str]


Misbehaviour = Callable[[Call], Response | float | None]


@dataclass
class FakeAgency:
    """Feed and inbound calls in memory; `applied` holds each key once, `calls` every arrival."""

    port: int = 0
    feed: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: int = 0
    outcomes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    applied: dict[str, Call] = field(default_factory=dict)
    misbehave: Misbehaviour = lambda _: None
    feed_answer: Callable[[], Response | None] = lambda: None
    feed_asks: int = 0
    busy: int = 0
    most_busy: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _server: Server | None = None
    _serving: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        if not self.port:
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = free.getsockname()[1]

    @property
    def connections(self) -> int:
        """Open now."""
        return len(self._server.server_state.connections) if self._server else 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        routes = [
            Route("/_feed", self._read_feed),
            Route("/_feed/{id}/outcome", self._outcome, methods=["POST"]),
            Route("/{path:path}", self._inbound, methods=["POST", "PUT", "GET"]),
        ]
        listening = listen("127.0.0.1", self.port, "agency")
        config = uvicorn.Config(Starlette(routes=routes), log_level="critical", lifespan="off", timeout_graceful_shutdown=0)
        self._server = Server(config)
        self._serving = asyncio.create_task(self._server.serve([listening]))
        await until(lambda: self._server is not None and self._server.started)

    async def stop(self) -> None:
        """As when its process dies: connections are cut."""
        if self._server is None or self._serving is None:
            return
        self._server.force_exit = True
        self._server.end()
        await self._tell_waiting()
        await asyncio.wait([self._serving], timeout=5)
        self._server = None

    async def say(self, *items: dict[str, Any]) -> None:
        """Write feed entries, and wake who waits for them."""
        for item in items:
            self.feed.append({"seq": len(self.feed) + 1, **item})
        await self._tell_waiting()

    async def _tell_waiting(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _read_feed(self, request: Request) -> Response:
        self.feed_asks += 1
        if (answer := self.feed_answer()) is not None:
            return answer
        after = int(request.query_params.get("after", self.acknowledged))
        self.acknowledged = max(self.acknowledged, after)
        wait = float(request.query_params["wait"])
        if wait and len(self.feed) <= after:
            async with self._changed:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), wait)
        items = self.feed[after : after + int(request.query_params["limit"])]
        return JSONResponse({"items": items, "next": items[-1]["seq"] if items else after})

    async def _outcome(self, request: Request) -> Response:
        entry = request.path_params["id"]
        if all(item.get("id") != entry for item in self.feed):
            return Response(status_code=404)
        self.outcomes.setdefault(entry, []).append(await request.json())
        return Response(status_code=204)

    async def _inbound(self, request: Request) -> Response:
        body = await request.body()
        call = Call(
            request.headers.get("idempotency-key", ""), request.url.path, await request.json() if body else None, dict(request.headers)
        )
        self.calls.append(call)
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        try:
            odd = self.misbehave(call)
            if isinstance(odd, int | float):
                await asyncio.sleep(odd)
            elif odd is not None:
                return odd
        finally:
            self.busy -= 1
        replayed = call.key in self.applied
        self.applied.setdefault(call.key, call)
        return JSONResponse({"ok": True}, headers={"Idempotency-Replayed": "true"} if replayed else None)


async def until(condition: Callable[[], object], within: float = 30.0) -> None:
    """Wait for a condition, not for a second."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110  # what is waited for is told by nobody
            await asyncio.sleep(0.005)


async def until_async(condition: Callable[[], Awaitable[object]], within: float = 30.0) -> None:
    """The same for a condition that has to ask."""
    async with asyncio.timeout(within):
        while not await condition():  # noqa: ASYNC110  # same
            await asyncio.sleep(0.01)


@asynccontextmanager
async def agency() -> AsyncIterator[FakeAgency]:
    """Running until the block ends."""
    fake = FakeAgency()
    await fake.start()
    try:
        yield fake
    finally:
        await fake.stop()
