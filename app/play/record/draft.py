"""A scenario draft of what was recorded: pure, from messages to text."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.play.record.acts import Case, acts, decided, sent
from app.play.record.course import Act, course
from app.play.record.decisions import decisions
from app.play.record.handed_in import handed_in
from app.play.record.heard import Heard, heard, moved
from app.play.record.late import arrivals, late
from app.play.record.parties import Parties
from app.play.record.payments import crossings, payments
from app.play.record.policies import BY_HAND, Policies, by_hand, policies
from app.play.record.steps import Writer
from app.play.record.written import Line, instant, written
from scenarios.verdicts import Message
from vn.errors import Unusable

__all__ = ["Draft", "draft"]

WORDS = {"transfer": "chuyển nhượng", "gift": "tặng cho", "change-purpose": "chuyển mục đích sử dụng đất"}
HEAD = (
    "Recorded. People and parcels are generated ones in the place of those of the recording; reasons are neutral words.",
    "Assumed: what no message says is as the built-in agencies have it (whom the parcels' addresses, papers and files are of,",
    "and that results are handed over at once).",
)


@dataclass(frozen=True)
class Draft:
    """The file's text, and one line for everything of the recording that is not in it."""

    text: str
    left_out: Sequence[str]


def draft(messages: Sequence[Message], dossiers: Sequence[str], *, contracts: Collection[str]) -> Draft:
    """Of these dossiers; `contracts` are the short names of those in force. Raises Unusable where one was never handed in."""
    said = heard(messages, dossiers)
    order = _in_time(said, dossiers)
    said = _crossed(said, order)
    parties = Parties()
    names = {code: "d" if len(order) == 1 else f"d{number}" for number, code in enumerate(order, 1)}
    cases = {code: _case(names[code], [each for each in said if each.dossier == code], parties, many=len(order) > 1) for code in order}
    made = [each for case in cases.values() for each in case.decisions]
    chosen = policies(made)
    everything = [act for case in cases.values() for act in _acts(case, chosen, contracts)]
    known = {each.id: each for case in cases.values() for each in case.said}
    parts = course(arrivals(known[each.id] for each in said), everything)
    start = parts[0].act.at.replace(microsecond=0)
    writer = Writer(cases, chosen, start)
    lines = [*writer.write(parts), *_states(cases.values(), parties)]
    left_out = [*_inexact(cases.values()), *(line for case in cases.values() for line in case.left_out), *writer.left_out]
    left_out = list(dict.fromkeys(left_out))
    procedures = list(dict.fromkeys(str(case.handed_in.step["procedure"]) for case in cases.values()))
    title = {
        "vi": f"Bản ghi hồ sơ {', '.join(WORDS[each] for each in procedures)}",
        "en": f"A recording of {len(cases)} dossier{'s' if len(cases) > 1 else ''}: {', '.join(procedures)}",
    }
    head = [*HEAD, *(f"Left out: {line}." for line in left_out)]
    top = {"scenario": f"recorded-{procedures[0]}", "title": title, "start": instant(start)}
    return Draft(written(head, top, _given(parties, chosen), lines), left_out)


def _in_time(said: Sequence[Heard], dossiers: Sequence[str]) -> list[str]:
    """The dossiers in the order in which they were handed in."""
    submitted = [each.dossier for each in said if _is_submission(each)]
    for code in dossiers:
        if code not in submitted:
            if any(each.dossier == code for each in said):
                raise Unusable(f"{code}: the topics do not hold (any more) what was handed in")
            raise Unusable(f"{code}: nothing was ever sent about it; is it right? See: lgsp journal")
    return list(dict.fromkeys(submitted))


def _is_submission(each: Heard) -> bool:
    return each.contract == "dossier.submitted" and bool(each.payload) and not each.refused


def _crossed(said: list[Heard], dossiers: Sequence[str]) -> list[Heard]:
    """With every receipt behind the act that crossed it."""
    for code in dossiers:
        for crossing in crossings([each for each in said if each.dossier == code]):
            said = said if crossing.settled else moved(said, crossing.receipt, crossing.act)
    return said


def _case(name: str, own: Sequence[Heard], parties: Parties, *, many: bool) -> Case:
    submitted = next(each for each in own if _is_submission(each))
    slips = [each.payload for each in own if each.contract == "land.transfer-slip" and each.payload and not each.refused]
    reasons = "" if many else _reasons(own)  # a parcel that is barred from the start would bar the other dossiers too
    given = handed_in(submitted.payload, slips[-1] if slips else None, parties, name, reasons=reasons)
    crossed = crossings(own)
    made = decisions(own, given.mended, frozenset(each.receipt.id for each in crossed if not each.settled))
    return Case(name, late(own, made, crossed), given, parties, many, payments(own), made)


def _reasons(own: Sequence[Heard]) -> str:
    refusals = (each.payload for each in own if each.contract == "dossier.status-changed" and each.payload.get("status") == 3)
    return "; ".join(str(fault.get("reason")) for refusal in refusals for fault in refusal.get("missing", ()))


def _acts(case: Case, chosen: Policies, contracts: Collection[str]) -> list[Act]:
    named = chosen.get("payment", {}).get("payment") == BY_HAND
    submitted = next(each for each in case.said if _is_submission(each))
    found = list(acts(case, submitted, named=named))
    found += [decided(case, together) for together in by_hand(case.decisions, chosen)]
    for number, each in enumerate((each for each in case.said if each.past), 1):
        act = sent(case, each, number, known=each.contract in contracts)
        if act is None:
            case.left_out.append(f"{each.contract}, which {each.source} sent and the exchange refused ({each.code})")
        else:
            found.append(act)
    return found


def _given(parties: Parties, chosen: Policies) -> dict[str, Any]:
    parcels = [dict(each.said) for each in parties.parcels.values()]
    given: dict[str, Any] = {"people": parties.people, "parcel": parcels[0] if len(parcels) == 1 else parcels}
    return {**given, **({"policies": chosen} if chosen else {})}


def _inexact(cases: Iterable[Case]) -> list[str]:
    """Why some sums will not be those of the recording."""
    parcels = {each.name: each for case in cases for each in case.handed_in.parcels}
    return [f"the sums of {each.name}: no table price that a script can give comes to them" for each in parcels.values() if not each.told]


def _states(cases: Iterable[Case], parties: Parties) -> list[Line]:
    """How everything stood at the end."""
    lines = [Line("state", {"at": "dvc", "dossier": case.name, "status": _status(case)}) for case in cases]
    holders: dict[str, Any] = dict.fromkeys(each.name for each in parties.parcels.values())
    for each in parties.parcels.values():
        holder = each.said["holder"]
        holders[each.name] = holder if isinstance(holder, str) else list(holder)
    updates = sorted(
        (each for case in cases for each in case.said if each.contract == "land.register-updated" and each.payload),
        key=lambda each: each.at,
    )
    for update in updates:
        for updated in update.payload["parcels"] if not update.refused else ():
            parcel = parties.known(updated["parcel"])
            if parcel is not None:
                names = [parties.name(holder["party"], "holder") for holder in updated["holders"]]
                holders[parcel.name] = names[0] if len(names) == 1 else names
    return [*lines, *(Line("state", {"at": "land", "parcel": name, "holder": holder}) for name, holder in holders.items())]


def _status(case: Case) -> int:
    """Of the portal: what the land office said last, and what the portal made of it."""
    said = [each for each in case.said if not each.past and not each.refused]
    last = next((each.payload["status"] for each in reversed(said) if each.contract == "dossier.status-changed" and each.payload), 1)
    changed = [each.contract for each in said if each.contract in ("dossier.status-changed", "dossier.withdrawal-requested")]
    if changed and changed[-1] == "dossier.withdrawal-requested":
        return 7
    return 10 if last == 9 and any(each.contract == "land.register-updated" for each in said) else int(last)
