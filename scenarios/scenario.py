"""A whole scenario as it is written: what is given, its steps, its limits."""

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from scenarios.acts import Advance, Call, Decide, Part, PartName, Pay, Send, Submit, Supplement, Withdraw
from scenarios.expectations import ByHand, Expect, Never, Refused, State
from scenarios.faults import Fault, Fired, Heal, Reply
from scenarios.scalars import Area, CountText, Flag, Free, Instant, Limit, Manner, Name, Number, Shape, Share, SpanOf, Text, wrong

__all__ = ["AnyOf", "Given", "Include", "Limits", "Outsider", "Parcel", "Person", "Repeat", "Scenario", "Step", "Title"]

Outsider: TypeAlias = Literal["dvc", "land", "tax", "payment", "ilis", "tct", "payplat"]


class Title(Shape):
    """In both languages."""

    vi: Text
    en: Text


class Person(Shape):
    """Somebody of the seeded population, or a company."""

    as_: Name
    kind: Literal["person", "organisation"] = "person"
    related: dict[Name, Literal["spouse", "parent", "child", "sibling"]] = {}
    """What this person is to others given: `{an: spouse}`."""


class Parcel(Shape):
    """A parcel put into the register before the scenario begins."""

    as_: Name
    holder: Name | dict[Name, Share]
    """Who holds it; several with their shares."""
    commune: Text = "Đồng Đăng"
    """A commune's name or code; of either division."""
    area: Area | None = None
    """In m²."""
    use: Text = "ODT"
    """Code of its land use; ODT is urban house land."""
    uses: dict[Text, Area] = {}
    """Areas by land use, in the place of area and use."""
    price: Annotated[Number, Field(ge=1)] | None = None
    """Table price of house land here, in đồng per m²; default: the commune's."""
    restriction: Literal["mortgage", "dispute"] | None = None

    @model_validator(mode="after")
    def held_whole(self) -> Self:
        """Somebody holds every part of it."""
        if isinstance(self.holder, dict) and sum(self.holder.values()) != 1:
            raise wrong("the holders' shares do not add up to 1", at="holder")
        return self


class Begun(Shape):
    """A dossier that is on its way when the scenario begins."""

    as_: Name
    at: Literal["accepted", "awaiting-payment", "paid"]
    submit: Submit | None = None
    """What was handed in; default: a transfer of a sample."""


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class Given(Shape):
    """What is there when the first step begins."""

    people: list[Person] = []
    parcel: Annotated[list[Parcel], BeforeValidator(_listed, json_schema_input_type=Parcel | list[Parcel])] = []
    dossier: Annotated[list[Begun], BeforeValidator(_listed, json_schema_input_type=Begun | list[Begun])] = []
    policies: dict[Literal["dvc", "land", "tax", "payment"], dict[Name, Manner]] = {}
    """Per agency and decision: `instant`, `by-hand`, or a span of working days. `decides` and `notice-after` stand for check and assess."""


class Limits(Shape):
    """Where a scenario that never ends is ended."""

    virtual: SpanOf | None = None
    """Default: 5 years."""
    real: Limit | None = None
    """Default: 10 minutes."""


class AnyOf(Shape):
    """One of several expectations is met; the first that is wins."""

    of: Annotated[list[Expect], Field(min_length=2)]
    as_: Name | None = None


class Aggregates(Shape):
    """What must hold of all runs of a repeat together, in the scenario's time."""

    finished: CountText | None = None
    """A count, e.g. `exactly 50`."""
    p95: SpanOf | None = None
    stuck_longer_than: SpanOf | None = None
    """No run may take longer."""


class Repeat(Shape):
    """The steps for every row of a table (each row is a case of its own), or so many times, one every so often."""

    table: list[dict[Name, Free]] = []
    """Each row may have `id`; `{row./name}` stands for its values, anywhere in the file."""
    times: Annotated[Number, Field(ge=1, le=100_000)] | None = None
    """So many runs of the steps."""
    every: SpanOf | None = None
    """A run begins so long after the one before has begun."""
    steps: Annotated[list["StepOf"], Field(min_length=1)]
    then: Aggregates | None = None

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """A table or a rate."""
        if bool(self.table) == (self.times is not None):
            raise wrong("give either table or times (with every)")
        if self.table and (self.every or self.then):
            raise wrong("every and then go with times; each row of a table is a case of its own")
        return self


class Include(Shape):
    """The steps of another file (a list of steps); also written `include: FILE`."""

    file: Text


def _named(key: str, shape: type[Shape], word: Any) -> BeforeValidator:
    """A step that may name one thing alone."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value, json_schema_input_type=shape | word)


def _of(value: Any) -> Any:
    return {"of": value} if isinstance(value, list) else value


class Step(Shape):
    """One step: a mapping with one key."""

    submit: Submit | None = None
    decide: Decide | None = None
    pay: Pay | None = None
    withdraw: Withdraw | None = None
    supplement: Supplement | None = None
    send: Send | None = None
    call: Call | None = None
    reply: Reply | None = None
    stop: Annotated[Part, _named("part", Part, PartName)] | None = None
    start: Annotated[Part, _named("part", Part, PartName)] | None = None
    fault: Fault | None = None
    heal: Annotated[Heal, _named("fault", Heal, Name)] | None = None
    fired: Fired | None = None
    advance: Advance | None = None
    expect: Expect | None = None
    never: Never | None = None
    refused: Refused | None = None
    state: State | None = None
    any_of: Annotated[AnyOf, BeforeValidator(_of, json_schema_input_type=AnyOf | list[Expect])] | None = None
    by_hand: ByHand | None = None
    repeat: Repeat | None = None
    include: Annotated[Include, _named("file", Include, Text)] | None = None

    @property
    def word(self) -> str:
        """The key, as it is written."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None).replace("_", "-")

    @property
    def act(self) -> Any:
        """What stands under it."""
        return getattr(self, self.word.replace("-", "_"))

    @model_validator(mode="after")
    def just_one(self) -> Self:
        """One key."""
        if len(self.model_fields_set) != 1:
            raise wrong("a step is a mapping with one key, e.g. - submit: {...}")
        return self


StepOf: TypeAlias = Step


class Scenario(Shape):
    """One file. `path` and `row` are set by whoever reads it."""

    scenario: Name
    title: Title
    about: Text = "-"
    """What an adapter must do to pass, in a paragraph."""
    seed: Annotated[Number, Field(ge=0, le=2**53)] = 1
    """What chance is drawn from."""
    start: Instant
    """Where the scenario's clock stands at the first step."""
    limits: Limits = Limits()
    """Where a scenario that never ends is ended."""
    given: Given = Given()
    """What is there when the first step begins."""
    outside: list[Outsider] = []
    """Agencies (by part) and members that are not ours in this scenario."""
    real_time: Flag = False
    """Played on a real clock; its bounds are minutes at most."""
    steps: Annotated[list[StepOf], Field(min_length=1)]


Repeat.model_rebuild()
