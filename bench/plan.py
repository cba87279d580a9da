"""What one run of the benchmarks is told: how much to do, how often, on which broker, and how strict to be."""

from dataclasses import dataclass

MARGIN = 0.25
"""How far a ratio may miss its bound in the short form, where a relay is watched for a second or less and three rounds are too few
for a steady median: short runs on two cores with a load of 5 to 12 gave 0.95, 1.12 and 1.22 for last fifth / second fifth, an eighth
to either side of their middle, twice that is a quarter. A load that comes and goes moves exchange / raw further (0.41, 0.72, 0.92):
no margin helps against that, run it again on a quiet machine. The full form has no margin."""


@dataclass(frozen=True)
class Plan:
    """Without `bootstrap` and `apache`: an embedded broker in a process of its own."""

    short: bool = False
    bootstrap: str | None = None
    """A running Kafka."""
    apache: bool = False
    """Apache Kafka from its jars, in a process of its own."""

    @property
    def kafka(self) -> bool:
        """Whether more is asked: Apache Kafka does more of its work beside a relay."""
        return self.apache or self.bootstrap is not None

    @property
    def broker(self) -> str:
        """Which one, for the report."""
        return self.bootstrap or ("Apache Kafka" if self.apache else "embedded")

    @property
    def runs(self) -> int:
        """Rounds whose median counts."""
        return 3 if self.short else 5

    @property
    def margin(self) -> float:
        """The share of a judged ratio that may be missing."""
        return MARGIN if self.short else 0.0

    def amount(self, full: int, short: int) -> int:
        """How many of something."""
        return short if self.short else full
