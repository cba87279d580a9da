"""Whether a script can be run with what is there; where not, why: it is then reported as not run, never as passed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.play.bound import Bound
from app.play.lacking import lacking
from app.play.outsiders import Outsiders
from scenarios.reading import Script

__all__ = ["Means", "why_not"]


@dataclass(frozen=True)
class Means:
    """What a run has: a broker of its own (that lies on demand, behind a network that can be cut), a virtual clock, somebody to ask."""

    own_broker: bool = True
    virtual_clock: bool = True
    somebody: bool = True
    findable: bool = False
    """Whether broker and space are where they were said to be, so that a system that nobody here starts can find them."""
    bound: Bound = field(default_factory=Bound)
    """What a bindings file says."""


_NEEDS: Mapping[str, tuple[Callable[[Means], bool], str]] = {
    "embedded-broker": (lambda means: means.own_broker, "needs the embedded broker, and LGSP_KAFKA_BOOTSTRAP names another"),
    "own-network": (lambda means: means.own_broker, "needs a broker that this run has started, and LGSP_KAFKA_BOOTSTRAP names another"),
    "virtual-clock": (lambda means: means.virtual_clock, "its terms are days, and with --speed real a day takes a day"),
    "person": (lambda means: means.somebody, "somebody has to act by hand, and nobody is there (--non-interactive)"),
}


def why_not(script: Script, means: Means) -> str:
    """The first reason why it cannot be run here; empty where it can."""
    for need in sorted(script.needs):
        fits, reason = _NEEDS.get(need, (None, ""))
        if fits is not None and not fits(means):
            return reason
    return lacking(script, Outsiders.of(script, means.bound), somebody=means.somebody, findable=means.findable)
