"""What may change in a contract."""

from typing import Any

import pytest
from jsonschema_rs import canonical, canonicalize

from contracts import Catalogue, Comparison, Incompatibility, compare
from vn.errors import Unusable


def string(**more: Any) -> dict[str, Any]:
    return {"type": "string"} | more


def number(**more: Any) -> dict[str, Any]:
    return {"type": "number"} | more


def closed(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def opened(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


def array(**more: Any) -> dict[str, Any]:
    return {"type": "array"} | more


PERSON = closed("kind", "id", kind={"const": "person"}, id=string())
LONGER = closed("kind", "id", kind={"const": "person"}, id=string(minLength=12))
FIRM = closed("kind", "code", kind={"const": "firm"}, code=string())
REFERRED = {"$ref": "#/$defs/p", "$defs": {"p": closed("id", id=string(maxLength=12))}}
TREE = {"$ref": "#/$defs/t", "$defs": {"t": closed(name=string(), under=array(items={"$ref": "#/$defs/t"}))}}
TREE_SHORTER = {"$ref": "#/$defs/t", "$defs": {"t": closed(name=string(maxLength=9), under=array(items={"$ref": "#/$defs/t"}))}}

# old, new, what the new one refuses of the old (backward), what the old one refuses of the new (forward)
CASES: list[tuple[str, Any, Any, list[str], list[str]]] = [
    ("nothing changes", closed("a", a=string()), closed("a", a=string()), [], []),
    ("titles and descriptions", string(title="a"), string(description="b", default="x"), [], []),
    ("x- keywords", string() | {"x-lgsp": {"version": 1}}, string(), [], []),
    ("another type", string(), {"type": "integer"}, ["type_changed /type"], ["type_changed /type"]),
    ("integer to number", {"type": "integer"}, number(), [], ["type_narrowed /type"]),
    ("null no longer", {"type": ["string", "null"]}, string(), ["type_narrowed /type"], []),
    ("anything to something", {}, string(), ["schema_added "], []),
    ("something to nothing", string(), False, ["type_changed "], []),
    ("longest shorter", string(maxLength=9), string(maxLength=8), ["max_length_decreased /maxLength"], []),
    ("longest introduced", string(), string(maxLength=8), ["max_length_added /maxLength"], []),
    ("shortest longer", string(minLength=1), string(minLength=2), ["min_length_increased /minLength"], []),
    ("shortest introduced", string(), string(minLength=2), ["min_length_added /minLength"], []),
    ("shortest of zero says nothing", string(), string(minLength=0), [], []),
    ("pattern changed", string(pattern="^a"), string(pattern="^b"), ["pattern_changed /pattern"], ["pattern_changed /pattern"]),
    ("pattern introduced", string(), string(pattern="^b"), ["pattern_added /pattern"], []),
    ("format changed", string(format="date"), string(format="time"), ["format_changed /format"], ["format_changed /format"]),
    ("format introduced", string(), string(format="date"), ["format_added /format"], []),
    ("maximum lower", number(maximum=2), number(maximum=1), ["maximum_decreased /maximum"], []),
    ("maximum introduced", number(), number(maximum=1), ["maximum_added /maximum"], []),
    ("minimum higher", number(minimum=0), number(minimum=1), ["minimum_increased /minimum"], []),
    ("minimum introduced", number(), number(minimum=0), ["minimum_added /minimum"], []),
    (
        "exclusive bounds tighter",
        number(exclusiveMaximum=9, exclusiveMinimum=0),
        number(exclusiveMaximum=8, exclusiveMinimum=1),
        ["maximum_exclusive_decreased /exclusiveMaximum", "minimum_exclusive_increased /exclusiveMinimum"],
        [],
    ),
    (
        "exclusive bounds introduced",
        number(),
        number(exclusiveMaximum=8, exclusiveMinimum=1),
        ["maximum_exclusive_added /exclusiveMaximum", "minimum_exclusive_added /exclusiveMinimum"],
        [],
    ),
    ("step introduced", number(), number(multipleOf=0.01), ["multiple_added /multipleOf"], []),
    ("step coarser", number(multipleOf=0.01), number(multipleOf=0.1), ["multiple_expanded /multipleOf"], []),
    ("step changed", number(multipleOf=3), number(multipleOf=2), ["multiple_changed /multipleOf"], ["multiple_expanded /multipleOf"]),
    ("a word less", {"enum": ["a", "b"]}, {"enum": ["a"]}, ["enum_array_narrowed /enum"], []),
    ("an enumeration introduced", string(), string(enum=["a"]), ["enum_array_narrowed /enum"], []),
    ("one constant to several", {"const": "a"}, {"enum": ["a", "b"]}, [], ["enum_array_narrowed /const"]),
    ("1 and true are different words", {"enum": [1, True]}, {"enum": [1]}, ["type_narrowed /type"], []),
    (
        "optional field added, closed",
        closed(a=string()),
        closed(a=string(), b=string()),
        [],
        ["property_removed_from_closed_content_model /properties"],
    ),
    (
        "required field added, closed",
        closed(a=string()),
        closed("b", a=string(), b=string()),
        ["required_property_added_to_unopen_content_model /required"],
        ["property_removed_from_closed_content_model /properties"],
    ),
    (
        "optional field added, open",
        opened(a=string()),
        opened(a=string(), b=string()),
        ["property_added_to_open_content_model /properties/b"],
        [],
    ),
    ("field removed, open", opened(a=string(), b=string()), opened(a=string()), [], ["property_added_to_open_content_model /properties/b"]),
    ("field became required", closed(a=string()), closed("a", a=string()), ["required_attribute_added /required"], []),
    ("closed at last", opened(a=string()), closed(a=string()), ["additional_properties_narrowed /additionalProperties"], []),
    (
        "other fields narrower",
        opened() | {"additionalProperties": string()},
        opened() | {"additionalProperties": string(maxLength=1)},
        ["max_length_added /additionalProperties/maxLength"],
        [],
    ),
    (
        "field added beside typed others",
        opened() | {"additionalProperties": string()},
        opened(a=number()) | {"additionalProperties": string()},
        ["property_added_not_covered_by_partially_open_content_model /properties/a"],
        ["property_removed_not_covered_by_partially_open_content_model /properties"],
    ),
    (
        "names by pattern introduced",
        opened(),
        opened() | {"patternProperties": {"^x": string()}},
        ["property_added_to_open_content_model /patternProperties"],
        [],
    ),
    (
        "names by pattern narrower",
        opened() | {"patternProperties": {"^x": string()}},
        opened() | {"patternProperties": {"^x": string(maxLength=1)}},
        ["max_length_added /patternProperties/^x/maxLength"],
        [],
    ),
    (
        "number of fields",
        opened() | {"minProperties": 1},
        opened() | {"minProperties": 2, "maxProperties": 3},
        ["max_properties_added /maxProperties", "min_properties_increased /minProperties"],
        [],
    ),
    (
        "fewer fields",
        opened() | {"maxProperties": 3},
        opened() | {"maxProperties": 2, "minProperties": 1},
        ["max_properties_decreased /maxProperties", "min_properties_added /minProperties"],
        [],
    ),
    ("dependency introduced", opened(), opened() | {"dependentRequired": {"a": ["b"]}}, ["dependency_array_added /dependentRequired"], []),
    (
        "dependency extended",
        opened() | {"dependentRequired": {"a": ["b"]}},
        opened() | {"dependentRequired": {"a": ["b", "c"]}},
        ["dependency_array_extended /dependentRequired"],
        [],
    ),
    (
        "dependent schema introduced",
        opened(),
        opened() | {"dependentSchemas": {"a": {"required": ["b"]}}},
        ["dependency_schema_added /dependentSchemas"],
        [],
    ),
    ("condition introduced", opened(), opened() | {"if": {"required": ["a"]}, "then": {"required": ["b"]}}, ["schema_added /if"], []),
    (
        "condition changed",
        opened() | {"if": {"required": ["a"]}, "then": {"required": ["b"]}},
        opened() | {"if": {"required": ["a"]}, "then": {"required": ["c"]}},
        ["combined_type_subschemas_changed /if"],
        ["combined_type_subschemas_changed /if"],
    ),
    ("items narrower", array(items=number()), array(items={"type": "integer"}), ["type_narrowed /items/type"], []),
    ("items introduced", array(), array(items=string()), ["additional_items_narrowed /items"], []),
    (
        "number of items",
        array(maxItems=3),
        array(maxItems=2, minItems=1),
        ["max_items_decreased /maxItems", "min_items_added /minItems"],
        [],
    ),
    ("more items", array(minItems=1), array(maxItems=2, minItems=2), ["max_items_added /maxItems", "min_items_increased /minItems"], []),
    ("no item twice", array(), array(uniqueItems=True), ["unique_items_added /uniqueItems"], []),
    (
        "no further items",
        array(prefixItems=[string()]),
        array(prefixItems=[string()], items=False),
        ["additional_items_removed /items"],
        [],
    ),
    (
        "a further item",
        array(prefixItems=[string()]),
        array(prefixItems=[string(), string()]),
        ["item_added_to_open_content_model /prefixItems/1"],
        [],
    ),
    (
        "a further item beside typed others",
        array(prefixItems=[string()], items=string()),
        array(prefixItems=[string(), number()], items=string()),
        ["item_added_not_covered_by_partially_open_content_model /prefixItems/1"],
        ["item_removed_not_covered_by_partially_open_content_model /items"],
    ),
    (
        "an item less",
        array(prefixItems=[string(), string()], items=False),
        array(prefixItems=[string()], items=False),
        ["item_removed_from_closed_content_model /items"],
        [],
    ),
    ("a schema more to choose from", {"oneOf": [PERSON]}, {"oneOf": [PERSON, FIRM]}, [], ["sum_type_narrowed /oneOf"]),
    ("branches in another order", {"oneOf": [PERSON, FIRM]}, {"oneOf": [FIRM, PERSON]}, [], []),
    ("a branch narrower", {"oneOf": [PERSON, FIRM]}, {"oneOf": [LONGER, FIRM]}, ["min_length_added /oneOf/0/properties/id/minLength"], []),
    (
        "a branch replaced",
        {"anyOf": [string(), number()]},
        {"anyOf": [string(), {"type": "boolean"}]},
        ["combined_type_subschemas_changed /anyOf"],
        ["combined_type_subschemas_changed /anyOf"],
    ),
    ("any to one", {"anyOf": [PERSON, FIRM]}, {"oneOf": [PERSON, FIRM]}, ["combined_type_changed /oneOf"], []),
    (
        "one became a choice",
        PERSON,
        {"oneOf": [PERSON, FIRM]},
        [],
        [
            "enum_array_narrowed /properties/kind/const",
            "property_removed_from_closed_content_model /properties",
            "required_property_added_to_unopen_content_model /required",
        ],
    ),
    ("a choice of others", {"type": "boolean"}, {"anyOf": [string(), number()]}, ["type_changed /anyOf"], ["type_changed /type"]),
    (
        "all became any",
        {"allOf": [string()]},
        {"anyOf": [number(), {"type": "null"}]},
        ["combined_type_changed /anyOf"],
        ["type_changed /allOf/0/type"],
    ),
    ("one more to fulfil", {"allOf": [string()]}, {"allOf": [string(), {"maxLength": 3}]}, ["product_type_extended /allOf/1"], []),
    ("more is excluded", {"not": {"const": 1}}, {"not": {"enum": [1, 2]}}, ["not_type_narrowed /not"], []),
    (
        "behind a reference",
        REFERRED,
        {"$ref": "#/$defs/q", "$defs": {"q": closed("id", id=string(maxLength=9))}},
        ["max_length_decreased /$defs/q/properties/id/maxLength"],
        [],
    ),
    ("a reference written out", REFERRED, closed("id", id=string(maxLength=12)), [], []),
    ("a reference with neighbours", REFERRED, REFERRED | {"minProperties": 2}, ["min_properties_added /allOf/1/minProperties"], []),
    ("a recursive schema", TREE, TREE, [], []),
    ("a recursive schema narrower", TREE, TREE_SHORTER, ["max_length_added /$defs/t/properties/name/maxLength"], []),
]


def told(problems: tuple[Incompatibility, ...]) -> list[str]:
    return sorted({f"{problem.reason} {problem.pointer}" for problem in problems})


@pytest.mark.parametrize(("old", "new", "backward", "forward"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_change_is_told_in_both_directions_with_its_place(old: Any, new: Any, backward: list[str], forward: list[str]) -> None:
    comparison = compare(old, new)
    assert told(comparison.backward) == backward
    assert told(comparison.forward) == forward


@pytest.mark.parametrize(("old", "new"), [case[1:3] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_called_compatible_is_never_proved_otherwise(old: Any, new: Any) -> None:
    comparison = compare(old, new)
    before, after = canonicalize(old), canonicalize(new)
    if not comparison.backward:
        assert after.covers(before) is not canonical.Containment.NO
    if not comparison.forward:
        assert before.covers(after) is not canonical.Containment.NO


def test_a_mode_allows_a_change_that_breaks_only_the_other_direction() -> None:
    comparison = compare(closed(a=string()), closed(a=string(), b=string()))
    assert [mode for mode in ("BACKWARD", "FORWARD", "FULL", "NONE") if comparison.allowed(mode)] == ["BACKWARD", "NONE"]
    assert comparison.full == comparison.backward + comparison.forward


def test_every_built_in_contract_is_compatible_with_itself() -> None:
    for contract in Catalogue.load():
        assert compare(contract.schema, contract.schema) == Comparison((), ())


@pytest.mark.parametrize("reference", ["https://example.com/a.json", "#/$defs/nothing", "#anchor"])
def test_a_reference_that_leads_out_of_the_schema_is_refused(reference: str) -> None:
    with pytest.raises(Unusable, match="leads"):
        compare({"properties": {"a": {"$ref": reference}}}, {"properties": {"a": string()}})


def test_a_message_says_what_and_where() -> None:
    assert str(compare(string(maxLength=9), string(maxLength=8)).backward[0]) == "/maxLength: max_length_decreased: 9 became 8"
