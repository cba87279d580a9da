"""The one HTTP address: health of all parts together, where they are, a reset of everything, and every part below its name."""

import asyncio
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi_offline import FastAPIOffline

from app.gateway import Gateway
from app.house import House
from app.problem import failed, not_valid
from app.testing_api import testing
from vn.errors import LgspError

__all__ = ["control"]


def control(house: House) -> FastAPI:
    """Endpoints under `/_lgsp`, as every part has them; whatever else is asked is passed on to the part that is named first."""
    gateway = Gateway(lambda: house.urls)
    app = FastAPIOffline(
        title="lgsp",
        summary="The supervisor of a running exchange; every part is below its name",
        version=version("lgsp-sim"),
        redoc_url=None,
        lifespan=gateway.lifespan,
    )
    turning = asyncio.Lock()

    @app.get("/", include_in_schema=False)
    def start(request: Request) -> RedirectResponse:
        return RedirectResponse(f"{request.scope['root_path']}/docs")

    @app.api_route("/_lgsp/health", methods=["GET", "HEAD"], summary="ok only if every part is")
    async def health() -> JSONResponse:
        parts = await house.health()
        sick = [f"{part} {why}" for part, each in parts.items() if (why := each.why_not)]
        said = {
            "status": "failing" if sick else "ok",
            "part": "supervisor",
            **({"detail": "; ".join(sick)} if sick else {}),
            "parts": {part: each.status for part, each in parts.items()},
        }
        return JSONResponse(said, status_code=503 if sick else 200)

    @app.get("/_lgsp/info", summary="Addresses and processes")
    def info() -> dict[str, Any]:
        return {
            "part": "supervisor",
            "version": version("lgsp-sim"),
            "bootstrap": house.bootstrap,
            "space": house.settings.space,
            "urls": {part: house.url(part) for part in house.http_parts},
            "paths": {part: f"/{part}" for part in house.urls},
            "processes": house.pids(),
        }

    @app.post("/_lgsp/reset", status_code=204, summary="Begin anew: topics and agencies")
    async def reset() -> None:
        async with turning:
            await house.reset()

    @app.get("/_lgsp/listeners", summary="Where Kafka clients come in, and what they are told")
    async def listeners(request: Request) -> Response:
        await house.broker_there()
        return await gateway.passed_on(request, "broker", b"/_lgsp/listeners")

    @app.put("/_lgsp/listeners/{name}", summary='What clients of a listener are told: {"advertised": "HOST:PORT"}')
    async def advertise(name: str, request: Request) -> Response:
        await house.broker_there()  # whoever has started us asks as soon as anything answers
        return await gateway.passed_on(request, "broker", f"/_lgsp/listeners/{quote(name, safe='')}".encode("ascii"))

    app.include_router(testing(house))
    app.add_exception_handler(LgspError, failed)
    app.add_exception_handler(RequestValidationError, not_valid)
    gateway.open(app)
    return app
