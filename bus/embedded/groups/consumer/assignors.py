"""Who of a group gets which partitions: Kafka's server-side assignors, as pure functions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bus.embedded.groups.consumer.member import NOTHING, Part, Place


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A member as an assignor sees it: the topics it wants, and what it was to have so far."""

    id: str
    topics: frozenset[UUID]
    had: Part = NOTHING
    instance_id: str | None = None


Assignor = Callable[[Sequence[Wish], Mapping[UUID, int]], dict[str, Part]]
"""From the members and the number of partitions per topic to each member's part; topics without a number are not there."""


def uniform(members: Sequence[Wish], partitions: Mapping[UUID, int]) -> dict[str, Part]:
    """All get the same number, give or take one, and keep what they had as far as that allows."""
    if len({member.topics for member in members}) == 1:
        return _even(members, _places(members[0].topics, partitions))
    return _uneven(members, partitions)


def by_range(members: Sequence[Wish], partitions: Mapping[UUID, int]) -> dict[str, Part]:
    """Per topic a row of neighbours for each: static members first, in the order of their ids; what they had does not count."""
    parts: dict[str, set[Place]] = {member.id: set() for member in members}
    order = sorted(members, key=lambda member: (member.instance_id is None, member.instance_id or "", member.id))
    for topic in _topics(members, partitions):
        takers = [member.id for member in order if topic in member.topics]
        each, more = divmod(partitions[topic], len(takers))
        begin = 0
        for number, taker in enumerate(takers):
            end = begin + each + (number < more)
            parts[taker].update(Place(topic, index) for index in range(begin, end))
            begin = end
    return _frozen(parts)


ASSIGNORS: Final[Mapping[str, Assignor]] = {"uniform": uniform, "range": by_range}
"""The first is taken where no member names one."""


def _even(members: Sequence[Wish], places: Part) -> dict[str, Part]:
    """Everyone wants the same topics: `each` partitions for all, one more for as many as there are left over."""
    each, more = divmod(len(places), len(members))
    parts: dict[str, set[Place]] = {}
    for member in members:
        kept = sorted(member.had & places)
        extra = len(kept) > each and more > 0
        more -= extra
        parts[member.id] = set(kept[: each + extra])
    free = iter(sorted(places.difference(*parts.values())))
    for part in parts.values():
        extra = len(part) <= each and more > 0
        more -= extra
        while len(part) < each + extra:
            part.add(next(free))
    return _frozen(parts)


def _uneven(members: Sequence[Wish], partitions: Mapping[UUID, int]) -> dict[str, Part]:
    """Members want different topics: whoever has least gets what is free, then the loaded give to the idle of the same topic."""
    takers = {topic: [member.id for member in members if topic in member.topics] for topic in _topics(members, partitions)}
    parts = {member.id: set(member.had & _places(member.topics, partitions)) for member in members}
    free = sorted(_places(frozenset(takers), partitions).difference(*parts.values()))
    for place in sorted(free, key=lambda place: len(takers[place.topic])):
        parts[min(takers[place.topic], key=lambda taker: len(parts[taker]))].add(place)
    while any(_levelled(topic, takers[topic], parts) for topic in takers):
        pass  # every move brings two members nearer to each other, so there is an end
    return _frozen(parts)


def _levelled(topic: UUID, takers: Sequence[str], parts: Mapping[str, set[Place]]) -> bool:
    """Move one partition of the topic from who has most to who has least, if that levels anything."""
    givers = [taker for taker in takers if any(place.topic == topic for place in parts[taker])]
    if not givers:
        return False
    giver, taker = max(givers, key=lambda each: len(parts[each])), min(takers, key=lambda each: len(parts[each]))
    if len(parts[giver]) - len(parts[taker]) < 2:
        return False
    place = max(place for place in parts[giver] if place.topic == topic)
    parts[giver].remove(place)
    parts[taker].add(place)
    return True


def _topics(members: Sequence[Wish], partitions: Mapping[UUID, int]) -> list[UUID]:
    return sorted(topic for topic in frozenset().union(*(member.topics for member in members)) if topic in partitions)


def _places(topics: frozenset[UUID], partitions: Mapping[UUID, int]) -> Part:
    return frozenset(Place(topic, index) for topic in topics for index in range(partitions.get(topic, 0)))


def _frozen(parts: Mapping[str, set[Place]]) -> dict[str, Part]:
    return {member: frozenset(part) for member, part in parts.items()}
