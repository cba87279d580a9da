"""What parts are made of: contracts, members, rights; the exchange and the adapters put together from plain arguments."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any, Protocol

from adapters.runtime import Adapter, Runtime
from adapters.runtime import Settings as Patience
from app.settings import Settings
from bus import Exchange, KafkaSettings, Members, Operating, Rights, Space
from contracts import Catalogue
from vn.clock import Clock
from vn.tracing import Tracer
from vn.vitals import Sample

__all__ = ["Maker", "Mover", "Patience", "adapter_of", "catalogue_of", "exchange_of", "rules_of"]


class Mover(Protocol):
    """What moves messages: it runs until told to stop, and says how it is doing."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`."""

    def health(self) -> Mapping[str, Any]:
        """With a `status`."""

    def info(self) -> Mapping[str, Any]:
        """How far it has come."""

    def figures(self) -> Iterable[Sample]:
        """All metrics of now."""


class Maker(Protocol):
    """Who makes an adapter: `adapter_of`, or somebody who plays another in its place."""

    def __call__(
        self,
        settings: Settings,
        name: str,
        *,
        bootstrap: str,
        url: str,
        clock: Clock,
        patience: Patience | None = None,
        tracer: Tracer | None = None,
    ) -> Mover: ...


def catalogue_of(settings: Settings) -> Catalogue:
    """The contracts in force."""
    return Catalogue.load(settings.contracts)


def rules_of(settings: Settings) -> tuple[Members, Rights]:
    """The member register and the access rights."""
    members = Members.read(settings.members)
    return members, Rights.read(settings.access, members=members, contracts=catalogue_of(settings))


def exchange_of(settings: Settings, bootstrap: str, clock: Clock, tracer: Tracer | None = None) -> Mover:
    """The exchange of the settings' space."""
    members, rights = rules_of(settings)
    return Exchange(
        KafkaSettings(bootstrap=bootstrap, security=settings.security),
        Space(settings.space),
        members=members,
        rights=rights,
        contracts=catalogue_of(settings),
        clock=clock,
        # a named one, or the only one of its group, takes its partitions back at once after a kill
        instance=settings.instance or ("only" if settings.supervised else None),
        operating=Operating(settings.drain, tracer),
    )


def adapter_of(
    settings: Settings, name: str, *, bootstrap: str, url: str, clock: Clock, patience: Patience | None = None, tracer: Tracer | None = None
) -> Mover:
    """The adapter of that part name, between the agency at `url` and the bus."""
    declared: Adapter = getattr(import_module(f"adapters.{name}"), name.upper())
    runtime = Runtime(
        declared,
        url,
        kafka=KafkaSettings(bootstrap=bootstrap, security=settings.security),
        space=Space(settings.space),
        catalogue=catalogue_of(settings),
        clock=clock,
        settings=replace(patience or Patience(), operating=Operating(settings.drain, tracer)),
    )
    return _Adapter(runtime, declared, url)


class _Adapter:
    """A runtime in the words of the admin endpoints."""

    def __init__(self, runtime: Runtime, declared: Adapter, url: str) -> None:
        self.run = runtime.run
        self.figures = runtime.figures
        self._runtime = runtime
        self._declared = declared
        self._url = url

    def health(self) -> Mapping[str, Any]:
        return self._runtime.health().as_json()

    def info(self) -> Mapping[str, Any]:
        return {"member": self._declared.member, "agency": self._url, **self._runtime.progress()}
