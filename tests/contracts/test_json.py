"""Strict JSON."""

import json
from timeit import repeat

import pytest

from contracts.json import canonical, parse, pointer
from vn.errors import ContractViolation, Fault


def faults(raw: bytes) -> list[Fault]:
    with pytest.raises(ContractViolation) as caught:
        parse(raw)
    assert caught.value.code == "client.contract_violation"
    return list(caught.value.faults)


@pytest.mark.parametrize(
    "raw",
    [b"{}", b" [1 ]\n", b'{"a":1.50,"b":"\\u0110"}', b"18446744073709551616", '"Lạng Sơn"'.encode(), b"[" * 64 + b"]" * 64, b"null"],
)
def test_what_is_plain_json_is_read_as_pythons_own_parser_reads_it(raw: bytes) -> None:
    assert parse(raw) == json.loads(raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xef\xbb\xbf{}", "begins with a byte order mark"),
        (b'{"a":NaN}', "has NaN or Infinity at line 1, column 6"),
        (b'{"a":\n-Infinity}', "has NaN or Infinity at line 2, column 2"),
        (b'{"a":"\xff"}', "is not UTF-8 at byte 6"),
        ('{"a":1}'.encode("utf-16"), "is not UTF-8 at byte 0"),
        (b"[" * 65 + b"]" * 65, "is nested deeper than 64 levels"),
        (b"[" * 5000 + b"]" * 5000, "is nested deeper than 64 levels"),
        (b'{"a":' + b"[" * 1000 + b"]" * 1000 + b',"a":1}', "is nested deeper than 64 levels"),
    ],
)
def test_what_is_not_json_is_refused_with_its_reason(raw: bytes, reason: str) -> None:
    assert faults(raw) == [Fault("", reason)]


@pytest.mark.parametrize("raw", [b'"\\ud800"', b'"\xed\xa0\x80"', b"{} x", b'{"a":1,}', b"1e400", b"9" * 5000, b'"a\nb"', b"{'a':1}"])
def test_broken_text_is_refused_whatever_other_parsers_make_of_it(raw: bytes) -> None:
    assert [fault.pointer for fault in faults(raw)] == [""]


def test_every_repeated_key_is_named_by_its_place() -> None:
    raw = b'{"x":[{"a":1,"a":2,"b/c":1,"b/c":{}}],"y":3,"y":3}'
    assert faults(raw) == [Fault("/x/0/a", "is given twice"), Fault("/x/0/b~1c", "is given twice"), Fault("/y", "is given twice")]


def test_a_repeated_key_with_equal_values_is_refused_too() -> None:
    assert faults(b'{"a":1,"a":1}') == [Fault("/a", "is given twice")]


def test_no_reason_quotes_the_text() -> None:
    assert "Nguyen" not in str(faults(b'{"name":"Nguyen \\x"}'))


def test_a_pointer_escapes_tilde_and_slash() -> None:
    assert pointer(["a/b", 0, "~"]) == "/a~1b/0/~0"


def test_the_canonical_spelling_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": "ệ"}) == canonical({"a": "ệ", "b": 1}) == '{"a":"ệ","b":1}'.encode()


def test_a_usual_message_is_parsed_in_microseconds() -> None:
    line = {"tieuMuc": "2801", "base": 1_200_000_000, "rate": "0.005", "amount": 6_000_000, "deadline": "2025-09-30"}
    raw = canonical({"form": "mau-19", "lines": [line] * 6, "note": "x" * 150})
    assert 700 < len(raw) < 800
    assert min(repeat(lambda: parse(raw), number=1000, repeat=5)) / 1000 < 50e-6  # measured: 4 to 6 µs
