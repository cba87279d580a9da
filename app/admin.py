"""The HTTP application of a part that is no agency: health, information and clock under `/_lgsp`."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi_offline import FastAPIOffline

from app.metrics import Figures, expose
from vn.clock import Clock
from vn.clock_shapes import ClockShape, Jump
from vn.vitals import HEALTHY, Sample

__all__ = ["part_app"]

Snapshot = Callable[[], Mapping[str, Any]]


def part_app(part: str, *, health: Snapshot, info: Snapshot, figures: Figures, clock: Clock) -> FastAPI:
    """`health` has a `status` of ok or failing; the same endpoints and shapes as the agencies have."""
    ours = version("lgsp-sim")  # once: it is looked up on the disk
    app = FastAPIOffline(title=part, summary="A part of lgsp-sim", version=ours, redoc_url=None)
    began = time.monotonic()

    @app.get("/", include_in_schema=False)
    def start(request: Request) -> RedirectResponse:
        return RedirectResponse(f"{request.scope['root_path']}/docs")

    # on the loop, where the figures change: what is told together was true at one moment

    @app.get("/_lgsp/health", summary="Whether the part works")
    @app.head("/_lgsp/health", include_in_schema=False)
    async def read_health() -> JSONResponse:
        found = {
            "part": part,
            "version": ours,
            "uptimeInSeconds": int(time.monotonic() - began),
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            **health(),
        }
        return JSONResponse(found, status_code=200 if found["status"] == "ok" else 503)

    expose(app, part, lambda: (*figures(), Sample(HEALTHY, (), int(health()["status"] == "ok"))))

    @app.get("/_lgsp/info", summary="What the part is and how far it has come")
    async def read_info() -> dict[str, Any]:
        return {"part": part, "version": ours, "clock": ClockShape.of(clock).model_dump(mode="json"), **info()}

    @app.get("/_lgsp/clock", summary="How the clock runs")
    async def read_clock() -> ClockShape:
        return ClockShape.of(clock)

    @app.put("/_lgsp/clock", summary="Set the clock")
    async def set_clock(said: ClockShape) -> ClockShape:
        clock.set(said.setting())
        return ClockShape.of(clock)

    @app.post("/_lgsp/clock/jump", summary="Move the clock")
    async def jump_clock(said: Jump) -> ClockShape:
        clock.jump(said.by)
        return ClockShape.of(clock)

    return app
