"""One consumer group: Kafka's classic protocol as a state machine (join, sync, heartbeat, leave)."""

import asyncio
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any
from uuid import uuid4

from kio.schema.errors import ErrorCode

from bus.embedded.groups.kind import Kind, Who
from bus.embedded.groups.member import Join, Joined, Member, Synced
from bus.embedded.groups.roster import Roster
from bus.embedded.groups.timer import SessionTimer
from bus.embedded.settings import BrokerSettings


class State(StrEnum):
    """The states, under the names that DescribeGroups shows."""

    EMPTY = "Empty"
    PREPARING = "PreparingRebalance"
    COMPLETING = "CompletingRebalance"
    STABLE = "Stable"


class Group:
    """Members, their generation, and the rebalance that is under way.

    `settled` is called whenever there is something to keep: the group became stable, changed its static members, or emptied.
    """

    kind = Kind.CLASSIC

    def __init__(self, group_id: str, settings: BrokerSettings, settled: Callable[["Group"], None]) -> None:
        self.id = group_id
        self.state = State.EMPTY
        self.generation = 0
        self.protocol_type: str | None = None
        self.protocol: str | None = None
        self.roster = Roster()
        self._pending: dict[str, SessionTimer] = {}
        self._initial_delay = settings.initial_rebalance_delay
        self._first_join = settings.first_join
        self._gathering = False
        self._newcomer = False
        self._timer: asyncio.TimerHandle | None = None
        self._settled = settled
        self._loop = asyncio.get_running_loop()

    @property
    def idle(self) -> bool:
        """Nobody is a member; who was only told its id is none yet."""
        return self.state is State.EMPTY and not self.roster

    @property
    def members(self) -> Mapping[str, Member]:
        return self.roster.by_id

    # ---- what members ask

    async def join(self, ask: Join) -> Joined:
        if not self.roster.agrees(ask, self.protocol_type):
            return Joined(error=ErrorCode.inconsistent_group_protocol, member_id=ask.member_id)
        if ask.member_id in self._pending:
            self._pending.pop(ask.member_id).stop()
            return await self._add(ask.member_id, ask)
        if ask.member_id:
            return await self._rejoin(ask)
        if former := self.roster.of_instance(ask.instance_id):
            return await self._take_over(former, ask)
        new_id = f"{ask.instance_id or ask.client_id}-{uuid4()}"
        if ask.instance_id is None and ask.id_first:
            self._pending[new_id] = SessionTimer(ask.session, lambda: self._drop_pending(new_id))
            return Joined(error=ErrorCode.member_id_required, member_id=new_id)
        return await self._add(new_id, ask)

    async def sync(self, who: Who, protocol: tuple[str | None, str | None], assignments: Mapping[str, bytes]) -> Synced:
        """`protocol` is (type, name) as the client knows them, or None where its version does not say."""
        if (error := self.refusal(who)) is not ErrorCode.none:
            return Synced(error=error)
        if protocol[0] not in {None, self.protocol_type} or protocol[1] not in {None, self.protocol}:
            return Synced(error=ErrorCode.inconsistent_group_protocol)
        if self.state is State.PREPARING:
            return Synced(error=ErrorCode.rebalance_in_progress)
        member = self.roster.by_id[who.member_id]
        member.synced = True
        self._heard(member)
        if self.state is State.STABLE:
            return self._synced(member)
        member.answer_sync(Synced(error=ErrorCode.rebalance_in_progress))
        waiting = member.syncing = self._loop.create_future()
        if member.id == self.roster.leader:
            self._settle(assignments)
        return await asyncio.shield(waiting)

    def heartbeat(self, who: Who) -> ErrorCode:
        if (error := self.refusal(who)) is not ErrorCode.none:
            return error
        self._heard(self.roster.by_id[who.member_id])
        return ErrorCode.rebalance_in_progress if self.state is State.PREPARING else ErrorCode.none

    def leave(self, member_id: str, instance_id: str | None) -> ErrorCode:
        if member_id in self._pending:
            self._drop_pending(member_id)
            return ErrorCode.none
        if not member_id and (static := self.roster.of_instance(instance_id)):
            member_id = static.id
        if (error := self.roster.identity(member_id, instance_id)) is ErrorCode.none:
            self._remove(self.roster.by_id[member_id])
        return error

    def refusal(self, who: Who) -> ErrorCode:
        """Why someone does not count as a member of the current generation."""
        error = self.roster.identity(who.member_id, who.instance_id)
        if error is ErrorCode.none and who.generation != self.generation:
            return ErrorCode.illegal_generation
        return error

    def commit_refusal(self, who: Who, *, transactional: bool) -> ErrorCode:
        """Why offsets cannot be committed by this member, or by a client outside of any generation."""
        if who.generation < 0 and self.state is State.EMPTY:
            return ErrorCode.none
        if who.generation < 0 and not who.member_id and who.instance_id is None:
            return ErrorCode.none if transactional else ErrorCode.unknown_member_id
        error = self.refusal(who)
        if error is ErrorCode.none and not transactional:
            self._heard(self.roster.by_id[who.member_id])
            return ErrorCode.rebalance_in_progress if self.state is State.COMPLETING else error
        return error

    def expel(self, member_id: str) -> None:
        """End a member's session now."""
        self._remove(self.roster.by_id[member_id])

    def rebalance(self) -> bool:
        """Let every member join again; False where there is none, or they are at it."""
        begins = self.state in {State.COMPLETING, State.STABLE}
        if begins:
            self._prepare()
        return begins

    def stop(self) -> None:
        """End every timer; whoever waits is told to look for the coordinator again."""
        self._stop_timer()
        for timer in self._pending.values():
            timer.stop()
        self._pending.clear()
        for member in self.roster:
            if member.timer:
                member.timer.stop()
            member.answer_join(Joined(error=ErrorCode.not_coordinator, member_id=member.id))
            member.answer_sync(Synced(error=ErrorCode.not_coordinator))

    # ---- members come and go

    async def _add(self, member_id: str, ask: Join) -> Joined:
        member = Member(member_id, ask.instance_id, ask.client_id, ask.host, ask.session, ask.rebalance, ask.protocols)
        if not self.roster:
            self.protocol_type = ask.protocol_type
        member.new = True
        self.roster.add(member)
        self._watch(member, self._first_join)
        self._newcomer = True
        return await self._await_rebalance(member)

    async def _rejoin(self, ask: Join) -> Joined:
        if (error := self.roster.identity(ask.member_id, ask.instance_id)) is not ErrorCode.none:
            return Joined(error=error, member_id=ask.member_id)
        member = self.roster.by_id[ask.member_id]
        same = member.protocols == ask.protocols
        self._heard(member)
        if same and (self.state is State.COMPLETING or (self.state is State.STABLE and member.id != self.roster.leader)):
            return self._joined(member)  # it may have missed the first answer
        self._update(member, ask)
        return await self._await_rebalance(member)

    async def _take_over(self, old: Member, ask: Join) -> Joined:
        """A static member is back under a new id: the old id is fenced, and a stable group stays as it is."""
        leader_before = self.roster.leader
        old.answer_join(Joined(error=ErrorCode.fenced_instance_id, member_id=old.id))
        old.answer_sync(Synced(error=ErrorCode.fenced_instance_id))
        self.roster.rename(old, new_id := f"{ask.instance_id}-{uuid4()}")
        self._update(old, ask)
        self._watch(old, old.session)
        if self.state is not State.STABLE or self.roster.choice() != self.protocol:
            return await self._await_rebalance(old)
        self._settled(self)
        if ask.may_skip:
            return self._joined(old, skip=self.roster.leader == new_id)
        # An older client must not think that it leads and has to assign: it sees the leader's former id.
        return Joined(
            generation=self.generation,
            protocol_type=self.protocol_type,
            protocol=self.protocol,
            leader=leader_before or "",
            member_id=new_id,
        )

    def _watch(self, member: Member, session: float) -> None:
        """Begin to count how long a member is silent."""
        if member.timer:
            member.timer.stop()
        member.timer = SessionTimer(session, lambda: self._expired(member))

    def _update(self, member: Member, ask: Join) -> None:
        member.client_id, member.host = ask.client_id, ask.host
        member.session, member.rebalance, member.protocols = ask.session, ask.rebalance, ask.protocols

    def _expired(self, member: Member) -> None:
        if not member.new and (member.joining is not None or member.syncing is not None):
            self._watch(member, member.session)
        else:
            self._remove(member)

    def _remove(self, *members: Member) -> None:
        self._discard(*members)
        self._prepare()

    def _discard(self, *members: Member) -> None:
        for member in members:
            self.roster.discard(member)
            if member.timer:
                member.timer.stop()
            member.answer_join(Joined(error=ErrorCode.unknown_member_id, member_id=member.id))
            member.answer_sync(Synced(error=ErrorCode.unknown_member_id))

    def _drop_pending(self, member_id: str) -> None:
        self._pending.pop(member_id).stop()
        self._complete_if_all_joined()

    def _heard(self, member: Member) -> None:
        if member.timer:
            member.timer.heard()

    # ---- the rebalance

    async def _await_rebalance(self, member: Member) -> Joined:
        member.answer_join(Joined(error=ErrorCode.rebalance_in_progress, member_id=member.id))
        waiting = member.joining = self._loop.create_future()
        self._prepare()
        return await asyncio.shield(waiting)  # the member has joined even if its connection ends now

    def _prepare(self) -> None:
        """Begin a rebalance, or see whether the one under way can end."""
        if self.state is State.PREPARING:
            self._complete_if_all_joined()
            return
        for member in self.roster:
            member.answer_sync(Synced(error=ErrorCode.rebalance_in_progress))
        self._gathering = self.state is State.EMPTY and self._initial_delay > 0
        self.state = State.PREPARING
        if self._gathering:
            self._gather_until = self._loop.time() + self.roster.patience()
            self._start_timer(self._initial_delay, self._gathered)
        else:
            self._start_timer(self.roster.patience(), self._complete)
            self._complete_if_all_joined()

    def _gathered(self) -> None:
        """An empty group's first members had a moment to arrive; whoever came in it opens another moment."""
        if self._newcomer and self._loop.time() < self._gather_until:
            self._newcomer = False
            self._start_timer(self._initial_delay, self._gathered)
        else:
            self._gathering = False
            self._complete()

    def _complete_if_all_joined(self) -> None:
        joined = all(member.joining is not None for member in self.roster)
        if self.state is State.PREPARING and not self._gathering and not self._pending and joined:
            self._complete()

    def _complete(self) -> None:
        """End the joining: who has not come back is out, unless static; the others get the new generation."""
        self._stop_timer()
        absent = [member for member in self.roster if member.joining is None]
        self._discard(*(member for member in absent if member.instance_id is None))
        if not self.roster:
            self._empty()
            return
        present = [member for member in self.roster if member.joining is not None]
        if not present:  # static members only, none of them back yet
            self._start_timer(self.roster.patience(), self._complete)
            return
        if self.roster.leader not in {member.id for member in present}:
            self.roster.leader = present[0].id
        self.generation += 1
        self.protocol = self.roster.choice()
        self.state = State.COMPLETING
        for member in self.roster:
            member.synced = False
        for member in present:
            member.new = False
            self._watch(member, member.session)
            member.answer_join(self._joined(member))
        self._start_timer(self.roster.patience(), self._sync_is_late)

    def _sync_is_late(self) -> None:
        if late := [member for member in self.roster if not member.synced]:
            self._remove(*late)

    def _settle(self, assignments: Mapping[str, bytes]) -> None:
        """The leader has spoken: everyone gets its part."""
        self.state = State.STABLE
        for member in self.roster:
            member.assignment = assignments.get(member.id, b"")
        self._settled(self)
        for member in self.roster:
            self._heard(member)
            member.answer_sync(self._synced(member))

    def _empty(self) -> None:
        self.generation += 1
        self.state = State.EMPTY
        self.protocol = self.roster.leader = None
        self._settled(self)

    def _joined(self, member: Member, *, skip: bool = False) -> Joined:
        leads = member.id == self.roster.leader and (skip or self.state is State.COMPLETING)
        return Joined(
            generation=self.generation,
            protocol_type=self.protocol_type,
            protocol=self.protocol,
            leader=self.roster.leader or "",
            member_id=member.id,
            members=tuple((each.id, each.instance_id, each.metadata(self.protocol)) for each in self.roster) if leads else (),
            skip=skip,
        )

    def _synced(self, member: Member) -> Synced:
        return Synced(protocol_type=self.protocol_type, protocol=self.protocol, assignment=member.assignment)

    def _start_timer(self, delay: float, then: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = self._loop.call_later(delay, then)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # ---- what outlives the broker

    def to_json(self) -> dict[str, Any]:
        members = [member.to_json() for member in self.roster] if self.state is State.STABLE else []
        return {
            "kind": self.kind.value,
            "generation": self.generation,
            "type": self.protocol_type,
            "protocol": self.protocol,
            "leader": self.roster.leader,
            "members": members,
        }

    def load(self, kept: Mapping[str, Any]) -> None:
        self.generation, self.protocol_type = kept["generation"], kept["type"]
        for values in kept["members"]:
            member = Member.from_json(values)
            member.synced = True
            self.roster.add(member)
            self._watch(member, member.session)
        if self.roster:
            self.state, self.protocol, self.roster.leader = State.STABLE, kept["protocol"], kept["leader"]
