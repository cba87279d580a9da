"""Where cases run: a town in trouble, a calm one that lives the same stories, and what is seen of the first from outside."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.commands.options import environment
from app.play.broker import Broker
from app.play.link import Link
from bus import Producer
from tests.e2e.town import Shown, Town
from tests.support import eventually
from torture.gather import MEMBERS, gathered
from torture.history import History
from torture.oracle import Violation, judge
from torture.plan import Plan
from torture.stories import PAID, STORIES, Story
from torture.town import WITHIN, ProcessTown, scratch
from torture.watch import Journal, Offsets
from torture.wrong import wrong
from vn.errors import Unusable

__all__ = ["Ground", "Recovery", "broken_ground"]


COMMITS_WITHIN = 20.0  # seconds at rest in which what is done is also committed
DRAINED = 6  # the point that this is about


@dataclass(frozen=True)
class Recovery:
    """A part that was ended and started again at `began` (monotonic): seconds until it was well, records of the journal seen before,
    seconds until the next record was seen (None: none came) and until all was at rest (None: unless it was `alone`, the only thing that
    was broken under the only dossier).
    """

    part: str
    began: float
    well: float
    seen: int
    alone: bool = False
    next_record: float | None = None
    rest: float | None = None


@dataclass
class Ground:
    """One shaken town beside a calm one; their dossiers are the same, in the same order."""

    plan: Plan
    shaken: ProcessTown
    calm: Town
    journal: Journal
    offsets: Offsets
    producer: Producer
    link: Link | None = None
    accepted: list[str] = field(default_factory=list)
    recoveries: list[Recovery] = field(default_factory=list)
    stored_order: bool = False
    ended: int = 0
    _used: set[tuple[str, str]] = field(default_factory=set)
    _seed: int = 0
    _noted: int = 0
    _calmly: list[asyncio.Task[None]] = field(default_factory=list)
    _wrong: list[asyncio.Task[Any]] = field(default_factory=list)

    async def form(self, story: Story) -> tuple[Story, Shown]:
        """A form about a parcel that no dossier was about yet; where the register has none that fits any more, another story takes this
        one's place. Raises Unusable where there is nothing left at all.
        """
        *others, last = [story, *PAID, *STORIES]
        for each in (*others, last):
            self._seed += 1
            try:
                form = await each.form(self.calm, seed=self.plan.draw(10**6, "form", self._seed), only=self._is_new)
            except Unusable:
                if each is last:
                    raise
                continue
            self._used |= {(str(parcel["SoToBanDo"]), str(parcel["SoThua"])) for parcel in form["ThuaDat"]}
            return each, form
        raise AssertionError("there is always a last one")

    async def begin(self, story: Story, form: Shown) -> str:
        """Hand a form in at both towns; the calm one lives it to its end meanwhile. Beside it goes a message that must be refused."""
        there = await story.begin(self.calm, form)
        self._calmly.append(asyncio.create_task(story.live(self.calm, there, form)))
        code = await story.begin(self.shaken, form)
        assert code == there, f"the towns have fallen apart: {code} is not {there}"
        self.accepted.append(code)
        self._wrong.append(asyncio.create_task(self.producer.send_all([wrong(self.shaken.space, code)])))
        return code

    async def live(self, stories: Sequence[Story], *, at_once: int = 8, every: float = 0.0) -> None:
        """Live these in both towns to their end: so many at one time, a new one every so many seconds at most."""
        room = asyncio.Semaphore(at_once)
        async with asyncio.TaskGroup() as lives:
            for wanted in stories:
                await room.acquire()
                story, form = await self.form(wanted)
                dossier = await self.begin(story, form)
                living = lives.create_task(story.live(self.shaken, dossier, form))
                living.add_done_callback(lambda _: room.release())
                await asyncio.sleep(every)

    async def end(self, part: str, manner: str) -> int:
        """`kill` or `stop` a part, which is meant to run on; its exit code."""
        self.ended += 1
        if manner == "stop":
            return await self.shaken.process(part).end()
        await self.shaken.kill(part)
        return 0

    async def judged(self) -> list[Violation]:
        """What does not hold, once both are at rest; a town that does not come to rest says so in an AssertionError."""
        await asyncio.gather(*self._wrong)
        await self.shaken.healthy()
        await self.shaken.at_rest()
        self._note_recoveries()
        await asyncio.gather(*self._calmly, return_exceptions=self.stored_order)
        await self.calm.at_rest()
        late = time.monotonic() + COMMITS_WITHIN
        while True:
            await self._looked()
            found = judge(await self._history())
            if time.monotonic() > late or not any(each.point == DRAINED for each in found):
                return found

    async def _history(self) -> History:
        return await gathered(
            self.shaken.kafka,
            self.shaken.space,
            self.shaken.settings.state,
            accepted=tuple(self.accepted),
            committed=tuple(self.offsets.seen),
            databases=await self.shaken.databases(),
            calm=await self.calm.databases(),
            stored_order=self.stored_order,
        )

    async def leave(self) -> None:
        """Let go of the lives that have not come to their end."""
        for task in (*self._calmly, *self._wrong):
            task.cancel()
        await asyncio.gather(*self._calmly, *self._wrong, return_exceptions=True)

    def _note_recoveries(self) -> None:
        """What only the end can tell: the next record after each start, and the rest."""
        now, times = time.monotonic(), self.journal.times
        for index in range(self._noted, len(self.recoveries)):
            each = self.recoveries[index]
            following = max(times[each.seen] - each.began, 0.0) if len(times) > each.seen else None
            self.recoveries[index] = replace(each, next_record=following, rest=now - each.began if each.alone else None)
        self._noted = len(self.recoveries)

    async def _looked(self) -> None:
        """Until the onlooker has seen all that groups have committed by now."""
        since = self.offsets.looks

        async def looked() -> bool:
            return self.offsets.looks > since + 1  # the one that was going on may have begun before

        await eventually(looked, within=WITHIN)

    def _is_new(self, parcel: Mapping[str, Any]) -> bool:
        return (str(parcel["SoHieuBanDo"]), str(parcel["SoThuTuThua"])) not in self._used


@asynccontextmanager
async def broken_ground(plan: Plan, *, linked: bool = False, lying: bool = False) -> AsyncIterator[Ground]:
    """Both towns for the length of the block, in folders that are gone afterwards; `linked`: parts reach the broker through a `Link`;
    `lying`: the embedded broker has its control address.
    """
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(scratch())
        link = await stack.enter_async_context(Link()) if linked else None
        sound = await stack.enter_async_context(Broker.of(environment()))
        shaken = ProcessTown(folder / "shaken", broker=plan.broker, advertised=link.port if link else None, lying=lying)
        if link is not None:
            link.to, link.who = shaken.inner, shaken.pids
        calm = await stack.enter_async_context(_calm(sound.bootstrap, folder / "calm"))
        await stack.enter_async_context(shaken)
        groups = [shaken.space.exchange_group, *(shaken.space.group(each) for each in MEMBERS)]
        journal = await stack.enter_async_context(Journal(shaken.kafka, shaken.space))
        offsets = await stack.enter_async_context(Offsets(shaken.kafka, groups))
        producer = await stack.enter_async_context(Producer(shaken.kafka))
        ground = Ground(plan, shaken, calm, journal, offsets, producer, link)
        try:
            yield ground
        finally:
            await ground.leave()


@asynccontextmanager
async def _calm(address: str, folder: Path) -> AsyncIterator[Town]:
    async with Town(address, "calm", folder) as town:
        town.within = WITHIN
        yield town
