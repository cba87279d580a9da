"""One address for all parts: what is asked below `/<part>` is asked of that part, which is told so (`X-Forwarded-Prefix`)."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import unquote_to_bytes

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask

from app.prefix import PREFIX
from app.problem import problem

__all__ = ["Gateway"]

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OF_ONE_HOP: Final = frozenset(
    {
        *(b"connection", b"keep-alive", b"proxy-connection", b"proxy-authenticate", b"proxy-authorization"),
        *(b"te", b"trailer", b"transfer-encoding", b"upgrade"),
    }
)
"""RFC 9110, 7.6.1; and whatever `Connection` names."""
OURS: Final = frozenset({b"host", b"date", PREFIX})  # the next server says its own
PATIENCE: Final = httpx.Timeout(None, connect=5)  # who reads a feed waits as long as it likes
AS_MANY_AS_COME: Final = httpx.Limits(max_connections=None)
Raw = Iterable[tuple[bytes, bytes]]


class Gateway:
    """Passes requests on as they are; `urls` says where each part is now."""

    def __init__(self, urls: Callable[[], Mapping[str, str]]) -> None:
        self._urls = urls

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """While the application that it belongs to is served."""
        async with httpx.AsyncClient(timeout=PATIENCE, limits=AS_MANY_AS_COME, trust_env=False) as self._http:
            yield

    def open(self, app: FastAPI) -> None:
        """Whatever `app` has no other route for."""
        app.add_api_route("/{path:path}", self._answered, methods=list(METHODS), include_in_schema=False)

    async def _answered(self, request: Request) -> Response:
        name, _, rest = request.scope["raw_path"][1:].partition(b"/")
        part = unquote_to_bytes(name).decode("utf-8", "replace")
        return await self.passed_on(request, part, b"/" + rest, prefix=f"/{part}")

    async def passed_on(self, request: Request, part: str, path: bytes, *, prefix: str = "") -> Response:
        """What the part answers to the same request at this path of its own, as it stands in a request line."""
        there = self._urls().get(part)
        if there is None:
            return problem(404, f"nothing here is called {part!r}; there are: {', '.join(self._urls())}")
        query = request.scope["query_string"]
        headers = _passed(request.headers.raw)
        if prefix:
            headers.append((PREFIX, f"{request.scope['root_path']}{prefix}".encode("ascii")))
        body = request.stream() if {"content-length", "transfer-encoding"} & set(request.headers) else None
        try:
            target = httpx.URL(there).copy_with(raw_path=path + (b"?" + query if query else b""))
            asked = httpx.Request(request.method, target, headers=headers, content=body)
            answer = await self._http.send(asked, stream=True)
        except httpx.InvalidURL as error:
            return problem(400, f"the address cannot be read: {error}")
        except httpx.HTTPError as error:
            return problem(502, f"{part} does not answer at {there} ({type(error).__name__})")
        response = StreamingResponse(answer.aiter_raw(), answer.status_code, background=BackgroundTask(answer.aclose))
        response.raw_headers = _passed(answer.headers.raw)
        return response


def _passed(headers: Raw) -> list[tuple[bytes, bytes]]:
    """Those that are for whoever is at the end of the way."""
    lower = [(name.lower(), value) for name, value in headers]
    named = {each.strip().lower() for name, value in lower if name == b"connection" for each in value.split(b",")}
    return [(name, value) for name, value in lower if name not in OF_ONE_HOP | OURS | named]
