"""A place in a JSON Schema document: what it asserts once references are followed, and the pointer where it says so."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from vn.errors import Unusable
from vn.pointer import pointer, steps

_IDENTITY = ("$schema", "$id", "$anchor", "$comment", "$defs", "definitions")
_NOTES = ("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly")
ANNOTATIONS = frozenset((*_IDENTITY, *_NOTES))
TYPES = frozenset(("null", "boolean", "integer", "number", "string", "array", "object"))
_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


@dataclass(frozen=True)
class Node:
    """One subschema, the document it stands in, and its JSON Pointer there."""

    schema: Any
    document: Any
    at: str = ""

    def child(self, *steps: str | int) -> "Node":
        """The subschema at a path below this one."""
        schema = self.schema
        for step in steps:
            schema = schema[step]
        return Node(schema, self.document, self.at + pointer(steps))

    def get(self, keyword: str, otherwise: Any = None) -> Any:
        """The value of a keyword."""
        return self.schema.get(keyword, otherwise) if isinstance(self.schema, Mapping) else otherwise

    @cached_property
    def asserted(self) -> dict[str, Any]:
        """The keywords that restrict what is valid."""
        given = self.schema if isinstance(self.schema, Mapping) else {}
        return {key: value for key, value in given.items() if key not in ANNOTATIONS and not key.startswith("x-")}

    @property
    def accepts_all(self) -> bool:
        """Whether every value is valid."""
        return self.schema is True or (self.schema is not False and not self.asserted)

    def resolved(self) -> "Node":
        """This node with a lone `$ref` followed; one with neighbours is read as both of them together."""
        node, seen = self, {self.at}
        while "$ref" in node.asserted:
            target = node._target(node.asserted["$ref"])
            if target.at in seen:
                return node.anything()  # leads back to itself, so it says nothing
            seen.add(target.at)
            rest = {key: value for key, value in node.asserted.items() if key != "$ref"}
            if rest:
                return Node({"allOf": [{"$ref": node.asserted["$ref"]}, rest]}, self.document, self.at)
            node = target
        return node

    def children(self, keyword: str) -> list["Node"]:
        """The subschemas of `allOf`, `anyOf`, `oneOf` or `prefixItems`."""
        return [self.child(keyword, position) for position in range(len(self.get(keyword, ())))]

    @cached_property
    def types(self) -> frozenset[str]:
        """The types a value may have; an integer is a number too."""
        given = self.get("type")
        if given is None:
            options = self.options
            names = TYPES if options is None else frozenset(_NAMES[type(option)] for option in options)
        else:
            names = frozenset([given] if isinstance(given, str) else given)
        return names | {"integer"} if "number" in names else names

    @property
    def options(self) -> list[Any] | None:
        """The values of `enum` or `const`; None where neither is given."""
        if "const" in self.asserted:
            return [self.get("const")]
        given = self.get("enum")
        return list(given) if given is not None else None

    @property
    def tags(self) -> dict[str, str]:
        """Fields that hold one constant each, by which a union tells its branches apart."""
        fields = {name: self.child("properties", name).resolved().options for name in self.get("properties", {})}
        return {name: spelled(options[0]) for name, options in fields.items() if options is not None and len(options) == 1}

    def named(self, name: str) -> "Node":
        """What a property must be: by its own schema, a pattern of names, or what is said of all others."""
        return next(self._says(name), self.others)

    @property
    def others(self) -> "Node":
        """What properties must be that have no schema of their own."""
        return self.child("additionalProperties") if "additionalProperties" in self.asserted else self.anything()

    @property
    def further(self) -> "Node":
        """What items must be that have no schema of their own."""
        return self.child("items") if "items" in self.asserted else self.anything()

    def anything(self) -> "Node":
        """What is said where nothing is said."""
        return Node(True, self.document, f"{self.at}/*")

    def _says(self, name: str) -> Iterator["Node"]:
        if name in self.get("properties", {}):
            yield self.child("properties", name)
        for pattern in self.get("patternProperties", {}):
            if re.search(pattern, name):
                yield self.child("patternProperties", pattern)

    def _target(self, reference: str) -> "Node":
        document, _, fragment = reference.partition("#")
        if document not in ("", self.document.get("$id", "")) or (fragment and not fragment.startswith("/")):
            raise Unusable(f"reference {reference!r} at {self.at or 'the root'} leads out of the schema")
        node = Node(self.document, self.document)
        for step in steps(fragment):
            key: str | int = int(step) if isinstance(node.schema, list) else step
            try:
                node = node.child(key)
            except (KeyError, IndexError) as error:
                raise Unusable(f"reference {reference!r} at {self.at or 'the root'} leads to nothing") from error
        return node


def spelled(value: Any) -> str:
    """A value as JSON: 1, 1.0 and true are three different options."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
