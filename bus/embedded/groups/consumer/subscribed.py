"""Which topics a group wants, as they are now: topics that appear, grow or vanish change it."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from bus.embedded.groups.consumer.member import Member
from bus.embedded.pattern import fits
from bus.embedded.topics import Topics

Wanted = Mapping[str, tuple[UUID, int]]
"""By name: the topic's id and its number of partitions. Names that are no topic (yet) are left out."""


def wanted(members: Iterable[Member], topics: Topics) -> Wanted:
    """What all members together want."""
    members = list(members)
    names = {name for member in members for name in member.topics}
    patterns = {member.regex for member in members if member.regex}
    found = (topic for topic in topics if topic.name in names or any(fits(pattern, topic.name) for pattern in patterns))
    return {topic.name: (topic.id, len(topic.partitions)) for topic in found}


def wishes(member: Member, those: Wanted) -> frozenset[UUID]:
    """The ids of the topics among `those` that one member wants."""
    return frozenset(id_ for name, (id_, _count) in those.items() if wants(member, name))


def wants(member: Member, name: str) -> bool:
    return name in member.topics or bool(member.regex and fits(member.regex, name))
