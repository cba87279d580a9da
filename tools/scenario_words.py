"""Writes the JSON Schema of scenario scripts and docs/scenarios-reference.md from their shapes: `python -m tools.scenario_words`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scenarios import schema

PAGE = Path(__file__).resolve().parents[1] / "docs" / "scenarios-reference.md"
HEAD = """# The words of a script

Generated from the shapes of the language by `make export`; a test fails when it drifts. Keys that must be given are **bold**.

A value is text, typed by the place where it stands: `05765` keeps its zero, `1_950_000_000` is an amount, `no` is a word.
Instants: `2026-02-09T08:00` (Viet Nam's time) or `2026-02-09` (8:00). Spans: `2 working-days`, `30 calendar-days`, `3 hours`,
`10 minutes`, `5 seconds`. Counts: `2`, `exactly 2 ids`, `at least 3 deliveries`, `at most 1`. Names: a letter, then a-z, 0-9, `-`.
What was captured with `as` is named by its name where a name is wanted, and as `"{n./lines/0/deadline}"` inside any other text, in quotes.
Of a person there are `{an./identity}`, name and phone; of a parcel commune, map-sheet, number, certificate and path.

A text in braces may have commas in it (`{vi: Hai lần, sau Tết, en: Twice}`); one with `: `, ` #` or a brace in it stands in quotes.
Tags are refused. For completion an editor is told
`# yaml-language-server: $schema=FILE`, the file being what `lgsp scenario schema` prints.
`lgsp scenario lint PATH...` says what is wrong with scripts, and what each needs to be played.
"""


def page() -> str:
    """The page as it is committed."""
    document = schema.document()
    shapes = document["$defs"]
    steps = shapes["Step"]["properties"]
    used = {name for each in steps.values() for name in _shapes(each)}
    parts = [HEAD, "## The file\n", *_table(document), "## Steps\n"]
    for word, said in steps.items():
        for name in _shapes(said)[:1]:
            parts += [f"### {word}\n", _about(shapes[name]) + "\n", *_table(shapes[name])]
    parts.append("## What stands in them\n")
    for name in sorted(shapes.keys() - used - {"Step"}):
        parts += [f"### {name}\n", _about(shapes[name]) + "\n", *_table(shapes[name])]
    return "\n".join(parts).rstrip() + "\n"


def _table(shape: Mapping[str, Any]) -> Iterator[str]:
    properties = shape.get("properties", {})
    if not properties:
        return
    yield "| key | value | |\n|---|---|---|"
    for name, said in properties.items():
        key = f"**{name}**" if name in shape.get("required", ()) else name
        yield f"| {key} | {_kind(said)} | {_about(said)} |"
    yield ""


def _about(said: Mapping[str, Any]) -> str:
    return str(said.get("description", "")).replace("\n", " ").replace("|", "\\|")


def _shapes(said: Mapping[str, Any]) -> list[str]:
    """The shapes that a value may have, in order."""
    own = [said["$ref"].rsplit("/", 1)[-1]] if "$ref" in said else []
    return own + [name for each in said.get("anyOf", ()) for name in _shapes(each)]


def _kind(said: Mapping[str, Any]) -> str:
    """What may stand there, in a few words."""
    if "$ref" in said:
        return str(said["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in said:
        return " or ".join(dict.fromkeys(kind for each in said["anyOf"] if (kind := _kind(each)) and not _row(each)))
    if "enum" in said:
        return ", ".join(dict.fromkeys(f"`{str(each).lower() if isinstance(each, bool) else each}`" for each in said["enum"]))
    if said.get("type") == "array":
        return f"list of {_kind(said.get('items', {}))}"
    if said.get("type") == "object":
        return "mapping"
    return _named(said)


def _named(said: Mapping[str, Any]) -> str:
    pattern, types = str(said.get("pattern", "")), said.get("type", [])
    for begin, kind in (("(^[a-z]", "name"), ("(^(/", "JSON Pointer"), ("(^[0-9]", "span")):
        if pattern.startswith(begin):
            return kind
    if not types:
        return "anything"
    return "number" if "integer" in types else "text"


def _row(said: Mapping[str, Any]) -> bool:
    return said.get("pattern") == schema.ROW


if __name__ == "__main__":
    schema.PATH.write_text(schema.text(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
