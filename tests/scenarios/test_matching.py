"""Conditions hold of what they say and of nothing else; what does not hold is told with its pointer."""

from typing import Any

import pytest

from scenarios.expectations import Condition, Expect
from scenarios.matching import at, differences
from scenarios.scalars import Plain
from scenarios.typed import NOTHING, typed

DOCUMENT: dict[str, Any] = {
    "text": "Lộc Viết Hoàng",
    "code": "05765",
    "number": 12,
    "real": 0.5,
    "flag": True,
    "none": None,
    "day": "2026-03-02",
    "lines": [{"kind": "fee", "amount": 5}, {"kind": "tax", "amount": 7}],
    "list": ["a", 3],
    "empty": [],
    "a/b": {"~": 1},
}


def conditions(said: dict[str, Any]) -> dict[str, Condition]:
    """As a script says them."""
    return Expect.model_validate({"about": "d", "where": said}).where


def wrong(pointer: str, said: Any) -> list[str]:
    """What speaks against one condition."""
    return differences(conditions({pointer: said}), DOCUMENT)


@pytest.mark.parametrize(
    ("pointer", "said", "holds"),
    [
        ("/text", Plain("Lộc Viết Hoàng"), True),
        ("/text", Plain("Lộc"), False),
        ("/code", Plain("05765"), True),
        ("/code", Plain("5765"), False),
        ("/number", Plain("12"), True),
        ("/number", Plain("12.0"), True),
        ("/number", "12", False),
        ("/number", Plain("012"), False),
        ("/real", Plain("0.50"), True),
        ("/flag", Plain("true"), True),
        ("/flag", Plain("1"), False),
        ("/flag", 1, False),
        ("/number", Plain("true"), False),
        ("/none", Plain("null"), True),
        ("/none", "null", False),
        ("/missing", Plain("null"), False),
        ("/none", {"exists": Plain("true")}, True),
        ("/missing", {"exists": Plain("false")}, True),
        ("/missing", {"exists": Plain("true")}, False),
        ("/missing", {"not": Plain("x")}, True),
        ("/number", {"not": Plain("12")}, False),
        ("/number", {"gt": Plain("11"), "lt": Plain("13")}, True),
        ("/number", {"gt": Plain("12")}, False),
        ("/number", {"ge": Plain("12"), "le": Plain("12")}, True),
        ("/number", {"le": Plain("1_000")}, True),
        ("/number", {"lt": Plain("9")}, False),
        ("/day", {"ge": Plain("2026-03-01"), "lt": Plain("2026-03-03")}, True),
        ("/day", {"gt": Plain("2026-03-02")}, False),
        ("/missing", {"lt": Plain("9")}, False),
        ("/none", {"lt": Plain("9")}, False),
        ("/text", {"matches": Plain("Lộc .*")}, True),
        ("/text", {"matches": Plain("Lộc")}, False),
        ("/number", {"matches": Plain("12")}, False),
        ("/text", {"contains": Plain("Viết")}, True),
        ("/list", {"contains": Plain("a")}, True),
        ("/list", {"contains": Plain("3")}, True),
        ("/list", {"contains": Plain("4")}, False),
        ("/lines", {"contains": {"kind": Plain("tax"), "amount": Plain("7")}}, True),
        ("/lines", {"contains": {"kind": Plain("tax"), "amount": Plain("5")}}, False),
        ("/number", {"near": {"value": Plain("10"), "by": Plain("2")}}, True),
        ("/number", {"near": {"value": Plain("10"), "by": Plain("1.9")}}, False),
        ("/text", {"near": {"value": Plain("10"), "by": Plain("2")}}, False),
        ("/number", {"one-of": [Plain("1"), Plain("12")]}, True),
        ("/number", {"one-of": [Plain("1"), "12"]}, False),
        ("/lines/1/kind", Plain("tax"), True),
        ("/lines/2/kind", Plain("tax"), False),
        ("/lines/*/amount", Plain("5"), True),
        ("/lines/*/missing", {"exists": Plain("false")}, True),
        ("/empty/*", {"exists": Plain("false")}, True),
        ("/a~1b/~0", Plain("1"), True),
        ("/lines/0", {"kind": Plain("fee"), "amount": Plain("5")}, True),
        ("/lines/0", {"kind": Plain("fee")}, False),
        ("/list", [Plain("a"), Plain("3")], True),
        ("/list", [Plain("a")], False),
    ],
)
def test_a_condition_holds_of_what_it_says_and_of_nothing_else(pointer: str, said: Any, holds: bool) -> None:
    assert (wrong(pointer, said) == []) == holds


def test_an_element_is_any_element() -> None:
    assert wrong("/lines/*/kind", Plain("tax")) == []
    assert wrong("/lines/*/amount", {"gt": Plain("6")}) == []
    assert wrong("/lines/*/kind", Plain("interest")) != []


def test_every_difference_is_told_with_its_pointer_and_long_values_are_cut() -> None:
    said = differences(conditions({"/number": Plain("7"), "/missing": {"exists": Plain("true")}, "/day": Plain("2026-03-02")}), DOCUMENT)
    assert said == ["/number: expected 7, found 12", "/missing: expected to be there: true, found nothing"]
    (long,) = differences(conditions({"": {"contains": Plain("x")}}), {"a": "y" * 500})
    assert len(long) < 200


def test_at_finds_what_lies_at_a_pointer() -> None:
    assert at(DOCUMENT, "") is DOCUMENT
    assert at(DOCUMENT, "/lines/0/amount") == 5
    assert at(DOCUMENT, "/lines/x") is NOTHING
    assert at(DOCUMENT, "/text/0") is NOTHING


@pytest.mark.parametrize(
    ("given", "there", "meant"),
    [
        (Plain("05765"), NOTHING, "05765"),
        (Plain("no"), NOTHING, "no"),
        (Plain("12"), NOTHING, 12),
        (Plain("1_950_000_000"), NOTHING, 1_950_000_000),
        (Plain("-0.5"), NOTHING, -0.5),
        (Plain("1e3"), NOTHING, 1000.0),
        (Plain("1e999"), NOTHING, "1e999"),
        (Plain("NaN"), NOTHING, "NaN"),
        (Plain("true"), NOTHING, True),
        (Plain("null"), NOTHING, None),
        (Plain("null"), "text", None),
        (Plain("null"), 5, None),
        ("null", NOTHING, "null"),
        ("12", 5, "12"),
        (Plain("12"), "text", "12"),
        (Plain("true"), "text", "true"),
        (Plain("12"), None, 12),
        (Plain("12"), [], 12),
        (Plain("12"), 5, 12),
        (Plain("năm"), 5, "năm"),
        (Plain("true"), 5, "true"),
        (Plain("false"), True, False),
        (Plain("1"), True, "1"),
        (12, "captured", 12),
        ([Plain("1"), Plain("2"), Plain("3")], ["a", 0], ["1", 2, "3"]),
        ({"a": Plain("1"), "b": Plain("2")}, {"a": "x"}, {"a": "1", "b": 2}),
    ],
)
def test_a_free_value_has_one_meaning_everywhere(given: Any, there: Any, meant: Any) -> None:
    found = typed(given, there)
    assert (found, type(found)) == (meant, type(meant))


def test_a_captured_text_that_makes_no_pattern_matches_nothing() -> None:
    condition = Condition.model_validate({"matches": "{n./text}"}).model_copy(update={"matches": "Thửa số 1 ("})
    assert differences({"/text": condition}, DOCUMENT) != []
