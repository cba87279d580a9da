"""How a number of messages grew over time, and the rates that follow; nothing here measures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Sample(NamedTuple):
    """At `at` seconds so many messages were `through`; the process that moved them held so many MiB and had used so much processor time."""

    at: float
    through: int
    mib: float = 0.0
    processor: float = 0.0


@dataclass(frozen=True)
class Course:
    """Samples in the order of time, from none to all."""

    samples: Sequence[Sample]

    def reached(self, count: float) -> float:
        """When so many were through, on the straight line between the samples around it. Raises ValueError where they never were."""
        before = self.samples[0]
        for sample in self.samples:
            if sample.through >= count:
                if sample.through == before.through:
                    return sample.at
                return before.at + (sample.at - before.at) * (count - before.through) / (sample.through - before.through)
            before = sample
        raise ValueError(f"{before.through} of {count:g} messages came through")

    def rate(self, first: float, last: float) -> float:
        """Messages per second between these two counts."""
        return (last - first) / max(self.reached(last) - self.reached(first), 1e-9)

    def held(self, count: float) -> float:
        """MiB when so many were through."""
        return self._at(count).mib

    def processor(self, first: float, last: float) -> float:
        """Microseconds of processor time per message between these two counts, or the first sight of any."""
        began, ended = self._at(max(first, 1)), self._at(last)
        return (ended.processor - began.processor) * 1e6 / max(ended.through - began.through, 1)

    @property
    def peak(self) -> float:
        """The most MiB."""
        return max(sample.mib for sample in self.samples)

    def _at(self, count: float) -> Sample:
        return next(sample for sample in self.samples if sample.through >= count)
