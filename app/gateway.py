"""One address for all parts: what is asked below `/<part>` is asked of that part, which is told so (`X-Forwarded-Prefix`)."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.background import BackgroundTask
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["Gateway", "Prefixed"]

PREFIX: Final = "x-forwarded-prefix"  # as Traefik, Spring and ASP.NET say it
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OF_ONE_HOP: Final = frozenset({"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "host", "date"})
PATIENCE: Final = httpx.Timeout(None, connect=5)  # who reads a feed waits as long as it likes
AS_MANY_AS_COME: Final = httpx.Limits(max_connections=None)


class Gateway:
    """Passes requests on; `urls` says where each part is now."""

    def __init__(self, urls: Callable[[], Mapping[str, str]]) -> None:
        self._urls = urls

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """While the application that it belongs to is served."""
        async with httpx.AsyncClient(timeout=PATIENCE, limits=AS_MANY_AS_COME, trust_env=False) as self._http:
            yield

    def open(self, app: FastAPI) -> None:
        """Whatever `app` has no other route for."""
        for path in ("/{part}", "/{part}/{path:path}"):
            app.add_api_route(path, self._answered, methods=list(METHODS), include_in_schema=False)

    async def _answered(self, request: Request) -> Response:
        part = request.path_params["part"]
        raw: bytes = request.scope["raw_path"]
        return await self.passed_on(request, part, raw.decode("ascii").removeprefix(f"/{part}") or "/", prefix=f"/{part}")

    async def passed_on(self, request: Request, part: str, path: str, *, prefix: str = "") -> Response:
        """What the part answers to the same request at this path of its own."""
        there = self._urls().get(part)
        if there is None:
            return _no(404, f"nothing here is called {part!r}; there are: {', '.join(self._urls())}")
        query = request.scope["query_string"].decode("ascii")
        target = f"{there}{path}{'?' if query else ''}{query}"
        headers = [(name, value) for name, value in request.headers.items() if name not in (*OF_ONE_HOP, PREFIX)]
        headers += [(PREFIX, prefix)] if prefix else []
        body = request.stream() if {"content-length", "transfer-encoding"} & set(request.headers) else None
        try:
            answer = await self._http.send(self._http.build_request(request.method, target, headers=headers, content=body), stream=True)
        except httpx.HTTPError as error:
            return _no(502, f"{part} does not answer at {there} ({type(error).__name__})")
        kept = {name: value for name, value in answer.headers.items() if name not in OF_ONE_HOP}
        return StreamingResponse(answer.aiter_raw(), answer.status_code, kept, background=BackgroundTask(answer.aclose))


class Prefixed:
    """An application that may be found below a prefix: links of its own begin with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it: the prefix is `root_path`, and `path` begins with it."""
        if scope["type"] == "http":
            prefix = next((value.decode("latin-1") for name, value in scope["headers"] if name == PREFIX.encode()), "")
            if prefix.startswith("/"):
                scope = {**scope, "root_path": prefix, "path": f"{prefix}{scope['path']}"}
        await self._app(scope, receive, send)


def _no(status: int, detail: str) -> JSONResponse:
    title = {404: "Not found", 502: "Bad gateway"}[status]
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(content, status, media_type="application/problem+json")
