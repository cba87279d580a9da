"""How far every part of a run has come, at one time, and what it therefore still has to do. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from app.settings import SERVICE_OF
from bus import Place, Space

__all__ = ["Counters", "Progress", "progress"]

ADAPTER_OF = {agency: f"{name}-adapter" for name, agency in SERVICE_OF.items()}
EXCHANGE = "exchange"


@dataclass(frozen=True)
class Progress:
    """What one part says of itself; all but `due`, `next` and `in_flight` only grow, as long as it is not started anew."""

    clock: datetime | None = None  # where it stands still; None while it runs
    member: str | None = None
    positions: Mapping[Place, int] = field(default_factory=dict)  # before that offset all is settled
    in_flight: int = 0
    fed: int = 0
    acknowledged: int = 0
    due: int = 0
    next: datetime | None = None


def progress(info: Mapping[str, Any]) -> Progress:
    """From what `/_lgsp/info` of a part says."""
    feed, work = info.get("feed", {}), info.get("work", {})
    by_topic: Mapping[str, Mapping[str, int]] = info.get("positions", {})
    return Progress(
        clock=_instant(info["clock"]["at"]),
        member=info.get("member"),
        positions={Place(topic, int(each)): at for topic, places in by_topic.items() for each, at in places.items()},
        in_flight=info.get("inFlight", 0),
        fed=feed.get("last", 0),
        acknowledged=feed.get("acknowledged", 0),
        due=work.get("due", 0),
        next=_instant(work.get("next")),
    )


@dataclass(frozen=True)
class Counters:
    """One round: what the parts that run said, and where every outbox and inbox ends; None where a part, or the broker, does not answer.

    `outside`: parts that somebody else runs. What waits for a part that neither runs nor is outside waits for its start, and is nobody's
    work: an outbox without the exchange, a feed without its adapter, an inbox without its adapter or without the adapter's agency.
    """

    space: Space
    parts: Mapping[str, Progress | None]
    ends: Mapping[Place, int] | None
    outside: Collection[str] = ()

    def busy(self, part: str) -> str | None:
        """What this part still has to do, in words."""
        seen = self.parts.get(part)
        if seen is None:
            return f"{part} does not answer" if part in self.parts else None
        return "; ".join(self._tasks(part, seen)) or None

    @property
    def next_due(self) -> datetime | None:
        """The earliest instant at which an agency has something to do."""
        return min((each.next for each in self.parts.values() if each is not None and each.next is not None), default=None)

    def due_by(self, at: datetime) -> frozenset[str]:
        """Parts that have something to do then, or before."""
        return frozenset(part for part, each in self.parts.items() if each is not None and each.next is not None and each.next <= at)

    def _tasks(self, part: str, seen: Progress) -> Iterator[str]:
        if seen.due:
            yield f"{part} has {seen.due} piece(s) of work due"
        if part in ADAPTER_OF and self._there(ADAPTER_OF[part]) and (unread := seen.fed - seen.acknowledged):
            yield f"{ADAPTER_OF[part]} has {unread} feed entries of {part} to carry out"
        if part.startswith(EXCHANGE):
            yield from self._to_settle(part, seen, f"{self.space.name}.outbox.")
        elif seen.member is not None and self._there(SERVICE_OF[part.partition("-adapter")[0]]):
            yield from self._to_settle(part, seen, self.space.inbox(seen.member))

    def _to_settle(self, part: str, seen: Progress, topics: str) -> Iterator[str]:
        ends = {place: end for place, end in (self.ends or {}).items() if place.topic.startswith(topics)}
        messages = sum(max(end - self._settled.get(place, 0), 0) for place, end in ends.items())
        if messages or seen.in_flight:
            yield f"{part} has {max(messages, seen.in_flight)} messages to settle"

    @cached_property
    def _settled(self) -> Mapping[Place, int]:
        """Several parts may share a topic: what one has settled stays settled when another goes on with it."""
        found: dict[Place, int] = {}
        for each in self.parts.values():
            for place, at in each.positions.items() if each is not None else ():
                found[place] = max(at, found.get(place, 0))
        return found

    def _there(self, part: str) -> bool:
        return part in self.parts or part in self.outside


def _instant(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said)
