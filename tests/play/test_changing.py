"""Changes by pointer: a value becomes what stands in its place."""

from typing import Any

import pytest

from app.play.changing import changed
from scenarios.scalars import Plain
from vn.errors import Unusable

FORM = {"name": "An", "sum": 5, "rate": 0.5, "flag": True, "list": [{"id": "001"}], "none": None}


@pytest.mark.parametrize(
    ("pointer", "value", "becomes"),
    [
        ("/name", Plain("020123456701"), "020123456701"),
        ("/name", Plain("1950000000"), "1950000000"),
        ("/name", Plain("true"), "true"),
        ("/name", Plain("null"), None),
        ("/sum", Plain("1_950_000_000"), 1_950_000_000),
        ("/sum", Plain("-1"), -1),
        ("/sum", Plain("7.5"), 7.5),
        ("/sum", Plain("năm"), "năm"),
        ("/sum", "5", "5"),
        ("/rate", Plain("1"), 1),
        ("/flag", Plain("false"), False),
        ("/flag", Plain("no"), "no"),
        ("/new", Plain("12"), 12),
        ("/new", Plain("05765"), "05765"),
        ("/new", Plain("NaN"), "NaN"),
        ("/new", {"a": Plain("1"), "b": [Plain("x")]}, {"a": 1, "b": ["x"]}),
        ("/new", 3, 3),
        ("/list/0/id", Plain("12"), "12"),
    ],
)
def test_a_word_is_typed_by_what_stands_there_and_a_quoted_one_is_text(pointer: str, value: Any, becomes: Any) -> None:
    found: Any = changed(FORM, {pointer: value})
    for step in pointer.split("/")[1:]:
        found = found[int(step) if isinstance(found, list) else step]
    assert (found, type(found)) == (becomes, type(becomes))


def test_what_a_list_or_mapping_holds_is_typed_by_what_stood_there() -> None:
    made = changed(FORM, {"/list/0": {"id": Plain("7"), "more": Plain("7")}, "/list/-": {"id": Plain("8")}})
    assert made["list"] == [{"id": "7", "more": 7}, {"id": "8"}]


def test_an_empty_value_removes_and_a_quoted_empty_text_stays_and_the_original_is_untouched() -> None:
    before = repr(FORM)
    made = changed(FORM, {"/name": "", "/sum": Plain(""), "/list/0": None})
    assert made == {"name": "", "rate": 0.5, "flag": True, "list": [], "none": None}
    assert repr(FORM) == before


def test_the_whole_can_be_replaced() -> None:
    assert changed(FORM, {"": Plain("7")}) == 7


def test_every_pointer_that_leads_nowhere_is_named_with_what_may_be_meant() -> None:
    with pytest.raises(Unusable) as told:
        changed(FORM, {"/lits/0/id": Plain("1"), "/list/3/id": Plain("1"), "/sum/x": Plain("1"), "/nmae": Plain(""), "/list/x": Plain("1")})
    lines = str(told.value).splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["/lits/0/id", "/list/3/id", "/sum/x", "/nmae", "/list/x"]
    assert "did you mean 'list'" in lines[0]
    assert "did you mean 'name'" in lines[3]
