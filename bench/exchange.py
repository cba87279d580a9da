"""The exchange with everything on against two other relays: messages per second, turn by turn, on one broker.

- **exchange**: the real `bus.Exchange` in a process of its own: decode, identify, validate, authorise, deliver, journal. A message
  counts once it is in the recipient's inbox and in the journal.
- **raw**: aiokafka alone: take, send, await the acknowledgements, commit, in batches; nothing is parsed.
- **faststream**: FastStream with a pydantic model, one message at a time, unconfirmed publish.

Each relay reads the same outbox of messages, written before it starts: `tax.payment-notice` (the shortest transfer slip is larger),
its example drawn out to 738 bytes, with all envelope headers; one sender, one recipient, six partitions. The rate is that between
the first tenth and the last twentieth, so that neither start nor end counts. Rounds take the relays in turn; a ratio is the median
over the rounds. On Apache Kafka (--apache, or LGSP_KAFKA_BOOTSTRAP) more is asked than on the embedded broker: it does more of its
work beside the relay.
"""

from statistics import median

from bench.broker import running
from bench.plan import Plan
from bench.relays import RELAYS, Run
from bench.relays import run as run_relay
from bench.report import Bound, Figure, rounds

OF_RAW, OF_FASTSTREAM = 0.30, 1.2
OF_RAW_ON_KAFKA, OF_FASTSTREAM_ON_KAFKA = 0.40, 1.5


async def run(plan: Plan) -> list[Figure]:
    """All rounds."""
    count = plan.amount(60_000, 10_000)
    found: dict[str, list[Run]] = {relay: [] for relay in RELAYS}
    async with running(plan) as broker:
        for _ in range(plan.runs):
            for relay in RELAYS:
                found[relay].append(await run_relay(relay, broker, count))
    rates = {relay: tuple(each.course.rate(count * 0.1, count * 0.95) for each in runs) for relay, runs in found.items()}
    raw, faststream = (OF_RAW_ON_KAFKA, OF_FASTSTREAM_ON_KAFKA) if plan.kafka else (OF_RAW, OF_FASTSTREAM)
    return [
        *(Figure(relay, rates[relay], "messages/s", note=_beside(runs, count)) for relay, runs in found.items()),
        Figure("exchange / raw", rounds(rates["exchange"], rates["raw"]), bound=Bound(least=raw, margin=plan.margin)),
        Figure("exchange / faststream", rounds(rates["exchange"], rates["faststream"]), bound=Bound(least=faststream, margin=plan.margin)),
    ]


def _beside(runs: list[Run], count: int) -> str:
    processor, memory = median(each.course.processor(0, count) for each in runs), median(each.course.peak for each in runs)
    share = median(each.broker_share for each in runs)
    broker = f", broker at {share:.0%} of a core" if share else ""
    return f"{processor:.0f} us of processor a message{broker}, {memory:.0f} MiB"
