"""Who decided what, and how long it took: read off the messages of one dossier, as the offices themselves would tell it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.play.record.heard import Heard

__all__ = ["Decision", "decisions"]

WITHDRAWAL = "withdrawal"
ASKED = {
    "check": ("land", "accept"),
    "slip": ("land", "send-slip"),
    "correct": ("land", "correct-slip"),
    "withdrawal": ("land", "grant-withdrawal"),
    "update": ("land", "update-register"),
    "assess": ("tax", "assess"),
    "reconcile": ("tax", "reconcile"),
    "payment": ("payment", "pay"),
}
"""By the word of the policy: who decides, and what is decided as a rule."""


@dataclass(frozen=True)
class Decision:
    """What somebody decided. `policy`: the word of the policy that would decide it; None where only an officer can.

    `asked`: since when it waited. `first`: the first message that came of it; None where nothing had come `until` then.
    `usual`: the built-in agencies decide the same by themselves.
    """

    at: str
    policy: str | None
    action: str
    asked: datetime
    first: Heard | None = None
    until: datetime | None = None
    usual: bool = True
    attempt: str | None = None


def decisions(said: Sequence[Heard], mended: frozenset[str], crossed: frozenset[str] = frozenset()) -> list[Decision]:
    """All decisions of a dossier in their order, at the end those that still wait.

    `mended`: what is wrong with the dossier that the draft makes wrong again: papers, declared, slip, refused. `crossed`: ids of receipts
    that an act of the citizen has crossed, so that the payer has to be held back.
    """
    desk = _Desk(mended, crossed)
    for each in said:
        if not each.past and not each.refused:
            _HEARD.get(each.contract, _nothing)(desk, each)
    end = said[-1].at if said else None
    return [*desk.made, *(replace(each, until=end) for each in desk.waiting.values())]


@dataclass
class _Desk:
    """What waits at this moment: of the land office at most one thing, of the others one for each slip, attempt, receipt."""

    mended: frozenset[str]
    crossed: frozenset[str]
    waiting: dict[tuple[str, str], Decision] = field(default_factory=dict)
    made: list[Decision] = field(default_factory=list)
    withdrawing: str = ""
    status: int = 1
    slip: str = ""
    ended: bool = False

    def ask(self, policy: str, each: Heard, *, key: str = "") -> None:
        at, action = ASKED[policy]
        self.waiting[at, key] = Decision(at, policy, action, each.at, attempt=key if at == "payment" else None)

    def land(self) -> Decision | None:
        return self.waiting.get(("land", ""))

    def answer(self, at: str, each: Heard, key: str = "", *, action: str | None = None, usual: bool = True) -> None:
        waited = self.waiting.pop((at, key), None)
        if waited is not None:
            self.made.append(replace(waited, first=each, action=action or waited.action, usual=usual))

    def officer(self, action: str, each: Heard) -> None:
        """An act that nothing asked for; what waited no longer does."""
        self.drop("land", each)
        self.made.append(Decision("land", None, action, each.at, first=each, usual=False))

    def drop(self, at: str, each: Heard, key: str = "") -> None:
        waited = self.waiting.pop((at, key), None)
        if waited is not None:
            self.made.append(replace(waited, until=each.at))


def _nothing(_: _Desk, __: Heard) -> None:
    """It neither asks for a decision nor answers one."""


def _submitted(desk: _Desk, each: Heard) -> None:
    desk.ask("check", each)


def _supplemented(desk: _Desk, each: Heard) -> None:
    if desk.status == 5:
        desk.ask("check", each)


def _withdrawal(desk: _Desk, each: Heard) -> None:
    """The land office may decide something else before it hears of it."""
    desk.withdrawing = each.id
    desk.ask("withdrawal", each, key=WITHDRAWAL)


def _weighed(desk: _Desk, each: Heard, *, action: str, usual: bool) -> None:
    """What waited when the citizen wanted out has not been decided since."""
    asked = desk.waiting["land", WITHDRAWAL].asked
    if (waits := desk.waiting.pop(("land", ""), None)) is not None:
        desk.made.append(replace(waits, until=asked))
    desk.answer("land", each, WITHDRAWAL, action=action, usual=usual)


def _status(desk: _Desk, each: Heard) -> None:
    status, waits = each.payload.get("status"), desk.land()
    policy = waits.policy if waits else None
    if ("land", WITHDRAWAL) in desk.waiting and each.causation == desk.withdrawing and status != 8:
        _weighed(desk, each, action="refuse-withdrawal", usual=False)
        if status == 1:
            desk.ask("check", each)
    elif status in (2, 4) and policy == "check":
        desk.answer("land", each)
    elif status == 3:
        desk.answer("land", each, action="refuse", usual="refused" in desk.mended)
    elif status == 5:
        _asked_back(desk, each)
    elif status == 8:
        _stopped(desk, each)
    elif status == 4 and desk.status == 8:
        desk.officer("tiep-tuc", each)
    elif status == 6:
        _sent(desk, each)
    elif status == 9:
        _register(desk, each)
    if status == 4:
        _goes_on(desk, each)
    if isinstance(status, int):
        desk.status = status


def _goes_on(desk: _Desk, each: Heard) -> None:
    if desk.slip == "returned":
        desk.ask("correct", each)
    elif desk.slip == "settled":
        desk.ask("update", each)
    elif not desk.slip:
        desk.ask("slip", each)


def _asked_back(desk: _Desk, each: Heard) -> None:
    waits = desk.land()
    if waits is not None and waits.policy in ("check", "correct"):
        usual = "slip" not in desk.mended if waits.policy == "correct" else "papers" in desk.mended
        desk.answer("land", each, action="ask-supplement", usual=usual)
    else:
        desk.officer("ask-supplement", each)


def _stopped(desk: _Desk, each: Heard) -> None:
    if each.payload.get("final"):
        _over(desk, each)
    elif desk.status != 8:
        desk.officer("dung", each)


def _over(desk: _Desk, each: Heard) -> None:
    """Withdrawn or refused; the status and the word to tax are seen in any order."""
    waits = desk.land()
    if desk.ended:
        return
    if ("land", WITHDRAWAL) in desk.waiting:
        _weighed(desk, each, action="grant-withdrawal", usual=True)
    elif waits is not None and waits.policy == "check":
        desk.answer("land", each, action="refuse", usual=False)
    else:
        desk.officer("refuse", each)
    desk.ended = True


def _sent(desk: _Desk, each: Heard) -> None:
    """A slip goes out; so says the status, too, in any order."""
    waits = desk.land()
    if waits is not None and waits.policy in ("slip", "correct"):
        desk.answer("land", each, usual=waits.policy == "slip" or bool(desk.mended & {"slip", "declared"}))


def _slip(desk: _Desk, each: Heard) -> None:
    _sent(desk, each)
    desk.slip = "sent"
    desk.ask("assess", each, key=each.id)


def _tax(desk: _Desk, each: Heard) -> None:
    """Whatever tax says answers the slip or the receipt that it follows from."""
    key = each.causation or ""
    if each.contract == "tax.slip-returned":
        desk.slip = "returned"
        faults = each.payload.get("faults", ())
        again = any(fault.get("pointer") for fault in faults) and bool(desk.mended & {"slip", "declared"})
        desk.answer("tax", each, key, action="assess" if again else "return-slip", usual=again)
    else:
        desk.answer("tax", each, key)
    if each.contract in ("tax.no-obligation", "tax.obligation-completed"):
        desk.slip = "settled"


def _cancelled(desk: _Desk, each: Heard) -> None:
    _over(desk, each)
    for at, key in [where for where, waits in desk.waiting.items() if waits.policy == "assess"]:
        desk.drop(at, each, key)


def _requested(desk: _Desk, each: Heard) -> None:
    desk.ask("payment", each, key=each.id)


def _failed(desk: _Desk, each: Heard) -> None:
    if each.payload.get("outcome") == "expired":
        desk.drop("payment", each, each.causation or "")
    else:
        desk.answer("payment", each, each.causation or "", action="fail", usual=False)


def _receipt(desk: _Desk, each: Heard) -> None:
    desk.answer("payment", each, each.causation or "", usual=each.id not in desk.crossed)
    desk.ask("reconcile", each, key=each.id)


def _register(desk: _Desk, each: Heard) -> None:
    waits = desk.land()
    if waits is not None and waits.policy == "update":
        desk.answer("land", each)


_HEARD: Mapping[str, Callable[[_Desk, Heard], None]] = {
    "dossier.submitted": _submitted,
    "dossier.supplemented": _supplemented,
    "dossier.withdrawal-requested": _withdrawal,
    "dossier.status-changed": _status,
    "land.transfer-slip": _slip,
    "land.slip-cancelled": _cancelled,
    "land.register-updated": _register,
    "tax.payment-notice": _tax,
    "tax.no-obligation": _tax,
    "tax.slip-returned": _tax,
    "tax.receipt-reconciled": _tax,
    "tax.obligation-completed": _tax,
    "payment.requested": _requested,
    "payment.failed": _failed,
    "payment.receipt": _receipt,
}
