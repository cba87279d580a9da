"""A profile: how a province lived for some months, as numbers with their sources; read from YAML, every fault at once with its line."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.samples import FAULTS, KINDS
from services.kit import ENGLISH, Between, Weighted, faults_of
from vn.calendar import is_working_day
from vn.errors import Unusable
from vn.near import suggestion

__all__ = ["FIRST_DAY", "Profile", "load", "names", "read"]

FIRST_DAY = date(2024, 8, 1)
"""Before it the transfer slip had forms that are not simulated (Mẫu 12/ĐK of NĐ 101/2024/NĐ-CP is the first that is)."""
HUNDRED = 100.0
AT_THE_PORTAL = frozenset({"identity", "tax-code", "shares", "price", "future", "hash", "unknown-field"})

Source = Annotated[str, Field(pattern=r"^(assumption\b|.*\[[ABCM]\]).*", max_length=600)]
"""Where the numbers beside it come from: a document with how sure it is, as in docs/fidelity.md, or `assumption` with its reason."""
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Share = Annotated[float, Field(ge=0, le=HUNDRED)]
Agency = Literal["dvc", "land", "tax", "payment"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Sourced(_Part):
    source: Source


class Titles(_Part):
    """What it is called."""

    vi: str
    en: str


class Published(_Sourced):
    """What was counted in reality; all but `inTime` is what the profile is calibrated to."""

    received: Annotated[int, Field(ge=1)]
    slips: int
    noticed: int
    finished: int
    inTime: Share  # noqa: N815 - as in the file: per cent of the results that came in time


class Period(_Sourced):
    """From the first day to the last of which dossiers and figures are counted."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first < FIRST_DAY:
            raise ValueError(f"begins before {FIRST_DAY}: the slip's forms before that day are not simulated")
        if self.last < self.first:
            raise ValueError("`last` lies before `first`")
        return self

    def working_days(self, month: str) -> list[date]:
        """Those of a month, `YYYY-MM`, that lie within."""
        begins = date.fromisoformat(f"{month}-01")
        days = [day for day in (begins + timedelta(n) for n in range(31)) if f"{day:%Y-%m}" == month and is_working_day(day)]
        return [day for day in days if self.first <= day <= self.last]


class Months(_Sourced):
    """Per cent of all dossiers that are handed in in each month."""

    shares: dict[Month, Share]


class Procedures(_Sourced):
    """Per cent of all dossiers of each kind of `lgsp sample`."""

    shares: dict[str, Share]


class Errors(_Sourced):
    """Per cent of all dossiers that are wrong in each way of `lgsp sample --fault`; the others are right."""

    shares: dict[str, Share]


class Habit(_Sourced):
    """What citizens do: how many of them (per cent), and how many working days after they could."""

    share: Share = HUNDRED
    workingDays: Between | Weighted  # noqa: N815 - the word of policies


class Citizens(_Part):
    """Who pays, who supplements what was asked for, who withdraws, who collects the result, and when; all at `hour` of the day."""

    hour: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pay: Habit
    supplement: Habit
    withdraw: Habit
    collect: Habit


class Decision(_Sourced):
    """How an agency takes one decision, in the forms of a policy."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Profile(_Part):
    """All of it. `seed` is what is taken where the command names none."""

    profile: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    title: Titles
    about: str
    seed: Annotated[int, Field(ge=0)]
    period: Period
    published: Published
    months: Months
    procedures: Procedures
    errors: Errors
    citizens: Citizens
    policies: dict[Agency, dict[str, Decision]]
    path: Path = Path()

    @property
    def policy(self) -> dict[str, dict[str, Any]]:
        """As a policy file has it."""
        return {agency: {name: decision.model_extra for name, decision in decisions.items()} for agency, decisions in self.policies.items()}


def names() -> list[str]:
    """The profiles that come with the program."""
    return sorted(each.name.removesuffix(".yaml") for each in _folder().iterdir() if each.name.endswith(".yaml"))


def load(name: str) -> Profile:
    """One of them, or a file where `name` ends with `.yaml`; raises Unusable with every fault."""
    if name.endswith(".yaml"):
        return read(Path(name))
    if name not in names():
        raise Unusable(f"no profile {name!r}; there are {', '.join(names())}{suggestion(name, names())}")
    return read(Path(str(_folder().joinpath(f"{name}.yaml"))))


def read(path: Path) -> Profile:
    """A profile from a file; raises Unusable with every fault, one a line, as FILE:LINE: PLACE: REASON."""
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, yaml.SafeLoader)
        said = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{path}: {getattr(error, 'strerror', None) or 'is not UTF-8 text'}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Unusable(f"{path}:{line}: not YAML: {error.problem or error}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise Unusable(f"{path}: not YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(said, dict):
        raise Unusable(f"{path}:1: a profile is a mapping that begins with `profile: NAME`")
    try:
        found = Profile.model_validate(said)
    except ValidationError as error:
        faults = [(each["loc"], _reason(each)) for each in error.errors()]
    else:
        faults = list(_between(found))
        if not faults:
            return found.model_copy(update={"path": path})
    raise Unusable("\n".join(f"{path}:{_line(node, where)}: {'/'.join(map(str, where))}: {why}" for where, why in faults))


def _between(found: Profile) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What no field alone can say."""
    for name, shares in (("months", found.months.shares), ("procedures", found.procedures.shares)):
        total = sum(shares.values())
        if abs(total - HUNDRED) > 0.01:
            yield (name, "shares"), f"the shares add up to {total:g}, not to 100"
    if (total := sum(found.errors.shares.values())) > HUNDRED:
        yield ("errors", "shares"), f"the shares add up to {total:g}, more than 100"
    first, last = f"{found.period.first:%Y-%m}", f"{found.period.last:%Y-%m}"
    for month, share in found.months.shares.items():
        if not first <= month <= last:
            yield ("months", "shares", month), f"not within {first} to {last}"
        elif share and not found.period.working_days(month):
            yield ("months", "shares", month), "the period has no working day of this month"
    for name, known in (("procedures", KINDS), ("errors", FAULTS)):
        for each in getattr(found, name).shares:
            if each not in known:
                yield (name, "shares", each), f"there is none; there are {', '.join(known)}{suggestion(each, known)}"
    yield from _policies(found.policy)


def _policies(policy: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    from app.parts import decisions_of

    for agency, said in policy.items():
        decisions, outcomes = decisions_of(agency)
        for fault in faults_of(said, decisions, outcomes, ENGLISH):
            yield ("policies", agency, *fault.pointer[1:].split("/")), fault.reason


def _reason(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "there is no such key"
    if error["type"] == "missing":
        return "is missing"
    if error["loc"][-1] == "source":
        return "names a document and how sure it is, e.g. `Đề án CĐS [A]`, or says `assumption: WHY`"
    return str(error["msg"]).removeprefix("Value error, ")


def _line(node: Any, where: Sequence[str | int]) -> int:
    """Where it stands, or the nearest thing above it that is there."""
    line = 1
    for step in where:
        if not isinstance(node, yaml.MappingNode):
            break
        found = next(((key, value) for key, value in node.value if key.value == str(step)), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def _folder() -> Any:
    return files("app.profiles").joinpath("data")
