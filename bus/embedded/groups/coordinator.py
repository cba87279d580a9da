"""All consumer groups: found by id, kept in the journal, forgotten when nothing is left of them."""

from collections.abc import Iterator

from kio.schema.errors import ErrorCode

from bus.embedded.groups.group import Group, Who
from bus.embedded.groups.member import Join, Joined
from bus.embedded.journal import Journal
from bus.embedded.offsets import Offsets
from bus.embedded.settings import BrokerSettings


class Coordinator:
    """The group coordinator of a cluster of one."""

    def __init__(self, settings: BrokerSettings, journal: Journal, offsets: Offsets) -> None:
        self._settings = settings
        self._journal = journal
        self._offsets = offsets
        self._groups: dict[str, Group] = {}
        for (_kind, group_id), kept in journal.of("group"):
            self._new(group_id).load(kept)

    def __iter__(self) -> Iterator[Group]:
        """Every group, those too that are nothing but committed offsets."""
        for group_id in sorted({*self._groups, *self._offsets.groups()}):
            yield self._groups.get(group_id) or self._group(group_id)

    def get(self, group_id: str) -> Group | None:
        known = self._groups.get(group_id)
        return known or (self._group(group_id) if group_id in self._offsets.groups() else None)

    async def join(self, group_id: str, ask: Join) -> Joined:
        if not group_id:
            return Joined(error=ErrorCode.invalid_group_id, member_id=ask.member_id)
        if not self._settings.min_session <= ask.session <= self._settings.max_session:
            return Joined(error=ErrorCode.invalid_session_timeout, member_id=ask.member_id)
        group = self._groups.get(group_id) or self._new(group_id)
        try:
            return await group.join(ask)
        finally:
            if group.idle:
                self._keep(group)

    def commit_refusal(self, group_id: str, who: Who) -> ErrorCode:
        """Why a client may not commit offsets of this group."""
        if group := self._groups.get(group_id):
            return group.commit_refusal(who)
        return ErrorCode.none if who.generation < 0 else ErrorCode.illegal_generation

    def delete(self, group_id: str) -> ErrorCode:
        group = self.get(group_id)
        if group is None:
            return ErrorCode.group_id_not_found
        if not group.idle:
            return ErrorCode.non_empty_group
        self._offsets.forget(group_id)
        self._groups.pop(group_id, None)
        self._journal.write({("group", group_id): None})
        return ErrorCode.none

    def close(self) -> None:
        for group in self._groups.values():
            group.stop()

    def _group(self, group_id: str) -> Group:
        return Group(group_id, self._settings.initial_rebalance_delay, self._keep)

    def _new(self, group_id: str) -> Group:
        self._groups[group_id] = self._group(group_id)
        return self._groups[group_id]

    def _keep(self, group: Group) -> None:
        if group.idle and group.id not in self._offsets.groups():
            self._groups.pop(group.id, None)
            self._journal.write({("group", group.id): None})
        else:
            self._journal.write({("group", group.id): group.to_json()})
