"""Whether a contract may change: what readers of one schema no longer accept from writers of another, in schema registries' words.

BACKWARD: the new schema reads all that the old one allowed. FORWARD: the old reads all that the new one allows. FULL: both.
The words are Karapace's; `format_added` and `format_changed` are ours, because here formats are asserted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from contracts.nodes import Node, spelled

Seen = frozenset[tuple[str, str]]
MODES = ("BACKWARD", "FORWARD", "FULL", "NONE")


@dataclass(frozen=True, order=True)
class Incompatibility:
    """One thing that a reader no longer accepts; `pointer` leads into the reader's schema."""

    pointer: str
    reason: str
    message: str

    def __str__(self) -> str:
        return f"{self.pointer or '(whole)'}: {self.reason}: {self.message}"


@dataclass(frozen=True)
class Comparison:
    """Two versions of a schema: `backward` is what the new one refuses of the old, `forward` what the old one refuses of the new."""

    backward: tuple[Incompatibility, ...]
    forward: tuple[Incompatibility, ...]

    @property
    def full(self) -> tuple[Incompatibility, ...]:
        """Both directions together."""
        return self.backward + self.forward

    def allowed(self, mode: str) -> bool:
        """Whether the change may be made under BACKWARD, FORWARD, FULL or NONE."""
        return not {"BACKWARD": self.backward, "FORWARD": self.forward, "FULL": self.full, "NONE": ()}[mode.upper()]


def compare(old: Mapping[str, Any] | bool, new: Mapping[str, Any] | bool) -> Comparison:
    """Compares two JSON Schemas (2020-12); references inside each are followed, a reference out of it raises Unusable."""
    before, after = Node(old, old), Node(new, new)
    return Comparison(tuple(sorted(set(_read(after, before)))), tuple(sorted(set(_read(before, after)))))


def _read(reader: Node, writer: Node, seen: Seen = frozenset()) -> list[Incompatibility]:
    """What `reader` refuses of the values that `writer` allows."""
    pair = (reader.at, writer.at)
    reader, writer = reader.resolved(), writer.resolved()
    if pair in seen or reader.accepts_all or writer.schema is False:
        return []
    seen |= {pair}
    if reader.schema is False:
        return [Incompatibility(reader.at, "type_changed", "no value is accepted any more")]
    if writer.accepts_all:
        return [Incompatibility(reader.at, "schema_added", "every value was accepted, now only some are")]
    found = [*_plain(reader, writer, seen), *_all_of(reader, writer, seen), *_one_of(reader, writer, seen), *_not(reader, writer, seen)]
    if not found:
        return []
    if any(not _read(reader, part, seen) for part in writer.children("allOf")):  # one part alone is narrow enough
        return []
    _, branches = _union(writer)
    if branches and not _union(reader)[1]:  # what stands beside the branches is not narrow enough, but each branch may be
        return [problem for branch in branches for problem in _read(reader, branch, seen)]
    return found


# --- combined schemas ---


def _union(node: Node) -> tuple[str, list[Node]]:
    return next(((keyword, node.children(keyword)) for keyword in ("oneOf", "anyOf") if node.get(keyword)), ("", []))


def _all_of(reader: Node, writer: Node, seen: Seen) -> Iterator[Incompatibility]:
    parts = writer.children("allOf")
    for part in reader.children("allOf"):
        problems = _read(part, writer, seen)
        if problems and parts:
            yield Incompatibility(part.at, "product_type_extended", "one more schema must be fulfilled")
        else:
            yield from problems


def _one_of(reader: Node, writer: Node, seen: Seen) -> list[Incompatibility]:
    keyword, branches = _union(reader)
    if not branches:
        return []
    at = f"{reader.at}/{keyword}"
    kind, written = _union(writer)
    if not written:
        if writer.get("allOf"):
            problems = [Incompatibility(at, "combined_type_changed", f"allOf became {keyword}")]
        else:
            problems = [Incompatibility(at, "type_changed", "none of the schemas accepts what was valid")]
        return _unless_read(branches, writer, seen, problems)
    if keyword == "oneOf" and kind == "anyOf":
        return [Incompatibility(at, "combined_type_changed", "anyOf became oneOf")]
    fewer = len(branches) < len(written)
    word = "sum_type_narrowed" if fewer else "combined_type_subschemas_changed"
    message = f"{len(written)} schemas became {len(branches)}" if fewer else "a schema that was there has no counterpart"
    problems = [Incompatibility(at, word, message)]
    return [problem for branch in written for problem in _unless_read(branches, branch, seen, problems)]


def _unless_read(branches: list[Node], writer: Node, seen: Seen, otherwise: list[Incompatibility]) -> list[Incompatibility]:
    """Nothing where a branch reads the writer; the problems of its counterpart where the tags tell it; else `otherwise`."""
    results = [_read(branch, writer, seen) for branch in branches]
    if not all(results):
        return []
    tags = writer.resolved().tags
    for branch, problems in zip(branches, results, strict=True):
        theirs = branch.resolved().tags
        shared = tags.keys() & theirs.keys()
        if (shared or len(branches) == 1) and all(tags[name] == theirs[name] for name in shared):
            return problems
    return otherwise


def _not(reader: Node, writer: Node, seen: Seen) -> Iterator[Incompatibility]:
    if "not" not in reader.asserted:
        return
    if "not" not in writer.asserted or _read(writer.child("not"), reader.child("not"), seen):
        yield Incompatibility(f"{reader.at}/not", "not_type_narrowed", "more values are excluded")


# --- one plain schema ---


def _plain(reader: Node, writer: Node, seen: Seen) -> Iterator[Incompatibility]:
    types = writer.types
    missing = types - reader.types
    if missing:
        word = "type_narrowed" if reader.types & types else "type_changed"
        yield Incompatibility(f"{reader.at}/type", word, f"{', '.join(sorted(missing))} is not accepted any more")
    elif reader.options is not None:
        yield from _options(reader, writer)
    for keyword, kinds, check in _CHECKS:
        if keyword in reader.asserted and types & kinds:
            yield from check(reader, writer, keyword)
    if "object" in types & reader.types:
        yield from _object(reader, writer, seen)
    if "array" in types & reader.types:
        yield from _array(reader, writer, seen)
    for keyword in _WHOLE:
        yield from _whole(reader, writer, keyword)


def _options(reader: Node, writer: Node) -> Iterator[Incompatibility]:
    keyword = "const" if "const" in reader.asserted else "enum"
    accepted = {spelled(option) for option in reader.options or ()}
    if writer.options is None:
        yield Incompatibility(f"{reader.at}/{keyword}", "enum_array_narrowed", "any value was accepted, now only some are")
    elif gone := [option for option in map(spelled, writer.options) if option not in accepted]:
        yield Incompatibility(f"{reader.at}/{keyword}", "enum_array_narrowed", f"no longer accepted: {', '.join(gone)}")


def _bound(word: str, tighter: str, is_tighter: Callable[[Any, Any], bool]) -> Callable[[Node, Node, str], Iterator[Incompatibility]]:
    def check(reader: Node, writer: Node, keyword: str) -> Iterator[Incompatibility]:
        now, before = reader.get(keyword), writer.get(keyword)
        at = f"{reader.at}/{keyword}"
        if before is None:
            if not (keyword.startswith("min") and now == 0 and keyword != "minimum"):  # minLength 0 says nothing
                yield Incompatibility(at, f"{word}_added", f"{now} introduced")
        elif is_tighter(now, before):
            yield Incompatibility(at, f"{word}_{tighter}", f"{before} became {now}")

    return check


def _multiple(reader: Node, writer: Node, keyword: str) -> Iterator[Incompatibility]:
    now, before = reader.get(keyword), writer.get(keyword)
    at = f"{reader.at}/{keyword}"
    step = Fraction(str(now))
    given = Fraction(str(before)) if before is not None else Fraction(1) if "number" not in writer.types else None
    if given is None:
        yield Incompatibility(at, "multiple_added", f"{now} introduced")
    elif given % step:
        yield Incompatibility(at, "multiple_expanded" if step > given else "multiple_changed", f"{given} became {step}")


def _unique(reader: Node, writer: Node, keyword: str) -> Iterator[Incompatibility]:
    if reader.get(keyword) and not writer.get(keyword):
        yield Incompatibility(f"{reader.at}/{keyword}", "unique_items_added", "an item may no longer be given twice")


def _lower(now: Any, before: Any) -> bool:
    return bool(now < before)


def _higher(now: Any, before: Any) -> bool:
    return bool(now > before)


def _other(now: Any, before: Any) -> bool:
    return bool(now != before)


_NUMBER, _STRING, _ARRAY, _OBJECT = (frozenset(names) for names in (("number", "integer"), ("string",), ("array",), ("object",)))
_CHECKS: tuple[tuple[str, frozenset[str], Callable[[Node, Node, str], Iterator[Incompatibility]]], ...] = (
    ("maxLength", _STRING, _bound("max_length", "decreased", _lower)),
    ("minLength", _STRING, _bound("min_length", "increased", _higher)),
    ("pattern", _STRING, _bound("pattern", "changed", _other)),
    ("format", _STRING, _bound("format", "changed", _other)),
    ("maximum", _NUMBER, _bound("maximum", "decreased", _lower)),
    ("minimum", _NUMBER, _bound("minimum", "increased", _higher)),
    ("exclusiveMaximum", _NUMBER, _bound("maximum_exclusive", "decreased", _lower)),
    ("exclusiveMinimum", _NUMBER, _bound("minimum_exclusive", "increased", _higher)),
    ("multipleOf", _NUMBER, _multiple),
    ("maxItems", _ARRAY, _bound("max_items", "decreased", _lower)),
    ("minItems", _ARRAY, _bound("min_items", "increased", _higher)),
    ("uniqueItems", _ARRAY, _unique),
    ("maxProperties", _OBJECT, _bound("max_properties", "decreased", _lower)),
    ("minProperties", _OBJECT, _bound("min_properties", "increased", _higher)),
)
# Keywords whose inside is not compared: what differs there counts as a change.
_WHOLE = ("if", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems", "dependentSchemas")


def _whole(reader: Node, writer: Node, keyword: str) -> Iterator[Incompatibility]:
    if keyword not in reader.asserted:
        return
    parts = ("if", "then", "else") if keyword == "if" else (keyword,)
    if keyword not in writer.asserted:
        word = "dependency_schema_added" if keyword == "dependentSchemas" else "schema_added"
        yield Incompatibility(f"{reader.at}/{keyword}", word, f"{keyword} introduced")
    elif any(spelled(reader.get(part)) != spelled(writer.get(part)) for part in parts):
        yield Incompatibility(f"{reader.at}/{keyword}", "combined_type_subschemas_changed", f"{keyword} changed")


# --- objects and arrays ---


def _object(reader: Node, writer: Node, seen: Seen) -> Iterator[Incompatibility]:
    ours, theirs = reader.get("properties", {}), writer.get("properties", {})
    for name in ours:
        yield from _known(reader, writer, name, seen)
    for name in [name for name in theirs if name not in ours]:
        yield from _removed(reader, writer, name, seen)
    yield from _required(reader, writer)
    yield from _dependencies(reader, writer)
    if problems := _read(reader.others, writer.others, seen):
        if writer.others.accepts_all or reader.others.schema is False:
            at = f"{reader.at}/additionalProperties"
            yield Incompatibility(at, "additional_properties_narrowed", "properties that are not named were accepted")
        else:
            yield from problems
    for pattern in reader.get("patternProperties", {}):
        if pattern in writer.get("patternProperties", {}):
            yield from _read(reader.child("patternProperties", pattern), writer.child("patternProperties", pattern), seen)
        elif writer.get("additionalProperties", True) is not False:
            at = f"{reader.at}/patternProperties"
            yield Incompatibility(at, "property_added_to_open_content_model", f"names like {pattern} were open")


def _known(reader: Node, writer: Node, name: str, seen: Seen) -> Iterator[Incompatibility]:
    ours, theirs = reader.child("properties", name), writer.named(name).resolved()
    if name in writer.get("properties", {}):
        yield from _read(ours, theirs, seen)
    elif theirs.schema is not False and (problems := _read(ours, theirs, seen)):
        if theirs.accepts_all:
            yield Incompatibility(ours.at, "property_added_to_open_content_model", f"{name!r} could hold any value before")
        else:
            message = f"{name!r}: {problems[0].reason}"
            yield Incompatibility(ours.at, "property_added_not_covered_by_partially_open_content_model", message)


def _removed(reader: Node, writer: Node, name: str, seen: Seen) -> Iterator[Incompatibility]:
    ours, theirs = reader.named(name), writer.child("properties", name)
    at = f"{reader.at}/properties"
    if not _read(ours, theirs, seen):
        return
    if ours.schema is False:
        yield Incompatibility(at, "property_removed_from_closed_content_model", f"{name!r} is not accepted any more")
    else:
        message = f"{name!r} does not fit what other properties must be"
        yield Incompatibility(at, "property_removed_not_covered_by_partially_open_content_model", message)


def _required(reader: Node, writer: Node) -> Iterator[Incompatibility]:
    for name in reader.get("required", ()):
        if name in writer.get("required", ()):
            continue
        if writer.named(name).resolved().schema is False:
            word, message = "required_property_added_to_unopen_content_model", f"{name!r} was not there before"
        else:
            word, message = "required_attribute_added", f"{name!r} became required"
        yield Incompatibility(f"{reader.at}/required", word, message)


def _dependencies(reader: Node, writer: Node) -> Iterator[Incompatibility]:
    for name, wanted in reader.get("dependentRequired", {}).items():
        before: Iterable[str] | None = writer.get("dependentRequired", {}).get(name)
        more = set(wanted) - set(before or ()) - set(writer.get("required", ()))
        if more:
            word = "dependency_array_added" if before is None else "dependency_array_extended"
            yield Incompatibility(f"{reader.at}/dependentRequired", word, f"{name!r} needs {', '.join(sorted(more))}")


def _array(reader: Node, writer: Node, seen: Seen) -> Iterator[Incompatibility]:
    ours, theirs = reader.children("prefixItems"), writer.children("prefixItems")
    rest, others = reader.further, writer.further
    for position in range(max(len(ours), len(theirs))):
        now = ours[position] if position < len(ours) else rest
        before = theirs[position] if position < len(theirs) else others
        yield from _item(now, before, added=position >= len(theirs), removed=position >= len(ours), seen=seen)
    problems = _read(rest, others, seen)
    if problems and rest.schema is False:
        yield Incompatibility(rest.at, "additional_items_removed", "further items were accepted")
    elif problems and others.resolved().accepts_all:
        yield Incompatibility(rest.at, "additional_items_narrowed", "items could be anything before")
    else:
        yield from problems


def _item(now: Node, before: Node, *, added: bool, removed: bool, seen: Seen) -> Iterator[Incompatibility]:
    problems = _read(now, before, seen)
    if not problems or not (added or removed):
        yield from problems
    elif added:
        word = "item_added_to_open_content_model" if before.accepts_all else "item_added_not_covered_by_partially_open_content_model"
        yield Incompatibility(now.at, word, "an item that was open before")
    elif now.schema is False:
        yield Incompatibility(now.at, "item_removed_from_closed_content_model", "an item that is not accepted any more")
    else:
        yield Incompatibility(now.at, "item_removed_not_covered_by_partially_open_content_model", "an item that does not fit the others")
