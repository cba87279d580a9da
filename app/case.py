"""The timeline of one case from the journal, and whose turn it is now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.calls import Parts
from app.entries import Entry, instant, outcome_of, short
from vn.errors import LgspError

__all__ = ["Leg", "timeline", "turn"]

_FINAL = {"3": "refused before acceptance", "10": "result returned"}
_OFFICES = {"land": "land office", "tax": "tax authority", "payment": "payment platform", "dvc": "portal"}


@dataclass(frozen=True)
class Leg:
    """One message on its way to one recipient; times in milliseconds."""

    entry: Entry
    waited: int | None

    @property
    def crossed(self) -> int | None:
        """From the outbox to the inbox."""
        out = self.entry["requestOutTs"]
        return None if out is None else out - self.entry["requestInTs"]

    def row(self) -> tuple[str, ...]:
        """For a table."""
        entry = self.entry
        times = tuple("" if each is None else f"{each} ms" for each in (self.waited, self.crossed))
        return (
            instant(entry["requestInTs"]),
            short(entry["source"]),
            short(entry["recipient"]) or "-",
            short(entry["type"]),
            outcome_of(entry),
            *times,
        )

    def as_json(self) -> dict[str, Any]:
        """The journal's entry with the two times."""
        return {**self.entry, "waitedMs": self.waited, "crossedMs": self.crossed}


def timeline(entries: Sequence[Entry]) -> list[Leg]:
    """In the order of time; what a message waited is counted from the arrival of the one that caused it at its sender."""
    arrived = {(each["messageId"], each["recipient"]): each["requestOutTs"] for each in entries if each["requestOutTs"] is not None}
    legs = []
    for entry in entries:
        before = arrived.get((entry["causationId"], entry["source"]))
        legs.append(Leg(entry, None if before is None else max(0, entry["requestInTs"] - before)))
    return legs


def turn(dossier: str, legs: Sequence[Leg], parts: Parts) -> str:
    """Who has to act next, in one sentence; parts that do not answer are named."""
    refused = [leg for leg in legs if not leg.entry["succeeded"]]
    try:
        case = parts.get("dvc", f"/ho-so/{dossier}")
        waiting = _decisions(dossier, parts)
    except LgspError as error:
        return f"unknown: {error}"
    status = str(case["TrangThaiHoSo"])
    if status == "5":
        return "the citizen's: a supplement is asked for (lgsp supplement)"
    if waiting:
        return "; ".join(waiting)
    if status in _FINAL or (status == "8" and case["KetThuc"]):
        return f"nobody's: {_FINAL.get(status, 'stopped')} (status {status})"
    if unpaid := _open(case):
        return f"the citizen's: {len(unpaid)} notice(s) to pay ({', '.join(unpaid)})"
    if refused:
        last = refused[-1]
        return f"{short(last.entry['source'])}'s: its {short(last.entry['type'])} was refused ({outcome_of(last.entry)})"
    return f"on its way (status {status})"


def _open(case: Mapping[str, Any]) -> list[str]:
    return [each["SoThongBao"] for each in case["ThongBaoThue"] if each["ConPhaiNop"] > 0]


def _decisions(dossier: str, parts: Parts) -> list[str]:
    """What waits for an officer or a day, per agency."""
    found = []
    for name, office in _OFFICES.items():
        if name in parts.urls:
            for each in parts.get(name, "/_lgsp/work", subject=dossier)["items"]:
                if each["due"] is None:
                    found.append(f"the {office}'s: decision `{each['kind']}` waits for an officer since {each['asked'][:19]}")
    return found
