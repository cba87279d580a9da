"""What is wrong with the shape of a script, said in plain English at the place of the very key or value."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scenarios.places import Complaint
from scenarios.scalars import Shape
from scenarios.scenario import Step
from scenarios.tree import Node, Scalar, spot
from vn.near import suggestion
from vn.pointer import pointer

__all__ = ["complaints", "words"]

_WRONG_KIND = ("list_type", "dict_type", "model_type")


def complaints(error: ValidationError, shape: type[Shape], tree: Node, above: tuple[str | int, ...] = ()) -> list[Complaint]:
    """Every fault of a tree that was to be of this shape; `above`: where the tree stands in the script."""
    found: dict[tuple[str | int, ...], list[ErrorDetails]] = {}
    for each in error.errors(include_url=False, include_context=True):
        each["loc"] = (*each["loc"], *([at] if (at := each.get("ctx", {}).get("at")) else []))
        found.setdefault(spot(tree, each["loc"])[2], []).append(each)
    # a value that may be of two shapes is complained about twice; the complaint about the other shape is left out
    unions = {written for written, group in found.items() for each in group if _union(each)}
    told: list[Complaint] = []
    for written, group in found.items():
        below = any(len(other) > len(written) and other[: len(written)] == written for other in found)
        rest = [each for each in group if not (written in unions and _other_shape(each))]
        if written in unions and not rest and not below:
            rest = group[:1]
        told += [_complaint(each, shape, tree, above) for each in rest]
    return told


def words(shape: type[BaseModel]) -> dict[str, Any]:
    """The keys of a shape, and the annotation of each."""
    return {str(field.alias or name): field.annotation for name, field in shape.model_fields.items()}


def _complaint(error: ErrorDetails, shape: type[Shape], tree: Node, above: tuple[str | int, ...]) -> Complaint:
    path = tuple(error["loc"])
    of_key = error["type"] == "extra_forbidden" or path[-1:] == ("[key]",)
    node, place, written = spot(tree, path, key=of_key)
    return Complaint(place, pointer((*above, *written)), _reason(error, node, _shapes_at(shape, path[:-1])))


def _reason(error: ErrorDetails, node: Node, shapes: Sequence[type[BaseModel]]) -> str:
    context, key = error.get("ctx", {}), str(error["loc"][-1]) if error["loc"] else ""
    match error["type"]:
        case "scenario":
            return str(context["reason"])
        case "missing":
            return f"{key!r} is missing"
        case "extra_forbidden":
            known = [name for each in shapes for name in words(each)]
            what = "no step is called" if Step in shapes else "unknown key"
            return f"{what} {key!r}{suggestion(key, known) or '; there are ' + ', '.join(known)}"
        case "literal_error":
            known = re.findall(r"'([^']*)'", str(context["expected"]))
            said = node.text if isinstance(node, Scalar) else ""
            return f"{said!r} is not one of {', '.join(known)}{suggestion(said, known)}" if said else f"must be one of {', '.join(known)}"
        case "string_pattern_mismatch":
            return _ill_formed(str(context["pattern"]))
        case "too_short":
            return "is empty" if context["min_length"] == 1 else f"has fewer than {context['min_length']} items"
        case "too_long":
            return f"is longer than {context['max_length']} characters"
        case _:
            return _SAID.get(error["type"], str(error["msg"])).format(**{"name": "", **context})


_SAID = {
    "model_type": "must be a mapping, e.g. {{key: value}}",
    "dict_type": "must be a mapping, e.g. {{key: value}}",
    "list_type": "must be a list",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}


def _ill_formed(pattern: str) -> str:
    if pattern.startswith("^(/"):
        return "is not a JSON Pointer such as /lines/0/amount: it begins with '/'"
    return "is not a name: a letter of a-z, then up to 59 of a-z, 0-9 and '-'"


def _union(error: ErrorDetails) -> bool:
    return any(isinstance(step, str) and re.match(r"(chain|list|dict|function-\w+|constrained-str)\[", step) for step in error["loc"])


def _other_shape(error: ErrorDetails) -> bool:
    return error["type"] in _WRONG_KIND or (
        error["type"] == "scenario" and str(error.get("ctx", {}).get("reason", "")).startswith("a word or text")
    )


def _shapes_at(shape: type[BaseModel], path: Sequence[str | int]) -> list[type[BaseModel]]:
    """The shapes that may stand at a path."""
    here: list[type[BaseModel]] = [shape]
    for step in path:
        found = [inner for each in here if step in words(each) for inner in _shapes_in(words(each)[str(step)])]
        here = found or here
    return here


def _shapes_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _shapes_in(inner)
