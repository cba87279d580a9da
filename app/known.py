"""The names that scenario scripts may use, gathered from the parts that know them."""

from pathlib import Path

import contracts
from app.joins import catalogue_of
from app.samples import FAULTS, KINDS, PAPERS
from app.settings import Settings
from scenarios.known import Known

__all__ = ["POLICIES", "known_of"]

EXAMPLES = Path(contracts.__file__).parent / "examples"
POLICIES = {
    "dvc": ("return-result",),
    "land": ("check", "slip", "correct", "withdrawal", "update", "supplement-deadline"),
    "tax": ("assess", "reconcile"),
    "payment": ("payment",),
}
"""What each agency decides by policy; written here too because the agencies take a second to import. A test compares."""
SHORT = {"dvc": (), "land": ("decides",), "tax": ("decides", "notice-after"), "payment": ()}


def known_of(settings: Settings) -> Known:
    """The names that stand for something in these settings."""
    return Known(
        catalogue=catalogue_of(settings),
        samples=tuple(KINDS),
        sample_faults=tuple(FAULTS),
        papers=tuple(PAPERS),
        policies={agency: (*decisions, *SHORT[agency]) for agency, decisions in POLICIES.items()},
        examples=EXAMPLES,
    )
