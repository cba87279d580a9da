"""A million messages (short: 100,000), kept: what the exchange holds in memory once all went through it, and what the broker does.

The broker keeps its log in files. Every message of `bench.load` is there three times at the end: in the outbox, in the inbox, and as a
record of the journal.

- **exchange**: resident memory at the end, at most 120 MiB. **growth**: at the end less after a tenth, at most 16 MiB.
- **broker**: resident memory at the end, at most 150 MiB for the embedded one; Apache Kafka's is shown.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from bench.broker import running
from bench.plan import Plan
from bench.relays import run as run_relay
from bench.report import Bound, Figure


async def run(plan: Plan) -> list[Figure]:
    """One run: it takes minutes."""
    count = plan.amount(1_000_000, 100_000)
    with TemporaryDirectory(prefix="lgsp-bench-") as folder:
        async with running(plan, state=Path(folder)) as broker:
            course = (await run_relay("exchange", broker, count, within=1800)).course
            held = broker.mib()
    beside = f"{count:,} messages"
    return [
        Figure("exchange", (course.held(count),), "MiB", Bound(most=120), beside),
        Figure("growth", (course.held(count) - course.held(count / 10),), "MiB", Bound(most=16), "since a tenth of them"),
        Figure("rate", (course.rate(count / 10, count),), "messages/s"),
        *([Figure("broker", (held,), "MiB", None if plan.apache else Bound(most=150), beside)] if held else []),
    ]
