"""What one run of the benchmarks is told: how much to do, how often, on which broker, and how strict to be."""

from dataclasses import dataclass

MARGIN = 0.25
"""How far a ratio may miss its bound in the short form. A relay is watched for a second or less there: two short runs on two cores
that others used too gave 0.72 and 0.92 for exchange / raw, 0.95 and 1.22 for last fifth / second fifth, an eighth to either side of
their middle; twice that is a quarter. What matters (a second parse, a commit per message) costs more. The full form has no margin."""


@dataclass(frozen=True)
class Plan:
    """`bootstrap` None: an embedded broker in a process of its own."""

    short: bool = False
    bootstrap: str | None = None

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
