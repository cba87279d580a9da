"""YAML and JSON files read with the line of every value, so that a complaint can say where."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from vn.errors import Unusable

__all__ = ["Lined", "Where", "read_json", "read_yaml"]

Where = tuple[str | int, ...]


@dataclass(frozen=True)
class Lined:
    """A file's value, and where each part of it stands."""

    path: Path
    value: Any
    lines: Mapping[Where, int]

    def line(self, where: Iterable[str | int] = ()) -> int:
        """The line of the value at a path of keys and positions, or of the nearest that encloses it."""
        steps = tuple(where)
        while steps and steps not in self.lines:
            steps = steps[:-1]
        return self.lines.get(steps, 1)

    def unusable(self, reason: str, where: Iterable[str | int] = ()) -> Unusable:
        """The complaint about the value at `where`."""
        return Unusable(f"{self.path}:{self.line(where)}: {reason}")


def read_yaml(path: Path) -> Lined:
    """Reads a YAML file; raises Unusable with file and line where it cannot be read or names a key twice."""
    text = _text(path)
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        lines = _lines(node)
        value = loader.construct_document(node) if node else None
    except yaml.MarkedYAMLError as error:
        raise Unusable(f"{path}:{error.problem_mark.line + 1 if error.problem_mark else 1}: {error.problem or 'is not YAML'}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unusable(f"{path}:1: is not YAML: {error}") from error
    return Lined(path, value, lines)


def read_json(path: Path) -> Lined:
    """Reads a JSON file; raises Unusable with file and line where it cannot be read or names a key twice."""
    text = _text(path)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unusable(f"{path}:{error.lineno}: is not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise Unusable(f"{path}:1: is not JSON: {error}") from error
    try:  # JSON is YAML but for tabs between tokens; inside a string they are escaped
        lines = _lines(yaml.SafeLoader(text.replace("\t", " ")).get_single_node())
    except yaml.MarkedYAMLError as error:
        if error.problem_mark and error.problem and error.problem.endswith("is given twice"):
            raise Unusable(f"{path}:{error.problem_mark.line + 1}: {error.problem}") from error
        lines = {}
    except (yaml.YAMLError, ValueError, RecursionError):
        lines = {}
    return Lined(path, value, lines)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable(f"{path}:1: is not UTF-8") from error
    except OSError as error:
        raise Unusable(f"{path}: cannot be read: {error.strerror}") from error


def _lines(node: yaml.Node | None) -> dict[Where, int]:
    lines: dict[Where, int] = {(): 1}
    waiting: list[tuple[Where, yaml.Node]] = [((), node)] if node else []
    seen: set[int] = set()  # an alias may lead back to what it stands in
    while waiting:
        where, outer = waiting.pop()
        if id(outer) in seen:
            continue
        seen.add(id(outer))
        for step, mark, inner in _inside(outer):
            lines[(*where, step)] = mark.line + 1
            waiting.append(((*where, step), inner))
    return lines


def _inside(node: yaml.Node) -> Iterable[tuple[str | int, yaml.Mark, yaml.Node]]:
    if isinstance(node, yaml.SequenceNode):
        yield from ((position, item.start_mark, item) for position, item in enumerate(node.value))
    elif isinstance(node, yaml.MappingNode):
        names: set[str] = set()
        for key, item in node.value:
            name = str(key.value)
            if name in names:
                raise yaml.MarkedYAMLError(problem=f"{name!r} is given twice", problem_mark=key.start_mark)
            names.add(name)
            yield name, key.start_mark, item
