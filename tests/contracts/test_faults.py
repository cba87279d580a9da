"""The words in which faults are told."""

from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from contracts.faults import MAX_FAULTS, listed
from vn.errors import Fault


def told(schema: Any, value: Any) -> list[str]:
    validator = Draft202012Validator(schema, validate_formats=True, offline=True)
    return [str(fault) for fault in listed(validator.iter_errors(value), value)]


@pytest.mark.parametrize(
    ("schema", "value", "reason"),
    [
        ({"type": "integer"}, "1", "is string, must be integer"),
        ({"type": ["string", "null"]}, 1.5, "is number, must be null or string"),
        ({"const": "19"}, "20", 'is not "19"'),
        ({"enum": ["ă", 1, None]}, "b", 'is none of "ă", 1, null'),
        ({"pattern": "^[0-9]{12}$"}, "0010990", "does not match ^[0-9]{12}$"),
        ({"pattern": "^(a|a)*(?=x)b$"}, "a" * 50, "is too hard to check against its pattern"),
        ({"format": "date"}, "2025-02-30", "is not a valid date"),
        ({"format": "date-time"}, "2025-02-03T10:00:00", "is not a valid date-time"),
        ({"format": "uri"}, "nowhere", "is not a valid uri"),
        ({"minLength": 1}, "", "is empty"),
        ({"minLength": 3}, "ab", "is shorter than 3 characters"),
        ({"maxLength": 2}, "Đặng", "is longer than 2 characters"),
        ({"minimum": 0}, -1, "is less than 0"),
        ({"maximum": 9}, 10**30, "is greater than 9"),
        ({"exclusiveMinimum": 0}, 0, "is not greater than 0"),
        ({"exclusiveMaximum": 0}, 0, "is not less than 0"),
        ({"multipleOf": 0.01}, 1.005, "is not a multiple of 0.01"),
        ({"minItems": 1}, [], "has fewer than 1 items"),
        ({"maxItems": 1}, [1, 2], "has more than 1 items"),
        ({"uniqueItems": True}, [1, 1], "has an item twice"),
        ({"contains": {"const": 1}}, [2], "has no item of the kind that must be there"),
        ({"minProperties": 1}, {}, "has fewer than 1 properties"),
        ({"propertyNames": {"pattern": "^a"}}, {"b": 1}, "has a property with a name that is not allowed"),
        ({"not": {"type": "string"}}, "x", "is of a shape that is not allowed"),
        (False, 1, "is not allowed here"),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, 1, "fits more than one of the shapes of which it must fit one"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "x", "is string, must be integer or null"),
    ],
)
def test_each_rule_has_its_sentence(schema: Any, value: Any, reason: str) -> None:
    assert told(schema, value) == [f"(whole): {reason}"]


def test_a_missing_and_an_unknown_property_are_pointed_at_themselves() -> None:
    schema = {"properties": {"a": {"properties": {"b": {}}, "required": ["b"], "additionalProperties": False}}}
    assert told(schema, {"a": {"x/y": 1}}) == ["/a/b: is missing", "/a/x~1y: unknown property 'x/y'"]


TAGGED = {
    "oneOf": [
        {"properties": {"kind": {"const": "person"}, "id": {"pattern": "^[0-9]{12}$"}}, "required": ["kind", "id"], "type": "object"},
        {"properties": {"kind": {"const": "firm"}, "code": {"type": "string"}}, "required": ["kind", "code"], "type": "object"},
    ]
}


@pytest.mark.parametrize(
    ("value", "faults"),
    [
        ({"kind": "person", "id": "12"}, ["/p/id: does not match ^[0-9]{12}$"]),
        ({"kind": "firm"}, ["/p/code: is missing"]),
        ({"kind": "ghost"}, ['/p/kind: is none of "person", "firm"']),
        ({"id": "000000000012"}, ["/p/kind: is missing"]),
        ("person", ["/p: is string, must be object"]),
    ],
)
def test_a_union_tells_the_faults_of_the_branch_that_was_meant(value: Any, faults: list[str]) -> None:
    assert told({"properties": {"p": TAGGED}}, {"p": value}) == faults


def test_a_nested_union_is_told_by_its_innermost_faults() -> None:
    schema = {"oneOf": [{"type": "null"}, {"type": "array", "items": TAGGED}]}
    assert told(schema, [{"kind": "firm", "code": 1}]) == ["/0/code: is integer, must be string"]


def test_no_reason_quotes_the_value_that_breaks_the_rule() -> None:
    secret = "Nguyễn Văn Bí Mật"
    rules: list[dict[str, Any]] = [
        {"type": "integer"},
        {"const": 1},
        {"enum": [1]},
        {"pattern": "^x"},
        {"maxLength": 1},
        {"format": "date"},
        {"not": {}},
    ]
    for rule in [*rules, {"anyOf": rules}, {"oneOf": rules}]:
        assert told({"properties": {"a": rule}}, {"a": secret})
        assert secret not in str(told({"properties": {"a": rule}}, {"a": secret}))


def test_faults_stay_within_what_a_receipt_can_carry() -> None:
    value = {"x" * 5000: 1} | {f"p{n}": 1 for n in range(2000)}
    validator = Draft202012Validator({"additionalProperties": False})
    faults = listed(validator.iter_errors(value), value)
    assert len(faults) == MAX_FAULTS
    assert faults[-1] == Fault("", "has 1002 more faults")
    assert max(len(fault.pointer) for fault in faults) <= 500
    assert len(listed(validator.iter_errors(long := {"x" * 5000: 1}), long)[0].pointer) == 500
