"""Stands before agencies, each at an address of its own, and answers in an agency's place where a script says so."""

import asyncio
import contextlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Any, Self

import httpx
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from app.play.faults import Armed, Firing, Ledger
from app.settings import Settings
from app.web import listen, serving
from scenarios.faults import Reply
from scenarios.typed import typed
from vn.errors import Unusable

__all__ = ["Doors"]

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
ADMIN, FEED = "/_lgsp/", "/_feed"
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
NONE: Mapping[str, str] = MappingProxyType({})
Headers = Iterable[tuple[bytes, bytes]]


class Doors:
    """`async with` it, then `open` a door before each agency that a script answers for; whoever is given its address comes through it.

    What is not answered here is passed on as it came, and so is the agency's answer. Administration (`/_lgsp/`) is never answered
    here, the feed only where a reply's path begins with `/_feed`. A participant of the run: busy while a call is open.
    """

    def __init__(self, settings: Settings, *, now: Callable[[], datetime]) -> None:
        self._host = settings.host
        self._now = now
        self._agencies: dict[str, str] = {}
        self._ledger: Ledger[Reply] = Ledger()
        self._healed: dict[str, asyncio.Event] = {}
        self._open: dict[str, int] = {}
        self._keys: dict[str, Mapping[str, str]] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
        client = httpx.AsyncClient(timeout=httpx.Timeout(None, connect=5), limits=limits, trust_env=False)
        self._http = await self._stack.enter_async_context(client)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for healed in self._healed.values():
            healed.set()
        await self._http.aclose()  # readers of a feed would hold up the end
        await self._stack.aclose()

    async def open(self, agency: str, url: str, headers: Mapping[str, str] = NONE) -> str:
        """The address of a door before the agency that is, or will be, at `url`; `headers` are given to every call that passes."""
        self._agencies[agency], self._open[agency], self._keys[agency] = url.rstrip("/"), 0, headers
        app = FastAPI(title=f"the door of {agency}", openapi_url=None, docs_url=None, redoc_url=None)

        async def answer(request: Request) -> Response:
            return await self._answer(agency, request)

        app.add_route("/{path:path}", answer, methods=METHODS)
        return await self._stack.enter_async_context(serving(app, listen(self._host, 0, f"{agency}-door")))

    # faults

    async def arm(self, name: str, fault: Reply, about: str | None = None) -> None:  # noqa: ARG002 - a native call names no dossier
        """From now on; raises Unusable where no door is open before that agency."""
        if fault.at not in self._agencies:
            raise Unusable(f"{name}: no door is open before {fault.at}")
        self._ledger.arm(name, fault, times=fault.times)
        self._healed[name] = asyncio.Event()

    async def heal(self, name: str) -> None:
        """It answers no more, and who waits for it waits no longer."""
        self._ledger.heal(name)
        if name in self._healed:
            self._healed[name].set()

    async def fired(self, name: str) -> Sequence[Firing]:
        """When it answered, in scenario time, and which call."""
        return self._ledger.fired(name)

    @property
    def armed(self) -> tuple[str, ...]:
        """The names of those that can still fire."""
        return self._ledger.live

    # the run's clock

    async def busy(self) -> str | None:
        """Calls that are open; readers of a feed are not waited for."""
        calls = {agency: count for agency, count in self._open.items() if count}
        return ", ".join(f"{count} call(s) open at {agency}" for agency, count in calls.items()) or None

    async def next_due(self) -> datetime | None:
        """None: what is late here is late in real time."""
        return None

    async def turn(self, at: datetime) -> None:
        """Nothing waits for the scenario's time."""

    # the way

    async def _answer(self, agency: str, request: Request) -> Response:
        path = request.url.path
        counts = not path.startswith(ADMIN) and not (path.startswith(FEED) and request.method == "GET")
        self._open[agency] += counts
        try:
            armed = self._armed_for(agency, request.method, path)
            return await self._passed_on(agency, request) if armed is None else await self._replied(armed, agency, request)
        finally:
            self._open[agency] -= counts

    def _armed_for(self, agency: str, method: str, path: str) -> Armed[Reply] | None:
        if path.startswith(ADMIN):
            return None
        for armed in self._ledger:
            reply = armed.fault
            if armed.live and reply.at == agency and (reply.method or method).upper() == method and _is_like(path, reply.path):
                armed.firings.append((self._now(), f"{method} {path} at {agency}"))
                return armed
        return None

    async def _replied(self, armed: Armed[Reply], agency: str, request: Request) -> Response:
        reply = armed.fault
        replaced = reply.status is not None or reply.body is not None
        done = await self._passed_on(agency, request) if reply.after else None
        if reply.late is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._healed[armed.name].wait(), reply.late.by.total_seconds())
        return _made(reply) if replaced else done or await self._passed_on(agency, request)

    async def _passed_on(self, agency: str, request: Request) -> Response:
        raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
        query: bytes = request.scope["query_string"]
        url = f"{self._agencies[agency]}{raw.decode('ascii')}{'?' if query else ''}{query.decode('ascii')}"
        headers = _end_to_end(request.headers.raw, but=("host", "content-length"))
        headers += [(name.encode(), said.encode()) for name, said in self._keys[agency].items()]
        try:
            asked = httpx.Request(request.method, url, headers=headers, content=await request.body())
            found = await self._http.send(asked, stream=True)
            try:
                body = b"".join([chunk async for chunk in found.aiter_raw()])
            finally:
                await found.aclose()
        except httpx.HTTPError as error:
            return Response(f"{agency} does not answer ({type(error).__name__})", 502, media_type="text/plain")
        answer = Response(body, found.status_code)
        answer.raw_headers = _end_to_end(found.headers.raw)
        return answer


def _end_to_end(headers: Headers, but: Sequence[str] = ()) -> list[tuple[bytes, bytes]]:
    """Without those that are about one connection only, the ones that `Connection` names included (RFC 9110, 7.6.1)."""
    lower = [(name.decode("latin-1").lower(), name, value) for name, value in headers]
    named = {each.strip().lower() for key, _, value in lower if key == "connection" for each in value.decode("latin-1").split(",")}
    return [(name, value) for key, name, value in lower if key not in HOP_BY_HOP and key not in named and key not in but]


def _is_like(path: str, pattern: str) -> bool:
    """`*` stands for anything, but a feed is meant only where it is named."""
    if path.startswith(FEED) and not pattern.startswith(FEED):
        return False
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), path, re.DOTALL) is not None


def _made(reply: Reply) -> Response:
    """The script's own answer: a mapping or list is JSON, text that begins with `<` is XML; 200 where no status is said."""
    status = reply.status or 200
    body: Any = reply.body
    if body is None:
        return Response(status_code=status)
    if isinstance(body, str):
        return Response(str(body), status, media_type="application/xml" if body.startswith("<") else "text/plain")
    kind = "application/problem+json" if status >= 400 and isinstance(body, dict) and "title" in body else "application/json"
    return Response(json.dumps(typed(body), ensure_ascii=False, separators=(",", ":")), status, media_type=kind)
