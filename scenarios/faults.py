"""Steps in which something goes wrong on purpose: on a hop, at an agency's door, in the broker, in the network."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scenarios.acts import Agency, Member
from scenarios.scalars import Flag, Free, Limit, Name, Number, Pointer, Shape, SpanOf, Text, wrong

__all__ = [
    "ON_A_HOP",
    "Broker",
    "Cut",
    "Delay",
    "Duplicate",
    "Fault",
    "Fired",
    "Heal",
    "Mangle",
    "OnHop",
    "Reorder",
    "Reply",
    "Tamper",
    "WrongSender",
    "WrongVersion",
]

Hop = Literal[
    "exchange->dvc",
    "exchange->ilis",
    "exchange->tct",
    "exchange->payplat",
    "dvc->exchange",
    "ilis->exchange",
    "tct->exchange",
    "payplat->exchange",
]


class OnHop(Shape):
    """Which messages on their way between a member and the exchange; what is not named does not matter."""

    contract: Text | None = None
    hop: Hop
    about: Name | None = None
    times: Annotated[Number, Field(ge=1)] | None = None
    """How often at most; default: every time."""


class Duplicate(OnHop):
    """The same record comes so often."""

    copies: Annotated[Number, Field(ge=2, le=100)] = 2


class Reorder(OnHop):
    """A record is held back until so many later ones of the same selection have passed, or everybody is at rest."""

    behind: Annotated[Number, Field(ge=1, le=100)] = 1


class Delay(OnHop):
    """A record comes so much later by the scenario's clock."""

    by: SpanOf


class Lose(OnHop):
    """A record never comes."""


class Mangle(OnHop):
    """The payload is no longer what was sent: bytes overwritten, cut short, codes of the old division, dates in mixed formats."""


class WrongSender(OnHop):
    """`ce_source` says another member."""

    sender: Member


class WrongVersion(OnHop):
    """`ce_type` says another version."""

    version: Annotated[Number, Field(ge=0, le=99)] = 9


class Tamper(OnHop):
    """Values in the payload are replaced."""

    with_: Annotated[dict[Pointer, Free], Field(min_length=1)]


class Broker(Shape):
    """A rule of the embedded broker's fault plan, as `lgsp faults` takes it (docs/faults.md)."""

    rule: Free


class Cut(Shape):
    """No byte passes between the broker and anyone until it is healed."""

    network: Literal["broker"] = "broker"


class Fault(Shape):
    """Armed from this step on until it is healed or used up; one that never fires fails the scenario."""

    as_: Name
    duplicate: Duplicate | None = None
    reorder: Reorder | None = None
    delay: Delay | None = None
    lose: Lose | None = None
    corrupt: Mangle | None = None
    truncate: Mangle | None = None
    old_codes: Mangle | None = None
    mixed_dates: Mangle | None = None
    wrong_sender: WrongSender | None = None
    wrong_version: WrongVersion | None = None
    tamper: Tamper | None = None
    broker: Broker | None = None
    cut: Cut | None = None
    may_not_fire: Flag = False

    @property
    def kind(self) -> str:
        """Which of them, in the script's own word."""
        return next(name for name in KINDS if getattr(self, name.replace("-", "_")) is not None)

    @property
    def on_hop(self) -> OnHop | None:
        """The selection, of a fault on a hop."""
        found = getattr(self, self.kind.replace("-", "_"))
        return found if isinstance(found, OnHop) else None

    @model_validator(mode="after")
    def just_one(self) -> Self:
        """One kind of fault a step."""
        if sum(getattr(self, name.replace("-", "_")) is not None for name in KINDS) != 1:
            raise wrong(f"a fault is one of {', '.join(KINDS)}")
        return self


ON_A_HOP = (
    *("duplicate", "reorder", "delay", "lose", "corrupt", "truncate"),
    *("old-codes", "mixed-dates", "wrong-sender", "wrong-version", "tamper"),
)
KINDS = (*ON_A_HOP, "broker", "cut")


class Reply(Shape):
    """What an agency's native API answers in the place of the agency, or how late it does."""

    as_: Name
    at: Agency
    method: Text | None = None
    path: Text
    """Of the native API; `*` stands for anything."""
    status: Annotated[Number, Field(ge=200, le=599)] | None = None
    body: Free = None
    late: Limit | None = None
    """So much later, in real time; then the agency's own answer, where no status is given."""
    after: Flag = False
    """The agency has done it, and only its answer is replaced."""
    times: Annotated[Number, Field(ge=1)] | None = None
    may_not_fire: Flag = False

    @model_validator(mode="after")
    def says_something(self) -> Self:
        """An answer, or how late."""
        if self.status is None and self.body is None and self.late is None:
            raise wrong("a reply says at least one of status, body, late")
        return self


class Heal(Shape):
    """A fault ends; also written `heal: NAME`."""

    fault: Name


class Fired(Shape):
    """How often a fault has fired by now."""

    fault: Name
    at_least: Annotated[Number, Field(ge=0)] | None = None
    at_most: Annotated[Number, Field(ge=0)] | None = None
    exactly: Annotated[Number, Field(ge=0)] | None = None
