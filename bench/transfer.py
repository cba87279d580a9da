"""One land transfer at a time through the whole system, against the bare cost of its hops measured in the same run.

- **transfer**: from the citizen's POST of the dossier until the land register's change is in the land office's outbox (the register was
  written before that; the instant is Kafka's, from the journal). In between four agencies with their adapters, the exchange six times,
  and a citizen who pays as soon as the portal shows all notices: what the citizen waits between two looks counts too.
- **hops**: the messages on the longest chain of causes from the submission to the register, as the journal has them (ce_causationid);
  where a message has no cause, the citizen acted on the last notice that the portal was sent. Side traffic is not counted: status
  messages and receipts cross at the same time and only slow it.
- **bare cost**: hops x (one read of a waiting feed + two records written and fetched + one POST) + one POST per act of the citizen,
  each the median of what `bench.bare` measures right before the round's transfers. Bare POSTs keep nothing and bare feeds are not
  read from a database, so the bare cost is what the wires and their libraries take, and no work at all.
- **p50 / bare cost**: median over the rounds of (median of the round's transfers / the round's bare cost), at most 3.
  **p99 / bare cost**: 99th percentile of all transfers, each over the bare cost of its round, at most 15.
"""

import uuid
from statistics import median, quantiles
from typing import NamedTuple

from bench.bare import Bare, Cost, bare
from bench.broker import running
from bench.plan import Plan
from bench.report import Bound, Figure
from bench.town import Town, Transfer, town
from bench.way import Way, way

P50, P99 = 3.0, 15.0
LOOK = 0.004  # seconds until a citizen looks again at the portal, doubling


class Round(NamedTuple):
    """Bare costs, and the transfers right after."""

    cost: Cost
    transfers: list[Transfer]

    @property
    def bare(self) -> float:
        """Seconds of the bare hops of these transfers' way."""
        taken = self.way
        return len(taken.messages) * self.cost.hop + taken.acts * self.cost.post

    @property
    def way(self) -> Way:
        """The one with the most hops; they differ only where messages overtake each other."""
        return max((way(each.entries) for each in self.transfers), key=lambda each: len(each.messages))

    @property
    def middle(self) -> float:
        """Seconds of the median transfer."""
        return median(each.seconds for each in self.transfers)


async def run(plan: Plan) -> list[Figure]:
    """The rounds, after one transfer that warms everything up."""
    async with (
        running(plan.bootstrap) as broker,
        bare(broker.kafka) as plain,
        town(broker.bootstrap, f"bench-{uuid.uuid4().hex[:8]}", look=LOOK) as there,
    ):
        await _round(there, plain, transfers=2, costs=20)
        found = [await _round(there, plain, transfers=plan.amount(30, 12), costs=plan.amount(200, 100)) for _ in range(plan.runs)]
    return _figures(found, plan)


async def _round(there: Town, plain: Bare, *, transfers: int, costs: int) -> Round:
    forms = await there.forms(transfers)
    cost = await plain.cost(costs)
    async with there.citizen() as citizen:
        return Round(cost, [await there.transfer(citizen, form) for form in forms])


def _figures(found: list[Round], plan: Plan) -> list[Figure]:
    over = [each.seconds / one.bare for one in found for each in one.transfers]
    p99 = quantiles(over, n=100, method="inclusive")[98]
    taken = found[-1].way
    hops = " > ".join(name.removeprefix("vn.gov.").removesuffix(".v1") for name in taken.messages)
    slowest = max(each.seconds for one in found for each in one.transfers)
    parts = {
        "POST": [each.cost.post for each in found],
        "feed": [each.cost.feed for each in found],
        "record": [each.cost.record for each in found],
    }
    return [
        *(Figure(f"bare {name}", tuple(each * 1000 for each in costs), "ms") for name, costs in parts.items()),
        Figure("hops", tuple(float(len(each.way.messages)) for each in found), note=f"{hops}; {taken.acts} acts of the citizen"),
        Figure("bare cost", tuple(each.bare * 1000 for each in found), "ms"),
        Figure(
            "transfer", tuple(each.middle * 1000 for each in found), "ms", note=f"p50 of {len(over)}; the slowest {slowest * 1000:.0f} ms"
        ),
        Figure("p50 / bare cost", tuple(each.middle / each.bare for each in found), bound=Bound(most=P50, margin=plan.margin)),
        Figure("p99 / bare cost", (p99,), bound=Bound(most=P99, margin=plan.margin)),
    ]
