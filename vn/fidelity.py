"""How true the simulator is: one record per rule or number, kept beside the code that uses it."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Certainty", "Fact"]

Certainty = Literal["law", "observed", "secondary", "assumption", "simulator"]


@dataclass(frozen=True)
class Fact:
    """One thing the simulator takes to be so.

    `certainty` says how we know: `law` read in the text itself, `observed` in messages of a running client,
    `secondary` in somebody's account of it, `assumption` plausible but unverified, `simulator` chosen by us.
    `value` is made from the constant that the code uses, so that the two cannot drift apart.
    `varies` names what the value depends on in the field (province, period, agency), empty where it does not.
    """

    what: str
    value: str
    source: str
    certainty: Certainty
    varies: str = ""
