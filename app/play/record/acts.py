"""The acts of one recorded dossier, each as the steps that do it again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.play.record.course import Act
from app.play.record.decisions import Decision
from app.play.record.handed_in import HandedIn, declared, papers_of
from app.play.record.heard import Heard
from app.play.record.parties import Parties
from app.play.record.payments import Payment
from app.play.record.written import Line
from scenarios.matching import at

__all__ = ["SENT", "Case", "acts", "decided", "sent"]

REASONS = {
    "refuse": "Hồ sơ không đủ điều kiện giải quyết",
    "ask-supplement": "Cần bổ sung giấy tờ",
    "refuse-withdrawal": "Không đồng ý cho rút hồ sơ",
    "return-slip": "Thông tin trên phiếu chưa đúng",
    "fail": "Người nộp hủy giao dịch",
    "dung": "Tạm dừng giải quyết hồ sơ",
    "tiep-tuc": "Tiếp tục giải quyết hồ sơ",
}
"""In the place of what an officer or a bank wrote, which may name anybody."""
CALLED = ("dung", "tiep-tuc")  # what a script has no word for
REFERENCES: Mapping[str, tuple[str, str]] = {
    "/slip/number": ("land.transfer-slip", "/number"),
    "/notice": ("tax.payment-notice", "/notice"),
}
"""What a message says of an earlier one: where, of which contract, and where that says it."""
LONG_AGO = "2020-01-01T00:00:00+07:00"
SENT: Mapping[str, Mapping[str, Any]] = {
    "client.contract_violation": {"body": "{}"},
    "client.unknown_contract": {"body": "{}"},
    "client.access_denied": {},
    "client.unknown_recipient": {},
    "client.expired": {"headers": {"ce_expirytime": LONG_AGO}},
    "": {},
}
"""How a message is sent again that the exchange judged so."""


@dataclass
class Case:
    """One dossier of the recording: its name in the draft, its messages, what is known of it so far."""

    name: str
    said: Sequence[Heard]
    handed_in: HandedIn
    parties: Parties
    many: bool
    payments: Sequence[Payment] = ()
    decisions: Sequence[Decision] = ()
    attempts: dict[str, str] = field(default_factory=dict)
    """What the draft calls the act that began an attempt, by the id of its request."""
    captured: dict[str, str] = field(default_factory=dict)
    """What the draft calls a message that a later step names, by its id."""
    left_out: list[str] = field(default_factory=list)

    def called(self, what: str, number: int) -> str:
        """A name that no other dossier of the draft has."""
        return f"{self.name}-{what}-{number}" if self.many else f"{what}-{number}"

    def capture(self, each: Heard, what: str) -> str:
        """What the draft calls this message from now on."""
        return self.captured.setdefault(each.id, self.called(what, len(self.captured) + 1))

    @property
    def exact(self) -> bool:
        """Whether the agencies will come to the same sums."""
        return all(parcel.told for parcel in self.handed_in.parcels)


def acts(case: Case, submitted: Heard, *, named: bool) -> Iterator[Act]:
    """What the citizen did; `named`: attempts are, since the payer's decisions name them."""
    before = declared(submitted.payload, case.parties)
    yield Act(submitted.at, submitted, [Line("submit", case.handed_in.step)])
    for each in case.said:
        if each.past or each.refused:
            continue
        if each.contract == "dossier.supplemented":
            now = {**before, **_supplemented(case, each, before)}
            changed = {at: value for at, value in now.items() if before.get(at) != value}
            before = now
            given = {"papers": papers_of(each.payload), "with": changed}
            yield Act(
                each.at, each, [Line("supplement", {"dossier": case.name, **{name: value for name, value in given.items() if value}})]
            )
        elif each.contract == "dossier.withdrawal-requested":
            yield Act(each.at, each, [Line("withdraw", {"dossier": case.name})])
    for number, payment in enumerate(case.payments, 1):
        yield _paid(case, payment, number, named=named)


def decided(case: Case, together: Sequence[Decision]) -> Act:
    """What somebody decided by hand; several where an officer reconciled several receipts at once."""
    one = together[0]
    assert one.first is not None, "nothing came of it"
    answers = [(each.first.source, each.first.causation) for each in together if each.first is not None]
    reason = {"reason": REASONS[one.action]} if one.action in REASONS else {}
    if one.action in CALLED:
        body = {"HanhDong": one.action, "LyDo": REASONS[one.action]}
        said: dict[str, Any] = {"at": "land", "method": "POST", "path": f"/ho-so/{{{case.name}}}/quyet-dinh", "body": body}
        return Act(one.first.at, one.first, [Line("call", said)], answers)
    attempt = {"attempt": case.attempts[one.attempt]} if one.attempt in case.attempts else {}
    said = {"at": one.at, "dossier": case.name, **attempt, "action": one.action, **reason}
    return Act(one.first.at, one.first, [Line("decide", said)], answers)


def sent(case: Case, each: Heard, number: int, *, known: bool) -> Act | None:
    """A message written past agency and adapter, sent again with a payload of nobody's; None where that cannot be told from it."""
    more = SENT.get(each.code)
    if more is None or each.source not in ("dvc", "ilis", "tct", "payplat"):
        return None
    name = case.called("sent", number)
    body = _body(case, each) if known else {"body": "{}"}
    steps = [Line("send", {"as": name, "from": each.source, "contract": each.contract, "about": case.name, **body, **more})]
    if each.refused:
        steps.append(Line("refused", {"message": name, "code": each.code}))
    return Act(each.at, each, steps)


def _body(case: Case, each: Heard) -> dict[str, Any]:
    """As an earlier message was, or the contract's example with what it says of earlier ones."""
    before = case.said[: case.said.index(each)]
    if each.repeats:
        return {"like": case.capture(next(one for one in before if one.id == each.repeats), "told")}
    changes: dict[str, Any] = {}
    for pointer, (contract, field_) in REFERENCES.items() if not each.refused else ():
        said = at(each.payload, pointer)
        about = next((one for one in before if one.contract == contract and one.deliveries and at(one.payload, field_) == said), None)
        if about is not None:
            changes[pointer] = f"{{{case.capture(about, contract.rsplit('-', 1)[-1])}.{field_}}}"
    if "/slip/number" in changes:
        changes["/slip/revision"] = at(each.payload, "/slip/revision")
    return {"with": changes} if changes else {}


def _supplemented(case: Case, each: Heard, before: Mapping[str, Any]) -> dict[str, Any]:
    """What the supplement says anew; what it takes back stands with its empty value, what was typed wrong as the register has it."""
    said, typed = each.payload, case.handed_in.step.get("with", {})
    if said.get("transferors") is not None or said.get("transferees") is not None:
        case.left_out.append("a supplement names the parties anew; the draft keeps the first ones")
    now = declared(said, case.parties)
    if said.get("deferral") is not None and "/GhiNo" in before:
        now.setdefault("/GhiNo", {"TienSuDungDat": False, "LePhiTruocBa": False})
    if said.get("declarations") is not None and "/QuanHe" in before:
        now.setdefault("/QuanHe", [])
    if said.get("parcels") is not None:
        areas = {f"/ThuaDat/{place}/DienTich": parcel.area for place, parcel in enumerate(case.handed_in.parcels)}
        now |= {at: area for at, area in areas.items() if at in typed}
    return now


def _paid(case: Case, payment: Payment, number: int, *, named: bool) -> Act:
    first = payment.requests[0]
    said: dict[str, Any] = {}
    if named:
        said["as"] = case.called("paid", number)
        case.attempts |= {each.id: said["as"] for each in payment.requests}
    said["dossier"] = case.name
    if payment.notice is None:
        said["all"] = True
        if payment.amount is not None:
            case.left_out.append("a payment is of a notice that the recording has not; the draft pays whatever is open")
    else:
        kind = str(payment.notice.payload["kind"])
        if payment.alone:
            said["notice"] = kind
        else:
            said["notice"] = f"{{{case.capture(payment.notice, 'notice')}./notice}}"
        said |= {word: value for word, value in (("amount", payment.amount), ("tranche", payment.tranche)) if value is not None}
    return Act(first.at, first, [Line("pay", said)])
