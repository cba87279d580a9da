"""Which places a payload of a contract can have: its JSON Schema, walked along a JSON Pointer."""

from collections.abc import Iterator

from contracts import Contract
from contracts.nodes import Node
from vn.errors import Unusable
from vn.near import suggestion
from vn.pointer import pointer, steps

__all__ = ["unknown_field"]

_BRANCHES = ("allOf", "anyOf", "oneOf")
ANY_ELEMENT = "*"
_DEEP = 20  # branches within branches that lead nowhere


def unknown_field(contract: Contract, at: str) -> str | None:
    """Why no payload of the contract has this place, with the nearest that it can have; None where it can."""
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
    return None


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
