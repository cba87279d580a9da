"""Reads YAML 1.2 text into a tree: nothing is typed, nothing is run, and a text that is no script is refused in one line."""

import re
from pathlib import Path
from typing import Any

import yaml

from scenarios.places import Complaint, Place, Unwritable
from scenarios.scalars import Plain, Ref
from scenarios.tree import Entry, Listed, Mapped, Node, Scalar

__all__ = ["MAX_BYTES", "read_tree"]

MAX_BYTES = 1 << 20
MAX_DEPTH = 50
MAX_VALUES = 100_000  # an alias of aliases is small as text only
_HALF = re.compile("[\ud800-\udfff]")
_KEY = re.compile(r"[a-z][a-z0-9-]*|/.*|\{.*\}")
_SAID = {
    "but found another document": "holds more than one document; one file is one scenario",
    "mapping values are not allowed here": "a ':' that nothing explains; is a key indented too far, or a text with ': ' not in quotes?",
    "could not find expected ':'": "a key without ':'",
    "found unexpected end of stream": "ends within a quoted text",
    "expected <block end>, but found '<block mapping start>'": "is indented otherwise than what stands before it",
    "expected <block end>, but found '-'": "is indented otherwise than what stands before it",
}


def read_tree(path: Path) -> Node:
    """The tree of a file. Raises Unwritable with file, line, column and the reason where it is not one YAML document of plain values."""
    text = _text(path)
    try:
        node = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        raise _refused(_at(path, error.problem_mark or error.context_mark), _reason(error, text)) from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = Place(path, before.count("\n") + 1, error.position - before.rfind("\n"))
        raise _refused(place, f"the character U+{ord(text[error.position]):04X} may not stand in YAML") from None
    except RecursionError:
        raise _refused(Place(path), f"is nested deeper than {MAX_DEPTH} levels") from None
    except (yaml.YAMLError, ValueError, IndexError) as error:
        raise _refused(Place(path), f"is not YAML: {error}") from None
    if node is None:
        raise _refused(Place(path), "is empty")
    return _Planting(path).tree(node, ())


class _Loader(yaml.BaseLoader):
    """Refuses tags, which in other programs run code."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "tag", None) is not None:
            raise yaml.MarkedYAMLError(
                problem=f"the tag {event.tag!r}; tags are not allowed, write the plain value", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)


class _Planting:
    """Makes a tree of PyYAML's nodes, and counts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0

    def tree(self, node: yaml.Node, above: tuple[int, ...]) -> Node:
        """The tree below a node; `above` are the nodes in which it stands."""
        place = _at(self._path, node.start_mark)
        self._count += 1
        if self._count > MAX_VALUES:
            raise _refused(place, f"holds more than {MAX_VALUES:,} values, what aliases repeat included")
        if id(node) in above:
            raise _refused(place, "an alias that contains itself")
        if len(above) >= MAX_DEPTH:
            raise _refused(place, f"is nested deeper than {MAX_DEPTH} levels")
        inside = (*above, id(node))
        if isinstance(node, yaml.MappingNode):
            return Mapped(self._entries(node, inside), place)
        if isinstance(node, yaml.SequenceNode):
            return Listed(tuple(self.tree(item, inside) for item in node.value), place)
        if _HALF.search(node.value):
            raise _refused(place, "half of a character, written as \\uD800 to \\uDFFF")
        plain = isinstance(node, yaml.ScalarNode) and node.style is None
        return Scalar(Plain(node.value) if plain else str(node.value), place)

    def _entries(self, node: yaml.MappingNode, inside: tuple[int, ...]) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for key, item in node.value:
            place = _at(self._path, key.start_mark)
            word = self.tree(key, inside)
            if not isinstance(word, Scalar):
                raise _refused(place, "a key is a word, not a list or mapping")
            name = str(word.text)
            if node.flow_style and _continues(key, item) and found and _extended(found, name):
                continue
            if name in found:
                raise _refused(place, f"the key {name!r} is given twice, first at line {found[name].key.line}")
            if node.flow_style and len(node.value) == 1 and item.value == "" and (ref := Ref.whole(f"{{{name}}}")):
                raise _refused(_at(self._path, node.start_mark), f"what was captured is named in quotes: '{ref}'")
            found[name] = Entry(place, self.tree(item, inside))
        return found


def _continues(key: yaml.ScalarNode, item: yaml.Node) -> bool:
    """Whether a key in braces has no ':' and could be none, so that it is the rest of a text with a comma in it."""
    return key.style is None and item.start_mark.index == key.end_mark.index and item.value == "" and not _KEY.fullmatch(key.value)


def _extended(found: dict[str, Entry], rest: str) -> bool:
    """Adds what stands after a comma to the plain text before it: `{vi: Hai lần, sau Tết}`."""
    last, entry = next(reversed(found.items()))
    if not isinstance(entry.node, Scalar) or not isinstance(entry.node.text, Plain) or not entry.node.text:
        return False
    found[last] = Entry(entry.key, Scalar(Plain(f"{entry.node.text}, {rest}"), entry.node.place))
    return True


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refused(Place(path), f"cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise _refused(Place(path), "is larger than 1 MiB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        raise _refused(Place(path, before.count(b"\n") + 1, error.start - before.rfind(b"\n")), "is not UTF-8") from None


def _at(path: Path, mark: yaml.Mark | None) -> Place:
    return Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)


def _reason(error: yaml.MarkedYAMLError, text: str) -> str:
    problem = error.problem or "is not YAML"
    mark = error.problem_mark
    if mark and "cannot start any token" in problem and text[mark.index : mark.index + 1] == "\t":
        return "a tab; YAML is indented with spaces"
    if found := re.fullmatch(r"found undefined alias '?(.*?)'?", problem):
        return f"the alias *{found[1]} names nothing"
    if problem.startswith("the tag "):
        return problem
    return _SAID.get(problem, f"is not YAML: {problem}" + (f" ({error.context})" if error.context else ""))


def _refused(place: Place, reason: str) -> Unwritable:
    return Unwritable([Complaint(place, "", reason)])
