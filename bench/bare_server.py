"""The other side of the bare costs: a FastAPI application that keeps nothing, served as an agency is, in a process of its own."""

import asyncio
import time

from fastapi import FastAPI, Request, Response

from app.web import listen, serving
from bench.load import payload

AHEAD = 0.002  # seconds between the moment that a reader begins to wait and the moment that there is something to read
RUNG = "X-Rung"  # when that was, in seconds since 1970: one machine, one clock


def application() -> FastAPI:
    """POST /post answers at once; GET /feed waits and then has something."""
    app, body = FastAPI(title="bare"), payload()

    @app.post("/post")
    async def post(request: Request) -> Response:
        await request.body()
        return Response(b"{}", media_type="application/json")

    @app.get("/feed")
    async def feed() -> Response:
        rung: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(AHEAD, lambda: rung.set_result(time.time()))
        return Response(body, headers={RUNG: repr(await rung)}, media_type="application/json")

    return app


async def serve() -> None:
    """Until killed."""
    async with serving(application(), listen("127.0.0.1", 0, "bench")) as url:
        print(f"bare ready on {url}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    from bench.loop import run

    run(serve())
