"""What all have in common that make something go wrong: faults are armed by name, fire, and are healed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Generic, Protocol, TypeAlias, TypeVar

from scenarios.faults import ON_A_HOP

__all__ = ["WHO", "Armed", "Firing", "Ledger", "Saboteur"]

F = TypeVar("F")
F_contra = TypeVar("F_contra", contravariant=True)

Firing: TypeAlias = tuple[datetime, str]
"""When a fault fired, and at what, in words."""

WHO: Mapping[str, str] = MappingProxyType({**dict.fromkeys(ON_A_HOP, "relay"), "broker": "broker", "cut": "network", "reply": "doors"})
"""The kind of a fault -> who does it: `relay.Relay`, `broker_faults.BrokerFaults`, `network.Network`, `doors.Doors`."""


class Saboteur(Protocol[F_contra]):
    """Who does faults of some kinds, between entering and leaving a block; at its end nothing stays armed."""

    async def arm(self, name: str, fault: F_contra, about: str | None = None) -> None:
        """From now on, until it is healed or used up; `about`: only for this dossier's code. A name that is armed anew begins anew."""

    async def heal(self, name: str) -> None:
        """It fires no more, and what it holds back goes on its way; a name that is not armed is no error."""

    async def fired(self, name: str) -> Sequence[Firing]:
        """Every time it has fired since it was armed; it may be healed by now."""

    @property
    def armed(self) -> tuple[str, ...]:
        """The names of those that can still fire."""


@dataclass
class Armed(Generic[F]):
    """One fault, whom it is about, how often it fires at most (None: every time) and when it did."""

    name: str
    fault: F
    about: str | None = None
    times: int | None = None
    firings: list[Firing] = field(default_factory=list)
    healed: bool = False

    @property
    def live(self) -> bool:
        """Whether it can still fire."""
        return not self.healed and (self.times is None or len(self.firings) < self.times)


class Ledger(Generic[F]):
    """All that were armed in one place, in the order in which they were."""

    def __init__(self) -> None:
        self._by_name: dict[str, Armed[F]] = {}

    def __iter__(self) -> Iterator[Armed[F]]:
        return iter(tuple(self._by_name.values()))

    def arm(self, name: str, fault: F, about: str | None = None, times: int | None = None) -> Armed[F]:
        """Note it as the last one."""
        self._by_name.pop(name, None)
        self._by_name[name] = Armed(name, fault, about, times)
        return self._by_name[name]

    def heal(self, name: str) -> None:
        """It is over, and what it did stays noted."""
        if name in self._by_name:
            self._by_name[name].healed = True

    def fired(self, name: str) -> tuple[Firing, ...]:
        """When and at what it fired."""
        return tuple(self._by_name[name].firings) if name in self._by_name else ()

    @property
    def live(self) -> tuple[str, ...]:
        """The names of those that can still fire."""
        return tuple(each.name for each in self if each.live)
