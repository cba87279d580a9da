"""The timeline of one case from the journal, and whose turn it is now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.calls import Parts
from app.entries import Entry, instant, outcome_of, short
from bus.members import EXCHANGE
from vn.errors import LgspError

if TYPE_CHECKING:
    from app.messages import Archive

__all__ = ["COLUMNS", "HOW", "UNSAID", "Case", "Leg", "case_of", "stuck", "timeline", "turn", "waits_for_the_citizen"]

COLUMNS = ("at", "from", "to", "contract", "outcome", "waited", "crossed", "message id")
STATUS_CHANGED = "vn.gov.dossier.status-changed.v1"
_FINAL = {"3": "refused before acceptance", "10": "result returned"}
HOW: Mapping[tuple[str, str], str] = {
    ("land", "check"): "lgsp decide {} tiep-nhan, or tu-choi --reason WHY",
    ("land", "slip"): "lgsp decide {} chuyen-thue",
    ("land", "correct"): "lgsp decide {} sua-phieu",
    ("land", "withdrawal"): "lgsp decide {} dong-y-rut, or khong-dong-y-rut --reason WHY",
    ("land", "update"): "lgsp decide {} cap-nhat",
    ("land", "supplement-deadline"): "lgsp decide {} tu-choi --reason WHY",
    ("tax", "assess"): "lgsp decide {} xac-dinh --at tax, or tra-phieu --reason WHY --at tax",
    ("tax", "reconcile"): "lgsp decide {} doi-soat --at tax",
    ("payment", "payment"): "POST /giao-dich/REFERENCE/thanh-toan at the payment platform",
    ("dvc", "return-result"): "POST /ho-so/{}/tra-ket-qua at the portal",
}
"""What ends the waiting, by agency and decision."""
CITIZEN, OBLIGATION = "the citizen's", "6"
UNSAID = f", though nobody has said status {OBLIGATION}"
OWN = "in its own system"  # an agency that somebody put in the place of ours may decide what ours does not
_OFFICES = {"land": "land office", "tax": "tax authority", "payment": "payment platform", "dvc": "portal"}


@dataclass(frozen=True)
class Leg:
    """One attempt to bring one message to one recipient; times in milliseconds. `status`: what a `dossier.status-changed` says."""

    entry: Entry
    waited: int | None
    status: int | None = None

    @property
    def crossed(self) -> int | None:
        """From the outbox to the inbox."""
        out = self.entry["requestOutTs"]
        return None if out is None else out - self.entry["requestInTs"]

    def row(self) -> tuple[str, ...]:
        """For a table with `COLUMNS`."""
        entry = self.entry
        times = tuple("" if each is None else f"{each} ms" for each in (self.waited, self.crossed))
        return (
            instant(entry["requestInTs"]),
            short(entry["source"]),
            short(entry["recipient"]) or "-",
            short(entry["type"]) + (f" {self.status}" if self.status is not None else ""),
            outcome_of(entry),
            *times,
            entry["messageId"] or "",
        )

    def as_json(self) -> dict[str, Any]:
        """The journal's entry with the two times, and the status where it says one."""
        status = {} if self.status is None else {"status": self.status}
        return {**self.entry, **status, "waitedMs": self.waited, "crossedMs": self.crossed}


@dataclass(frozen=True)
class Case:
    """All that the exchange has about one dossier.

    `stuck`: what was refused or could not be applied, and was not sent again. `unread`: member to the messages that wait in its inbox
    while nobody reads it.
    """

    dossier: str
    legs: Sequence[Leg]
    stuck: Sequence[Entry] = ()
    unread: Mapping[str, int] = field(default_factory=dict)

    @property
    def last_status(self) -> str:
        """Id of the message that said the last status; empty where none did."""
        said = [leg.entry["messageId"] for leg in self.legs if leg.entry["type"] == STATUS_CHANGED]
        return str(said[-1]) if said else ""


async def case_of(archive: "Archive", dossier: str) -> Case:
    """The case as the topics have it now."""
    entries = [each for each in await archive.journal() if each["subject"] == dossier]
    statuses = {_place(each): _status(await archive.payload(each)) for each in entries if each["type"] == STATUS_CHANGED}
    stopped = [each for each in stuck(entries) if each["recipient"] is None or not await archive.delivered_again(each)]
    members = sorted({each["recipient"] for each in entries} - {None, EXCHANGE})
    return Case(dossier, timeline(entries, statuses), stopped, await archive.unread(members, dossier) if members else {})


def timeline(entries: Sequence[Entry], statuses: Mapping[tuple[str, int, int], int | None]) -> list[Leg]:
    """In the order of time; what a message waited is counted from the arrival of the one that caused it at its sender.

    `statuses`: the status that the message at a place (topic, partition, offset) says.
    """
    arrived = {(each["messageId"], each["recipient"]): each["requestOutTs"] for each in entries if each["requestOutTs"] is not None}
    legs = []
    for entry in entries:
        before = arrived.get((entry["causationId"], entry["source"]))
        waited = None if before is None else max(0, entry["requestInTs"] - before)
        legs.append(Leg(entry, waited, statuses.get(_place(entry))))
    return legs


def stuck(entries: Iterable[Entry]) -> list[Entry]:
    """The last attempts that did not get through; whatever gets through is no longer refused."""
    last: dict[tuple[str | None, str, str | None], Entry] = {}
    for entry in entries:
        message = entry["source"], entry["messageId"]
        last.pop((*message, None), None)  # of a refusal, the recipient is not known
        last[*message, entry["recipient"]] = entry
    return [entry for entry in last.values() if not entry["succeeded"]]


def turn(case: Case, parts: Parts) -> str:
    """Who has to act next, in one sentence; parts that do not answer are named."""
    try:
        shown = parts.get("dvc", f"/ho-so/{case.dossier}")
        waiting, dated = _decisions(case.dossier, parts)
    except LgspError as error:
        return f"unknown: {error}"
    status = str(shown["TrangThaiHoSo"])
    if not waiting and not dated and (status in _FINAL or (status == "8" and shown["KetThuc"])):
        why = f"; why: lgsp show {case.last_status}" if status in ("3", "8") and case.last_status else ""
        return f"nobody's: {_FINAL.get(status, 'stopped')} (status {status}){why}"
    unread = [f"{short(member)}'s: {count} message(s) wait in its inbox, nobody reads it" for member, count in case.unread.items()]
    return "; ".join([*_acts(shown, waiting, case), *unread]) or "; ".join(dated) or f"on its way (status {status})"


def waits_for_the_citizen(words: str) -> bool:
    """Whether `turn` says so, and the dossier has the status of it."""
    return words.startswith(CITIZEN) and UNSAID not in words


def _acts(shown: Mapping[str, Any], waiting: Sequence[str], case: Case) -> Sequence[str]:
    """What keeps the case from going on: the first of these that there is."""
    if str(shown["TrangThaiHoSo"]) == "5":
        return [f"{CITIZEN}: a supplement is asked for (what is missing: lgsp show {case.last_status}; then: lgsp supplement)"]
    if waiting:
        return waiting
    if unpaid := [each["SoThongBao"] for each in shown["ThongBaoThue"] if each["ConPhaiNop"] > 0]:
        unsaid = "" if str(shown["TrangThaiHoSo"]) == OBLIGATION else UNSAID
        return [f"{CITIZEN}: {len(unpaid)} notice(s) to pay ({', '.join(unpaid)}){unsaid}"]
    return [
        f"{_writer(each)}'s: its {short(each['type'])} was refused ({outcome_of(each)}); see: lgsp show {each['messageId']}"
        for each in case.stuck[-1:]
    ]


def _writer(entry: Entry) -> str:
    """Whose outbox the message lay in, whoever it says it is from; who reads the inbox where it could not be applied."""
    _, outbox, member = entry["topic"].rpartition(".outbox.")
    return member.rpartition(".")[2] if outbox else short(entry["source"])


def _decisions(dossier: str, parts: Parts) -> tuple[list[str], list[str]]:
    """What waits for an officer, and what waits for a day, per agency."""
    found, dated = [], []
    for name, office in _OFFICES.items():
        if name in parts.urls:
            for each in parts.get(name, "/_lgsp/work", subject=dossier)["items"]:
                if each["due"] is None:
                    waits = f"the {office}'s: decision `{each['kind']}` waits for an officer since {_at(each['asked'])}"
                    found.append(f"{waits}: {HOW.get((name, each['kind']), OWN).format(dossier)}")
                elif (name, each["kind"]) in HOW:
                    dated.append(f"the {office}'s: decision `{each['kind']}` falls due at {_at(each['due'])}")
    return found, dated


def _at(instant: str) -> str:
    """As all texts about a case show it: `2026-02-09 08:00:00`."""
    return instant[:19].replace("T", " ")


def _place(entry: Entry) -> tuple[str, int, int]:
    return entry["topic"], entry["partition"], entry["offset"]


def _status(payload: Any) -> int | None:
    """A message that was refused may say anything, or nothing."""
    status = payload.get("status") if isinstance(payload, dict) else None
    return status if isinstance(status, int) else None
