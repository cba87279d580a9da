"""The topics of one space: their names, their shape, and who made them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from vn.errors import Unusable
from vn.fidelity import Fact

PARTITIONS = 6
MIB = 1024 * 1024
MAX_MESSAGE_BYTES = 4 * MIB
MAX_DEAD_LETTER_BYTES = 5 * MIB  # the original and what went wrong with it

_name = re.compile(r"[A-Za-z0-9_-]{1,60}").fullmatch  # a dot would make two spaces share a prefix


KINDS = ("outbox", "inbox", "journal", "dead-letter")


@dataclass(frozen=True)
class Shape:
    """What an operator chooses for topics of one kind; retention in milliseconds, -1 without limit."""

    partitions: int = PARTITIONS
    retention_ms: int = -1
    cleanup: str = "delete"

    def config(self, most: int) -> dict[str, str]:
        """As settings of Kafka; `most` is the size of the largest record."""
        return {"max.message.bytes": str(most), "retention.ms": str(self.retention_ms), "cleanup.policy": self.cleanup}


AS_BUILT = MappingProxyType(dict.fromkeys(KINDS, Shape()))


@dataclass(frozen=True)
class Topic:
    """The shape of one topic."""

    name: str
    partitions: int = PARTITIONS
    config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Space:
    """A prefix that isolates parallel runs on one broker."""

    name: str = "lgsp"

    def __post_init__(self) -> None:
        if _name(self.name) is None:
            raise Unusable(f"a space is named with letters, digits, '-' and '_', at most 60 of them: {self.name[:80]!r} is not")

    def outbox(self, member: str) -> str:
        """What the member has to say; only it writes there."""
        return f"{self.name}.outbox.{_dotted(member)}"

    def inbox(self, member: str) -> str:
        """What the exchange has for the member; only the exchange writes there."""
        return f"{self.name}.inbox.{_dotted(member)}"

    @property
    def journal(self) -> str:
        """One record per message and recipient."""
        return f"{self.name}.journal"

    @property
    def dead_letter(self) -> str:
        """What was refused or could not be delivered, with the reason."""
        return f"{self.name}.dead-letter"

    @property
    def exchange_group(self) -> str:
        """The consumer group that all exchanges of the space share."""
        return f"{self.name}.exchange"

    def group(self, member: str) -> str:
        """The consumer group of the member's adapter."""
        return f"{self.name}.{_dotted(member)}"

    def plan(self, members: Iterable[str], *, shapes: Mapping[str, Shape] = AS_BUILT) -> tuple[Topic, ...]:
        """Every topic that the exchange makes for these members (itself left out), in the shape of its kind."""
        named = [pair for member in members for pair in (("outbox", self.outbox(member)), ("inbox", self.inbox(member)))]
        named += [("journal", self.journal), ("dead-letter", self.dead_letter)]
        return tuple(
            _topic(name, shapes[kind], MAX_DEAD_LETTER_BYTES if kind == "dead-letter" else MAX_MESSAGE_BYTES) for kind, name in named
        )

    def is_box(self, topic: str) -> bool:
        """Whether that is, or was, somebody's outbox or inbox in this space."""
        return topic.startswith((f"{self.name}.outbox.", f"{self.name}.inbox."))


def _topic(name: str, shape: Shape, most: int) -> Topic:
    return Topic(name, shape.partitions, shape.config(most))


def _dotted(member: str) -> str:
    return member.replace("/", ".")


FACTS = (
    Fact("Topics", "<space>.outbox.<member>, <space>.inbox.<member>, <space>.journal, <space>.dead-letter", "chosen by us", "simulator"),
    Fact("Partitions of a topic", str(PARTITIONS), "chosen by us", "simulator"),
    Fact("Largest record", f"{MAX_MESSAGE_BYTES} bytes; dead letters {MAX_DEAD_LETTER_BYTES}", "chosen by us", "simulator"),
)
