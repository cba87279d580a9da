"""What is wrong with a script whose shape is right: each kind of check is one function in the table at the end."""

from collections.abc import Callable, Collection, Iterator

from scenarios.beyond import broker_rules, places
from scenarios.known import Known
from scenarios.needs import needs_of
from scenarios.places import Complaint
from scenarios.said import contracts
from scenarios.scalars import Ref
from scenarios.scenario import Scenario
from scenarios.sites import Cursor, sites
from scenarios.told import names
from scenarios.tree import Node
from scenarios.under_way import parts, time
from vn.near import suggestion

__all__ = ["check"]


def check(scenario: Scenario, tree: Node, known: Known, lost: frozenset[str] = frozenset()) -> list[Complaint]:
    """Everything that is wrong; `lost` are names captured by steps that could not be read."""
    found = [complaint for each in CHECKS for complaint in each(scenario, tree, known)]
    return [*found, *names(scenario, tree, lost | frozenset(known.codes))]


def _samples(scenario: Scenario, tree: Node, known: Known) -> Iterator[Complaint]:
    """Samples, their faults and papers that are not there."""
    submits = [(site.step.submit, site.inside) for site in sites(scenario, tree) if site.step.submit]
    begun = ((each.submit, Cursor(tree, ("given", "dossier", n, "submit"))) for n, each in enumerate(scenario.given.dossier))
    for submit, cursor in [*submits, *((each, at) for each, at in begun if each)]:
        if submit.sample is not None:
            yield from _of(submit.sample, known.samples, cursor.at("sample"), "sample")
        if submit.wrong is not None:
            yield from _of(submit.wrong, known.sample_faults, cursor.at("wrong"), "fault of a sample")
        for position, paper in enumerate(submit.without):
            yield from _of(paper, known.papers, cursor.at("without", position), "kind of paper")
    for site in sites(scenario, tree):
        for position, paper in enumerate(site.step.supplement.papers if site.step.supplement else ()):
            yield from _of(paper, known.papers, site.inside.at("papers", position), "kind of paper")


def _policies(scenario: Scenario, tree: Node, known: Known) -> Iterator[Complaint]:
    """Decisions for which an agency has no policy."""
    for agency, decisions in scenario.given.policies.items():
        for name in decisions:
            if name not in known.policies[agency]:
                options = sorted(known.policies[agency])
                near = suggestion(name, options) or f"; there are {', '.join(options)}"
                yield Cursor(tree, ("given", "policies", agency, name)).says(f"{agency} decides nothing called {name!r}{near}", key=True)


def _real_time(scenario: Scenario, tree: Node, _: Known) -> Iterator[Complaint]:
    """A real clock and bounds of days do not go together."""
    if scenario.real_time and "virtual-clock" in needs_of(scenario):
        reason = "on a real clock no bound may be longer than minutes: this script has longer ones, instants or working days"
        yield Cursor(tree, ("real-time",)).says(reason)


def _tables(scenario: Scenario, tree: Node, _: Known) -> Iterator[Complaint]:
    """Tables anywhere but among the scenario's own steps, where each row becomes a case."""
    for site in sites(scenario, tree):
        if site.step.repeat and site.step.repeat.table and site.repeats:
            yield site.inside.at("table").says("a table stands among the scenario's own steps, not inside a repeat", key=True)


def _of(name: str, known: Collection[str], cursor: Cursor, what: str) -> Iterator[Complaint]:
    if name not in known and not Ref.all_in(name):
        yield cursor.says(f"no {what} is called {name!r}{suggestion(name, known) or '; there are ' + ', '.join(sorted(known))}")


CHECKS: tuple[Callable[[Scenario, Node, Known], Iterator[Complaint]], ...] = (
    contracts,
    time,
    parts,
    places,
    broker_rules,
    _samples,
    _policies,
    _real_time,
    _tables,
)
