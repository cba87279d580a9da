"""Does the exchange keep its rate and its memory? 100,000 messages (short: 30,000) through one exchange, seen in fifths.

- **last fifth / second fifth**: rate of messages 80,001 to 100,000 over that of 20,001 to 40,000, at least 0.9; the first fifth is
  left out because the exchange warms up in it. The two are not measured at the same time: where others use the machine, compare
  with the next line, which hardly depends on them.
- **processor time, second / last fifth**: of the exchange per message; below 1 it works harder for each message than before.
- **memory at the end**: resident memory of the exchange's process once all messages are through, at most 120 MiB.
- **growth**: what it held at the end less what it held after the second fifth, at most 8 MiB: remembered ids and buffers have their
  bounds by then, what still grows would grow for ever.
"""

from bench.broker import running
from bench.course import Course
from bench.plan import Plan
from bench.relays import run as run_relay
from bench.report import Bound, Figure


async def run(plan: Plan) -> list[Figure]:
    """Several long runs, each with an exchange of its own."""
    count = plan.amount(100_000, 30_000)
    fifth = count / 5
    courses: list[Course] = []
    async with running(plan) as broker:
        for _ in range(plan.runs):
            courses.append((await run_relay("exchange", broker, count)).course)
    ratio = tuple(each.rate(4 * fifth, count) / each.rate(fifth, 2 * fifth) for each in courses)
    work = tuple(each.processor(fifth, 2 * fifth) / each.processor(4 * fifth, count) for each in courses)
    growth = tuple(each.held(count) - each.held(2 * fifth) for each in courses)
    return [
        Figure("rate of the second fifth", tuple(each.rate(fifth, 2 * fifth) for each in courses), "messages/s"),
        Figure("rate of the last fifth", tuple(each.rate(4 * fifth, count) for each in courses), "messages/s"),
        Figure("last fifth / second fifth", ratio, bound=Bound(least=0.9, margin=plan.margin), note=f"of {count:,} messages"),
        Figure("processor time, second / last fifth", work),
        Figure("memory at the end", tuple(each.held(count) for each in courses), "MiB", Bound(most=120)),
        Figure("growth after the second fifth", growth, "MiB", Bound(most=8)),
    ]
