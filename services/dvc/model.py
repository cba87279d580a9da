"""The rules of a dossier at the portal: which status may follow, what crosses a withdrawal, what the citizen may do when."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from vn.errors import NotAllowed
from vn.fidelity import Fact
from vn.status import FOLLOWS, NAMES, Status, forbidden, named

OWN = frozenset({Status.NEW, Status.WITHDRAWAL, Status.RETURNED})
"""What only the portal itself sets."""
ENDS = frozenset({Status.NOT_ACCEPTED, Status.RETURNED})
"""Always final; 8 is where the land office says so."""
WITHDRAWABLE = frozenset(old for old, after in FOLLOWS.items() if Status.WITHDRAWAL in after)


@dataclass(frozen=True)
class Missing:
    """One thing the land office asks for: where in the citizen's form, and what."""

    pointer: str
    reason: str


@dataclass(frozen=True)
class Dossier:
    """A dossier (hồ sơ); `content` is the citizen's form. `synced`: another one-stop's, shown here for tracking only.

    While a withdrawal is asked for, `back_to` is the status it returns to when refused: what the land office last said.
    `promised_for` is the due date as it stood at acceptance; a pause or a supplement moves `due_at`, not the promise.
    """

    code: str
    unit: str
    procedure: str
    applicant: str
    status: Status
    final: bool
    synced: bool
    content: dict[str, Any]
    submitted_at: datetime
    accepted_at: datetime | None = None
    promised_for: datetime | None = None
    due_at: datetime | None = None
    ended_at: datetime | None = None
    back_to: Status | None = None
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True)
class Progress:
    """What is said about a dossier's status: by the land office, the one-stop, or the portal itself."""

    status: Status
    since: datetime
    by: str
    note: str | None = None
    final: bool = False
    missing: tuple[Missing, ...] = ()
    due_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """One line of a dossier's history; `place` counts them."""

    dossier: str
    place: int
    status: Status
    since: datetime
    by: str
    note: str | None
    missing: tuple[Missing, ...]


@dataclass(frozen=True)
class ResultParcel:
    """One parcel of the result: its new certificate and who holds it now, as the land office writes them."""

    dossier: str
    place: int
    commune: str
    map_sheet: int
    parcel_number: int
    area: float
    use: str
    certificate: str
    book_number: str
    issued_on: date
    replaces: str | None
    holders: tuple[dict[str, Any], ...]
    office: str
    updated_at: datetime


@dataclass(frozen=True)
class File:
    """The content of a paper; it never leaves the portal."""

    dossier: str
    sha256: str
    media_type: str
    content: bytes


def advance(dossier: Dossier, said: Progress) -> Dossier:
    """The dossier after the land office's word; raises NotAllowed naming both states.

    The same status again is a note on it. While a withdrawal is asked for, a step that the land office took before it knew is
    recorded and the withdrawal stays open; saying again what it said last is its answer no; 8 for good is its answer yes.
    """
    old, new = dossier.status, said.status
    if old is Status.WITHDRAWAL:
        return _while_withdrawing(dossier, said)
    if new is not old:
        if new in OWN and not dossier.synced:
            raise forbidden(old, new, "trạng thái này do cổng dịch vụ công đặt")
        if dossier.final or new not in FOLLOWS[old]:
            raise forbidden(old, new, "hồ sơ đã kết thúc" if dossier.final else "")
    elif not said.missing:
        said = replace(said, missing=dossier.missing)  # a note alone does not take back what was asked for
    return _noted(replace(dossier, status=new, final=dossier.final or _ends(said)), said)


def _while_withdrawing(dossier: Dossier, said: Progress) -> Dossier:
    new, back = said.status, dossier.back_to or Status.NEW
    if new is Status.WITHDRAWAL:
        return _noted(dossier, said)
    if (new is Status.STOPPED and said.final) or (new is Status.NOT_ACCEPTED and new in FOLLOWS[back]):
        return _noted(replace(dossier, status=new, final=True, back_to=None), said)
    if new is back:
        return _noted(replace(dossier, status=new, back_to=None), said)
    if new in OWN or new not in FOLLOWS[back]:
        raise forbidden(Status.WITHDRAWAL, new, f"trước khi yêu cầu rút, hồ sơ ở trạng thái {named(back)}")
    return _noted(replace(dossier, back_to=new), said)


def _noted(dossier: Dossier, said: Progress) -> Dossier:
    accepted_at = said.since if said.status is Status.ACCEPTED and dossier.accepted_at is None else dossier.accepted_at
    due_at = said.due_at or dossier.due_at
    return replace(
        dossier,
        due_at=due_at,
        accepted_at=accepted_at,
        promised_for=dossier.promised_for or (due_at if accepted_at else None),
        ended_at=said.since if dossier.final or said.status is Status.DONE else dossier.ended_at,
        missing=said.missing if said.status in (Status.SUPPLEMENT, Status.NOT_ACCEPTED, Status.STOPPED) else (),
    )


def _ends(said: Progress) -> bool:
    return said.status in ENDS or (said.final and said.status is Status.STOPPED)


def withdraw(dossier: Dossier, *, receipts: int) -> Dossier:
    """The citizen wants out; too late once money has reached the treasury."""
    _own(dossier)
    if dossier.status not in WITHDRAWABLE or dossier.final:
        raise forbidden(dossier.status, Status.WITHDRAWAL)
    if receipts:
        raise forbidden(dossier.status, Status.WITHDRAWAL, f"đã có {receipts} chứng từ nộp tiền")
    return replace(dossier, status=Status.WITHDRAWAL, back_to=dossier.status)


def may_supplement(dossier: Dossier) -> None:
    """Raise NotAllowed unless the land office has asked for something."""
    _own(dossier)
    if dossier.status is not Status.SUPPLEMENT:
        asked = named(Status.SUPPLEMENT)
        raise NotAllowed(f"chỉ bổ sung được khi hồ sơ ở trạng thái {asked}, hồ sơ đang ở trạng thái {named(dossier.status)}")


def may_pay(dossier: Dossier) -> None:
    """Raise NotAllowed where nobody should pay any more, or not now."""
    _own(dossier)
    if dossier.final or dossier.status is Status.WITHDRAWAL:
        raise NotAllowed(f"không thanh toán được khi hồ sơ ở trạng thái {named(dossier.status)}")


def give_back(dossier: Dossier, now: datetime, *, has_result: bool) -> Dossier:
    """The result is handed to the citizen."""
    if dossier.status is not Status.DONE:
        raise forbidden(dossier.status, Status.RETURNED)
    if not has_result:
        raise forbidden(dossier.status, Status.RETURNED, "chưa có kết quả từ văn phòng đăng ký đất đai")
    return replace(dossier, status=Status.RETURNED, final=True, ended_at=dossier.ended_at or now)


def supplemented(content: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The form with what was given in place of what stood; papers replace those of their kind."""
    kinds = {paper["LoaiGiayTo"] for paper in given["TaiLieuNop"]}
    kept = [paper for paper in content["TaiLieuNop"] if paper["LoaiGiayTo"] not in kinds]
    fields = {name: value for name, value in given.items() if value is not None}
    return {**content, **fields, "TaiLieuNop": [*kept, *given["TaiLieuNop"]]}


def title(status: Status) -> str:
    """A status as a line by itself: Đang xử lý."""
    name = NAMES[status]
    return name[0].upper() + name[1:]


def _own(dossier: Dossier) -> None:
    if dossier.synced:
        raise NotAllowed("hồ sơ do bộ phận một cửa đồng bộ, chỉ tra cứu được tại đây")


FACTS = (Fact("Statuses that the portal itself sets", ", ".join(str(each.value) for each in sorted(OWN)), "", "simulator"),)
