"""Which places a payload of a contract can have, and which values there: its JSON Schema, walked along a JSON Pointer."""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts import Contract
from contracts.nodes import Node
from scenarios.matching import equal, shown
from scenarios.scalars import Ref
from scenarios.typed import typed
from vn.errors import Unusable
from vn.near import suggestion
from vn.pointer import pointer, steps

__all__ = ["impossible_value", "unknown_field"]

_BRANCHES = ("allOf", "anyOf", "oneOf")
ANY_ELEMENT = "*"
_DEEP = 20  # branches within branches that lead nowhere


def unknown_field(contract: Contract, at: str) -> str | None:
    """Why no payload of the contract has this place, with the nearest that it can have; None where it can."""
    found = _reached(contract, at)
    return found if isinstance(found, str) else None


def impossible_value(contract: Contract, at: str, given: Any) -> str | None:
    """Why no payload of the contract has this value there, by enum, const, type or bounds, with the nearest that it can have; else None.

    `given`: a free value of a script. Nothing is said of references, nor of places that no payload has.
    """
    here = _reached(contract, at)
    if isinstance(here, str) or (isinstance(given, str) and Ref.all_in(given)) or any(_can_be(given, node) for node in here):
        return None
    options = [option for node in here for option in node.options or ()]
    near = suggestion(given, [each for each in options if isinstance(each, str)]) or _there([str(each) for each in options])
    kinds = "" if near else f"; it is of type {' or '.join(sorted({kind for node in here for kind in _kinds(node)}))}"
    return f"no payload of {contract.short} has {shown(given)} at {at}{near}{kinds}"


def _can_be(given: Any, node: Node) -> bool:
    if node.options is not None and not isinstance(given, Mapping | list):
        return any(equal(given, option) for option in node.options)
    meant = [typed(given, there) for there in ("", 0, True)]
    return any(_kind(each) in node.types and _within(each, node) for each in meant)


def _within(value: Any, node: Node) -> bool:
    return not isinstance(value, int | float) or node.get("minimum", value) <= value <= node.get("maximum", value)


def _kinds(node: Node) -> list[str]:
    """The names of its types; `integer from 1 to 10` where it says so."""
    bounds = [f" {word} {node.get(keyword)}" for word, keyword in (("from", "minimum"), ("to", "maximum")) if keyword in node.asserted]
    return [name + "".join(bounds) for name in node.types]


def _kind(value: Any) -> str:
    """The name of its type in JSON Schema."""
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "integer" if value == int(value) else "number"
        case str():
            return "string"
        case Mapping():
            return "object"
        case _:
            return "null" if value is None else "array"


def _reached(contract: Contract, at: str) -> list[Node] | str:
    """All that a payload may have there; why not, where it has no such place."""
    here = _branches(Node(contract.schema, contract.schema))
    path = steps(at)
    for depth, step in enumerate(path):
        below = [inner for node in here for inner in _below(node, step)]
        if not below:
            known = sorted({name for node in here for name in node.get("properties", {})})
            found = suggestion(step, known)
            near = f"; did you mean {pointer([*path[:depth], found.split(chr(39))[1], *path[depth + 1 :]])!r}?" if found else ""
            return f"no payload of {contract.short} has {pointer(path[: depth + 1])}{near or _there(known)}"
        here = [each for node in below for each in _branches(node)]
    return here


def _there(known: list[str]) -> str:
    return f"; there are {', '.join(known)}" if known else ""


def _below(node: Node, step: str) -> Iterator[Node]:
    """What a payload has under a key or position."""
    if node.accepts_all:
        yield node
        return
    if "object" in node.types and (found := node.named(step)).schema is not False:
        yield found
    if "array" in node.types and (step.isdecimal() or step == ANY_ELEMENT):
        first = node.children("prefixItems")
        found = first[int(step)] if step.isdecimal() and int(step) < len(first) else node.further
        if found.schema is not False:
            yield found


def _branches(node: Node, deep: int = 0) -> list[Node]:
    """A node and all of which it is made, references followed."""
    try:
        node = node.resolved()
    except Unusable:
        return [node.anything()]  # a reference out of the schema: nothing is known of it
    if deep > _DEEP:
        return [node]
    parts = [inner for keyword in _BRANCHES for each in node.children(keyword) for inner in _branches(each, deep + 1)]
    own = bool({"properties", "items", "prefixItems", "additionalProperties", "patternProperties"} & node.asserted.keys())
    return [*([node] if own or not parts else []), *parts]
