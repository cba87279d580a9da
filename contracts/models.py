"""Wire values to payload models and back to their type; apart from the catalogue, because loading the models takes half a second."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from contracts.base import Payload
from contracts.family import FAMILY
from contracts.faults import fault_at
from vn.errors import ContractViolation, Fault

_DECLARED = {declared.type: declared for declared in FAMILY}
_TYPES = {model: declared.type for declared in FAMILY for model in declared.models}


def has_model(type_: str) -> bool:
    """Whether a wire type has a Python model; a contract that was dropped in as data has none."""
    return type_ in _DECLARED


def type_of(payload: Payload) -> str:
    """The wire type of a payload."""
    return _TYPES[type(payload)]


def modelled(type_: str, value: object) -> Payload:
    """A parsed value that conforms to its schema, as its model; raises ContractViolation for rules that only the model knows."""
    try:
        return _DECLARED[type_].adapter.validate_python(value)
    except ValidationError as error:
        raise ContractViolation(sorted({_fault(detail, value) for detail in error.errors()})) from error


def _fault(detail: ErrorDetails, value: Any) -> Fault:
    """The fault without the tags that pydantic puts between the keys of a path."""
    path: list[str | int] = []
    for step in detail["loc"]:
        if (isinstance(value, dict) and step in value) or (isinstance(value, list) and isinstance(step, int)):
            path.append(step)
            value = value[step]  # type: ignore[index]  # a key of an object, or a position of an array
    return fault_at(tuple(path), detail["msg"].removeprefix("Value error, "))
