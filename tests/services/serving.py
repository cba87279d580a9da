"""An agency on a real socket, and how a test waits for what must become true."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from app.web import Server, listen


@contextmanager
def serving(app: FastAPI) -> Iterator[httpx.Client]:
    """Serve `app` on a free port in a thread; the client is told its address."""
    with listen("127.0.0.1", 0, "test") as listening:
        server = Server(uvicorn.Config(app, log_level="critical", lifespan="on"))
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(sockets=[listening]),), daemon=True)
        thread.start()
        until(lambda: server.started or not thread.is_alive())
        with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=30) as client:
            try:
                yield client
            finally:
                client.close()
                loop.call_soon_threadsafe(app.state.agency.hang_up)
                loop.call_soon_threadsafe(server.end)
                thread.join(10)
                loop.close()


def until(condition: Callable[[], Any], seconds: float = 10) -> Any:
    """Wait until `condition` holds; answers what it answered."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not (found := condition()):
        assert time.monotonic() < end, f"not within {seconds} seconds"
        pause.wait(0.005)
    return found


def at_rest(client: httpx.Client) -> dict[str, Any]:
    """Wait until no work is due; answers the agency's information."""

    def looked() -> Any:
        info = client.get("/_lgsp/info").json()
        return info if info["work"]["due"] == 0 else None

    return dict(until(looked))


def frozen(client: httpx.Client, at: str = "2025-12-01T08:00:00+07:00") -> None:
    """Stop the agency's clock."""
    client.put("/_lgsp/clock", json={"mode": "frozen", "at": at}).raise_for_status()


def feed(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    """The entries after the cursor."""
    return list(client.get("/_feed", params=query).raise_for_status().json()["items"])
