"""What a script takes from the world around its language: communes of the province, rules of the embedded broker."""

import re
from collections.abc import Iterator
from datetime import timedelta

from scenarios.known import Known
from scenarios.places import Complaint
from scenarios.scenario import Scenario
from scenarios.sites import Cursor, sites
from scenarios.tree import Node
from scenarios.typed import typed
from vn.errors import NotAllowed
from vn.near import suggestion
from vn.pointer import steps
from vn.units import NEW_DIVISION, communes

__all__ = ["broker_rules", "places"]

_KIND = re.compile(r"(thị trấn|phường|thị xã|xã) ", re.IGNORECASE)


def places(scenario: Scenario, tree: Node, _: Known) -> Iterator[Complaint]:
    """Communes that the province has under neither division, by name, name without its kind, or code."""
    if not scenario.given.parcel:
        return
    every = [each for day in (NEW_DIVISION - timedelta(1), NEW_DIVISION) for each in communes(day)]
    names = {name for each in every for name in (_KIND.sub("", each.name, count=1), each.name)}
    known = {name.casefold() for name in names} | {each.code for each in every}
    for position, parcel in enumerate(scenario.given.parcel):
        if " ".join(parcel.commune.split()).casefold() not in known:
            reason = f"the province has no commune {parcel.commune!r}{suggestion(parcel.commune, sorted(names))}"
            yield Cursor(tree, ("given", "parcel", position, "commune")).says(reason)


def broker_rules(scenario: Scenario, tree: Node, _: Known) -> Iterator[Complaint]:
    """Rules that the embedded broker would not take, each fault at its place."""
    for site in sites(scenario, tree):
        fault = site.step.fault
        if fault is None or fault.broker is None:
            continue
        cursor, rule = site.inside.at("broker", "rule"), typed(fault.broker.rule)
        if not isinstance(rule, dict):
            yield cursor.says("a broker's rule is a mapping, with stage and action (docs/faults.md)")
            continue
        from bus.embedded.faults import checked  # the protocol behind it takes a while to import

        try:
            checked([{**rule, "name": fault.as_}])
        except NotAllowed as error:
            for each in error.faults:
                yield cursor.at(*(int(step) if step.isdecimal() else step for step in steps(each.pointer)[1:])).says(each.reason)
