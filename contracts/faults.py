"""Says what is wrong with a payload in words of our own: the place, the rule that is broken, never the value that breaks it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import orjson
from jsonschema_rs import ValidationError, ValidationErrorKind

from vn.errors import Fault
from vn.pointer import pointer

Path = tuple[str | int, ...]
MAX_FAULTS = 1000  # a receipt carries no more
MAX_POINTER = 500
MAX_NAME = 80


def listed(errors: Iterable[ValidationError], value: object) -> list[Fault]:
    """Every fault once, ordered by pointer and reason; `value` is what was validated."""
    faults = sorted({fault for error in errors for fault in _faults(error, value)})
    if len(faults) <= MAX_FAULTS:
        return faults
    return [*faults[: MAX_FAULTS - 1], Fault("", f"has {len(faults) - MAX_FAULTS + 1} more faults")]


def fault_at(path: Path, reason: str) -> Fault:
    """A fault whose pointer stays within what a receipt can carry."""
    return Fault(_clipped(pointer(path), MAX_POINTER), reason)


def _faults(error: ValidationError, value: object) -> Iterator[Fault]:
    kind, path = error.kind, tuple(error.instance_path)
    match kind:
        case ValidationErrorKind.OneOfNotValid() | ValidationErrorKind.AnyOf():
            yield from _of_branches(path, kind.context, value)
        case ValidationErrorKind.AdditionalProperties() | ValidationErrorKind.UnevaluatedProperties():
            yield from _unknown(path, kind.unexpected)
        case ValidationErrorKind.Required():
            yield fault_at((*path, kind.property), "is missing")
        case ValidationErrorKind.UnevaluatedItems():
            for position in kind.unexpected:
                yield fault_at((*path, position), "is one item too many")
        case ValidationErrorKind.FalseSchema():
            if error.schema_path[-1:] == ["additionalProperties"]:  # no property at all is allowed; the library tells only the first
                yield from _unknown(path, _at(path, value))
            else:
                yield fault_at(path, "is not allowed here")
        case ValidationErrorKind.Type():
            yield fault_at(path, _wrong_type(kind.types, _at(path, value)))
        case _:
            yield fault_at(path, _reason(kind))


def _unknown(path: Path, names: Iterable[str]) -> Iterator[Fault]:
    for name in names:
        yield fault_at((*path, name), f"unknown property {_clipped(name, MAX_NAME)!r}")


def _of_branches(path: Path, branches: Sequence[Sequence[ValidationError]], value: object) -> list[Fault]:
    """The faults of the branch that was meant: the one whose type and constants (`form`, `kind`) fit."""
    meant = [branch for branch in branches if not any(_rules_out(error, path) for error in branch)]
    if meant:
        described = [{fault for error in branch for fault in _faults(error, value)} for branch in meant]
        return sorted(set[Fault].intersection(*described)) or min((sorted(faults) for faults in described), key=len)
    ruled = [error for branch in branches for error in branch if _rules_out(error, path)]
    wrong = [error for error in ruled if isinstance(error.kind, ValidationErrorKind.Type)]
    if len(wrong) == len(ruled):
        types = [name for error in wrong for name in _types(error)]
        return [fault_at(path, _wrong_type(types, _at(path, value)))]
    places = {tuple(error.instance_path) for error in ruled if error not in wrong}
    return [fault_at(place, _none_of(error for error in ruled if tuple(error.instance_path) == place)) for place in sorted(places, key=str)]


def _rules_out(error: ValidationError, path: Path) -> bool:
    """Whether the error shows that another branch was meant: wrong type of the whole, or another constant in one of its fields."""
    depth = len(error.instance_path) - len(path)
    if isinstance(error.kind, ValidationErrorKind.Type):
        return depth == 0
    return isinstance(error.kind, ValidationErrorKind.Constant | ValidationErrorKind.Enum) and depth <= 1


def _types(error: ValidationError) -> list[str]:
    return error.kind.types if isinstance(error.kind, ValidationErrorKind.Type) else []


def _none_of(errors: Iterable[ValidationError]) -> str:
    options: list[Any] = []
    for error in errors:
        match error.kind:
            case ValidationErrorKind.Constant(expected_value=expected):
                options.append(expected)
            case ValidationErrorKind.Enum(options=expected):
                options.extend(expected)
    return _options(options)


def _options(options: Sequence[Any]) -> str:
    unique = list(dict.fromkeys(orjson.dumps(option).decode() for option in options))
    return f"is not {unique[0]}" if len(unique) == 1 else f"is none of {', '.join(unique)}"


def _wrong_type(wanted: Sequence[str], value: object) -> str:
    return f"is {_type_of(value)}, must be {' or '.join(dict.fromkeys(wanted))}"


def _type_of(value: object) -> str:
    names: dict[type, str] = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")


def _at(path: Path, value: Any) -> Any:
    for step in path:
        value = value[step]
    return value


def _clipped(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


# What can be said of a keyword with nothing but its value in the schema.
_SAID: dict[str, Callable[[Any], str]] = {
    "pattern": lambda pattern: f"does not match {pattern}",
    "format": lambda name: f"is not a valid {name}",
    "minLength": lambda limit: "is empty" if limit == 1 else f"is shorter than {limit} characters",
    "maxLength": lambda limit: f"is longer than {limit} characters",
    "minimum": lambda limit: f"is less than {limit}",
    "maximum": lambda limit: f"is greater than {limit}",
    "exclusiveMinimum": lambda limit: f"is not greater than {limit}",
    "exclusiveMaximum": lambda limit: f"is not less than {limit}",
    "multipleOf": lambda step: f"is not a multiple of {step}",
    "minItems": lambda limit: f"has fewer than {limit} items",
    "maxItems": lambda limit: f"has more than {limit} items",
    "additionalItems": lambda limit: f"has more than {limit} items",
    "uniqueItems": lambda _: "has an item twice",
    "contains": lambda _: "has no item of the kind that must be there",
    "minProperties": lambda limit: f"has fewer than {limit} properties",
    "maxProperties": lambda limit: f"has more than {limit} properties",
    "propertyNames": lambda _: "has a property with a name that is not allowed",
    "contentEncoding": lambda name: f"is not {name}",
    "contentMediaType": lambda name: f"is not {name}",
    "not": lambda _: "is of a shape that is not allowed",
    "const": lambda value: _options([value]),
    "enum": _options,
}


def _reason(kind: ValidationErrorKind) -> str:
    if isinstance(kind, ValidationErrorKind.OneOfMultipleValid):
        return "fits more than one of the shapes of which it must fit one"
    if isinstance(kind, ValidationErrorKind.BacktrackLimitExceeded | ValidationErrorKind.RegexEngineFailure):
        return "is too hard to check against its pattern"
    said = _SAID.get(kind.name)
    return said(kind.value) if said else f"breaks the rule {kind.name}"
