"""The way of one dossier as the journal tells it: which messages had to wait for which; nothing here measures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Entry = Mapping[str, Any]

PORTAL = "/dvc"
NOTICE, REGISTERED = "vn.gov.tax.payment-notice.v1", "vn.gov.land.register-updated.v1"
OF_THE_EXCHANGE = "vn.gov.exchange."


@dataclass(frozen=True)
class Way:
    """The longest chain of causes that ends at the register: its messages, in order, and the acts of the citizen in between."""

    messages: tuple[str, ...]
    acts: int


@dataclass(frozen=True)
class Hops:
    """How many messages crossed until the register changed, and to how many recipients all together."""

    messages: int
    deliveries: int


def way(entries: Sequence[Entry]) -> Way:
    """From the first entry that says the register has changed, back to the citizen's submission.

    Where a message has no cause, a citizen has acted: on what the portal was told last before that, if anything.
    """
    by_id = {entry["messageId"]: entry for entry in entries}
    at, messages, acts = next(entry for entry in entries if entry["type"] == REGISTERED), list[str](), 0
    while True:
        cause = by_id.get(at["causationId"])
        if cause is None:
            acts += 1
            cause = _seen_before(at, entries)
        if cause is None or len(messages) == len(entries):
            return Way(tuple(reversed(messages)), acts)
        messages.append(cause["type"])
        at = cause


def hops(entries: Sequence[Entry]) -> Hops:
    """What was in an outbox before the register's change was in its own."""
    ended = min(entry["requestInTs"] for entry in entries if entry["type"] == REGISTERED)
    crossed = [entry for entry in entries if entry["requestInTs"] < ended and not entry["type"].startswith(OF_THE_EXCHANGE)]
    return Hops(len({entry["messageId"] for entry in crossed}), len(crossed))


def registered(entries: Sequence[Entry]) -> float | None:
    """Seconds since 1970 when the register's change was in the land office's outbox; None where it is not yet."""
    return min((entry["requestInTs"] / 1000 for entry in entries if entry["type"] == REGISTERED), default=None)


def noticed(entries: Sequence[Entry]) -> bool:
    """Whether the portal has been sent a notice."""
    return any(entry["type"] == NOTICE and entry["recipient"].endswith(PORTAL) for entry in entries)


def told(entries: Sequence[Entry]) -> int:
    """How many times an agency was told something: deliveries, the exchange's own messages left out. Raises ValueError on a refusal."""
    refused = sorted({f"{entry['type']} ({entry['faultCode']})" for entry in entries if not entry["succeeded"]})
    if refused:
        raise ValueError(f"refused: {', '.join(refused)}")
    return sum(1 for entry in entries if not entry["type"].startswith(OF_THE_EXCHANGE))


def _seen_before(entry: Entry, entries: Sequence[Entry]) -> Entry | None:
    seen = [
        each
        for each in entries
        if each["type"] == NOTICE and each["recipient"].endswith(PORTAL) and each["requestOutTs"] <= entry["requestInTs"]
    ]
    return max(seen, key=lambda each: each["requestOutTs"], default=None)
