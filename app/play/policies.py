"""How the agencies decide in a scenario: a script's words as each agency takes them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from app.play.agencies import Agencies
from vn.errors import Unusable
from vn.near import suggestion
from vn.spans import WorkingDays

__all__ = ["instant", "set_policies"]

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
async def instant(agencies: Agencies, *, but: Mapping[str, str]) -> AsyncIterator[None]:
    """Everything is decided at once within, `but` one decision of an agency, which waits for an officer; afterwards all is as before.

    Decisions that wait by the policy of before are planned anew by it, from when they were asked for.
    """
    before = {
        agency: await agencies.ask(agency, "/_lgsp/policy") for agency in agencies.urls if agency in ("dvc", "land", "tax", "payment")
    }
    try:
        for agency, policy in before.items():
            changes = {name: "manual" if but.get(agency) == name or name == DEADLINE else "instant" for name in policy}
            await agencies.tell(agency, "/_lgsp/policy", changes, method="PUT")
        yield
    finally:
        for agency, policy in before.items():
            await agencies.tell(agency, "/_lgsp/policy", policy, method="PUT")


DEADLINE = "supplement-deadline"  # at once it would end every dossier that is asked for something


def _native(manner: Any) -> Any:
    if isinstance(manner, WorkingDays):
        return {"workingDays": manner.days}
    return "manual" if manner == "by-hand" else manner
