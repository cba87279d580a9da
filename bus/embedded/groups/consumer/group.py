"""One consumer group: members, what each is to have, and how far each has come."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kio.schema.errors import ErrorCode

from bus.embedded.groups.consumer import membership
from bus.embedded.groups.consumer.assignors import ASSIGNORS, Wish
from bus.embedded.groups.consumer.member import AWAY, JOINS, NOTHING, Beat, Beaten, Member, Part, Phase, Refusal
from bus.embedded.groups.consumer.reconcile import reconciled
from bus.embedded.groups.consumer.requests import regex_refusal
from bus.embedded.groups.consumer.state import Snapshot, State
from bus.embedded.groups.consumer.subscribed import wanted, wants, wishes
from bus.embedded.groups.kind import Kind, Who
from bus.embedded.groups.timer import SessionTimer
from bus.embedded.settings import BrokerSettings
from bus.embedded.topics import Topics

_VERSION_OF_EPOCHS = 9
"""The first version of OffsetCommit that knows member epochs."""


class ConsumerGroup:
    """`kept` is called whenever there is something that must outlive the broker."""

    kind = Kind.CONSUMER
    protocol_type = "consumer"

    def __init__(self, group_id: str, topics: Topics, settings: BrokerSettings, kept: Callable[["ConsumerGroup"], None]) -> None:
        self.id = group_id
        self.now = Snapshot()
        self._topics = topics
        self._session = settings.consumer_session
        self._interval = settings.consumer_heartbeat
        self._keep = kept
        self._sessions: dict[str, SessionTimer] = {}
        self._rebalances: dict[str, asyncio.TimerHandle] = {}
        self._loop = asyncio.get_running_loop()

    @property
    def idle(self) -> bool:
        return not self.now.members

    @property
    def state(self) -> State:
        return self.now.state

    @property
    def members(self) -> Mapping[str, Member]:
        return self.now.members

    @property
    def assignor(self) -> str:
        """The one that most members name, else Kafka's default."""
        named = Counter(member.assignor for member in self.now.members.values() if member.assignor is not None)
        return named.most_common(1)[0][0] if named else next(iter(ASSIGNORS))

    # ---- what members ask

    def beat(self, ask: Beat) -> Beaten | Refusal:
        """Hear a member that joins or goes on."""
        found = membership.found(self.now.members, self.id, ask)
        if isinstance(found, Refusal):
            return found
        told = found.told(ask)
        if told.regex != found.regex and (refusal := regex_refusal(told.regex)):
            return refusal
        before = self.now
        self._seat(told)
        self._assign_anew(changed=(told.topics, told.regex) != (found.topics, found.regex))
        member = self._step(told, ask.owned)
        self._watch(member)
        if self.now != before:
            self._keep(self)
        news = ask.epoch == JOINS or ask.full or member.assigned != found.assigned
        return Beaten(member_id=member.id, epoch=member.epoch, interval=self._interval, assigned=member.assigned if news else None)

    def leave(self, ask: Beat) -> Beaten | Refusal:
        """A member goes for good, or, being static, for a moment: then all stays as it is until its session ends."""
        found = membership.leaving(self.now.members, self.id, ask)
        if isinstance(found, Refusal):
            return found
        if ask.epoch == AWAY:
            self._cancel_rebalance(found.id)
            self.now = self.now.having(replace(found, epoch=AWAY, revoking=NOTHING))
            self._keep(self)
        else:
            self._remove(found.id)
        return Beaten(member_id=ask.member_id, epoch=ask.epoch)

    def commit_refusal(self, who: Who, *, version: int, transactional: bool) -> ErrorCode:
        """Why this client may not commit offsets, or a transaction may not do it for it."""
        nobody = who.generation < 0 and not who.member_id and who.instance_id is None
        if (who.generation < 0 and self.idle) or (transactional and nobody):
            return ErrorCode.none
        member = self.now.members.get(who.member_id)
        if member is None:
            return ErrorCode.unknown_member_id
        if not transactional and version < _VERSION_OF_EPOCHS:
            return ErrorCode.unsupported_version
        # TxnOffsetCommit has no version that knows the new protocol's codes.
        stale = ErrorCode.illegal_generation if transactional else ErrorCode.stale_member_epoch
        return ErrorCode.none if who.generation == member.epoch else stale

    def fetch_refusal(self, member_id: str | None, epoch: int) -> ErrorCode:
        """Why someone may not see what was committed: who says to be a member must be one."""
        if member_id is None and epoch < 0:
            return ErrorCode.none
        member = self.now.members.get(member_id or "")
        if member is None:
            return ErrorCode.unknown_member_id
        return ErrorCode.none if epoch == member.epoch else ErrorCode.stale_member_epoch

    def reads(self, topic: str) -> bool:
        return any(wants(member, topic) for member in self.now.members.values())

    def expel(self, member_id: str) -> None:
        """End a member's session now."""
        self._remove(member_id)

    def rebalance(self) -> bool:
        """Begin a new epoch, for which everyone's part is made anew; False where there is no member."""
        if self.idle:
            return False
        self.now = replace(self.now, epoch=self.now.epoch + 1)
        self._keep(self)
        return True

    # ---- the group's own work

    def _seat(self, told: Member) -> None:
        """Count a member as it is now; a static one that is back takes the seat of its former self."""
        former = next((each for each in self.now.members.values() if each.instance_id and each.instance_id == told.instance_id), None)
        if former is not None and former.id != told.id:
            self._stop_timers(former.id)
            self.now = self.now.renamed(former.id, told.id)
        if self.now.members.get(told.id) != told:
            self.now = self.now.having(told)

    def _assign_anew(self, *, changed: bool) -> None:
        """A new epoch for new wishes or changed topics; for each new epoch, what everyone is to have from now on."""
        those = wanted(self.now.members.values(), self._topics)
        if changed or those != self.now.wanted or self.now.epoch == 0:
            self.now = replace(self.now, epoch=self.now.epoch + 1, wanted=those)
        if self.now.epoch == self.now.target_epoch:
            return
        wishing = [
            Wish(id=each.id, topics=wishes(each, those), had=self.now.target.get(each.id, NOTHING), instance_id=each.instance_id)
            for each in self.now.members.values()
        ]
        target = ASSIGNORS[self.assignor](wishing, dict(those.values()))
        self.now = replace(self.now, target=target, target_epoch=self.now.epoch)

    def _step(self, member: Member, owned: Part | None) -> Member:
        taken: Part = NOTHING.union(*(each.held for each in self.now.members.values()))
        target = self.now.target.get(member.id, NOTHING)
        after = reconciled(member, target=target, epoch=self.now.target_epoch, owned=owned, taken=taken)
        if after != member:
            self.now = self.now.having(after)
            self._cancel_rebalance(member.id)
        return after

    def _watch(self, member: Member) -> None:
        """Its session begins again; what it has to give up it may keep no longer than it said its rebalance takes."""
        if timer := self._sessions.get(member.id):
            timer.heard()
        else:
            self._sessions[member.id] = SessionTimer(self._session, lambda: self._remove(member.id))
        if member.phase is Phase.UNREVOKED and member.id not in self._rebalances:
            self._rebalances[member.id] = self._loop.call_later(max(member.rebalance, 0.0), self._remove, member.id)

    def _remove(self, member_id: str) -> None:
        self._stop_timers(member_id)
        left = self.now.without(member_id)
        self.now = replace(left, wanted=wanted(left.members.values(), self._topics))
        self._keep(self)

    def _stop_timers(self, member_id: str) -> None:
        if timer := self._sessions.pop(member_id, None):
            timer.stop()
        self._cancel_rebalance(member_id)

    def _cancel_rebalance(self, member_id: str) -> None:
        if handle := self._rebalances.pop(member_id, None):
            handle.cancel()

    def stop(self) -> None:
        """End every timer."""
        for member_id in self.now.members:
            self._stop_timers(member_id)

    # ---- what outlives the broker

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind.value, **self.now.to_json()}

    def load(self, kept: dict[str, Any]) -> None:
        """Members go on with their epochs, as if they had just been heard."""
        self.now = Snapshot.from_json(kept)
        for member in self.now.members.values():
            self._watch(member)
