"""The one place that joins the parts: each is one block that lives until it is left, or one function that runs until told to stop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from app.ports import base_url
from app.settings import CONTROL, SERVICE_OF, Settings
from app.state import meant, prepare, running
from app.web import listen, serving
from vn.clock import Clock
from vn.collector import calm
from vn.errors import Unusable

if TYPE_CHECKING:
    from fastapi import FastAPI

    from app.joins import Maker, Mover, Patience
    from app.tracing import Spans

__all__ = ["adapter", "agency", "decisions_of", "exchange", "run_adapter", "run_agencies", "run_apache", "run_broker", "run_exchange"]

Say = Callable[[str], None]
_LOOK_EVERY = 0.05

# Agencies need no bus, the exchange and the adapters need no database: each part imports what it is made of when it starts.


@contextlib.asynccontextmanager
async def agency(settings: Settings, name: str) -> AsyncIterator[str]:
    """One agency over its own database; gives its address."""
    bound = listen(settings.host, settings.port(name), name)
    app = agency_app(settings, name)
    async with traced(settings, name) as spans:
        if spans is not None:
            app.add_middleware(spans.middleware)
        async with serving(app, bound, drain=settings.drain) as url:
            yield url
            app.state.agency.hang_up()  # readers of its feed would hold up the end


def agency_app(settings: Settings, name: str) -> "FastAPI":
    """The agency's HTTP application."""
    from app.metrics import expose
    from services.kit import AgencySettings, figures

    create = import_module(f"services.{name}").create_app
    app: FastAPI = create(
        AgencySettings(
            part=name,
            database_url=settings.database(name),
            seed=settings.seed,
            people=settings.people,
            clock=settings.clock,
            policy=_policy(settings.policy, name),
        )
    )
    expose(app, name, lambda: figures(app.state.agency))
    return app


def decisions_of(name: str) -> tuple[Mapping[str, str], Mapping[str, Mapping[str, str]]]:
    """The decisions that an agency takes by policy, and the outcomes that chance may give them."""
    there = import_module(f"services.{name}")
    return there.DECISIONS, there.OUTCOMES


@contextlib.asynccontextmanager
async def exchange(settings: Settings, bootstrap: str, *, say: Say = lambda _: None) -> AsyncIterator[str]:
    """The exchange with its admin endpoints; gives their address, and says so once it works."""
    from app.joins import exchange_of

    clock = Clock(settings.clock)
    async with traced(settings, "exchange") as spans:
        made = exchange_of(settings, bootstrap, clock, spans)
        async with _running("exchange", settings, made, clock=clock, say=say) as url:
            yield url


@contextlib.asynccontextmanager
async def adapter(
    settings: Settings,
    name: str,
    *,
    bootstrap: str,
    url: str,
    patience: "Patience | None" = None,
    maker: "Maker | None" = None,
    say: Say = lambda _: None,
) -> AsyncIterator[str]:
    """One adapter between the agency at `url` and the bus; gives the address of its admin endpoints, and says so once it works."""
    from app.joins import adapter_of

    clock = Clock(settings.clock)
    part = f"{name}-adapter"
    async with traced(settings, part) as spans:
        made = (maker or adapter_of)(settings, name, bootstrap=bootstrap, url=url, clock=clock, patience=patience, tracer=spans)
        async with _running(part, settings, made, clock=clock, say=say) as address:
            yield address


async def run_broker(settings: Settings, *, memory: bool, stop: asyncio.Event, say: Say) -> None:
    """The embedded broker, until `stop`."""
    from app.listeners import listeners_of
    from bus.embedded import BrokerSettings, serve

    state = None if memory else prepare(settings.state) / "broker"
    chosen = BrokerSettings(
        listeners=listeners_of(settings),
        state=state,
        fsync=settings.fsync,
        faults=settings.faults,
        control=(settings.host, settings.port(CONTROL)) if CONTROL in settings.ports else None,
    )
    await serve(
        chosen,
        ready=lambda host, port: say(f"broker ready on {host}:{port}"),
        control_ready=lambda host, port: say(f"broker control on {base_url(host, port)}"),
        stop=stop,
    )


async def run_apache(settings: Settings, *, stop: asyncio.Event, say: Say) -> None:
    """Apache Kafka in the embedded broker's place, until `stop`; its jars are fetched before if need be."""
    from bus.apache import ApacheSettings, serve

    if settings.cache is None:
        raise Unusable("where are Apache Kafka's jars to be kept? Set LGSP_CACHE to a folder")
    chosen = ApacheSettings(
        host=settings.host,
        port=settings.port("broker"),
        state=prepare(settings.state) / "broker",
        cache=settings.cache,
        java_home=settings.java_home,
    )
    await serve(chosen, ready=lambda host, port: say(f"broker ready on {host}:{port}"), stop=stop)


async def run_agencies(settings: Settings, names: Sequence[str], *, stop: asyncio.Event, say: Say) -> None:
    """One agency or several, until `stop`."""
    prepare(settings.state)
    async with contextlib.AsyncExitStack() as stack:
        for name in names:
            say(f"{name} ready on {await stack.enter_async_context(agency(settings, name))}")
        with calm():
            await stop.wait()


async def run_exchange(settings: Settings, *, stop: asyncio.Event, say: Say) -> None:
    """The exchange, until `stop`."""
    async with exchange(settings, _bootstrap(settings), say=say):
        await stop.wait()


async def run_adapter(settings: Settings, name: str, *, stop: asyncio.Event, say: Say) -> None:
    """One adapter, until `stop`."""
    service = SERVICE_OF[name]
    there = settings.urls.get(service) or running(settings.state).urls.get(service)
    if there is None:
        raise Unusable(f"{name}-adapter: where is its agency? Set LGSP_{service.upper()}_URL, e.g. http://127.0.0.1:8080")
    async with adapter(settings, name, bootstrap=_bootstrap(settings), url=there, say=say):
        with calm():
            await stop.wait()


@contextlib.asynccontextmanager
async def traced(settings: Settings, part: str) -> AsyncIterator["Spans | None"]:
    """Who makes the part's spans, where that is asked for; raises Unusable where the library is missing. What it has is sent at the end."""
    if settings.tracing is None:
        yield None
        return
    try:
        from app.tracing import exporting
    except ImportError as error:
        raise Unusable(
            f"spans are asked for, and {error.name} is not there: pip install 'lgsp-sim[tracing]', or set LGSP_OTEL=off"
        ) from None
    spans = exporting(part, settings.tracing.service)
    try:
        yield spans
    finally:
        await asyncio.to_thread(spans.close)


def _bootstrap(settings: Settings) -> str:
    return meant(settings).bootstrap


@contextlib.asynccontextmanager
async def _running(part: str, settings: Settings, made: "Mover", *, clock: Clock, say: Say) -> AsyncIterator[str]:
    """`made` has `run(stop)`, `health()` and `info()`; what it raises while running ends the block."""
    from app.admin import part_app

    bound = listen(settings.host, settings.port(part), part)
    stop = asyncio.Event()
    app = part_app(part, health=made.health, info=made.info, figures=made.figures, clock=clock)
    async with serving(app, bound) as url:
        work = asyncio.create_task(made.run(stop))
        telling = asyncio.create_task(_tell_when_well(made, lambda: say(f"{part} ready on {url}")))
        inside = asyncio.current_task()
        work.add_done_callback(lambda _: inside.cancel() if inside and not stop.is_set() else None)
        try:
            yield url
        except asyncio.CancelledError:
            if work.done():
                work.result()
            raise
        finally:
            stop.set()
            telling.cancel()
            await asyncio.wait({work}, timeout=settings.drain + 1)
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


async def _tell_when_well(made: "Mover", tell: Callable[[], None]) -> None:
    while made.health()["status"] != "ok":  # noqa: ASYNC110  # health is a snapshot, there is nothing to wait for
        await asyncio.sleep(_LOOK_EVERY)
    tell()


def _policy(path: Path | None, name: str) -> Mapping[str, Any]:
    """The agency's part of a policy file: `land: {check: manual, slip: {workingDays: 2}}`."""
    if path is None:
        return {}
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        where = str(error).splitlines()[0] if isinstance(error, yaml.YAMLError) else getattr(error, "strerror", "is not UTF-8 text")
        raise Unusable(f"{path}: {where}") from None
    if not isinstance(read, dict) or not isinstance(read.get(name, {}), dict):
        raise Unusable(f"{path}: a policy file has one mapping per agency, e.g. land: {{check: manual}}")
    own: Mapping[str, Any] = read.get(name, {})
    return own
