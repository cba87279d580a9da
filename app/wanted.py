"""Which entries of the journal somebody wants to see."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from app.entries import Entry, outcome_of
from bus.refusals import Code
from bus.undeliverable import Failure
from vn.errors import Unusable

__all__ = ["Wanted"]

OUTCOMES = ("delivered", "refused", *(each.value for each in (*Code, *Failure)))
NEAR = 0.75  # how like a known name another must be to be a slip of the pen
_of_an_agency = re.compile(r"agency(\.[a-z0-9_]+)+").fullmatch


@dataclass(frozen=True)
class Wanted:
    """None: any. `type` is a wire type; `outcome` is delivered, refused (whatever the code), or one code.

    Raises Unusable for an outcome that nothing can have, with the nearest that something can.
    """

    type: str | None = None
    outcome: str | None = None
    about: str | None = None

    def __post_init__(self) -> None:
        if self.outcome is not None:
            _known(self.outcome)

    def fits(self, entry: Entry) -> bool:
        """Whether an entry is wanted."""
        outcomes = (None, outcome_of(entry), "delivered" if entry["succeeded"] else "refused")
        return self.type in (None, entry["type"]) and self.about in (None, entry["subject"]) and self.outcome in outcomes


def _known(outcome: str) -> None:
    near = get_close_matches(outcome, OUTCOMES, 1, NEAR)
    if outcome in near or (not near and _of_an_agency(outcome)):  # an agency may have codes of its own
        return
    raise Unusable(f"unknown outcome {outcome!r}; " + (f"did you mean {near[0]!r}?" if near else f"there are {', '.join(OUTCOMES)}"))
