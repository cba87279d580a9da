"""What the land office does with a dossier: takes it in, checks it, accepts or refuses it, sends slips, lets it be withdrawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.kit import Transaction, Work
from services.land import checks, deadlines, model, slips, store
from services.land.acts import AUTOMATIC, cancel_slip, claim, findings, go, keep, known_parcels, load, say
from services.land.model import Dossier
from services.land.registry import update
from services.land.shapes import Received, Supplement
from services.land.store import DOSSIERS, SLIPS
from vn.errors import Fault, NotAllowed
from vn.status import Status, named


def receive(tx: Transaction, said: Received) -> str:
    """A dossier comes in from the one-stop; the check waits."""
    if DOSSIERS.seek(tx, said.code) is not None:
        raise NotAllowed(f"hồ sơ {said.code} đã tồn tại")
    dossier = model.received(said, tx.now)
    claim(tx, keep(tx, dossier))
    store.note(tx, dossier, AUTOMATIC, "nhận hồ sơ từ bộ phận một cửa")
    return "đã tiếp nhận hồ sơ, chờ thẩm định"


def supplement(tx: Transaction, said: Supplement) -> str:
    """The citizen adds what was asked for; where it comes too late, the answer is the status as it stands."""
    dossier = load(tx, said.code)
    if not model.supplement_wanted(dossier):
        text = f"không nhận bổ sung: hồ sơ đang ở trạng thái {named(dossier.status)}"
        say(tx, dossier, text)
        return text
    changed = replace(dossier, content=dossier.content.supplemented(said), supplemented=True)
    if dossier.accepted_at is None:
        changed = replace(changed, complete_at=said.given_at)
    claim(tx, keep(tx, changed))
    store.note(tx, changed, AUTOMATIC, "công dân bổ sung hồ sơ")
    return "đã nhận bổ sung, chờ thẩm định lại"


def ask_withdrawal(tx: Transaction, code: str, reason: str) -> str:
    """The citizen wants out: weighed as long as it can be, otherwise answered with the status as it stands."""
    dossier = load(tx, code)
    if dossier.status is Status.WITHDRAWAL:
        return "yêu cầu rút hồ sơ đã được ghi nhận trước đó"
    if not model.withdrawable(dossier):
        text = f"không thể rút hồ sơ đang ở trạng thái {named(dossier.status)}"
        say(tx, dossier, text)
        return text
    asked = keep(tx, model.move(dossier, Status.WITHDRAWAL, tx.now))
    store.note(tx, asked, AUTOMATIC, f"công dân yêu cầu rút hồ sơ: {reason}")
    return "đã ghi nhận yêu cầu rút hồ sơ"


def check(tx: Transaction, dossier: Dossier) -> Dossier:
    """The automatic officer's check: refuse what is wrong, ask for what is missing, else accept."""
    found = findings(tx, dossier)
    if found.wrong:
        return refuse(tx, dossier, "hồ sơ không đủ điều kiện giải quyết", missing=found.all)
    if found.missing:
        return ask(tx, dossier, "hồ sơ chưa đầy đủ", missing=found.missing)
    return accept(tx, dossier)


def accept(tx: Transaction, dossier: Dossier, by: str = AUTOMATIC) -> Dossier:
    """Accepted with its due date and in work; or in work again after a supplement."""
    if dossier.accepted_at is not None:
        return go(tx, replace(dossier, supplemented=False), Status.IN_WORK, "hồ sơ đã được bổ sung, tiếp tục xử lý", by=by)
    today = tx.now.date()
    mountain = any(parcel.commune(today).mountain for parcel in known_parcels(tx, dossier.content))
    due = deadlines.due(dossier.content.procedure, dossier.complete_at, mountain=mountain)
    accepted = keep(tx, model.accepted(dossier, tx.now, due))
    say(tx, accepted, "hồ sơ được tiếp nhận", by=by)
    return go(tx, accepted, Status.IN_WORK, "chuyển xử lý", by=by)


def ask(tx: Transaction, dossier: Dossier, text: str, *, missing: Sequence[Fault], by: str = AUTOMATIC) -> Dossier:
    """Ask the citizen; once more where the supplement did not help."""
    if dossier.status is not Status.SUPPLEMENT:
        return go(tx, dossier, Status.SUPPLEMENT, text, by=by, missing=missing)
    again = keep(tx, replace(dossier, supplemented=False))
    say(tx, again, text, by=by, missing=missing)
    return again


def refuse(tx: Transaction, dossier: Dossier, text: str, *, missing: Sequence[Fault] = (), by: str = AUTOMATIC) -> Dossier:
    """The end: 3 for a new dossier, 8 for any other; a slip that is out is taken back."""
    refused = model.move(dossier, model.refusal(dossier), tx.now, final=True)
    cancel_slip(tx, dossier, text)
    keep(tx, refused)
    say(tx, refused, text, by=by, missing=missing)
    return refused


def send_slip(tx: Transaction, dossier: Dossier, *, by: str = AUTOMATIC, changes: dict[str, Any] | None = None) -> Dossier:
    """The next revision of the slip goes to tax; refused instead where the land may no longer be dealt with.

    A revision that would say the same as the returned one is not sent by the automatic officer: the citizen is asked.
    """
    parcels, today = known_parcels(tx, dossier.content), tx.now.date()
    blocked = [*checks.restricted(parcels), *checks.not_holding(dossier.content, parcels)]
    if blocked:
        return refuse(tx, dossier, "thửa đất không còn đủ điều kiện giao dịch", missing=blocked, by=by)
    slips.form_of(today)
    old = store.slip_of(tx, dossier)
    number = old.number if old else f"{tx.number('PCTT')}/PCTT"
    body = slips.make(dossier, parcels, today, number=number, revision=dossier.revision + 1)
    body = slips.edited(body, changes) if changes else body
    if old and by == AUTOMATIC and slips.says_the_same(body, old.body):
        return ask(tx, dossier, "cơ quan thuế chuyển trả phiếu, cần công dân bổ sung", missing=old.faults)
    slip = model.Slip(dossier.code, dossier.revision + 1, number, body, tx.now)
    SLIPS.add(tx, slip)
    tx.tell("PHIEU_CHUYEN", dossier.code, body)
    text = f"đã chuyển phiếu {number} lần {slip.revision} đến {body['KinhGui']['TenCoQuanThue']}"
    return go(tx, replace(dossier, revision=slip.revision), Status.OBLIGATION, text, by=by)


def grant_withdrawal(tx: Transaction, dossier: Dossier, text: str = "đồng ý cho rút hồ sơ", by: str = AUTOMATIC) -> Dossier:
    """The end, with the slip taken back."""
    cancel_slip(tx, dossier, "công dân rút hồ sơ")
    return go(tx, dossier, Status.STOPPED, text, by=by, final=True)


def deny_withdrawal(tx: Transaction, dossier: Dossier, text: str, by: str) -> Dossier:
    """Back to where it was; what tax said meanwhile takes its effect now."""
    return follow_tax(tx, go(tx, dossier, dossier.before or Status.IN_WORK, text, by=by))


def resume(tx: Transaction, dossier: Dossier, text: str, by: str) -> Dossier:
    """On after a pause: with tax again where the slip is still there."""
    slip = store.slip_of(tx, dossier)
    dossier = go(tx, dossier, Status.IN_WORK, text, by=by)
    if slip is not None and slip.state == "sent":
        return go(tx, dossier, Status.OBLIGATION, f"phiếu {slip.number} vẫn đang ở cơ quan thuế", by=by)
    return dossier


def follow_tax(tx: Transaction, dossier: Dossier) -> Dossier:
    """From 6 back to work where tax has answered the current slip."""
    slip = store.slip_of(tx, dossier)
    if dossier.status is not Status.OBLIGATION or slip is None or slip.state not in ("returned", "settled"):
        return dossier
    text = "cơ quan thuế chuyển trả phiếu" if slip.state == "returned" else "cơ quan thuế xác nhận nghĩa vụ tài chính"
    return go(tx, dossier, Status.IN_WORK, text, missing=slip.faults)


def slip_returned(tx: Transaction, code: str, number: str, revision: int, *, faults: Sequence[Fault]) -> str:
    """Tax has sent the slip back with every fault."""
    dossier = load(tx, code)
    slip = store.slip_of(tx, dossier)
    if not model.concerns(dossier, slip, number, revision) or slip is None:
        return _only_noted(tx, dossier, f"thuế chuyển trả phiếu {number} lần {revision}, không còn hiệu lực")
    SLIPS.put(tx, replace(slip, state="returned", faults=tuple(faults)))
    store.note(tx, dossier, AUTOMATIC, f"thuế chuyển trả phiếu {number} lần {revision}: {len(faults)} lỗi")
    keep(tx, follow_tax(tx, dossier))
    return "đã nhận phiếu chuyển trả"


def settled(tx: Transaction, code: str, number: str, revision: int, *, basis: model.Basis) -> str:
    """Tax says that all is paid, or that nothing is due."""
    dossier = load(tx, code)
    slip = store.slip_of(tx, dossier)
    if not model.concerns(dossier, slip, number, revision) or slip is None:
        return _only_noted(tx, dossier, f"xác nhận của thuế về phiếu {number} lần {revision} không còn hiệu lực")
    SLIPS.put(tx, replace(slip, state="settled", basis=basis))
    store.note(tx, dossier, AUTOMATIC, f"thuế xác nhận phiếu {number} lần {revision}: {basis}")
    keep(tx, follow_tax(tx, dossier))
    return "đã nhận xác nhận của cơ quan thuế"


def _only_noted(tx: Transaction, dossier: Dossier, text: str) -> str:
    store.note(tx, dossier, AUTOMATIC, text)
    return f"đã ghi nhận: {text}"


def slip_due(tx: Transaction, dossier: Dossier) -> None:
    """The automatic officer sends a slip; what no form fits stops until an officer sees to it."""
    try:
        send_slip(tx, dossier)
    except NotAllowed as error:
        go(tx, dossier, Status.STOPPED, error.reason)


def too_late(tx: Transaction, dossier: Dossier) -> None:
    """The time to supplement is over."""
    refuse(tx, dossier, "quá thời hạn bổ sung hồ sơ")


def refuse_by_chance(tx: Transaction, dossier: Dossier) -> None:
    """What no rule says, an officer may find: the policy leaves it to chance."""
    refuse(tx, dossier, "hồ sơ không đủ điều kiện giải quyết theo thẩm định của cán bộ")


def ask_by_chance(tx: Transaction, dossier: Dossier) -> None:
    """An officer wants to see more, once; after the supplement the rules have the word."""
    if dossier.supplemented:
        check(tx, dossier)
        return
    ask(tx, dossier, "cần làm rõ thêm hồ sơ", missing=[Fault("", "bổ sung giấy tờ làm rõ nội dung đăng ký")])


def deny_by_chance(tx: Transaction, dossier: Dossier) -> None:
    """An officer does not let it be withdrawn."""
    deny_withdrawal(tx, dossier, "không đồng ý cho rút hồ sơ", AUTOMATIC)


def _when_it_still_waits(kind: str, act: Callable[[Transaction, Dossier], object]) -> Callable[[Transaction, Work], None]:
    def due(tx: Transaction, work: Work) -> None:
        dossier = load(tx, work.subject)
        if model.waiting(dossier, store.slip_of(tx, dossier)) == kind:
            BY_CHANCE.get((kind, tx.outcome(kind, work.subject)), act)(tx, dossier)

    return due


ACTS: Mapping[str, Callable[[Transaction, Dossier], object]] = {
    model.CHECK: check,
    model.SLIP: slip_due,
    model.CORRECT: slip_due,
    model.WITHDRAWAL: grant_withdrawal,
    model.UPDATE: update,
    model.DEADLINE: too_late,
}
BY_CHANCE: Mapping[tuple[str, str | None], Callable[[Transaction, Dossier], object]] = {
    (model.CHECK, model.REFUSE): refuse_by_chance,
    (model.CHECK, model.ASK): ask_by_chance,
    (model.WITHDRAWAL, model.DENY): deny_by_chance,
}
WORK = {kind: _when_it_still_waits(kind, act) for kind, act in ACTS.items()}
