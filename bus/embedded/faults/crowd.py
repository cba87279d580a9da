"""What a rule does to groups: members are expelled, or all have to join again."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from bus.embedded.faults.aim import About
from bus.embedded.faults.rules import Expel, Rebalance
from bus.embedded.groups import Coordinator


def disturbed(groups: Coordinator, rule: Expel | Rebalance, what: About | None) -> Iterator[tuple[str, str | None]]:
    """Do it; (group, member) of each that was met, the member None for a rebalance. `what` is None where a rule is done at once."""
    for group_id in _meant(groups, rule.group, what):
        group = groups.get(group_id)
        if group is None:
            continue
        if isinstance(rule, Rebalance):
            if group.rebalance():
                yield group_id, None
            continue
        members: tuple[Any, ...] = tuple(group.members.values())  # of either kind of group
        for member in members:
            if _is_meant(member, rule, what):
                group.expel(member.id)
                yield group_id, member.id


def _meant(groups: Coordinator, pattern: str | None, what: About | None) -> list[str]:
    if pattern is None:
        return list(what.groups) if what else []
    return [group.id for group in groups if fnmatchcase(group.id, pattern)]


def _is_meant(member: Any, rule: Expel, what: About | None) -> bool:
    """By the rule's pattern; without one, whoever asks."""
    if rule.member is None:
        return what is None or not what.member or bool(member.id == what.member)
    return any(fnmatchcase(name, rule.member) for name in (member.id, member.instance_id or "", member.client_id))
