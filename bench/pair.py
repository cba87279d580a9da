"""One exchange and two, on the same outbox: what a second process brings, and what it costs.

- **one**, **two**: messages per second, as in `bench.exchange`, of one exchange and of two that share the work as one consumer group;
  rounds take them in turn. The rate is that between three tenths, when both have joined, and 95 % of the messages.
- **two / one**: the median over the rounds. On two cores, of which the broker and whoever watches have their share, two cannot be twice
  as fast as one; on a machine with more cores this is the figure to look at.
- **cores**: processor time of the exchanges, and of the broker, over the time that passed.
"""

from statistics import median

from bench.broker import running
from bench.plan import Plan
from bench.relays import Run
from bench.relays import run as run_relay
from bench.report import Figure, rounds

FROM, UNTIL = 0.3, 0.95


async def run(plan: Plan) -> list[Figure]:
    """All rounds."""
    count = plan.amount(60_000, 15_000)
    found: dict[int, list[Run]] = {1: [], 2: []}
    async with running(plan) as broker:
        for _ in range(plan.runs):
            for copies, runs in found.items():
                runs.append(await run_relay("exchange", broker, count, copies=copies))
    rates = {copies: tuple(each.course.rate(count * FROM, count * UNTIL) for each in runs) for copies, runs in found.items()}
    return [
        Figure("one", rates[1], "messages/s", note=_cores(found[1], rates[1], count)),
        Figure("two", rates[2], "messages/s", note=_cores(found[2], rates[2], count)),
        Figure("two / one", rounds(rates[2], rates[1])),
    ]


def _cores(runs: list[Run], rates: tuple[float, ...], count: int) -> str:
    exchanges = median(each.course.processor(count * FROM, count * UNTIL) * rate / 1e6 for each, rate in zip(runs, rates, strict=True))
    broker = median(each.broker_share for each in runs)
    return f"{exchanges:.2f} cores" + (f", broker {broker:.2f} cores" if broker else "")
