"""Stands between the members and the exchange, on every broker: what it carries it carries as it is, but for armed faults.

The exchange works in an inner space, the members in the scenario's own, the outer one; neither knows of it. So where a member reports that
it cannot apply a message, the place that it names is told as the place where the exchange has put that message.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Self

from app.play.faults import Armed, Firing, Ledger
from app.play.places import Places
from bus import Admin, Follower, KafkaSettings, Place, Producer, Received, Record, Space
from scenarios.faults import Delay, Fault, OnHop, Reorder
from scenarios.mangling import Carried, passed
from vn.errors import Retry

__all__ = ["Relay"]

MOST = 2000  # records at once
CLOSING = 5.0  # seconds for what is still held back at the end


@dataclass(frozen=True)
class _Way:
    """Where the records of one topic go, and what scripts call that hop."""

    hop: str
    to: str


@dataclass
class _Held:
    """A record that waits: until an instant of the scenario's time, or until so many others of its fault have passed."""

    name: str
    record: Record
    due: datetime | None = None
    behind: int = 0


class Relay:
    """`async with` it: it makes the outboxes and inboxes of both spaces and carries from then on; it lives as long as the run.

    `members` are ids; `now` is the scenario's time. It reads both spaces from their beginning, so they must be new.
    A participant of the run. What `reorder` holds back goes on when enough later records of its selection have passed; when it is healed;
    or when everybody else is at rest: then its next instant is now, and the next `turn` lets it go, without time having passed.
    """

    def __init__(self, kafka: KafkaSettings, outer: Space, inner: Space, members: Sequence[str], *, now: Callable[[], datetime]) -> None:
        self._kafka = replace(kafka, client_id=f"{kafka.client_id}-relay")
        self._spaces = (outer, inner)
        self._ids = {member.rpartition("/")[2]: member for member in members}
        self._now = now
        self._ways = {
            **{outer.outbox(id_): _Way(f"{short}->exchange", inner.outbox(id_)) for short, id_ in self._ids.items()},
            **{inner.inbox(id_): _Way(f"exchange->{short}", outer.inbox(id_)) for short, id_ in self._ids.items()},
        }
        self._places = Places({inner.inbox(id_): outer.inbox(id_) for id_ in self._ids.values()})
        self._follower = Follower(self._kafka, tuple(self._ways))
        self._producer = Producer(self._kafka)
        self._ledger: Ledger[Fault] = Ledger()
        self._held: list[_Held] = []
        self._passing = asyncio.Lock()
        self._carried: dict[Place, int] = {}

    async def __aenter__(self) -> Self:
        async with Admin(self._kafka) as admin:
            plans = (topic for space in self._spaces for topic in space.plan(self._ids.values()) if space.is_box(topic.name))
            await admin.ensure(plans)
        await self._producer.__aenter__()
        try:
            await self._follower.__aenter__()
        except BaseException:
            await self._producer.__aexit__(None, None, None)
            raise
        self._carried = dict(self._follower.positions)
        self._carrying = asyncio.create_task(self._carry())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._carrying.cancel()
        await asyncio.gather(self._carrying, return_exceptions=True)
        try:
            await asyncio.wait_for(self._release(lambda _: True), CLOSING)
        except TimeoutError:  # the broker is away
            pass
        finally:
            await self._follower.__aexit__(kind, error, trace)
            await self._producer.__aexit__(kind, error, trace)

    # faults

    async def arm(self, name: str, fault: Fault, about: str | None = None) -> None:
        """From now on; `about`: only records about this dossier's code."""
        selection = fault.on_hop
        assert selection is not None, f"{fault.kind} is no fault on a hop"
        self._ledger.arm(name, fault, about, selection.times)

    async def heal(self, name: str) -> None:
        """It fires no more; what it holds back goes on now."""
        self._ledger.heal(name)
        await self._release(lambda held: held.name == name)

    async def fired(self, name: str) -> Sequence[Firing]:
        """When it fired, in scenario time, and at which message."""
        return self._ledger.fired(name)

    @property
    def armed(self) -> tuple[str, ...]:
        """The names of those that can still fire."""
        return self._ledger.live

    # the run's clock

    async def busy(self) -> str | None:
        """What lies in a topic and has not been carried yet; raises what has ended the relay."""
        if self._carrying.done():
            self._carrying.result()
        try:
            ends = await self._follower.ends()
        except Retry as error:
            return f"the relay: {error}"
        behind = {place: end - self._carried.get(place, 0) for place, end in ends.items() if end > self._carried.get(place, 0)}
        hops = sorted({self._ways[place.topic].hop for place in behind})
        return f"the relay carries {sum(behind.values())} record(s) on {', '.join(hops)}" if behind else None

    async def next_due(self) -> datetime | None:
        """The earliest end of a delay; now, where `reorder` waits for a record that does not come by itself."""
        return min((held.due or self._now() for held in self._held), default=None)

    async def turn(self, at: datetime) -> None:
        """Let go what is due, and what `reorder` has held back in vain."""
        await self._release(lambda held: held.due is None or held.due <= at)

    # the way

    async def _carry(self) -> None:
        while True:
            taken = await self._follower.take(MOST)
            positions = dict(self._follower.positions)
            if taken:
                async with self._passing:
                    await self._producer.send_all([each for records in taken.values() for each in self._through(records)])
            self._carried = positions

    async def _release(self, which: Callable[[_Held], bool]) -> None:
        async with self._passing:
            let_go = sorted((held for held in self._held if which(held)), key=lambda held: held.due or self._now())
            self._held = [held for held in self._held if not which(held)]
            await self._producer.send_all([held.record for held in let_go])

    def _through(self, records: Iterable[Received]) -> Iterable[Record]:
        for each in records:
            way = self._ways[each.topic]
            self._places.note(each)
            passing = [self._places.translated(Record(way.to, each.key, each.value, list(each.headers), each.partition))]
            for armed in self._ledger:
                selection = armed.fault.on_hop
                if selection is not None and selection.hop == way.hop:
                    passing = [record for old in passing for record in self._acted(armed, selection, old)]
            yield from passing

    def _acted(self, armed: Armed[Fault], selection: OnHop, record: Record) -> list[Record]:
        """What goes on now, where this fault is armed."""
        headers = dict(record.headers)
        about = (record.key or b"").decode(errors="replace")
        contract = (headers.get("ce_type") or b"").decode(errors="replace").removeprefix("vn.gov.")
        if armed.about not in (None, about) or not _is_of(contract, selection.contract):
            return [record]
        waits = [held for held in self._held if held.name == armed.name and held.due is None]
        if waits:
            return [record, *self._overtaken(waits)]
        if not armed.live:
            return [record]
        match selection:
            case Reorder(behind=behind):
                self._held.append(_Held(armed.name, record, behind=behind))
                result: list[Record] = []
            case Delay(by=by):
                self._held.append(_Held(armed.name, record, due=by.after(self._now())))
                result = []
            case _:
                made = passed(armed.fault, Carried(record.value, tuple(record.headers)), self._ids)
                if made is None:
                    return [record]
                result = [record._replace(value=each.value, headers=list(each.headers)) for each in made]
        id_ = (headers.get("ce_id") or b"no id").decode(errors="replace")
        armed.firings.append((self._now(), f"{contract} about {about} on {selection.hop}, id {id_}"))
        return result

    def _overtaken(self, waits: list[_Held]) -> list[Record]:
        """Those of which enough others have passed now."""
        for held in waits:
            held.behind -= 1
        self._held = [held for held in self._held if held not in waits or held.behind > 0]
        return [held.record for held in waits if held.behind <= 0]


def _is_of(contract: str, wanted: str | None) -> bool:
    """Whether a contract, `tax.payment-notice.v1`, is the wanted one: of any version, where none is said."""
    name = (wanted or contract).removeprefix("vn.gov.")
    return contract == name or contract.rpartition(".v")[0] == name
