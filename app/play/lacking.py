"""What a scenario with parts outside needs to be told before it can be run: each kind of lack is one function in the table at the end."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.play.outsiders import ADAPTER_OF, Outsiders
from scenarios.reading import Placed, Script
from scenarios.scenario import Step

__all__ = ["lacking"]

AT_THE_PORTAL = ("submit", "pay", "withdraw", "supplement")


@dataclass(frozen=True)
class _Asked:
    """A script, who is outside of it, whether somebody can act by hand, and whether the exchange is at an address that was known before."""

    script: Script
    outsiders: Outsiders
    somebody: bool
    findable: bool

    def steps(self) -> Iterator[tuple[Step, bool]]:
        """Every step, and whether it stands in a repeat."""
        yield from _steps(self.script.steps, inside=False)


def lacking(script: Script, outsiders: Outsiders, *, somebody: bool, findable: bool) -> str:
    """The first thing that is missing, in words; empty where nothing is."""
    asked = _Asked(script, outsiders, somebody, findable)
    return next((reason for each in LACKS for reason in each(asked)), "")


def _steps(placed: Sequence[Placed], *, inside: bool) -> Iterator[tuple[Step, bool]]:
    for each in placed:
        yield each.step, inside
        yield from _steps(each.inner, inside=True)


def _a_way(asked: _Asked) -> Iterator[str]:
    """Our adapter must find the agency, a member that is not ours the exchange."""
    out = asked.outsiders
    for member, agency in out.kept.items():
        if agency not in out.urls:
            yield f"{agency} is outside and {member} is not: our adapter needs agencies.{agency}.url in --bindings, or {member} outside too"
    for member in out.members:
        if not asked.findable and out.started_for(ADAPTER_OF[member]) is None:
            yield f"{member} is outside and cannot find us: members.{member}.start in --bindings, or LGSP_SPACE and LGSP_BROKER_PORT"


def _given(asked: _Asked) -> Iterator[str]:
    """What is given is entered by us, at agencies of ours."""
    out, given = asked.outsiders, asked.script.scenario.given
    if "land" in out.names:
        for parcel in given.parcel:
            if parcel.as_ not in out.bound.bindings.parcels:
                yield f"the land office is outside, so which parcel is {parcel.as_!r}? Say it in --bindings: parcels.{parcel.as_}"
    if given.dossier and out.agencies:
        yield f"given.dossier comes there by decisions at our own agencies, and {', '.join(out.agencies)} is outside"


def _acts(asked: _Asked) -> Iterator[str]:
    """What people do happens at an agency that must be reachable."""
    out = asked.outsiders
    for step, _ in asked.steps():
        if step.submit and step.submit.sample and "land" in out.names:
            yield "a sample takes its parcels from our land office, which is outside: name people and parcel under given, and bind them"
        at = "dvc" if step.word in AT_THE_PORTAL else step.call.at if step.call else None
        if at in out.agencies and at not in out.urls:
            yield f"{step.word}: {at} is outside, and no agencies.{at}.url in --bindings says where it answers"
        if step.reply and step.reply.at in out.agencies and step.reply.at not in out.kept.values():
            yield f"reply: {step.reply.at} is outside with its adapter, so nobody of ours calls it"


def _officers(asked: _Asked) -> Iterator[str]:
    """Somebody must decide, and say what they see."""
    out = asked.outsiders
    for step, inside in asked.steps():
        if step.decide and step.decide.at in out.agencies and out.agency(step.decide.at).decide is None:
            what = f"decide at {step.decide.at}, which is outside and has no agencies.{step.decide.at}.decide in --bindings"
            if not asked.somebody:
                yield f"{what}: an officer has to do it by hand, and nobody is there (--non-interactive)"
            if step.decide.refused:
                yield f"{what}: nobody can see whether it refuses"
        if inside and step.state and step.state.at in out.agencies and not out.can_tell(step.state):
            yield f"state at {step.state.at} in a repeat: it is outside and has no agencies.{step.state.at}.state in --bindings"


def _commands(asked: _Asked) -> Iterator[str]:
    """What a script stops and starts must have a command for it."""
    out = asked.outsiders
    for step, _ in asked.steps():
        acted = step.stop or step.start
        if acted and acted.part in out.left_out and out.started_for(acted.part) is None:
            yield f"{step.word}: {acted.part} is outside, and --bindings has no start command for its system"


Lack: TypeAlias = Callable[[_Asked], Iterator[str]]
LACKS: tuple[Lack, ...] = (_a_way, _given, _acts, _officers, _commands)
