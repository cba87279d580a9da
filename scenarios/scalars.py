"""What a word in a scenario can mean: every scalar comes as text and is typed here, by the place where it stands."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, Any, Literal, Self, TypeAlias

import re2
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from vn.calendar import is_working_day
from vn.clock import VN
from vn.errors import Unusable
from vn.spans import Elapsed, Span, WorkingDays, span

__all__ = [
    "Area",
    "Count",
    "CountOf",
    "CountText",
    "Flag",
    "Free",
    "Instant",
    "InstantRef",
    "Limit",
    "Manner",
    "Money",
    "Name",
    "Number",
    "Pattern",
    "Plain",
    "Pointer",
    "Ref",
    "Shape",
    "Share",
    "SpanOf",
    "Text",
    "When",
    "instant",
    "kebab",
    "pattern",
    "wrong",
]

OPENING = time(8, 0)
_REF = re.compile(r"\{([a-z][a-z0-9-]*)(?:\.(/[^{}]*))?\}")
_COUNT = re.compile(r"(?:(exactly|at least|at most) )?([0-9]+)(?: (ids?|deliver(?:y|ies)))?")


class Plain(str):
    """A scalar that was written without quotes; where nothing says what it must be, it may be a JSON literal."""

    __slots__ = ()


def kebab(name: str) -> str:
    """`from_` is `from`, `at_least` is `at-least`."""
    return name.rstrip("_").replace("_", "-")


class Shape(BaseModel):
    """A mapping of a scenario: frozen, closed, keys in kebab-case."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=kebab,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )


@dataclass(frozen=True)
class Ref:
    """`{n./lines/0/deadline}`: what was captured as `n`, or what lies in it at a JSON Pointer."""

    name: str
    pointer: str = ""

    @classmethod
    def whole(cls, text: str) -> Self | None:
        """The reference that is all of this text; None where it is not one."""
        found = _REF.fullmatch(text)
        return None if found is None else cls(found[1], found[2] or "")

    @staticmethod
    def all_in(text: str) -> list["Ref"]:
        """Every reference in a text."""
        return [Ref(found[1], found[2] or "") for found in _REF.finditer(text)]

    @staticmethod
    def replace(text: str, by: Any) -> str:
        """The text with each reference replaced by what `by` makes of it."""
        return _REF.sub(lambda found: str(by(Ref(found[1], found[2] or ""))), text)

    def __str__(self) -> str:
        return f"{{{self.name}{'.' + self.pointer if self.pointer else ''}}}"


@dataclass(frozen=True)
class InstantRef(Ref):
    """A reference where an instant is wanted: what it finds must be one, or a date."""


@dataclass(frozen=True)
class Count:
    """How many: of message ids, or of deliveries (a message that comes twice is one id)."""

    number: int = 1
    how: Literal["exactly", "at least", "at most"] = "at least"
    of: Literal["ids", "deliveries"] = "ids"

    @classmethod
    def read(cls, text: str) -> "Count":
        """`2`, `exactly 2 ids`, `at least 3 deliveries`; a bare number means exactly; raises ValueError."""
        found = _COUNT.fullmatch(text.strip())
        if found is None:
            raise ValueError("not a count such as 2, exactly 2 ids, at least 3 deliveries")
        how: Any = found[1] or "exactly"
        return cls(int(found[2]), how, "deliveries" if (found[3] or "").startswith("deliver") else "ids")

    def holds(self, number: int) -> bool:
        """Whether so many are as many as this says."""
        return {"exactly": number == self.number, "at least": number >= self.number, "at most": number <= self.number}[self.how]

    def __str__(self) -> str:
        return f"{self.how} {self.number} {self.of}"


def wrong(reason: str, at: str = "") -> PydanticCustomError:
    """A fault of a value or a whole step, or of the value under the key `at`, which another key makes wrong."""
    return PydanticCustomError("scenario", "{reason}", {"reason": reason, "at": at})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise wrong("a word or text is wanted here, not a list or mapping")
    return str(value)


def instant(value: Any) -> datetime:
    """`2026-02-09T08:00`, or the opening hour of `2026-02-09`; raises ValueError."""
    text = _text(value).strip()
    try:
        only_day = len(text) == len("2026-02-09")
        read = datetime.combine(date.fromisoformat(text), OPENING) if only_day else datetime.fromisoformat(text)
    except ValueError:
        raise wrong("not an instant such as 2026-02-09T08:00 (Viet Nam's time) or 2026-02-09 (8:00)") from None
    found = read if read.tzinfo else read.replace(tzinfo=VN)
    try:
        is_working_day(found.date())
    except Unusable as error:
        raise wrong(str(error)) from None
    return found.astimezone(VN)


def _when(value: Any) -> datetime | InstantRef:
    return InstantRef.whole(_text(value).strip()) or instant(value)


def _span(value: Any) -> Span:
    try:
        return span(_text(value))
    except ValueError as error:
        raise wrong(str(error)) from None


def _real(found: Span) -> Span:
    if not isinstance(found, Elapsed):
        raise wrong("real time is counted in hours, minutes and seconds")
    return found


def _count(value: Any) -> Count:
    try:
        return Count.read(_text(value))
    except ValueError as error:
        raise wrong(str(error)) from None


def _counted(text: str) -> str:
    _count(text)
    return text


def pattern(text: str) -> Any:
    """RE2, compiled; raises ValueError where it is none."""
    options = re2.Options()
    options.log_errors = False  # else it writes to stderr by itself
    try:
        return re2.compile(text, options)
    except re2.error as error:
        reason = error.args[0]
        raise wrong(f"not a pattern (RE2): {reason.decode(errors='replace') if isinstance(reason, bytes) else reason}") from None


def _pattern(text: str) -> str:
    if not Ref.all_in(text):
        pattern(text)
    return text


def _number(value: Any) -> int:
    text = _text(value).strip()
    if not re.fullmatch(r"-?[0-9]+(_[0-9]+)*", text) or len(text) > 20:
        raise wrong("not a whole number, e.g. 3 or 1_950_000_000")
    return int(text)


def _money(value: Any) -> int | Ref:
    ref = Ref.whole(_text(value).strip())
    found = ref or _number(value)
    if isinstance(found, int) and not 0 <= found <= 10**15:
        raise wrong("not an amount in đồng from 0 to 10^15")
    return found


def _decimal(value: Any) -> Decimal:
    try:
        found = Decimal(_text(value).strip())
    except InvalidOperation:
        found = Decimal(-1)
    if not (found.is_finite() and 0 < found < 10**7):
        raise wrong("not an area in m², e.g. 120.5")
    return found


def _share(value: Any) -> Fraction:
    text = _text(value).strip()
    if not re.fullmatch(r"[0-9]{1,6}(/[0-9]{1,6})?", text) or text.endswith("/0") or not 0 < Fraction(text) <= 1:
        raise wrong("not a share such as 1/3")
    return Fraction(text)


def _flag(value: Any) -> bool:
    text = _text(value).strip()
    if text not in ("true", "false"):
        near = {"yes": "; write true", "on": "; write true", "no": "; write false", "off": "; write false"}.get(text.lower(), "")
        raise wrong(f"not true or false{near}")
    return text == "true"


def _manner(value: Any) -> Literal["instant", "by-hand"] | WorkingDays:
    text = _text(value).strip()
    if text == "instant":
        return "instant"
    if text == "by-hand":
        return "by-hand"
    try:
        found = span(text)
    except ValueError:
        found = None
    if not isinstance(found, WorkingDays) or not 1 <= found.days <= 1000:
        raise wrong("not instant, by-hand, or 1 to 1000 working days, e.g. 2 working-days")
    return found


_NAME = r"^[a-z][a-z0-9-]{0,59}$"
_TEXT_OR_NUMBER = {"type": ["string", "number"]}
_WORD: dict[str, Any] = {"type": ["string", "number", "boolean", "null"]}  # what other readers of YAML take a bare word for

Text: TypeAlias = Annotated[str, BeforeValidator(_text), StringConstraints(min_length=1, max_length=2000), WithJsonSchema(_WORD)]
Name: TypeAlias = Annotated[
    str,
    BeforeValidator(_text),
    StringConstraints(pattern=_NAME),
    WithJsonSchema({**_WORD, "pattern": _NAME}),
]
Pointer: TypeAlias = Annotated[
    str, BeforeValidator(_text), StringConstraints(pattern=r"^(/[^/]*)*$"), WithJsonSchema({"type": "string", "pattern": "^(/[^/]*)*$"})
]
Instant: TypeAlias = Annotated[datetime, PlainValidator(instant), WithJsonSchema({"type": "string"})]
When: TypeAlias = Annotated[datetime | InstantRef, PlainValidator(_when), WithJsonSchema({"type": "string"})]
"""An instant, or a reference to one: `{n./lines/0/deadline}`."""
SpanOf: TypeAlias = Annotated[
    Span,
    PlainValidator(_span),
    WithJsonSchema({"type": "string", "pattern": "^[0-9][0-9_]* ?(working-day|calendar-day|hour|minute|second)s?$"}),
]
Limit: TypeAlias = Annotated[
    Elapsed,
    PlainValidator(_span),
    AfterValidator(_real),
    WithJsonSchema({"type": "string", "pattern": "^[0-9][0-9_]* ?(hour|minute|second)s?$"}),
]
CountOf: TypeAlias = Annotated[Count, PlainValidator(_count), WithJsonSchema(_TEXT_OR_NUMBER)]
CountText: TypeAlias = Annotated[Text, AfterValidator(_counted)]
Pattern: TypeAlias = Annotated[Text, AfterValidator(_pattern)]
Number: TypeAlias = Annotated[int, PlainValidator(_number), WithJsonSchema({"type": ["integer", "string"]})]
Money: TypeAlias = Annotated[int | Ref, PlainValidator(_money), WithJsonSchema({"type": ["integer", "string"]})]
Area: TypeAlias = Annotated[Decimal, PlainValidator(_decimal), WithJsonSchema(_TEXT_OR_NUMBER)]
Share: TypeAlias = Annotated[Fraction, PlainValidator(_share), WithJsonSchema(_TEXT_OR_NUMBER)]
Flag: TypeAlias = Annotated[bool, PlainValidator(_flag), WithJsonSchema({"enum": [True, False, "true", "false"]})]
Manner: TypeAlias = Annotated[Literal["instant", "by-hand"] | WorkingDays, PlainValidator(_manner), WithJsonSchema({"type": "string"})]
Free: TypeAlias = Annotated[Any, WithJsonSchema({})]
"""Anything: text, `Plain`, lists and mappings of them; typed by what it is put into or compared with."""
