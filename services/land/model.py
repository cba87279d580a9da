"""A dossier at the land office: how it moves from status to status, when it is due, and what waits to be done."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import PlainSerializer

from services.land.deadlines import extended
from services.land.shapes import Content, Received
from vn.errors import Fault, NotAllowed
from vn.fidelity import Fact
from vn.status import FOLLOWS, Status, forbidden, named

SlipState = Literal["sent", "returned", "settled", "cancelled"]
Basis = Literal["HOAN_THANH", "KHONG_PHAT_SINH"]
PAUSES = frozenset({Status.OBLIGATION, Status.STOPPED})  # their time is added to the due date [B]
CHECK, SLIP, CORRECT, WITHDRAWAL, UPDATE, DEADLINE = "check", "slip", "correct", "withdrawal", "update", "supplement-deadline"


def _kept(value: Content) -> dict[str, Any]:
    return value.model_dump(mode="json", by_alias=True)


@dataclass(frozen=True)
class Slip:
    """One revision of the transfer slip (phiếu chuyển thông tin), what it said, and what became of it."""

    dossier: str
    revision: int
    number: str
    body: dict[str, Any]
    issued_at: datetime
    state: SlipState = "sent"
    basis: Basis | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Dossier:
    """A dossier (hồ sơ); `before` is what a refused withdrawal goes back to, `revision` counts its slips."""

    code: str
    status: Status
    content: Annotated[Content, PlainSerializer(_kept)]
    received_at: datetime
    complete_at: datetime
    accepted_at: datetime | None = None
    due_at: datetime | None = None
    paused_at: datetime | None = None
    before: Status | None = None
    supplemented: bool = False
    final: bool = False
    revision: int = 0

    @property
    def open(self) -> bool:
        """In work: it keeps its parcels from other dossiers once it is accepted."""
        return not self.final and self.status is not Status.DONE


def received(said: Received, now: datetime) -> Dossier:
    """A new dossier, complete when the citizen handed it in."""
    return Dossier(said.code, Status.NEW, said.content(), received_at=now, complete_at=said.submitted_at)


def move(dossier: Dossier, to: Status, now: datetime, *, final: bool = False) -> Dossier:
    """The dossier in its next status; a pause begins or ends with it. Raises NotAllowed that names both states."""
    old = dossier.status
    if dossier.final:
        raise forbidden(old, to, "hồ sơ đã kết thúc")
    if not (to in FOLLOWS[old] or (old is Status.WITHDRAWAL and to is dossier.before)):
        raise forbidden(old, to)
    if (
        old is Status.SUPPLEMENT
        and to in (Status.ACCEPTED, Status.IN_WORK)
        and (to is Status.ACCEPTED) == (dossier.accepted_at is not None)
    ):
        raise forbidden(old, to, "hồ sơ đã được tiếp nhận" if dossier.accepted_at else "hồ sơ chưa được tiếp nhận")
    due_at, paused_at = dossier.due_at, dossier.paused_at
    if due_at and paused_at:
        due_at = extended(due_at, paused_at, now)
    pauses = not final and (to in PAUSES or (to is Status.SUPPLEMENT and dossier.accepted_at is not None))
    return replace(
        dossier,
        status=to,
        due_at=due_at,
        paused_at=now if pauses else None,
        before=old if to is Status.WITHDRAWAL else None,
        final=final,
    )


def accepted(dossier: Dossier, now: datetime, due_at: datetime) -> Dossier:
    """Được tiếp nhận, with the day the result is due."""
    return replace(move(dossier, Status.ACCEPTED, now), accepted_at=now, due_at=due_at, supplemented=False)


def refusal(dossier: Dossier) -> Status:
    """Where a refusal ends: 3 for a new dossier, 8 for one that was accepted or asked to be mended."""
    return Status.NOT_ACCEPTED if dossier.status is Status.NEW else Status.STOPPED


def supplement_wanted(dossier: Dossier) -> bool:
    """Whether what the citizen adds can still be taken in."""
    waits = dossier.before if dossier.status is Status.WITHDRAWAL else dossier.status
    return not dossier.final and waits is Status.SUPPLEMENT


def withdrawable(dossier: Dossier) -> bool:
    """Whether a wish to withdraw can still be weighed."""
    return not dossier.final and Status.WITHDRAWAL in FOLLOWS[dossier.status]


def waiting(dossier: Dossier, slip: Slip | None) -> str | None:
    """The decision that the dossier waits for here, if any; what waits for others is none."""
    if dossier.final:
        return None
    match dossier.status:
        case Status.NEW:
            return CHECK
        case Status.SUPPLEMENT:
            return CHECK if dossier.supplemented else DEADLINE
        case Status.WITHDRAWAL:
            return WITHDRAWAL
        case Status.IN_WORK:
            return {None: SLIP, "returned": CORRECT, "settled": UPDATE}.get(slip.state if slip else None)
        case _:
            return None


def concerns(dossier: Dossier, slip: Slip | None, number: str, revision: int) -> bool:
    """Whether what tax says of a slip is about the current revision, still out; raises where no such slip was ever sent."""
    if slip is None or number != slip.number or revision > dossier.revision:
        raise NotAllowed(f"hồ sơ {dossier.code} không có phiếu {number} lần {revision}; trạng thái {named(dossier.status)}")
    return revision == dossier.revision and slip.state == "sent" and not dossier.final


DECISIONS = {
    CHECK: "thẩm định hồ sơ",
    SLIP: "lập và chuyển phiếu chuyển thông tin",
    CORRECT: "lập lại phiếu bị thuế chuyển trả",
    WITHDRAWAL: "xét yêu cầu rút hồ sơ",
    UPDATE: "chỉnh lý biến động",
    DEADLINE: "hết hạn bổ sung hồ sơ",
}
REFUSE, ASK, DENY = "refuse", "ask", "deny"
OUTCOMES = {
    CHECK: {REFUSE: "từ chối hồ sơ", ASK: "yêu cầu bổ sung hồ sơ"},
    WITHDRAWAL: {DENY: "không đồng ý cho rút hồ sơ"},
}
"""What chance may make of a decision, where a policy leaves something to it."""


FACTS = (
    Fact("Statuses whose time is added to the due date", "6 and 8; 5 after acceptance as well", "DVCQG (6, 8); 5 is ours", "observed"),
    Fact("A supplement that comes too late or is refused", "status 8, since no step leads from 5 to 3", "", "simulator"),
)
