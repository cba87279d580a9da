"""What happened in one run, frozen: the only thing that the oracle looks at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Said(NamedTuple):
    """An entry of an agency's feed, in the order of the feed; `acknowledged` once its adapter has told the agency to forget it."""

    member: str
    id: str
    subject: str
    acknowledged: bool


class Sent(NamedTuple):
    """A record of an outbox, acknowledged by the broker, in the order of its partition; `digest` is that of the payload."""

    member: str
    source: str
    id: str
    subject: str
    partition: int
    offset: int
    digest: str


class Carried(NamedTuple):
    """A record of an inbox; `receipt` where it is the exchange's own word about a message of the recipient."""

    recipient: str
    source: str
    id: str
    subject: str
    partition: int
    offset: int
    receipt: bool = False


class Verdict(NamedTuple):
    """A record of the journal: what became of a message for one recipient; a refusal has a code, and no recipient where it went nowhere."""

    source: str
    id: str
    recipient: str | None
    code: str | None = None


class Effect(NamedTuple):
    """What an agency has applied once and for all, in the order in which it did."""

    member: str
    source: str
    id: str
    operation: str
    subject: str = ""


class Committed(NamedTuple):
    """A committed offset as it was seen, in the order of seeing."""

    group: str
    topic: str
    partition: int
    offset: int


@dataclass(frozen=True)
class History:
    """One run from its first dossier to its rest.

    `accepted`: dossiers whose citizens were told their code. `known`: those that the portal knows. `dead`: (source, id) of dead letters.
    `committed`: in the order of seeing; `ends`: the end of every partition that a group reads, by (group, topic, partition).
    `unread`: per agency, entries of its feed that were not fetched. `databases`: canonical forms, by agency; `calm`: those of the run in
    which nothing happened. `stored_order`: the broker was told to change the order, so that what counts is how records lie in it.
    """

    accepted: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    said: tuple[Said, ...] = ()
    sent: tuple[Sent, ...] = ()
    journal: tuple[Verdict, ...] = ()
    carried: tuple[Carried, ...] = ()
    effects: tuple[Effect, ...] = ()
    dead: frozenset[tuple[str, str]] = frozenset()
    committed: tuple[Committed, ...] = ()
    ends: Mapping[tuple[str, str, int], int] = field(default_factory=dict)
    unread: Mapping[str, int] = field(default_factory=dict)
    databases: Mapping[str, Any] = field(default_factory=dict)
    calm: Mapping[str, Any] = field(default_factory=dict)
    stored_order: bool = False
