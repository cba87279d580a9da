"""What citizens and officers do in a scenario, each act over the agency's own API."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.calls import refusal
from app.play.agencies import Agencies, content, no_of, parsed
from scenarios.acts import DECISIONS, Call, Decide, Pay, Withdraw
from scenarios.typed import typed
from vn.errors import AgencyAnsweredNo, AgencyAnsweredYes, Unusable
from vn.money import formatted
from vn.near import suggestion

__all__ = ["Done", "call", "decide", "pay", "submit", "supplement", "withdraw"]

KINDS = {"registration-fee": "LPTB", "personal-income-tax": "TNCN", "land-use-fee": "TSDD", "late-interest": "CHAM_NOP"}
"""The contract's word for a kind of notice, and the portal's."""
PAYABLE = "KHOI_TAO"  # an attempt that the payer has neither paid nor broken off


@dataclass(frozen=True)
class Done:
    """An act and what the agency answered: JSON as it came, or its no (`code`, `message`, `errors`) where it had to refuse.

    `attempts` are the references of payments that began, `form` is what was handed in.
    """

    answer: Any
    dossier: str | None = None
    attempts: tuple[str, ...] = ()
    form: Mapping[str, Any] | None = None


async def submit(agencies: Agencies, form: Mapping[str, Any], *, refused: bool = False) -> Done:
    """Hand a form in at the portal; raises AgencyAnsweredNo, or AgencyAnsweredYes where it had to be refused."""
    answer = await _act(agencies, "dvc", "/ho-so", form, refused=refused)
    return Done(answer, None if refused else str(_field(answer, "MaHoSo")), form=form)


async def supplement(agencies: Agencies, dossier: str, form: Mapping[str, Any], *, refused: bool = False) -> Done:
    """Give what was asked for; `form` is what changes."""
    return Done(await _act(agencies, "dvc", f"/ho-so/{dossier}/bo-sung", form, refused=refused), dossier, form=form)


async def withdraw(agencies: Agencies, dossier: str, asked: Withdraw) -> Done:
    """Ask to withdraw."""
    return Done(await _act(agencies, "dvc", f"/ho-so/{dossier}/rut", {"LyDo": asked.reason}, refused=asked.refused), dossier)


async def pay(agencies: Agencies, dossier: str, asked: Pay) -> Done:
    """Begin to pay what is open now: every notice, or one, whole, in part, or as much as one of its lines.

    `answer` lists what the portal says of each attempt. Raises Unusable where nothing is open, or no such notice or line is there.
    """
    notices: list[Mapping[str, Any]] = _field(await agencies.ask("dvc", f"/ho-so/{dossier}"), "ThongBaoThue")
    orders = [_order(each["SoThongBao"]) for each in notices if each["ConPhaiNop"] > 0] if asked.all_ else [_one(notices, asked)]
    if not orders:
        raise Unusable(f"{dossier}: nothing is open to be paid; {_listed(notices)}")
    answers = [await _act(agencies, "dvc", f"/ho-so/{dossier}/thanh-toan", order, refused=asked.refused) for order in orders]
    return Done(answers, dossier, () if asked.refused else tuple(str(_field(each, "MaThamChieu")) for each in answers))


async def decide(agencies: Agencies, dossier: str, asked: Decide, *, attempts: Sequence[str] = ()) -> Done:
    """An officer decides, at the payment platform the payer; `attempts` are what `asked.attempt` names.

    Without a named attempt the payer decides about the one that waits; raises Unusable where none or several do.
    """
    word = DECISIONS[asked.at][asked.action]
    if asked.at == "payment":
        reference = _only(attempts) if attempts else await _waiting(agencies, dossier)
        body = {"LyDo": asked.reason or "Người nộp hủy giao dịch"} if asked.action == "fail" else {}
        return Done(await _act(agencies, "payment", f"/giao-dich/{reference}/{word}", body, refused=asked.refused), dossier, (reference,))
    if asked.at == "dvc":
        return Done(await _act(agencies, "dvc", f"/ho-so/{dossier}/{word}", None, refused=asked.refused), dossier)
    said: dict[str, Any] = {"HanhDong": word} | ({"LyDo": asked.reason} if asked.reason else {})
    if asked.action == "ask-supplement" and asked.reason:
        said["ThieuGi"] = [asked.reason]
    return Done(await _act(agencies, asked.at, f"/ho-so/{dossier}/quyet-dinh", said, refused=asked.refused), dossier)


async def call(agencies: Agencies, asked: Call) -> Done:
    """Any call; raises AgencyAnsweredNo unless the answer is a success, or has just the status that was asked for."""
    body = None if asked.body is None else typed(asked.body)
    answer = await agencies.call(asked.at, asked.method, asked.path, body, headers=asked.headers)
    if asked.status is None:
        return Done(parsed(asked.at, answer))
    if answer.status_code == asked.status:
        return Done(content(answer))
    if answer.is_success:
        raise AgencyAnsweredYes(f"{asked.at} answers {answer.status_code} to {asked.method} {asked.path}, not {asked.status}")
    raise refusal(asked.at, answer)


async def _act(agencies: Agencies, agency: str, path: str, body: Any, *, refused: bool) -> Any:
    try:
        answer = await agencies.tell(agency, path, body)
    except AgencyAnsweredNo as error:
        if refused and error.code.startswith("http.4"):
            return no_of(error)
        raise
    if refused:
        raise AgencyAnsweredYes(f"{agency} took POST {path}, which it had to refuse")
    return answer


def _field(answer: Any, name: str) -> Any:
    """What the portal, which may be outside, has to say in its answer."""
    if not isinstance(answer, Mapping) or name not in answer:
        raise Unusable(f"the answer of dvc has no {name}")
    return answer[name]


def _one(notices: Sequence[Mapping[str, Any]], asked: Pay) -> dict[str, Any]:
    wanted = str(asked.notice)
    kind = KINDS.get(wanted, wanted)
    found = [each for each in notices if wanted == each["SoThongBao"] or kind == each["LoaiThongBao"]]
    if not found:
        near = suggestion(wanted, [*KINDS, *(each["SoThongBao"] for each in notices)])
        raise Unusable(f"notice: there is no {wanted!r}{near}; {_listed(notices)}")
    notice = next((each for each in found if each["ConPhaiNop"] > 0), found[-1])
    if asked.tranche is not None:
        lines = notice["KhoanNop"]
        if asked.tranche > len(lines):
            raise Unusable(f"tranche: {notice['SoThongBao']} has {len(lines)} line(s), not {asked.tranche}")
        return _order(notice["SoThongBao"], lines[asked.tranche - 1]["SoTien"])
    if asked.amount is not None and not isinstance(asked.amount, int):
        raise Unusable(f"amount: {asked.amount} is not known here")
    return _order(notice["SoThongBao"], asked.amount)


def _order(number: str, amount: int | None = None) -> dict[str, Any]:
    return {"SoThongBao": number} | ({} if amount is None else {"SoTien": amount})


def _listed(notices: Iterable[Mapping[str, Any]]) -> str:
    words = {native: word for word, native in KINDS.items()}
    told = [f"{each['SoThongBao']} ({words[each['LoaiThongBao']]}, {formatted(each['ConPhaiNop'])} open)" for each in notices]
    return "the notices are " + ", ".join(told) if told else "no notice has come"


async def _waiting(agencies: Agencies, dossier: str) -> str:
    known = await agencies.ask("payment", "/giao-dich", MaHoSo=dossier)
    return _only([each["MaThamChieu"] for each in known if each["TrangThai"] == PAYABLE])


def _only(attempts: Sequence[str]) -> str:
    if len(attempts) != 1:
        which = f": {', '.join(attempts)}" if attempts else ""
        raise Unusable(f"attempt: {len(attempts)} attempts could be meant{which}; name the one that `pay` captured")
    return attempts[0]
