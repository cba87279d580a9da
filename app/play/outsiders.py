"""Who is outside of one scenario, and what of ours therefore takes part in it or does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.invitation import MEMBER_OF
from app.play.bindings import AgencyBinding, Commands, Look, MemberBinding
from app.play.bound import Bound
from app.settings import ADAPTERS, AGENCIES, SERVICE_OF
from scenarios.expectations import State
from scenarios.reading import Script

__all__ = ["ADAPTER_OF", "AGENCY_OF", "NOBODY", "Outsiders"]

AGENCY_OF: Mapping[str, str] = MappingProxyType({MEMBER_OF[name]: SERVICE_OF[name] for name in ADAPTERS})
"""member -> the agency that it speaks for."""
ADAPTER_OF: Mapping[str, str] = MappingProxyType({MEMBER_OF[name]: f"{name}-adapter" for name in ADAPTERS})
"""member -> the part of ours that its own adapter takes the place of."""


@dataclass(frozen=True)
class Outsiders:
    """Agencies (by part) and members, each by its name; `dvc` is both, the portal and its adapter."""

    names: frozenset[str]
    bound: Bound

    @classmethod
    def of(cls, script: Script, bound: Bound) -> "Outsiders":
        """Those that the script names, and those that the bindings name for any script."""
        return cls(frozenset([*script.scenario.outside, *bound.bindings.outside]), bound)

    @property
    def agencies(self) -> tuple[str, ...]:
        """Of them, those that are agencies."""
        return tuple(name for name in AGENCIES if name in self.names)

    @property
    def members(self) -> tuple[str, ...]:
        """Of them, those that are members: nothing of ours reads their inbox."""
        return tuple(name for name in AGENCY_OF if name in self.names)

    @property
    def kept(self) -> Mapping[str, str]:
        """Members whose adapter is ours while their agency is not; and that agency."""
        return {member: agency for member, agency in AGENCY_OF.items() if agency in self.names and member not in self.names}

    @property
    def left_out(self) -> frozenset[str]:
        """Our parts that are not started."""
        return frozenset([*self.agencies, *(ADAPTER_OF[name] for name in self.members)])

    @property
    def urls(self) -> Mapping[str, str]:
        """Where agencies that are outside answer, as far as that is said."""
        return {name: url for name in self.agencies if (url := self.agency(name).url)}

    def headers(self, agency: str) -> Mapping[str, str]:
        """Of every call to it; none for one that is ours."""
        return self.bound.headers(agency) if agency in self.agencies else {}

    def agency(self, name: str) -> AgencyBinding:
        """What the bindings say of it."""
        return self.bound.bindings.agency(name)

    def member(self, name: str) -> MemberBinding:
        """What the bindings say of it."""
        return self.bound.bindings.member(name)

    def can_tell(self, asked: State) -> Look | None:
        """How what a script looks at there is asked for."""
        state = self.agency(asked.at).state
        return state.parcel if asked.parcel is not None else state.dossier if asked.dossier is not None else None

    @property
    def commands(self) -> Mapping[str, Commands]:
        """What this run starts: for each that has a start command, by its name."""
        found: dict[str, Commands] = {name: self.agency(name) for name in self.agencies if self.agency(name).start}
        return found | {name: self.member(name) for name in self.members if self.member(name).start}

    def started_for(self, part: str) -> str | None:
        """Whose start command brings this part of ours up, where it is outside: its own, or that of the other half of its system."""
        member = next((each for each, adapter in ADAPTER_OF.items() if part in (adapter, AGENCY_OF[each])), "")
        halves = (AGENCY_OF.get(member, ""), member) if part in AGENCIES else (member, AGENCY_OF.get(member, ""))
        return next((name for name in halves if name in self.commands), None)


NOBODY = Outsiders(frozenset(), Bound())
