"""A server between an adapter and its agency, that passes everything on and spoils what a test wants spoilt."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import cycle

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import Response

from app.settings import SERVICE_OF
from app.web import listen, serving
from tests.e2e.town import Town

__all__ = ["Call", "Front", "each_once", "in_front", "nonsense"]

PAGE = "<!doctype html><title>Chào mừng</title><p>Máy chủ đã sẵn sàng."


@dataclass(frozen=True)
class Call:
    """One call of the adapter."""

    method: str
    path: str
    key: str
    body: bytes


Spoil = Callable[[Call], Response | float | None]


def nothing(_: Call) -> None:
    """All is well."""


@dataclass
class Front:
    """`instead`: the agency hears nothing of this call; `after`: it has acted, but its answer is replaced, or late by so many seconds."""

    instead: Spoil = nothing
    after: Spoil = nothing


def nonsense() -> tuple[Response | float, ...]:
    """A page, a server error, silence for longer than the adapter waits, a body that is not what its type says."""
    half = Response('{"MaHoSo": ', media_type="application/json")
    return Response(PAGE, media_type="text/html"), Response("Service Unavailable", 503), 1.5, half, Response("\xff".encode("latin-1"))


def each_once(manners: tuple[Response | float, ...]) -> Spoil:
    """Spoils the first answer to every message, in turns, and so many answers of the feed."""
    turns, feeds, seen = cycle(manners), iter(manners), set[str]()

    def spoil(call: Call) -> Response | float | None:
        if call.path == "/_feed":
            return next(feeds, None)
        if call.key in seen:
            return None
        seen.add(call.key)
        return next(turns)

    return spoil


@asynccontextmanager
async def in_front(town: Town, adapter: str) -> AsyncIterator[Front]:
    """From now on this adapter speaks to its agency through the front; afterwards directly again."""
    agency, front = SERVICE_OF[adapter], Front()
    direct = town.url(agency)
    async with AsyncExitStack() as stack:
        through = await stack.enter_async_context(_serving(front, direct))
        await _speaks_to(town, adapter, through)
        town.province.urls[agency] = direct
        yield front
        await _speaks_to(town, adapter, direct)


async def _speaks_to(town: Town, adapter: str, url: str) -> None:
    await town.stop(f"{adapter}-adapter")
    town.province.urls[SERVICE_OF[adapter]] = url
    await town.start(f"{adapter}-adapter")


@asynccontextmanager
async def _serving(front: Front, agency: str) -> AsyncIterator[str]:
    app = FastAPI()
    async with httpx.AsyncClient(base_url=agency, timeout=30) as client:

        @app.api_route("/{path:path}", methods=["GET", "POST", "PUT"])
        async def passed_on(request: Request) -> Response:
            body = await request.body()
            call = Call(request.method, request.url.path, request.headers.get("idempotency-key", ""), body)
            spoilt = front.instead(call)
            if isinstance(spoilt, Response):
                return spoilt
            target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            headers = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
            answer = await client.request(call.method, target, content=body, headers=headers)
            spoilt = front.after(call)
            if isinstance(spoilt, Response):
                return spoilt
            await asyncio.sleep(spoilt or 0)
            kept = {name: value for name, value in answer.headers.items() if name not in ("content-length", "content-encoding")}
            return Response(answer.content, answer.status_code, kept)

        async with serving(app, listen("127.0.0.1", 0, "front")) as url:
            yield url
