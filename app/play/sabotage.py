"""All faults of one scenario by their names, whoever does them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.play.faults import WHO, Saboteur
from scenarios.faults import Fault as Armed
from scenarios.faults import Reply
from scenarios.verdicts import Fault
from vn.errors import Unusable

__all__ = ["Saboteurs"]


@dataclass(frozen=True)
class _Named:
    kind: str
    who: Saboteur[Any]
    may_not_fire: bool


class Saboteurs:
    """`by_kind`: who does the faults of the relay, the broker, the network; `doors`: who stands before each agency."""

    def __init__(self, by_kind: Mapping[str, Saboteur[Any]], doors: Mapping[str, Saboteur[Any]]) -> None:
        self._by_kind = by_kind
        self._doors = doors
        self._named: dict[str, _Named] = {}

    def __contains__(self, name: str) -> bool:
        """Whether a fault of that name was ever armed."""
        return name in self._named

    async def arm(self, name: str, fault: Armed, about: str | None) -> None:
        """A fault on a hop, in the broker or in the network."""
        who = self._by_kind.get(WHO[fault.kind])
        if who is None:
            raise Unusable(f"fault {name}: there is nobody here who can do {fault.kind}")
        self._named[name] = _Named(fault.kind, who, fault.may_not_fire)
        await who.arm(name, fault, about)

    async def reply(self, name: str, reply: Reply) -> None:
        """An answer in the place of an agency's."""
        self._named[name] = _Named("reply", self._doors[reply.at], reply.may_not_fire)
        await self._doors[reply.at].arm(name, reply)

    @property
    def cut_off(self) -> bool:
        """Whether nobody reaches the broker now: then nothing can be known of what is on its way."""
        network = self._by_kind.get("network")
        return network is not None and bool(network.armed)

    async def heal(self, name: str) -> None:
        """It fires no more."""
        if name in self._named:
            await self._named[name].who.heal(name)

    async def fired(self, name: str) -> int:
        """How often it has fired."""
        return len(await self._named[name].who.fired(name)) if name in self._named else 0

    async def idle(self) -> list[str]:
        """Those that should have fired and never did."""
        return [name for name, each in self._named.items() if not each.may_not_fire and not await each.who.fired(name)]

    async def report(self) -> tuple[Fault, ...]:
        """Every fault, with all its firings."""
        return tuple([Fault(name, each.kind, tuple(await each.who.fired(name))) for name, each in self._named.items()])
