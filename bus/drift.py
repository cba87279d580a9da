"""How the topics of a space differ from what is planned, and what may be done about it: pure, the broker is asked elsewhere."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bus.topics import Topic

__all__ = ["Difference", "Found", "differences"]

Act = Literal["create", "grow", "alter", "lossy", "delete", "impossible"]
_PARTITIONS: Final = "partitions"
_REPLICATION: Final = "replication.factor"


@dataclass(frozen=True)
class Found:
    """A topic as the broker has it; `config` holds every setting that a plan may name."""

    partitions: int
    replication: int
    config: Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as planned: what it is, what it should be, and which act would mend it.

    create, grow and alter lose nothing; lossy and delete take records away; impossible is not in Kafka's power, or not in ours.
    """

    topic: str
    setting: str
    found: str | None
    planned: str | None
    act: Act
    why: str = ""

    @property
    def loses(self) -> bool:
        """Whether mending it takes records away, now or sooner than before."""
        return self.act in ("lossy", "delete")


def differences(
    plan: Iterable[Topic], found: Mapping[str, Found], *, replication: int | None, box: Callable[[str], bool]
) -> tuple[Difference, ...]:
    """Every difference, in the order of the plan; `replication` None: as it is. `box` knows the outboxes and inboxes of the space."""
    plan = tuple(plan)
    named = {topic.name for topic in plan}
    told: list[Difference] = []
    for topic in plan:
        there = found.get(topic.name)
        told += [_create(topic)] if there is None else _compared(topic, there, replication)
    left = sorted(name for name in found if name not in named and box(name))
    return (*told, *(Difference(name, "topic", "there", None, "delete", "no member of the register has it") for name in left))


def _create(topic: Topic) -> Difference:
    return Difference(topic.name, "topic", None, f"{topic.partitions} partitions", "create")


def _compared(topic: Topic, there: Found, replication: int | None) -> list[Difference]:
    told = []
    if there.partitions != topic.partitions:
        more = there.partitions < topic.partitions
        why = "a key may go to another partition then: grow while nothing is on its way" if more else "Kafka cannot take partitions away"
        act: Act = "grow" if more else "impossible"
        told.append(Difference(topic.name, _PARTITIONS, str(there.partitions), str(topic.partitions), act, why))
    if replication is not None and there.replication != replication:
        why = "kafka-reassign-partitions does that"
        told.append(Difference(topic.name, _REPLICATION, str(there.replication), str(replication), "impossible", why))
    for name, planned in topic.config.items():
        is_ = there.config.get(name)
        if _listed(is_) != _listed(planned):
            why = _loss(name, is_, planned)
            told.append(Difference(topic.name, name, is_, planned, "lossy" if why else "alter", why))
    return told


def _listed(value: str | None) -> frozenset[str]:
    """Kafka's lists have no order."""
    return frozenset((value or "").split(","))


def _loss(name: str, found: str | None, planned: str) -> str:
    """What would be lost by this change; empty where nothing is."""
    if name == "cleanup.policy":
        new = _listed(planned) - _listed(found)
        return f"{' and '.join(sorted(new))} takes records away" if new else ""
    if found is None:
        return ""
    shorter = _reach(planned) < _reach(found)
    return (
        {"retention.ms": "older records go at once", "max.message.bytes": "larger records are refused then"}.get(name, "")
        if shorter
        else ""
    )


def _reach(value: str) -> float:
    """A number of Kafka's, where -1 is without limit."""
    return float("inf") if value == "-1" else float(value)
