"""Steps that say what must hold: a message that comes, one that never does, a refusal, a state."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, model_validator

from scenarios.acts import Agency
from scenarios.scalars import Count, CountOf, Flag, Free, Limit, Name, Pattern, Pointer, Shape, SpanOf, Text, When, wrong

__all__ = ["ByHand", "Condition", "Expect", "Never", "Refused", "State", "Where"]

Anyone = Literal["dvc", "ilis", "tct", "payplat", "lgsp"]
COMPARISONS = ("is", "not", "gt", "ge", "lt", "le", "matches", "contains", "near", "exists", "one-of")


class Near(Shape):
    """A number that may differ by so much."""

    value: Free
    by: Free


class Condition(Shape):
    """What must hold of a value; several hold together. A bare word means `is`."""

    is_: Free = None
    """The same."""
    not_: Free = None
    """Anything else."""
    gt: Free = None
    """Greater."""
    ge: Free = None
    """Greater or the same."""
    lt: Free = None
    """Less."""
    le: Free = None
    """Less or the same."""
    matches: Pattern | None = None
    """A pattern (RE2) that the whole text fits."""
    contains: Free = None
    """A part of a text, or an element of a list (a mapping: an element that has these values)."""
    near: Near | None = None
    """A number that may differ by so much."""
    exists: Flag | None = None
    """Whether anything is there at all."""
    one_of: list[Free] | None = None
    """The same as one of these."""


def _condition(value: object) -> object:
    """`{/x: 3}` says `{/x: {is: 3}}`; a mapping with only words of comparison in it is a condition."""
    if isinstance(value, dict) and value and set(value) <= set(COMPARISONS):
        return value
    return value if isinstance(value, Condition) else {"is": value}


ConditionOf = Annotated[Condition, BeforeValidator(_condition, json_schema_input_type=Condition | Free)]
Where = dict[Pointer, ConditionOf]


class Message(Shape):
    """Which messages; what is not named does not matter."""

    contract: Text | None = None
    """Its short name; `lgsp contracts list`."""
    from_: Anyone | None = None
    """Its sender."""
    to: Anyone | None = None
    """Its recipient."""
    about: Name | None = None
    """The dossier that it is about."""
    where: Where = {}
    """Conditions on the payload, by JSON Pointer."""
    headers: dict[Text, ConditionOf] = {}
    """Conditions on its headers."""


class Expect(Message):
    """Such messages come; each delivery answers to one expectation only."""

    as_: Name | None = None
    """The message's name in this script."""
    count: CountOf = Count()
    """How many, of ids or of deliveries; default: at least 1 id."""
    at: Literal["accepted", "delivered", "taken"] = "delivered"
    """How far they must have come: accepted by the exchange, delivered to the inbox, taken by the recipient's group."""
    within: SpanOf | None = None
    """From the step before; the clock moves to the match, or to the end of this term. Without it: before time moves at all."""
    after: Name | None = None
    """The term begins when this was captured."""
    by: When | None = None
    """In the place of a term: up to this instant."""

    @model_validator(mode="after")
    def named(self) -> Self:
        """At least a contract or a case."""
        if self.contract is None and self.about is None:
            raise wrong("give at least contract or about")
        if self.within is not None and self.by is not None:
            raise wrong("give within or by, not both")
        return self


class Never(Message):
    """No such message comes from here on, until this was captured (default: to the end)."""

    until: Name | None = None


class Refused(Shape):
    """The exchange refuses a message that was sent; `as` captures its `code` and `faults`."""

    as_: Name | None = None
    message: Name
    """What `send` captured."""
    code: Text
    """The refusal's code, e.g. client.contract_violation."""
    faults: list[Pointer] = []
    """Places that must be among the faults."""
    within: SpanOf | None = None


class State(Shape):
    """What a parcel, a dossier or anything behind an agency's API is like, once all is settled."""

    as_: Name | None = None
    at: Agency
    parcel: Name | None = None
    holder: Name | list[Name] | None = None
    dossier: Name | None = None
    status: Text | list[Text] | None = None
    path: Text | None = None
    where: Where = {}
    """Conditions on the answer of the native API, by JSON Pointer, in its own names."""

    @model_validator(mode="after")
    def about_one_thing(self) -> Self:
        """A parcel, a dossier, or a path."""
        if sum(each is not None for each in (self.parcel, self.dossier, self.path)) != 1:
            raise wrong("give one of parcel, dossier, path")
        if self.parcel is not None and self.at != "land":
            raise wrong("parcels are kept at land")
        return self


class ByHand(Shape):
    """A person does something outside; the scenario goes on when such a message comes."""

    say: Text
    until: Expect
    limit: Limit | None = None
    """In real time."""
