"""A batch on its way through the exchange."""

import time
from collections import Counter
from dataclasses import dataclass, field

from bus.kafka import Place, Taken
from bus.measures import KAFKA, PROCESSED, PROCESSING, REFUSALS
from bus.outgoing import Outgoing
from vn.tracing import Span
from vn.vitals import Meter

__all__ = ["Batch"]


@dataclass(frozen=True, eq=False)
class Batch:
    """What was taken at once: what it writes, and what may be committed once that is written. `began` in seconds of the monotonic clock."""

    outgoing: Outgoing
    taken: Taken
    began: float
    positions: dict[Place, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)  # by topic
    codes: Counter[str] = field(default_factory=Counter)  # of what was refused
    lost: set[Place] = field(default_factory=set)  # what somebody else has by now, who takes it again and commits it
    spans: list[tuple[Span, str | None]] = field(default_factory=list)

    @property
    def messages(self) -> int:
        """How many were taken."""
        return sum(len(records) for records in self.taken.values())

    def by_topic(self) -> Counter[str]:
        """How many were taken from each outbox."""
        found = Counter[str]()
        for place, records in self.taken.items():
            found[place.topic] += len(records)
        return found

    def close(self, meter: Meter) -> None:
        """It is committed: count it, and end its spans."""
        seconds = time.monotonic() - self.began
        for topic, number in self.by_topic().items():
            meter.add(PROCESSED, KAFKA, topic, "acked", by=number - self.refused[topic])
            if self.refused[topic]:
                meter.add(PROCESSED, KAFKA, topic, "rejected", by=self.refused[topic])
            meter.note(PROCESSING, KAFKA, topic, seconds=seconds, times=number)
        for code, number in self.codes.items():
            meter.add(REFUSALS, code, by=number)
        for span, error in self.spans:
            span.end(error)
