"""What an officer decides by hand: one function per decision, refused with both states where the dossier is elsewhere."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from services.kit import Transaction
from services.land import desk, model, store
from services.land.acts import findings, go, load
from services.land.model import Dossier
from services.land.registry import update
from vn.errors import Fault, NotAllowed
from vn.status import Status, forbidden

OFFICER = "Cán bộ thụ lý"


@dataclass(frozen=True)
class Decision:
    """What the officer says: why, what is missing, what the slip shall say instead."""

    action: str
    reason: str | None = None
    missing: tuple[Fault, ...] = ()
    slip: dict[str, Any] | None = None
    by: str = OFFICER


@dataclass(frozen=True)
class Action:
    """When a decision may be taken, where it leads, and what does it; `waits`: the decision that must be waiting."""

    act: Callable[[Transaction, Dossier, Decision], Dossier]
    to: Status
    allowed: Collection[Status]
    why: str
    waits: str | None = None
    needs_reason: bool = False


def decide(tx: Transaction, code: str, decision: Decision) -> Dossier:
    """Take the decision now; what waited for it no longer waits."""
    dossier, action = load(tx, code), ACTIONS[decision.action]
    waits = model.waiting(dossier, store.slip_of(tx, dossier))
    if dossier.final or dossier.status not in action.allowed or (action.waits and waits != action.waits):
        to = dossier.before if decision.action == "khong-dong-y-rut" and dossier.before else action.to
        raise forbidden(dossier.status, to, "hồ sơ đã kết thúc" if dossier.final else action.why)
    if action.needs_reason and not decision.reason:
        raise NotAllowed("phải nêu lý do", [Fault("/LyDo", "bắt buộc với quyết định này")])
    if waits is not None and tx.work(subject=code, kind=waits):
        tx.complete(waits, code)
    return action.act(tx, dossier, decision)


def _accept(tx: Transaction, dossier: Dossier, said: Decision) -> Dossier:
    found = findings(tx, dossier)
    if found.all:
        raise NotAllowed("hồ sơ chưa đủ điều kiện tiếp nhận", found.all)
    return desk.accept(tx, dossier, said.by)


def _refuse(tx: Transaction, dossier: Dossier, said: Decision) -> Dossier:
    return desk.refuse(tx, dossier, said.reason or "", missing=said.missing, by=said.by)


def _ask(tx: Transaction, dossier: Dossier, said: Decision) -> Dossier:
    if not said.missing:
        raise NotAllowed("phải nêu giấy tờ, thông tin cần bổ sung", [Fault("/ThieuGi", "phải có ít nhất 1 mục")])
    return desk.ask(tx, dossier, said.reason or "yêu cầu bổ sung hồ sơ", missing=said.missing, by=said.by)


def _send(tx: Transaction, dossier: Dossier, said: Decision) -> Dossier:
    return desk.send_slip(tx, dossier, by=said.by, changes=said.slip)


def _grant(tx: Transaction, dossier: Dossier, said: Decision) -> Dossier:
    return desk.grant_withdrawal(tx, dossier, said.reason or "đồng ý cho rút hồ sơ", said.by)


def _deny(tx: Transaction, dossier: Dossier, said: Decision) -> Dossier:
    return desk.deny_withdrawal(tx, dossier, said.reason or "", said.by)


def _update(tx: Transaction, dossier: Dossier, said: Decision) -> Dossier:
    return update(tx, dossier, said.by)


def _pause(tx: Transaction, dossier: Dossier, said: Decision) -> Dossier:
    return go(tx, dossier, Status.STOPPED, said.reason or "", by=said.by)


def _resume(tx: Transaction, dossier: Dossier, said: Decision) -> Dossier:
    return desk.resume(tx, dossier, said.reason or "tiếp tục xử lý", said.by)


NEW, WORK, MEND, TAX, OUT, STOP = Status.NEW, Status.IN_WORK, Status.SUPPLEMENT, Status.OBLIGATION, Status.WITHDRAWAL, Status.STOPPED
ACTIONS: Mapping[str, Action] = {
    "tiep-nhan": Action(_accept, Status.ACCEPTED, {NEW, MEND}, "chỉ tiếp nhận hồ sơ mới hoặc đang chờ bổ sung"),
    "tu-choi": Action(_refuse, STOP, {NEW, WORK, MEND, TAX}, "hồ sơ không ở bước được từ chối", needs_reason=True),
    "yeu-cau-bo-sung": Action(_ask, MEND, {NEW, WORK, MEND}, "hồ sơ không ở bước được yêu cầu bổ sung"),
    "chuyen-thue": Action(_send, TAX, {WORK}, "không có phiếu nào chờ lập lần đầu", waits=model.SLIP),
    "sua-phieu": Action(_send, TAX, {WORK}, "không có phiếu nào bị thuế chuyển trả", waits=model.CORRECT),
    "dong-y-rut": Action(_grant, STOP, {OUT}, "không có yêu cầu rút hồ sơ"),
    "khong-dong-y-rut": Action(_deny, WORK, {OUT}, "không có yêu cầu rút hồ sơ", needs_reason=True),
    "cap-nhat": Action(_update, Status.DONE, {WORK}, "chưa có xác nhận của cơ quan thuế về phiếu hiện hành", waits=model.UPDATE),
    "dung": Action(_pause, STOP, {WORK, TAX}, "chỉ tạm dừng hồ sơ đang xử lý hoặc chờ nghĩa vụ tài chính", needs_reason=True),
    "tiep-tuc": Action(_resume, WORK, {STOP}, "hồ sơ không bị tạm dừng"),
}
