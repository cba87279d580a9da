"""How an agency decides: at once, when an officer says so, or after some working days; always the same, or by chance.

The forms, in a policy file, in `PUT /_lgsp/policy` and in a profile:

- `instant`, `manual`
- `{workingDays: 3}`: so many working days after it was asked for
- `{workingDays: {from: 1, to: 5}}`: each of these as likely; 0 is the same day, at 17:00
- `{workingDays: {weights: {1: 6, 2: 3, 10: 1}}}`: days to how often
- beside it `at: "16:00"`: the hour at which it falls, 17:00 where none is named
- beside it `never: 0.02`: with this probability no decision comes by itself, it waits for an officer
- beside it `outcomes: {refuse: 0.1}`: with this probability the decision goes so, else as the rules have it

Chance is a hash of the agency's seed, the dossier and the decision, so it falls the same in every run of one seed.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time
from functools import partial
from itertools import accumulate
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_serializer, model_validator

from vn.calendar import due_date
from vn.chance import draw
from vn.clock import VN
from vn.errors import Fault

Days: TypeAlias = Annotated[int, Field(ge=0, le=1000)]
Probability: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Key = TypeVar("Key")
Lot: TypeAlias = Callable[[str], float]
"""A number in [0, 1) for one purpose, always the same for it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Between(_Part):
    """From so many working days to so many, each as likely."""

    first: Days = Field(alias="from")
    last: Days = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("`to` lies before `from`")
        return self

    def at(self, chance: float) -> int:
        """The days for a number in [0, 1)."""
        return self.first + int(chance * (self.last - self.first + 1))


class Weighted(_Part):
    """Working days to how often they are needed."""

    weights: Annotated[dict[Days, Annotated[float, Field(ge=0, allow_inf_nan=False)]], Field(min_length=1)]

    @model_validator(mode="after")
    def _something(self) -> Self:
        if sum(self.weights.values()) <= 0:
            raise ValueError("the weights are all 0")
        return self

    def at(self, chance: float) -> int:
        """The days for a number in [0, 1)."""
        found = drawn({day: self.weights[day] for day in sorted(self.weights)}, chance * sum(self.weights.values()))
        return max(self.weights) if found is None else found


class WorkingDays(_Part):
    """So many working days (ngày làm việc) after it was asked for, how often never, and how often otherwise than the rules have it."""

    workingDays: Annotated[int, Field(ge=1, le=1000)] | Between | Weighted  # noqa: N815 - the name on the wire
    at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = None
    never: Probability = 0
    outcomes: dict[str, Probability] = Field({}, json_schema_extra={"default": {}})

    @model_validator(mode="after")
    def _at_most_all(self) -> Self:
        if sum(self.outcomes.values()) > 1:
            raise ValueError("the outcomes' probabilities add up to more than 1")
        return self

    @model_serializer(mode="wrap")
    def _what_is_said(self, whole: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        days = self.workingDays
        said = {"workingDays": days if isinstance(days, int) else days.model_dump(mode="json", by_alias=True)}
        return said | {name: value for name, value in whole(self).items() if name != "workingDays" and value}

    def days(self, lot: Lot) -> int:
        """How many, for this dossier."""
        return self.workingDays if isinstance(self.workingDays, int) else self.workingDays.at(lot("days"))


Manner: TypeAlias = Literal["instant", "manual"] | WorkingDays
Policy: TypeAlias = Mapping[str, Manner]
Outcomes: TypeAlias = Mapping[str, Mapping[str, str]]
"""Decision to the outcomes that chance may give it, each with its Vietnamese name."""

MANNER: TypeAdapter[Manner] = TypeAdapter(Manner)
FORMS = '"instant", "manual", {"workingDays": n}, {"workingDays": {"from": m, "to": n}} or {"workingDays": {"weights": {n: w}}}'


def lot(seed: int, subject: str, kind: str) -> Lot:
    """The draws for one decision on one dossier."""
    return partial(draw, seed, subject, kind)


def due(manner: Manner, asked: datetime, lot: Lot) -> datetime | None:
    """When a decision asked for at `asked` is due; None: when an officer says so."""
    if manner == "instant":
        return asked
    if manner == "manual" or lot("never") < manner.never:
        return None
    day = due_date(asked, manner.days(lot))
    return max(day if manner.at is None else datetime.combine(day.date(), time.fromisoformat(manner.at), VN), asked)


def outcome(manner: Manner, lot: Lot) -> str | None:
    """Which outcome chance gives the decision; None: what the rules say."""
    if not isinstance(manner, WorkingDays) or not manner.outcomes:
        return None
    return drawn({name: manner.outcomes[name] for name in sorted(manner.outcomes)}, lot("outcome"))


def drawn(weights: Mapping[Key, float], at: float) -> Key | None:
    """The first whose weight, with all before it, lies above `at`; None beyond them all."""
    return next((key for key, above in zip(weights, accumulate(weights.values()), strict=True) if at < above), None)


class Words(NamedTuple):
    """How faults of a policy are told; an outcome's `{}` is what there is."""

    decision: str
    manner: str
    outcome: str


VIETNAMESE = Words("không có quyết định này; có {}", "chỉ nhận {}", "không có kết quả này; có: {}")
ENGLISH = Words("no such decision; there are {}", "is {}", "no such outcome of this decision; there are: {}")


def faults_of(said: Mapping[str, Any], decisions: Mapping[str, str], outcomes: Outcomes, words: Words = VIETNAMESE) -> Iterator[Fault]:
    """Every decision that is none, every manner that is none, every outcome that the decision has not."""
    for name, value in said.items():
        if name not in decisions:
            yield Fault(f"/{name}", words.decision.format(", ".join(sorted(decisions))))
            continue
        try:
            manner = MANNER.validate_python(value)
        except ValidationError as error:
            yield Fault(f"/{name}", words.manner.format(FORMS) + _why(error))
            continue
        known = outcomes.get(name, {})
        for each in sorted(set(manner.outcomes) - known.keys()) if isinstance(manner, WorkingDays) else ():
            yield Fault(f"/{name}/outcomes/{each}", words.outcome.format(", ".join(sorted(known)) or "-"))


def _why(error: ValidationError) -> str:
    """What our own rules say, where one of them is broken."""
    said = [str(each["ctx"]["error"]) for each in error.errors() if each["type"] == "value_error" and "ctx" in each]
    return f": {said[0]}" if said else ""
