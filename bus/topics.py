"""The topics of one space: their names, their shape, and who made them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vn.errors import Unusable
from vn.fidelity import Fact

PARTITIONS = 6
MIB = 1024 * 1024
MAX_MESSAGE_BYTES = 4 * MIB
MAX_DEAD_LETTER_BYTES = 5 * MIB  # the original and what went wrong with it

_name = re.compile(r"[A-Za-z0-9_-]{1,60}").fullmatch  # a dot would make two spaces share a prefix


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

    def plan(self, members: Iterable[str], *, retention_ms: int = -1) -> tuple[Topic, ...]:
        """Every topic that the exchange makes for these members (itself left out); retention without limit unless set."""
        config = {"max.message.bytes": str(MAX_MESSAGE_BYTES), "retention.ms": str(retention_ms), "cleanup.policy": "delete"}
        dead = config | {"max.message.bytes": str(MAX_DEAD_LETTER_BYTES)}
        boxes = [name for member in members for name in (self.outbox(member), self.inbox(member))]
        return (*(Topic(name, config=config) for name in [*boxes, self.journal]), Topic(self.dead_letter, config=dead))


def _dotted(member: str) -> str:
    return member.replace("/", ".")


FACTS = (
    Fact("Topics", "<space>.outbox.<member>, <space>.inbox.<member>, <space>.journal, <space>.dead-letter", "chosen by us", "simulator"),
    Fact("Partitions of a topic", str(PARTITIONS), "chosen by us", "simulator"),
    Fact("Largest record", f"{MAX_MESSAGE_BYTES} bytes; dead letters {MAX_DEAD_LETTER_BYTES}", "chosen by us", "simulator"),
)
