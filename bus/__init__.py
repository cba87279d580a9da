"""How messages travel: envelope, Kafka transport, members and rights, the exchange, receipts, journal."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bus.access import Explanation, Rights, Rule
    from bus.dead_letters import DeadLetter, dead_letter, replay
    from bus.envelope import Message, decode
    from bus.exchange import Exchange
    from bus.journal import attempts, latest
    from bus.kafka import (
        Ack,
        Admin,
        Backoff,
        Consumer,
        Follower,
        Group,
        KafkaSettings,
        Place,
        Producer,
        Reader,
        Received,
        Record,
        Taken,
        TopicAdmin,
    )
    from bus.measures import FAMILIES
    from bus.members import EXCHANGE, Member, Members
    from bus.operating import Operating
    from bus.refusals import Code
    from bus.security import KafkaSecurity
    from bus.topics import Space, Topic
    from bus.undeliverable import Failure

__all__ = [
    "EXCHANGE",
    "FAMILIES",
    "Ack",
    "Admin",
    "Backoff",
    "Code",
    "Consumer",
    "DeadLetter",
    "Exchange",
    "Explanation",
    "Failure",
    "Follower",
    "Group",
    "KafkaSecurity",
    "KafkaSettings",
    "Member",
    "Members",
    "Message",
    "Operating",
    "Place",
    "Producer",
    "Reader",
    "Received",
    "Record",
    "Rights",
    "Rule",
    "Space",
    "Taken",
    "Topic",
    "TopicAdmin",
    "attempts",
    "dead_letter",
    "decode",
    "latest",
    "replay",
]

_MODULES = (
    *("envelope", "topics", "members", "access", "kafka", "security"),
    *("refusals", "dead_letters", "journal", "undeliverable", "measures", "operating", "exchange"),
)


def __getattr__(name: str) -> Any:
    """Imported at first use: the embedded broker lives below this package and needs none of it."""
    if name in __all__:
        for module in (import_module(f"bus.{module}") for module in _MODULES):
            if name in vars(module):
                globals()[name] = vars(module)[name]
                return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
