"""Where cases run: a town in trouble, a calm one that lives the same stories, and what is seen of the first from outside."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.broker import child
from tests.e2e.town import Shown, Town
from tests.support import eventually
from torture.gather import MEMBERS, gathered
from torture.oracle import Violation, judge
from torture.plan import EMBEDDED, Plan
from torture.stories import Story
from torture.town import WITHIN, ProcessTown, scratch
from torture.watch import Journal, Offsets
from vn.errors import Unusable

__all__ = ["Ground", "Recovery", "broken_ground"]

SEEDS = 400  # tried for a form about a parcel that no dossier of this ground was about


@dataclass(frozen=True)
class Recovery:
    """Seconds from the start of a part that had been killed until it was well, until the next record of the journal, until all was at rest."""

    part: str
    well: float
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
    accepted: list[str] = field(default_factory=list)
    recoveries: list[Recovery] = field(default_factory=list)
    stored_order: bool = False
    ended: int = 0
    _used: set[tuple[str, str]] = field(default_factory=set)
    _seed: int = 0

    async def forms(self, stories: Sequence[Story]) -> list[Shown]:
        """One for each story, all about parcels that no dossier was about yet; raises Unusable where there is none left."""
        found = []
        for story in stories:
            self._seed += 1
            form = await story.form(self.calm, seed=self.plan.draw(10**6, "form", self._seed), only=self._is_new)
            self._used |= {(str(each["SoToBanDo"]), str(each["SoThua"])) for each in form["ThuaDat"]}
            found.append(form)
        return found

    async def begin(self, story: Story, form: Shown) -> str:
        """Hand a form in at both towns; the calm one lives it to its end meanwhile."""
        there = await story.begin(self.calm, form)
        await story.live(self.calm, there, form)
        code = await story.begin(self.shaken, form)
        assert code == there, f"the towns have fallen apart: {code} is not {there}"
        self.accepted.append(code)
        return code

    async def end(self, part: str, manner: str) -> None:
        """`kill` or `stop` a part, which is meant to run on."""
        self.ended += 1
        if manner == "kill":
            await self.shaken.kill(part)
        else:
            await self.shaken.process(part).end()

    async def judged(self) -> list[Violation]:
        """What does not hold, once both are at rest; a town that does not come to rest says so in an AssertionError."""
        await self.shaken.healthy()
        await self.shaken.at_rest()
        await self.calm.at_rest()
        await self._committed()
        history = await gathered(
            self.shaken.kafka,
            self.shaken.space,
            self.shaken.settings.state,
            accepted=tuple(self.accepted),
            committed=tuple(self.offsets.seen),
            databases=await self.shaken.databases(),
            calm=await self.calm.databases(),
            stored_order=self.stored_order,
        )
        return judge(history)

    async def _committed(self) -> None:
        """Until what the onlooker has seen is what groups have committed, twice the span of its look."""
        for _ in range(2):
            before = self.offsets.looks

            async def looked(since: int = before) -> bool:
                return self.offsets.looks > since + 1

            await eventually(looked, within=WITHIN)

    def _is_new(self, parcel: Shown) -> bool:
        return (str(parcel["SoHieuBanDo"]), str(parcel["SoThuTuThua"])) not in self._used


@asynccontextmanager
async def broken_ground(plan: Plan, *, advertised: int | None = None, seed: int = 2024) -> AsyncIterator[Ground]:
    """Both towns for the length of the block, in folders that are gone afterwards."""
    with scratch() as folder:
        async with child("-m", "bus.embedded", "--listen", "127.0.0.1:0", "--memory", says="broker ready on ") as (_, address):
            shaken = ProcessTown(folder / "shaken", broker=plan.broker, seed=seed, advertised=advertised)
            async with _calm(address, folder / "calm", seed) as calm, shaken:
                groups = [shaken.space.exchange_group, *(shaken.space.group(each) for each in MEMBERS)]
                async with Journal(shaken.kafka, shaken.space) as journal, Offsets(shaken.kafka, groups) as offsets:
                    yield Ground(plan, shaken, calm, journal, offsets)


@asynccontextmanager
async def _calm(address: str, folder: Path, seed: int) -> AsyncIterator[Town]:
    async with Town(address, "calm", folder, seed=seed) as town:
        town.within = WITHIN
        yield town
