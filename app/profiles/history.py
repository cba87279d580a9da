"""What crossed the exchange in a run, folded as it goes: a digest of every dossier's history, counts, and the days between steps."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from app.entries import short
from bus.journal import Entry, Key, key_of

__all__ = ["LEGS", "History"]

LEGS = (
    ("dossier.submitted", "land.transfer-slip"),
    ("land.transfer-slip", "tax.payment-notice"),
    ("tax.payment-notice", "payment.requested"),
    ("payment.requested", "payment.receipt"),
    ("payment.receipt", "tax.obligation-completed"),
    ("tax.obligation-completed", "land.register-updated"),
    ("dossier.submitted", "land.register-updated"),
)
"""From the first message of the one kind to the first of the other."""
_TIMED = frozenset(name for leg in LEGS for name in leg) | {"tax.no-obligation"}


class History:
    """Journal entries in, in any order within one instant of the scenario's time; `fold` at its end.

    What is kept of a dossier is a digest, however long its history is. A history is the lines (instant, contract, from, to, outcome) of
    its instants in order, those of one instant sorted: which of two members was faster within it says nothing.
    """

    def __init__(self) -> None:
        self.messages = self.deliveries = 0
        self.refusals: Counter[str] = Counter()
        self._now: dict[Key, str] = {}
        self._subjects: dict[Key, str] = {}
        self.digests: dict[str, bytes] = {}
        """Of every dossier's history, by its code."""
        self._first: defaultdict[str, dict[str, int]] = defaultdict(dict)

    def add(self, entry: Entry) -> None:
        """One record of the journal; a repeat counts once."""
        key = key_of(entry)
        contract = short(entry["type"])
        outcome = "accepted" if entry["succeeded"] else str(entry["faultCode"])
        subject = entry["subject"] or ""
        line = f"{entry['ceTime']} {contract} {entry['source']} {entry['recipient']} {outcome}"
        if self._now.get(key) == line:
            return
        self._now[key] = line
        self._subjects[key] = subject
        if contract in _TIMED and contract not in self._first[subject] and entry["ceTime"]:
            self._first[subject][contract] = int(datetime.fromisoformat(entry["ceTime"]).timestamp())
        if not entry["succeeded"]:
            self.refusals[outcome] += 1

    def fold(self) -> None:
        """The instant has ended: nothing of it is still on its way."""
        self.deliveries += len(self._now)
        self.messages += len({key[:2] for key in self._now})
        lines: defaultdict[str, list[str]] = defaultdict(list)
        for key, line in self._now.items():
            lines[self._subjects[key]].append(line)
        for subject, said in lines.items():
            self.digests[subject] = sha256(self.digests.get(subject, b"") + "\n".join(sorted(said)).encode()).digest()
        self._now.clear()
        self._subjects.clear()

    def reached(self, *contracts: str) -> int:
        """How many dossiers have come to a message of one of these kinds."""
        return sum(any(each in first for each in contracts) for first in self._first.values())

    def legs(self) -> Mapping[str, Mapping[str, float]]:
        """For each leg how many dossiers went it (`n`), and in how many seconds of the scenario's time."""
        found = {}
        for one, other in LEGS:
            seconds = sorted(each[other] - each[one] for each in self._first.values() if one in each and other in each)
            if seconds:
                at = {f"p{share}": seconds[len(seconds) * share // 100] for share in (25, 50, 75, 95)}
                found[f"{one} > {other}"] = {"n": len(seconds), "min": seconds[0], **at, "max": seconds[-1]}
        return found
