"""Land transfers with 64 in flight through the whole system, against what bare POSTs alone would allow, measured in the same run.

- **dossiers**: per second, from the first submission to the last change of the register in the land office's outbox; 64 citizens, each of
  whom takes the next dossier when theirs is done. Three processes, as in `lgsp demo`: the broker, the agencies, and all the rest.
- **POSTs per dossier**: one for each time an agency is told something (from the journal), one for the submission, one for each
  payment.
- **bound**: bare POSTs per second at 64 in flight (`bench.bare`: the same web server, an application that keeps nothing, in a process
  of its own as the agencies are), measured right before, over the POSTs per dossier: what would pass if nothing but the POSTs had to be
  done, no record written, no feed read, no contract checked, nothing kept.
- **dossiers / bound**: median over the rounds, at least 0.35.
"""

import asyncio
import time
import uuid
from typing import NamedTuple

from bench.bare import Bare, bare
from bench.broker import running
from bench.plan import Plan
from bench.report import Bound, Figure, rounds
from bench.town import Form, Town, Transfer, town
from bench.way import told

IN_FLIGHT = 64
OF_THE_BOUND = 0.35
LOOK = 0.1  # seconds until a citizen looks again at the portal, doubling: more often would only keep the portal busy


class Round(NamedTuple):
    """Bare POSTs per second, dossiers per second, POSTs per dossier."""

    posts: float
    dossiers: float
    posts_each: float

    @property
    def bound(self) -> float:
        """Dossiers per second if there were nothing but POSTs."""
        return self.posts / self.posts_each


async def run(plan: Plan) -> list[Figure]:
    """The rounds, after a few transfers that warm everything up."""
    async with (
        running(plan.bootstrap) as broker,
        bare(broker.kafka) as plain,
        town(broker.bootstrap, f"bench-{uuid.uuid4().hex[:8]}", look=LOOK) as there,
    ):
        await _round(there, plain, dossiers=4, posts=200)
        found = [await _round(there, plain, dossiers=plan.amount(96, 64), posts=plan.amount(6000, 2000)) for _ in range(plan.runs)]
    ratio = rounds([each.dossiers for each in found], [each.bound for each in found])
    return [
        Figure("bare POSTs", tuple(each.posts for each in found), "per second", note=f"{IN_FLIGHT} in flight"),
        Figure("POSTs per dossier", tuple(each.posts_each for each in found)),
        Figure("bound", tuple(each.bound for each in found), "dossiers/s"),
        Figure("dossiers", tuple(each.dossiers for each in found), "dossiers/s", note=f"{IN_FLIGHT} in flight"),
        Figure("dossiers / bound", ratio, bound=Bound(least=OF_THE_BOUND, margin=plan.margin)),
    ]


async def _round(there: Town, plain: Bare, *, dossiers: int, posts: int) -> Round:
    forms = await there.forms(dossiers)
    rate = await plain.posts(posts, IN_FLIGHT)
    began = time.monotonic()
    done = await _all(there, forms)
    seconds = time.monotonic() - began
    return Round(rate, dossiers / seconds, sum(told(each.entries) + 1 + each.paid for each in done) / dossiers)


async def _all(there: Town, forms: list[Form]) -> list[Transfer]:
    left, done = iter(forms), list[Transfer]()

    async def citizen() -> None:
        async with there.citizen() as own:
            for form in left:
                done.append(await there.transfer(own, form))

    async with asyncio.TaskGroup() as citizens:
        for _ in range(min(IN_FLIGHT, len(forms))):
            citizens.create_task(citizen())
    return done
