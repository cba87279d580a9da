"""A step in one line, in the words of its script."""

from datetime import datetime
from typing import Any

from scenarios.expectations import Condition
from scenarios.scalars import Shape, kebab
from scenarios.scenario import Step

__all__ = ["told"]

LONGEST = 160


def told(step: Step) -> str:
    """`contract: tax.payment-notice, to: ilis, within: 5 working-days`; the word itself stands beside it."""
    line = _fields(step.act)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _fields(shape: Shape) -> str:
    named = [(kebab(name), getattr(shape, name)) for name in type(shape).model_fields if name in shape.model_fields_set]
    return ", ".join(f"{name}: {_value(value)}" for name, value in named if value is not None)


def _value(value: Any) -> str:
    match value:
        case Condition() if value.model_fields_set == {"is_"}:
            return _value(value.is_)
        case Shape():
            return f"{{{_fields(value)}}}"
        case list() | tuple():
            return f"[{', '.join(_value(each) for each in value)}]"
        case dict():
            return f"{{{', '.join(f'{name}: {_value(each)}' for name, each in value.items())}}}"
        case bool():
            return str(value).lower()
        case datetime():
            return f"{value:%Y-%m-%dT%H:%M}"
        case _:
            return str(value)
