"""What a script needs of the place where it is played; where that is missing, it is reported as not run."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from scenarios.faults import Fault
from scenarios.scalars import InstantRef
from scenarios.scenario import Scenario, Step
from vn.spans import CalendarDays, Elapsed, WorkingDays

__all__ = ["in_words", "needs_of"]

_REAL = {"late", "limit"}  # always real time
FEW_MINUTES = timedelta(minutes=5)  # a bound up to here is also waited for on a real clock
_WORDS = {
    "virtual-clock": "a virtual clock",
    "embedded-broker": "the embedded broker",
    "own-network": "a broker that lgsp started, whose network can be cut",
    "relay": "a relay on the hop",
    "door": "a door before the {}",
    "mock": "the mock {}",
    "person": "a person",
}
_AGENCIES = {"dvc": "portal", "land": "land office", "tax": "tax authority", "payment": "payment platform"}
_AGENCY_OF = {"dvc-adapter": "dvc", "ilis-adapter": "land", "tax-adapter": "tax", "payment-adapter": "payment"}


def needs_of(scenario: Scenario) -> frozenset[str]:
    """Of `virtual-clock`, `embedded-broker`, `own-network`, `relay`, `door:<agency>`, `mock:<agency>`, `person`."""
    steps = [one for step in scenario.steps for one in _all(step)]
    found = {need for step in steps for need in _of_step(step)} | set(_of_given(scenario))
    if any(_long(each) for step in steps for each in _values(step.act)):
        found.add("virtual-clock")
    return frozenset(found)


def in_words(need: str) -> str:
    """A need as people say it: `mock:land` is "the mock land office"."""
    kind, _, agency = need.partition(":")
    return _WORDS[kind].format(_AGENCIES.get(agency, ""))


def _all(step: Step) -> Iterator[Step]:
    yield step
    for inner in step.repeat.steps if step.repeat else ():
        yield from _all(inner)


def _of_step(step: Step) -> Iterator[str]:
    if step.fault:
        yield from _of_fault(step.fault)
    if step.reply:
        yield f"door:{step.reply.at}"
    for acting in (step.decide, step.state):
        if acting:
            yield f"mock:{acting.at}"
    for part in (step.stop, step.start):
        if part and part.part != "exchange":
            yield f"mock:{_AGENCY_OF.get(part.part, part.part)}"
    if step.by_hand:
        yield "person"


def _of_fault(fault: Fault) -> Iterator[str]:
    if fault.broker:
        yield "embedded-broker"
    elif fault.cut:
        yield "own-network"
    else:
        yield "relay"


def _of_given(scenario: Scenario) -> Iterator[str]:
    given = scenario.given
    for agency, decisions in given.policies.items():
        yield f"mock:{agency}"
        if any(isinstance(manner, WorkingDays) for manner in decisions.values()):
            yield "virtual-clock"
    if given.parcel:
        yield "mock:land"
    if given.dossier:
        yield from ("mock:dvc", "mock:land")


def _values(shape: Any) -> Iterator[Any]:
    """Every typed value of a step, the steps of a repeat left out."""
    match shape:
        case Step():
            return
        case BaseModel():
            for name in type(shape).model_fields.keys() - _REAL:
                yield from _values(getattr(shape, name))
        case list():
            for each in shape:
                yield from _values(each)
        case _:
            yield shape


def _long(value: Any) -> bool:
    return isinstance(value, WorkingDays | CalendarDays | datetime | InstantRef) or (isinstance(value, Elapsed) and value.by > FEW_MINUTES)
