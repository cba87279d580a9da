"""A member of a consumer group, and what it asks and is answered."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import Any, Final, NamedTuple, Self
from uuid import UUID

from kio.schema.errors import ErrorCode

JOINS: Final = 0
LEAVES: Final = -1
AWAY: Final = -2
"""Member epochs with a meaning of their own: a static member that is AWAY comes back before its session ends."""


class Place(NamedTuple):
    """One partition of a topic."""

    topic: UUID
    partition: int


Part = frozenset[Place]
"""The partitions that somebody has, or is to have."""
NOTHING: Final[Part] = frozenset()


def by_topic(part: Part) -> list[tuple[UUID, tuple[int, ...]]]:
    return [(topic, tuple(place.partition for place in places)) for topic, places in groupby(sorted(part), lambda place: place.topic)]


class Refusal(NamedTuple):
    """Why something is not done, in Kafka's code and words."""

    error: ErrorCode
    message: str | None = None


@dataclass(frozen=True, kw_only=True)
class Beat:
    """What a member says in a heartbeat; None where it says nothing new. `rebalance` in seconds."""

    group_id: str
    member_id: str
    epoch: int
    version: int
    client_id: str
    host: str
    instance_id: str | None = None
    rack: str | None = None
    rebalance: float | None = None
    topics: frozenset[str] | None = None
    regex: str | None = None
    assignor: str | None = None
    owned: Part | None = None

    @property
    def full(self) -> bool:
        """Whether it says everything, as a member does that joins or has lost an answer."""
        return self.rebalance is not None and self.owned is not None and (self.topics is not None or self.regex is not None)


@dataclass(frozen=True, kw_only=True)
class Beaten:
    """The answer; `assigned` is None where the member has it already. `interval` until the next heartbeat, in seconds."""

    member_id: str
    epoch: int
    interval: float = 0.0
    assigned: Part | None = None


class Phase(StrEnum):
    """How far a member is on its way to what it is to have."""

    STABLE = "stable"
    UNREVOKED = "unrevoked"
    """It has to give up something, and has not said yet that it did."""
    UNRELEASED = "unreleased"
    """It waits for something that another member has not given up yet."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """One member; `revoking` is what it has been told to give up and still holds, `previous` the epoch before its own."""

    id: str
    instance_id: str | None = None
    rack: str | None = None
    client_id: str = ""
    host: str = ""
    rebalance: float = -0.001
    topics: frozenset[str] = frozenset()
    regex: str = ""
    assignor: str | None = None
    epoch: int = JOINS
    previous: int = JOINS
    phase: Phase = Phase.STABLE
    assigned: Part = NOTHING
    revoking: Part = NOTHING

    @property
    def held(self) -> Part:
        """What nobody else may be given yet."""
        return self.assigned | self.revoking

    def told(self, ask: Beat) -> Self:
        """The member with what its heartbeat says of it."""
        return replace(
            self,
            client_id=ask.client_id,
            host=ask.host,
            instance_id=self.instance_id if ask.instance_id is None else ask.instance_id,
            rack=self.rack if ask.rack is None else ask.rack,
            rebalance=self.rebalance if ask.rebalance is None else ask.rebalance,
            topics=self.topics if ask.topics is None else ask.topics,
            regex=self.regex if ask.regex is None else ask.regex,
            assignor=self.assignor if ask.assignor is None else ask.assignor,
        )

    def to_json(self) -> dict[str, Any]:
        plain = {name: value for name, value in vars(self).items() if name not in {"topics", "assigned", "revoking"}}
        return {**plain, "topics": sorted(self.topics), "assigned": part_to_json(self.assigned), "revoking": part_to_json(self.revoking)}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Member":
        parts = {name: part_from_json(kept[name]) for name in ("assigned", "revoking")}
        return cls(**{**kept, **parts, "topics": frozenset(kept["topics"]), "phase": Phase(kept["phase"])})


def part_to_json(part: Part) -> list[Any]:
    return [[str(topic), list(indexes)] for topic, indexes in by_topic(part)]


def part_from_json(kept: Iterable[Any]) -> Part:
    return frozenset(Place(UUID(topic), index) for topic, indexes in kept for index in indexes)
