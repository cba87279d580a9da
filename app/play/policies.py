"""How the agencies decide in a scenario: a script's words as each agency takes them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from app.play.agencies import Agencies
from app.settings import AGENCIES
from vn.errors import Unusable
from vn.near import suggestion
from vn.spans import WorkingDays

__all__ = ["all_by_hand", "set_policies"]

SHORT = {"land": {"decides": "check"}, "tax": {"decides": "assess", "notice-after": "assess"}}
"""What a script may say in the place of an agency's own word for a decision."""


async def set_policies(agencies: Agencies, policies: Mapping[str, Mapping[str, Any]]) -> None:
    """Decide so from now on; raises Unusable with every decision that no agency has."""
    faults: list[str] = []
    made: dict[str, dict[str, Any]] = {}
    for agency, wanted in policies.items():
        known = (await agencies.ask(agency, "/_lgsp/info"))["decisions"]
        short = SHORT.get(agency, {})
        for name, manner in wanted.items():
            decision = short.get(name, name)
            if decision not in known:
                near = suggestion(name, [*known, *short]) or "; there are " + ", ".join([*known, *short])
                faults.append(f"given.policies.{agency}: no decision {name!r}{near}")
            made.setdefault(agency, {})[decision] = _native(manner)
    if faults:
        raise Unusable("\n".join(faults))
    for agency, changes in made.items():
        await agencies.tell(agency, "/_lgsp/policy", changes, method="PUT")


@asynccontextmanager
async def all_by_hand(agencies: Agencies) -> AsyncIterator[None]:
    """Within, every decision waits for an officer; afterwards all is as before.

    What waits is planned anew then by the policy of before, from when it was asked for.
    """
    before = {agency: await agencies.ask(agency, "/_lgsp/policy") for agency in AGENCIES if agency in agencies.urls}
    try:
        for agency, policy in before.items():
            await agencies.tell(agency, "/_lgsp/policy", dict.fromkeys(policy, "manual"), method="PUT")
        yield
    finally:
        for agency, policy in before.items():
            await agencies.tell(agency, "/_lgsp/policy", policy, method="PUT")


def _native(manner: Any) -> Any:
    if isinstance(manner, WorkingDays):
        return {"workingDays": manner.days}
    return "manual" if manner == "by-hand" else manner
