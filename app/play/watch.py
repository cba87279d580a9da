"""The observer of a run: every message as it was sent, judged, delivered and taken, with the scenario's instant of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Any, Self

import orjson

from app.entries import Entry, as_json, as_text, short
from bus import EXCHANGE, Admin, Follower, KafkaSettings, Place, Received, Space
from bus.dead_letters import read as read_dead_letter
from bus.envelope import readable
from bus.journal import key_of
from vn.errors import Retry

__all__ = ["Delivery", "Seen", "Sent", "Watch"]

Key = tuple[str | None, str, str | None]  # source, id, recipient
NONE: Mapping[str, str] = MappingProxyType({})


@dataclass
class Delivery:
    """One record in a member's inbox; `answers` an expectation once it has been counted for one."""

    at: datetime
    order: int
    place: Place
    offset: int
    answers: bool = False
    taken: bool = False


@dataclass(frozen=True)
class Sent:
    """One record in a member's outbox, whatever it is."""

    at: datetime
    member: str
    place: Place
    offset: int
    headers: Mapping[str, str]
    payload: Any


@dataclass
class Seen:
    """One message to one recipient (None: it was refused before it had one); members and contract by their short names."""

    at: datetime
    order: int
    id: str
    contract: str
    source: str
    recipient: str | None
    subject: str
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: Any = None
    entry: Entry | None = None
    judged_at: datetime | None = None
    faults: Sequence[Mapping[str, Any]] = ()
    deliveries: list[Delivery] = field(default_factory=list)
    answers: bool = False
    last: int = 0
    """When something was last seen of it: the number of that among all that was seen."""

    @property
    def code(self) -> str:
        """Why it was refused, or could not be applied; empty where neither."""
        return "" if self.entry is None or self.entry["succeeded"] else str(self.entry["faultCode"])


class Watch:
    """`async with Watch(...) as watch`: a participant that is at rest once it has read everything.

    `outer` is the space of the members, `inner` that of the exchange: the same where no relay stands between. `groups`: who reads the inbox
    of a member, by its short name, where that is not the usual group.
    """

    def __init__(
        self,
        kafka: KafkaSettings,
        members: Sequence[str],
        *,
        outer: Space,
        inner: Space,
        now: Callable[[], datetime],
        groups: Mapping[str, str] = NONE,
    ) -> None:
        self._kafka = kafka
        self._now = now
        self._groups = {member: groups.get(short(member)) or outer.group(member) for member in members}
        self._outboxes = {outer.outbox(member): short(member) for member in members if member != EXCHANGE}
        self._inboxes = {outer.inbox(member): member for member in members if member != EXCHANGE}
        self._journal, self._dead = inner.journal, inner.dead_letter
        self._follower = Follower(kafka, (*self._outboxes, *self._inboxes, self._journal, self._dead))
        self._admin = Admin(kafka)
        self._seen: dict[Key, Seen] = {}
        self._letters: dict[tuple[str, int, int], Any] = {}
        self._refused: dict[tuple[str, int, int], list[Seen]] = {}
        self.sent: list[Sent] = []
        self.delivered = 0
        self.readers: Mapping[str, int] = {}
        """How many read each member's inbox, as of the last look."""
        self._noted = 0

    async def __aenter__(self) -> Self:
        await self._follower.__aenter__()
        try:
            await self._admin.__aenter__()
        except BaseException:
            await self._follower.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._admin.__aexit__(kind, error, trace)
        await self._follower.__aexit__(kind, error, trace)

    def __iter__(self) -> Iterator[Seen]:
        """Every message and recipient, in the order in which each was first seen."""
        return iter(self._seen.values())

    async def busy(self) -> str | None:
        """Reads all that is there; keeps time from passing only where the broker does not say how much that is."""
        try:
            records = await self._follower.untaken()
        except Retry as error:
            return f"the observer: {error}"
        for record in records:
            self._note(record)
        return None

    async def next_due(self) -> datetime | None:
        """It waits for nothing."""
        return None

    async def turn(self, at: datetime) -> None:
        """It has no clock of its own."""

    def group(self, member: str | None) -> str:
        """The consumer group that reads a member's inbox, by its short name."""
        return next((self._groups[each] for each in self._inboxes.values() if short(each) == member), "-")

    async def look_who_took(self) -> None:
        """Mark what lies below the committed offsets of its reader's group."""
        readers, committed = dict[str, int](), dict[Place, int]()
        for inbox, member in self._inboxes.items():
            group = await self._admin.group(self._groups[member])
            committed |= {place: offset for place, offset in group.committed.items() if place.topic == inbox}
            readers[short(member)] = group.members
        for each in (delivery for seen in self._seen.values() for delivery in seen.deliveries):
            each.taken = each.offset < committed.get(each.place, 0)
        self.readers = readers

    def _note(self, record: Received) -> None:
        if record.topic in self._inboxes:
            self._delivered(record, self._inboxes[record.topic])
        elif record.topic in self._outboxes:
            place = Place(record.topic, record.partition)
            self.sent.append(
                Sent(self._now(), self._outboxes[record.topic], place, record.offset, readable(record.headers), as_json(record.value))
            )
        elif record.topic == self._journal:
            self._judged(orjson.loads(record.value or b"{}"))
        else:
            letter = read_dead_letter(record)
            self._letters[letter.topic, letter.partition, letter.offset] = letter
            for seen in self._refused.get((letter.topic, letter.partition, letter.offset), ()):
                self._explain(seen)

    def _delivered(self, record: Received, member: str) -> None:
        headers = readable(record.headers)
        id_ = headers.get("ce_id", f"{record.topic}/{record.partition}/{record.offset}")
        seen = self._of((headers.get("ce_source", "").removeprefix("/"), id_, member), headers.get("ce_type"), headers.get("ce_subject"))
        seen.deliveries.append(Delivery(self._now(), self.delivered, Place(record.topic, record.partition), record.offset))
        self.delivered += 1
        seen.headers, seen.payload = {name: as_text(value) for name, value in record.headers}, as_json(record.value)

    def _judged(self, entry: Entry) -> None:
        key = key_of(entry)
        seen = self._of(key, entry["type"], entry["subject"])
        seen.entry, seen.judged_at = entry, seen.judged_at or self._now()
        if not entry["succeeded"]:
            self._refused.setdefault((entry["topic"], entry["partition"], entry["offset"]), []).append(seen)
        self._explain(seen)

    def _explain(self, seen: Seen) -> None:
        """What the dead letter of a refusal says of it: its faults, its headers and payload."""
        if seen.entry is None or seen.entry["succeeded"]:
            return
        letter = self._letters.get((seen.entry["topic"], seen.entry["partition"], seen.entry["offset"]))
        if letter is not None:
            seen.faults = letter.faults
            seen.headers, seen.payload = {name: as_text(value) for name, value in letter.headers}, as_json(letter.value)

    def _of(self, key: Key, type_: str | None, subject: str | None) -> Seen:
        self._noted += 1
        if key not in self._seen:
            source, id_, recipient = key
            self._seen[key] = Seen(self._now(), len(self._seen), id_, short(type_), short(source), short(recipient) or None, subject or "")
        self._seen[key].last = self._noted
        return self._seen[key]
