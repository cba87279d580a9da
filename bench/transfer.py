"""One land transfer at a time through the whole system, against the bare cost of its hops measured in the same run.

- **transfer**: from the citizen's POST of the dossier until the land register's change is in the land office's outbox (the register was
  written before that; the instant is Kafka's, from the journal). In between four agencies with their adapters, the exchange, and a
  citizen who pays as soon as the portal shows all notices: what the citizen waits between two looks counts too.
- **hops**: every message that crossed until then, as the journal has it. All of them, not only those of the longest chain: on two cores
  what crosses at the same time takes its turn like everything else.
- **bare cost**: for each message one read of a waiting feed and one record written and fetched, for each recipient one more record and
  one POST, and one POST per act of the citizen; each the median of what `bench.bare` measures right before the round's transfers. Bare
  POSTs keep nothing and bare feeds are not read from a database, so the bare cost is what the wires and their libraries take, and no
  work at all.
- **p50 / bare cost**: median over the rounds of (median of the round's transfers / the round's bare cost), at most 3.
  **p99 / bare cost**: 99th percentile of all transfers, each over the bare cost of its round, at most 15.
- **longest chain**: the messages that had to wait for each other (ce_causationid; where a message has no cause, the citizen acted on the
  last notice that the portal was sent). Its bare cost is what a machine with a core for everybody could come near to; the ratio to it
  is shown and not judged.
"""

import uuid
from statistics import median, quantiles
from typing import NamedTuple

from bench.bare import Bare, Cost, bare
from bench.broker import running
from bench.plan import Plan
from bench.report import Bound, Figure, rounds
from bench.town import Town, Transfer, town
from bench.way import Way, hops, way

P50, P99 = 3.0, 15.0
LOOK = 0.004  # seconds until a citizen looks again at the portal, doubling


class Round(NamedTuple):
    """Bare costs, and the transfers right after."""

    cost: Cost
    transfers: list[Transfer]

    @property
    def bare(self) -> float:
        """Seconds of all bare hops of the median dossier."""
        return median(_bare(each, self.cost) for each in self.transfers)

    @property
    def way(self) -> Way:
        """The longest chain; dossiers differ only where messages overtake each other."""
        return max((way(each.entries) for each in self.transfers), key=lambda each: len(each.messages))

    @property
    def chain(self) -> float:
        """Seconds of the bare hops of the longest chain."""
        taken = self.way
        return len(taken.messages) * (self.cost.sent + self.cost.delivered) + taken.acts * self.cost.post

    @property
    def middle(self) -> float:
        """Seconds of the median transfer."""
        return median(each.seconds for each in self.transfers)


async def run(plan: Plan) -> list[Figure]:
    """The rounds, after a few transfers that warm everything up."""
    async with (
        running(plan) as broker,
        bare(broker.kafka) as plain,
        town(broker.bootstrap, f"bench-{uuid.uuid4().hex[:8]}", look=LOOK) as there,
    ):
        await _round(there, plain, transfers=5, costs=20)
        found = [await _round(there, plain, transfers=plan.amount(30, 12), costs=plan.amount(200, 100)) for _ in range(plan.runs)]
    return _figures(found, plan)


async def _round(there: Town, plain: Bare, *, transfers: int, costs: int) -> Round:
    forms = await there.forms(transfers)
    cost = await plain.cost(costs)
    async with there.citizen() as citizen:
        return Round(cost, [await there.transfer(citizen, form) for form in forms])


def _bare(transfer: Transfer, cost: Cost) -> float:
    crossed = hops(transfer.entries)
    return crossed.messages * cost.sent + crossed.deliveries * cost.delivered + (1 + transfer.paid) * cost.post


def _figures(found: list[Round], plan: Plan) -> list[Figure]:
    over = [each.seconds / one.bare for one in found for each in one.transfers]
    p99 = quantiles(over, n=100, method="inclusive")[98]
    last, crossed = found[-1].way, hops(found[-1].transfers[-1].entries)
    chain = " > ".join(name.removeprefix("vn.gov.").removesuffix(".v1") for name in last.messages)
    slowest = max(each.seconds for one in found for each in one.transfers)
    parts = {name: [getattr(each.cost, name) for each in found] for name in ("post", "feed", "record")}
    middles, bares = [each.middle for each in found], [each.bare for each in found]
    return [
        *(Figure(f"bare {name}", tuple(each * 1000 for each in costs), "ms") for name, costs in parts.items()),
        Figure("hops", (float(crossed.deliveries),), note=f"deliveries of {crossed.messages} messages"),
        Figure("bare cost", tuple(each * 1000 for each in bares), "ms"),
        Figure("transfer", tuple(each * 1000 for each in middles), "ms", note=f"p50 of {len(over)}; the slowest {slowest * 1000:.0f} ms"),
        Figure("p50 / bare cost", rounds(middles, bares), bound=Bound(most=P50, margin=plan.margin)),
        Figure("p99 / bare cost", (p99,), bound=Bound(most=P99, margin=plan.margin)),
        Figure("longest chain", tuple(each.chain * 1000 for each in found), "ms", note=f"{chain}; {last.acts} acts of the citizen"),
        Figure("p50 / longest chain", rounds(middles, [each.chain for each in found])),
    ]
