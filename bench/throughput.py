"""Land transfers with 64 in flight through the whole system, against what bare POSTs alone would allow, measured in the same run.

- **dossiers**: per second, from the first submission to the last change of the register in the land office's outbox; 64 citizens, each of
  whom takes the next dossier when theirs is done. Three processes, as in `lgsp demo`: the broker, the agencies, and all the rest.
- **POSTs per dossier**: one for each time an agency is told something (from the journal), one for the submission, one for each
  payment.
- **bound**: bare POSTs per second at 64 in flight over the POSTs per dossier, measured right before: what would pass if nothing but the
  POSTs had to be done, no record written, no feed read, no contract checked, nothing kept. A bare POST is httpx's transport to an
  application that keeps nothing on the same web server, client and server in one process (`bench.bare_server`): what one Python
  process can tell itself.
- **dossiers / bound**: median over the rounds, at least 0.35.
- **dossiers / bound of two**: the same with the bare server in a process of its own, as the agencies are. Shown and not judged: two
  processes that do nothing else have both cores for the POSTs alone.
"""

import asyncio
import time
import uuid
from typing import NamedTuple

from app.child import child
from app.commands.options import environment
from app.web import listen, serving
from bench.bare import posts
from bench.bare_server import application
from bench.broker import running
from bench.plan import Plan
from bench.report import Bound, Figure, rounds
from bench.town import Form, Town, Transfer, town
from bench.way import told

IN_FLIGHT = 64
OF_THE_BOUND = 0.35
LOOK = 0.1  # seconds until a citizen looks again at the portal, doubling: more often would only keep the portal busy


class Round(NamedTuple):
    """Bare POSTs per second in one process and in two, dossiers per second, POSTs per dossier."""

    one: float
    two: float
    dossiers: float
    posts_each: float

    @property
    def bound(self) -> float:
        """Dossiers per second if there were nothing but POSTs."""
        return self.one / self.posts_each

    @property
    def bound_of_two(self) -> float:
        """The same, client and server each in a process."""
        return self.two / self.posts_each


async def run(plan: Plan) -> list[Figure]:
    """The rounds, after a few transfers that warm everything up."""
    async with (
        running(plan) as broker,
        serving(application(), listen("127.0.0.1", 0, "bench")) as own,
        child("bench.bare_server", environ=environment(), shown=True) as served,
        town(broker.bootstrap, f"bench-{uuid.uuid4().hex[:8]}", look=LOOK) as there,
    ):
        other = (await served.ready())["bare"]
        await _round(there, own, other, dossiers=8, count=200)
        dossiers, count = plan.amount(96, 64), plan.amount(6000, 2000)
        found = [await _round(there, own, other, dossiers=dossiers, count=count) for _ in range(plan.runs)]
    passed = [each.dossiers for each in found]
    return [
        Figure("bare POSTs", tuple(each.one for each in found), "per second", note=f"{IN_FLIGHT} in flight, one process"),
        Figure("bare POSTs of two", tuple(each.two for each in found), "per second", note=f"{IN_FLIGHT} in flight, two processes"),
        Figure("POSTs per dossier", tuple(each.posts_each for each in found)),
        Figure("bound", tuple(each.bound for each in found), "dossiers/s"),
        Figure("dossiers", tuple(passed), "dossiers/s", note=f"{IN_FLIGHT} in flight"),
        Figure("dossiers / bound", rounds(passed, [each.bound for each in found]), bound=Bound(least=OF_THE_BOUND, margin=plan.margin)),
        Figure("dossiers / bound of two", rounds(passed, [each.bound_of_two for each in found])),
    ]


async def _round(there: Town, own: str, other: str, *, dossiers: int, count: int) -> Round:
    forms = await there.forms(dossiers)
    one, two = await posts(own, count, IN_FLIGHT), await posts(other, count, IN_FLIGHT)
    began = time.monotonic()
    done = await _all(there, forms)
    seconds = time.monotonic() - began
    return Round(one, two, dossiers / seconds, sum(told(each.entries) + 1 + each.paid for each in done) / dossiers)


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
