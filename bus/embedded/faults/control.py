"""The control address: rules are listed, set, added and removed over HTTP, and what fired is shown."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, Final

from aiohttp import web

from bus.embedded.faults.desk import Faults
from bus.embedded.faults.reading import checked
from vn.addresses import address
from vn.errors import BadEnvironment, Fault, NotAllowed
from vn.problem import PROBLEM, problem_of

_MOST: Final = 1024 * 1024
_TITLES: Final = {
    400: "Not readable",
    404: "Not found",
    405: "Method not allowed",
    413: "Too large",
    422: "Not valid",
    500: "Internal error",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def controlled(faults: Faults, address: tuple[str, int]) -> AsyncIterator[tuple[str, int]]:
    """Serve the endpoints of `_Control`; gives the address they are at. Raises BadEnvironment where it is taken."""
    runner = web.AppRunner(_application(faults), access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    try:
        host, port = address
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise BadEnvironment(f"the broker's control address {host}:{port} cannot be had: {error.strerror or error}") from error
        where = runner.addresses[0]
        yield str(where[0]), int(where[1])
    finally:
        await runner.cleanup()


def _application(faults: Faults) -> web.Application:
    control = _Control(faults)
    app = web.Application(middlewares=[_problems], client_max_size=_MOST)
    app.add_routes(
        [
            web.get("/_lgsp/faults", control.rules),
            web.post("/_lgsp/faults", control.replace),
            web.patch("/_lgsp/faults", control.add),
            web.delete("/_lgsp/faults", control.clear),
            web.get("/_lgsp/faults/fired", control.fired),
            web.delete("/_lgsp/faults/fired", control.forget),
            web.delete("/_lgsp/faults/{name}", control.remove),
            web.get("/_lgsp/listeners", control.listeners),
            web.put("/_lgsp/listeners/{name}", control.advertise),
            web.get("/_lgsp/health", control.health),
            web.get("/_lgsp/info", control.info),
        ]
    )
    return app


class _Control:
    """One method per endpoint."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    async def rules(self, _request: web.Request) -> web.Response:
        return self._shown()

    async def replace(self, request: web.Request) -> web.Response:
        rules = checked(await _body(request))
        self._faults.clear()
        self._faults.add(rules)
        return self._shown()

    async def add(self, request: web.Request) -> web.Response:
        body = await _body(request)
        self._faults.add(checked([body] if isinstance(body, dict) else body, taken=self._faults.names))
        return self._shown()

    async def clear(self, _request: web.Request) -> web.Response:
        self._faults.clear()
        return web.Response(status=204)

    async def remove(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._faults.names:
            return _problem(404, f"no rule is named {name!r}; there are: {', '.join(self._faults.names) or 'none'}")
        self._faults.remove(name)
        return web.Response(status=204)

    async def fired(self, _request: web.Request) -> web.Response:
        return web.json_response(self._faults.history.to_json())

    async def forget(self, _request: web.Request) -> web.Response:
        self._faults.history.clear()
        return web.Response(status=204)

    async def listeners(self, _request: web.Request) -> web.Response:
        return web.json_response(self._faults.broker.listeners.to_json())

    async def advertise(self, request: web.Request) -> web.Response:
        """From now on clients of this listener are told this address: `{"advertised": "HOST:PORT"}`."""
        name, listeners = request.match_info["name"], self._faults.broker.listeners
        if name not in listeners:
            return _problem(404, f"no listener is named {name!r}; there are: {', '.join(listeners.to_json())}")
        body = await _body(request)
        try:
            told = address(str(body["advertised"]))
        except (ValueError, KeyError, TypeError):
            raise NotAllowed("what clients are to be told is no address", [Fault("/advertised", 'give it as "HOST:PORT"')]) from None
        listeners.tell(name, told)
        return web.json_response(listeners.to_json())

    async def health(self, _request: web.Request) -> web.Response:
        awaited = self._faults.broker.listeners.awaited
        reasons = [f"nobody has said what clients of the listener {name!r} are told: PUT /_lgsp/listeners/{name}" for name in awaited]
        said = {"part": "broker", "status": "failing" if reasons else "ok", **({"detail": "; ".join(reasons)} if reasons else {})}
        return web.json_response(said, status=503 if reasons else 200)

    async def info(self, _request: web.Request) -> web.Response:
        broker = self._faults.broker
        state = broker.settings.state
        return web.json_response(
            {
                "part": "broker",
                "version": version("lgsp-sim"),
                "state": str(state.absolute()) if state else None,
                "topics": sum(1 for _topic in broker.topics),
                "rules": len(self._faults.names),
            }
        )

    def _shown(self) -> web.Response:
        return web.json_response({"rules": self._faults.to_json()})


async def _body(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise NotAllowed(f"the body is not JSON: {error}") from None


@web.middleware
async def _problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every no as RFC 9457 `application/problem+json`, as all parts say it."""
    try:
        return await handler(request)
    except NotAllowed as error:
        return _problem(422 if error.faults else 400, error.reason, error.faults)
    except web.HTTPException as error:
        return _problem(error.status, f"{request.method} {request.path}: {error.reason}")


def _problem(status: int, detail: str, faults: Sequence[Fault] = ()) -> web.Response:
    return web.json_response(problem_of(status, _TITLES.get(status, "Error"), detail, faults), status=status, content_type=PROBLEM)
