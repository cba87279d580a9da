"""What a script decides and looks at where the agency is outside: by calls of the bindings, or by hand."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from app.play.agencies import content, parsed
from app.play.bindings import Ask, Look
from app.play.scene import Scene, StepFailed, StepNotRun
from app.play.watch import Seen
from scenarios.acts import Decide
from scenarios.expectations import Condition, State
from scenarios.matching import at, differences
from scenarios.scalars import Plain
from scenarios.typed import NOTHING, typed
from scenarios.verdicts import Failure
from vn.errors import AgencyAnsweredYes
from vn.pointer import steps

PATIENCE = 540.0  # seconds for an officer; a scenario has ten minutes, unless it says otherwise
LOOK_EVERY = 0.1

OFFICERS = {"land": "văn phòng đăng ký đất đai", "tax": "cơ quan thuế", "payment": "nền tảng thanh toán", "dvc": "Bộ phận Một cửa"}
STATUS, NOTICES = "dossier.status-changed", ("tax.payment-notice", "tax.no-obligation")
BY_HAND: Mapping[tuple[str, str], tuple[str, tuple[str, ...], tuple[int, ...]]] = {
    ("land", "accept"): ("tiếp nhận hồ sơ", (STATUS,), (2, 4)),
    ("land", "refuse"): ("từ chối hồ sơ", (STATUS,), (3, 8)),
    ("land", "ask-supplement"): ("yêu cầu bổ sung hồ sơ", (STATUS,), (5,)),
    ("land", "send-slip"): ("chuyển phiếu thông tin sang cơ quan thuế", ("land.transfer-slip",), ()),
    ("land", "correct-slip"): ("sửa và gửi lại phiếu chuyển thông tin", ("land.transfer-slip",), ()),
    ("land", "grant-withdrawal"): ("đồng ý cho rút hồ sơ", (STATUS,), (8,)),
    ("land", "refuse-withdrawal"): ("không đồng ý cho rút hồ sơ", (STATUS,), (2, 4, 6)),
    ("land", "update-register"): ("cập nhật sổ địa chính", ("land.register-updated",), ()),
    ("tax", "assess"): ("xác định nghĩa vụ tài chính", NOTICES, ()),
    ("tax", "return-slip"): ("trả lại phiếu chuyển thông tin", ("tax.slip-returned",), ()),
    ("tax", "reconcile"): ("đối soát chứng từ nộp tiền", ("tax.receipt-reconciled",), ()),
    ("dvc", "return-result"): ("trả kết quả cho người dân", (), ()),
    ("payment", "pay"): ("thực hiện giao dịch nộp tiền", ("payment.receipt",), ()),
    ("payment", "fail"): ("hủy giao dịch nộp tiền", ("payment.failed",), ()),
}
"""What is asked of whoever decides, and the messages (and their statuses) that show that it was done."""


async def decide(scene: Scene, act: Decide, code: str) -> None:
    """By the call that the bindings have for it, or by an officer there."""
    how = scene.agencies.outsiders.agency(act.at).decide
    if how is None:
        await _by_officer(scene, act, code)
        return
    attempt = next(iter(scene.attempts.get(act.attempt or "", ())), "")
    action = how.actions.get(act.action, act.action)
    said = {"dossier": code, "action": action, "reason": act.reason or "", "attempt": attempt}
    answer = await _asked(scene, act.at, how, said)
    if act.refused and 400 <= answer.status_code < 500:
        scene.capture(act.as_, code, content(answer))
        return
    found = parsed(act.at, answer)
    if act.refused:
        raise AgencyAnsweredYes(f"{act.at} took {act.action}, which it had to refuse")
    scene.capture(act.as_, code, found)


async def look(scene: Scene, act: State) -> tuple[Any, list[str]]:
    """What the agency says, and what of it is not as it must be; raises StepNotRun where the bindings do not say how it is asked."""
    how = scene.agencies.outsiders.can_tell(act)
    if how is None and act.path is not None and act.at in scene.agencies.urls:
        found = await scene.agencies.ask(act.at, act.path)
        return found, differences(act.where, found)
    if how is None:
        what = "parcel" if act.parcel is not None else "dossier"
        raise StepNotRun(f"{act.at} is outside, and --bindings has no agencies.{act.at}.state.{what}")
    if act.parcel is not None:
        parcel = scene.cast.parcel(act.parcel)
        said = {"commune": parcel.commune, "sheet": parcel.map_sheet, "number": parcel.number, "certificate": parcel.certificate}
    else:
        said = {"dossier": scene.dossier(act.dossier or "")}
    found = parsed(act.at, await _asked(scene, act.at, how, said))
    return found, [*_status(act, how, found), *_holders(scene, act, how, found), *_others(act, how, found)]


async def _asked(scene: Scene, agency: str, how: Ask, said: Mapping[str, Any]) -> Any:
    path = _filled(how.path, {name: quote(str(each), safe="") for name, each in said.items()})
    body = None if how.body is None else typed(_filled(how.body, said))
    return await scene.agencies.call(agency, how.method, path, body)


def _filled(given: Any, said: Mapping[str, Any]) -> Any:
    """With what is said in the place of its name, `{dossier}`; as the text that it is."""
    match given:
        case str():
            made = str(given)
            for name, each in said.items():
                made = made.replace(f"{{{name}}}", str(each))
            return given if made == given else made
        case Mapping():
            return {name: _filled(each, said) for name, each in given.items()}
        case list():
            return [_filled(each, said) for each in given]
        case _:
            return given


def statuses(act: State) -> list[Any]:
    """Those of which it must have one; a reference may have found a number."""
    return [Plain(each) for each in (act.status if isinstance(act.status, list) else [act.status])]


def _status(act: State, how: Look, found: Any) -> list[str]:
    if act.status is None:
        return []
    if how.status is None:
        raise StepNotRun(f"the bindings do not say where the answer of {act.at} has the status: state.dossier.status")
    return differences({how.status: Condition(one_of=statuses(act))}, found)


def _holders(scene: Scene, act: State, how: Look, found: Any) -> list[str]:
    if act.holder is None:
        return []
    if how.holders is None:
        raise StepNotRun(f"the bindings do not say where the answer of {act.at} has the holders: state.parcel.holders")
    wanted = [act.holder] if isinstance(act.holder, str) else act.holder
    there = sorted(map(str, _each(found, steps(how.holders))))
    if there == sorted(scene.cast.identity(name) for name in wanted):
        return []
    names = {scene.cast.identity(name): name for name in scene.cast.people}
    return [f"holder: expected {', '.join(wanted)}, found {', '.join(names.get(each, 'somebody else') for each in there) or 'nobody'}"]


def _others(act: State, how: Look, found: Any) -> list[str]:
    return differences({how.fields.get(pointer, pointer): each for pointer, each in act.where.items()}, found)


def _each(value: Any, path: list[str]) -> Iterator[Any]:
    """Everything at a pointer in which `*` is every element of a list."""
    if not path:
        yield value
    elif path[0] == "*":
        for one in value if isinstance(value, list) else ():
            yield from _each(one, path[1:])
    elif (inner := at(value, f"/{path[0]}")) is not NOTHING:
        yield from _each(inner, path[1:])


async def _by_officer(scene: Scene, act: Decide, code: str) -> None:
    """Somebody does it there, in real time; the message that follows shows that it was done."""
    words, contracts, statuses = BY_HAND[act.at, act.action]
    if not contracts:
        raise StepNotRun(f"{act.at} is outside, and no message shows whether somebody has decided {act.action} there")
    why = f"; lý do: {act.reason}" if act.reason else ""
    await scene.ask(f"Đề nghị cán bộ {OFFICERS[act.at]} {words}, hồ sơ {code}{why}.")
    deadline = time.monotonic() + PATIENCE
    while (seen := _shown(scene, code, contracts, statuses)) is None:
        if time.monotonic() > deadline:
            what = " or ".join(contracts)
            failure = Failure(f"nobody decided {act.action} at {act.at} within {PATIENCE:g} s of real time: no {what} about {code} came")
            raise StepFailed(Failure(failure.reason, hop=await scene.hop(code), turn="member under test"))
        await asyncio.sleep(LOOK_EVERY)  # an officer is no event
        await scene.look()
    scene.decided.add(seen.id)
    scene.capture(act.as_, code, seen.payload)


def _shown(scene: Scene, code: str, contracts: tuple[str, ...], statuses: tuple[int, ...]) -> Seen | None:
    """The first such message that has not shown another decision."""
    for seen in scene.watch:
        if seen.subject == code and seen.contract in contracts and seen.deliveries and seen.id not in scene.decided:
            status = seen.payload.get("status") if isinstance(seen.payload, dict) else None
            if not statuses or status in statuses:
                return seen
    return None
