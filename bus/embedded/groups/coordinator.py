"""All groups of both kinds: found by id, kept in the journal, forgotten when nothing is left of them."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Final

from kio.schema.errors import ErrorCode

from bus.embedded.groups.consumer import JOINS, Beat, Beaten, ConsumerGroup, Refusal, refusal_of
from bus.embedded.groups.group import Group
from bus.embedded.groups.kind import Kind, Who
from bus.embedded.groups.member import Join, Joined
from bus.embedded.journal import Journal
from bus.embedded.offsets import Offsets
from bus.embedded.settings import BrokerSettings
from bus.embedded.topics import Topics

_NEWEST_COMMIT: Final = 9
_Any = Group | ConsumerGroup
_logger = logging.getLogger(__name__)


class Coordinator:
    """The group coordinator of a cluster of one."""

    def __init__(self, settings: BrokerSettings, journal: Journal, offsets: Offsets, topics: Topics) -> None:
        self._settings = settings
        self._journal = journal
        self._offsets = offsets
        self._topics = topics
        self._groups: dict[str, _Any] = {}
        for (_kind, group_id), kept in journal.of("group"):
            group = self._consumer(group_id) if kept.get("kind") == Kind.CONSUMER else self._classic(group_id)
            group.load(kept)
            self._groups[group_id] = group
        self._later()

    def __iter__(self) -> Iterator[_Any]:
        """Every group, those too that are nothing but committed offsets."""
        for group_id in sorted({*self._groups, *self._offsets.groups()}):
            yield self._groups.get(group_id) or self._classic(group_id)

    def get(self, group_id: str) -> _Any | None:
        known = self._groups.get(group_id)
        return known or (self._classic(group_id) if group_id in self._offsets.groups() else None)

    def classic(self, group_id: str) -> Group | None:
        group = self.get(group_id)
        return group if isinstance(group, Group) else None

    async def join(self, group_id: str, ask: Join) -> Joined:
        """Join by the classic protocol; a live group of the other kind is not for such members."""
        if not group_id:
            return Joined(error=ErrorCode.invalid_group_id, member_id=ask.member_id)
        if not self._settings.min_session <= ask.session <= self._settings.max_session:
            return Joined(error=ErrorCode.invalid_session_timeout, member_id=ask.member_id)
        known = self._groups.get(group_id)
        if isinstance(known, ConsumerGroup) and not known.idle:
            return Joined(error=ErrorCode.inconsistent_group_protocol)
        if ask.member_id and not isinstance(known, Group):
            return Joined(error=ErrorCode.unknown_member_id, member_id=ask.member_id)
        group = self._groups[group_id] = known if isinstance(known, Group) else self._classic(group_id)
        answer = await group.join(ask)
        refused = answer.error not in {ErrorCode.none, ErrorCode.member_id_required}
        if refused and group.idle and known is None and self._groups.get(group_id) is group:
            del self._groups[group_id]
        return answer

    def beat(self, ask: Beat) -> Beaten | Refusal:
        """Hear a member by the new protocol: it joins, goes on, or leaves."""
        if refusal := refusal_of(ask):
            return refusal
        group = self._groups.get(ask.group_id)
        if ask.epoch < JOINS:
            return group.leave(ask) if isinstance(group, ConsumerGroup) else self._no_consumer_group(ask.group_id, "Group")
        if isinstance(group, ConsumerGroup):
            return group.beat(ask)
        if ask.epoch != JOINS:
            return self._no_consumer_group(ask.group_id, "Consumer group")
        if group is not None and not group.idle:
            message = f"Cannot upgrade classic group {ask.group_id} to consumer group because online upgrade is disabled."
            return Refusal(ErrorCode.group_id_not_found, message)
        begun = self._consumer(ask.group_id)
        answer = begun.beat(ask)
        if isinstance(answer, Beaten):
            self._drop(ask.group_id)
            self._groups[ask.group_id] = begun
        return answer

    def not_classic(self, group_id: str) -> Refusal:
        """What is said of a group that is asked for as a classic one and is none."""
        known = self.get(group_id) is not None
        return Refusal(
            ErrorCode.group_id_not_found, f"Group {group_id} is not a classic group." if known else f"Group {group_id} not found."
        )

    def consumer(self, group_id: str) -> ConsumerGroup | Refusal:
        if not group_id:
            return Refusal(ErrorCode.invalid_group_id)
        group = self._groups.get(group_id)
        return group if isinstance(group, ConsumerGroup) else self._no_consumer_group(group_id, "Group")

    def commit_refusal(self, group_id: str, who: Who, *, version: int = _NEWEST_COMMIT, transactional: bool = False) -> ErrorCode:
        """Why a client may not commit offsets of this group by that version of OffsetCommit, or within a transaction."""
        group = self.get(group_id)
        if isinstance(group, ConsumerGroup):
            return group.commit_refusal(who, version=version, transactional=transactional)
        if group is not None:
            return group.commit_refusal(who, transactional=transactional)
        if who.generation < 0:
            return ErrorCode.none
        return ErrorCode.illegal_generation if transactional or version < _NEWEST_COMMIT else ErrorCode.group_id_not_found

    def fetch_refusal(self, group_id: str, member_id: str | None, epoch: int) -> ErrorCode:
        """Why someone may not see what this group has committed."""
        group = self._groups.get(group_id)
        return group.fetch_refusal(member_id, epoch) if isinstance(group, ConsumerGroup) else ErrorCode.none

    def delete(self, group_id: str) -> ErrorCode:
        group = self.get(group_id)
        if group is None:
            return ErrorCode.group_id_not_found
        if not group.idle:
            return ErrorCode.non_empty_group
        self._offsets.forget(group_id)
        self._forget(group_id)
        return ErrorCode.none

    def close(self) -> None:
        self._sweeper.cancel()
        for group in self._groups.values():
            group.stop()

    def _no_consumer_group(self, group_id: str, what: str) -> Refusal:
        known = self.get(group_id) is not None
        message = f"Group {group_id} is not a consumer group." if known else f"{what} {group_id} not found."
        return Refusal(ErrorCode.group_id_not_found, message)

    def _classic(self, group_id: str) -> Group:
        return Group(group_id, self._settings, self._keep)

    def _consumer(self, group_id: str) -> ConsumerGroup:
        return ConsumerGroup(group_id, self._topics, self._settings, self._keep)

    def _keep(self, group: _Any) -> None:
        self._journal.write({("group", group.id): group.to_json()})

    def _forget(self, group_id: str) -> None:
        self._journal.write({("group", group_id): None})
        self._drop(group_id)

    def _drop(self, group_id: str) -> None:
        if group := self._groups.pop(group_id, None):
            group.stop()

    def _later(self) -> None:
        self._sweeper = asyncio.get_running_loop().call_later(self._settings.group_check, self._sweep)

    def _sweep(self) -> None:
        self._later()
        with_offsets = self._offsets.groups()
        try:
            for group in list(self._groups.values()):
                if group.idle and group.id not in with_offsets:
                    self._forget(group.id)
        except OSError as error:
            _logger.error("forgetting groups: %s", error)
