"""The one place that joins the parts: each is one function that runs until it is told to stop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI

from adapters.runtime import Runtime
from app.admin import part_app
from app.ports import base_url
from app.settings import SERVICE_OF, Settings
from app.state import prepare, running
from app.web import listen, serving
from vn.clock import Clock
from vn.errors import Unusable

__all__ = ["agency", "agency_app", "exchange", "run_adapter", "run_agency", "run_broker", "run_exchange"]

Say = Callable[[str], None]


async def run_broker(settings: Settings, *, memory: bool, stop: asyncio.Event, say: Say) -> None:
    """The embedded broker."""
    from bus.embedded import BrokerSettings, serve

    state = None if memory else prepare(settings.state) / "broker"
    broker = BrokerSettings(host=settings.host, port=settings.port("broker"), state=state)
    await serve(broker, ready=lambda host, port: say(f"broker ready on {host}:{port}"), stop=stop)


async def run_agency(settings: Settings, name: str, *, stop: asyncio.Event, say: Say) -> None:
    """One agency over its own database."""
    prepare(settings.state)
    async with agency(settings, name) as url:
        say(f"{name} ready on {url}")
        await stop.wait()
