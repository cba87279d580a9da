"""Steps in which somebody acts: a citizen, an officer, a member that writes to the bus, whoever stops a part or moves time."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scenarios.scalars import Flag, Free, Money, Name, Number, Pointer, Shape, Share, SpanOf, Text, When, wrong
from vn.near import suggestion

__all__ = [
    "DECISIONS",
    "Advance",
    "Agency",
    "Call",
    "Decide",
    "Member",
    "Part",
    "PartName",
    "Pay",
    "Send",
    "Submit",
    "Supplement",
    "Withdraw",
]

Member = Literal["dvc", "ilis", "tct", "payplat"]
Agency = Literal["dvc", "land", "tax", "payment"]
PartName = Literal["exchange", "dvc", "land", "tax", "payment", "dvc-adapter", "ilis-adapter", "tax-adapter", "payment-adapter"]
DECISIONS = {
    "land": {
        "accept": "tiep-nhan",
        "refuse": "tu-choi",
        "ask-supplement": "yeu-cau-bo-sung",
        "send-slip": "chuyen-thue",
        "correct-slip": "sua-phieu",
        "grant-withdrawal": "dong-y-rut",
        "refuse-withdrawal": "khong-dong-y-rut",
        "update-register": "cap-nhat",
    },
    "tax": {"assess": "xac-dinh", "return-slip": "tra-phieu", "reconcile": "doi-soat"},
    "dvc": {"return-result": "tra-ket-qua"},
    "payment": {"pay": "thanh-toan", "fail": "that-bai"},
}
"""What an officer (or, at the payment platform, the payer) can decide, and the agency's own word for it."""


class Submit(Shape):
    """A citizen hands a dossier in at the portal: of people and parcels given, or a ready sample (`lgsp sample list`)."""

    as_: Name | None = None
    """The dossier's name in this script."""
    procedure: Literal["transfer", "gift", "change-purpose"] | None = None
    from_: Name | list[Name] | None = None
    """Who gives; default: who holds the parcel."""
    to: Name | dict[Name, Share] | None = None
    """Who receives; several with their shares."""
    parcel: Name | list[Name] | None = None
    """A parcel given, or several."""
    price: Money | None = None
    """In đồng."""
    relation: Literal["spouse", "parent-child", "sibling", "grandparent-grandchild"] | None = None
    """What giver and receiver are to each other, as the form claims it."""
    sample: Name | None = None
    """A ready dossier in the place of procedure and parties."""
    wrong: Name | None = None
    """The sample is wrong in this way."""
    without: list[Text] = []
    """Kinds of papers that are left out, e.g. HOP_DONG."""
    with_: dict[Pointer, Free] = {}
    """Changes to the portal's form, in its own names."""
    refused: Flag = False
    """The portal must not take it."""

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """A procedure with parties, or a sample."""
        if (self.procedure is None) == (self.sample is None):
            raise wrong("give either procedure (with from, to, parcel) or sample")
        if self.procedure is not None and (self.to is None or self.parcel is None):
            raise wrong("a procedure needs to and parcel")
        return self


class Decide(Shape):
    """An officer decides what waits for a decision."""

    as_: Name | None = None
    at: Agency = "land"
    """Whose officer; default: land."""
    dossier: Name
    action: Text
    """At land accept, refuse, ask-supplement, send-slip, correct-slip, grant-withdrawal, refuse-withdrawal, update-register; at tax
    assess, return-slip, reconcile; at dvc return-result; at payment pay, fail."""
    reason: Text | None = None
    attempt: Name | None = None
    """At the payment platform: which attempt (what `pay` captured)."""
    refused: Flag = False
    """The agency must not take it."""

    @model_validator(mode="after")
    def known(self) -> Self:
        """An action of that agency."""
        if self.action not in DECISIONS[self.at]:
            near = suggestion(self.action, DECISIONS[self.at]) or f"; there are {', '.join(DECISIONS[self.at])}"
            raise wrong(f"at {self.at}, no decision is called {self.action!r}{near}", at="action")
        return self


class Pay(Shape):
    """The citizen pays at the portal: every open notice (`all`), one notice whole or in part, or one tranche of it."""

    as_: Name | None = None
    """The payment's name in this script, for `decide` at the payment platform."""
    dossier: Name
    all_: Flag = False
    """Every open notice."""
    notice: Text | None = None
    """The notice's number, e.g. `{n./notice}`; or its kind, e.g. registration-fee."""
    amount: Money | None = None
    """A part of it, in đồng."""
    tranche: Annotated[Number, Field(ge=1, le=9)] | None = None
    """One line of it, counted from 1."""
    refused: Flag = False
    """The portal must not take it."""

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """All, or one notice."""
        if self.all_ == (self.notice is not None):
            raise wrong("give either all: true or notice")
        if self.amount is not None and self.tranche is not None:
            raise wrong("give amount or tranche, not both")
        return self


class Withdraw(Shape):
    """The citizen asks to withdraw."""

    as_: Name | None = None
    dossier: Name
    reason: Text = "Hai bên thôi giao dịch"
    refused: Flag = False


class Supplement(Shape):
    """The citizen gives what was asked for: papers by kind, or changes to the form's fields."""

    as_: Name | None = None
    dossier: Name
    papers: list[Text] = []
    with_: dict[Pointer, Free] = {}
    refused: Flag = False


class Send(Shape):
    """A member writes a message to its outbox, past its agency and adapter: right or wrong."""

    as_: Name | None = None
    """The message's name in this script."""
    from_: Member
    """To whose outbox it is written."""
    contract: Text
    """Its short name; `lgsp contracts list`."""
    example: Text | None = None
    """A file of contracts/examples/<contract>, e.g. `good/one-notice` or `bad/amount-negative`; default: the first good one."""
    like: Name | None = None
    """A captured message whose payload and headers are taken."""
    about: Name | None = None
    """A dossier: key, subject, case and the payload's dossier code are its."""
    to: Member | None = None
    """The one recipient; default: all who have the right to it."""
    with_: dict[Pointer, Free] = {}
    """Changes to the payload; nothing as a value removes what stands there."""
    headers: dict[Text, Free] = {}
    """Changes to the headers."""
    body: Text | None = None
    """The payload as text, whatever it is."""

    @model_validator(mode="after")
    def one_source(self) -> Self:
        """Of example, like and body at most one."""
        if sum(each is not None for each in (self.example, self.like, self.body)) > 1:
            raise wrong("give one of example, like, body")
        return self


class Call(Shape):
    """A call of an agency's native API."""

    as_: Name | None = None
    at: Agency
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: Text
    body: Free = None
    headers: dict[Text, Text] = {}
    status: Annotated[Number, Field(ge=100, le=599)] | None = None
    """The status that must be answered; default: any success."""


class Part(Shape):
    """One part of the exchange; a step may also name it alone: `stop: ilis-adapter`."""

    part: PartName


class Advance(Shape):
    """Time passes: up to an instant, or by a span."""

    to: When | None = None
    """Up to this instant."""
    by: SpanOf | None = None
    """By so much: working days, calendar days, hours, minutes, seconds."""

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """Either."""
        if (self.to is None) == (self.by is None):
            raise wrong("give either to or by")
        return self
