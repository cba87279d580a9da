"""The envelope: CloudEvents in Kafka's binary mode, every fault at once."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bus import Message, decode, envelope
from tests.bus.samples import slip_cancelled
from vn.errors import Fault, Refused

Headers = list[tuple[str, bytes | None]]
FULL = Message(
    id="4c1f",
    source="VN/GOV/H37.15/ilis",
    type="vn.gov.land.transfer-slip.v1",
    subject="H37.15-250701-0001",
    time=datetime(2025, 7, 1, 8, 0, tzinfo=timezone(timedelta(hours=7))),
    payload=b"{}",
    recipient="VN/GOV/G12.20/tct",
    correlation_id="case",
    causation_id="cause",
    expiry=datetime(2025, 7, 2, tzinfo=UTC),
    dataschema="urn:x",
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    extra=(("signature", b"a..b"), ("x-binary", b"\xff\xfe")),
)


def with_header(name: str, value: bytes | None) -> Headers:
    return [(each, value if each == name else old) for each, old in FULL.to_headers()]


def without(name: str) -> Headers:
    return [header for header in FULL.to_headers() if header[0] != name]


def faults(key: bytes | None, value: bytes | None, headers: Headers) -> list[Fault]:
    with pytest.raises(Refused) as caught:
        decode(key, value, headers)
    assert caught.value.code == "client.malformed_envelope"
    return list(caught.value.faults)


@pytest.mark.parametrize("message", [FULL, slip_cancelled()])
def test_a_message_comes_back_as_it_was_written(message: Message) -> None:
    assert decode(message.key, message.payload, message.to_headers()) == message


def test_the_source_carries_a_slash_on_the_wire_only() -> None:
    assert dict(FULL.to_headers())["ce_source"] == b"/VN/GOV/H37.15/ilis"


@pytest.mark.parametrize("message", [FULL, slip_cancelled()])
def test_the_quick_and_the_careful_reading_agree(message: Message) -> None:
    given = message.key, message.payload, message.to_headers()
    assert envelope._plain(*given) == envelope._careful(*given) == message


@pytest.mark.parametrize("name", envelope.REQUIRED)
def test_a_missing_required_header_is_a_fault(name: str) -> None:
    assert Fault(f"/headers/{name}", "is missing") in faults(FULL.key, b"{}", without(name))


@pytest.mark.parametrize("name", envelope.OPTIONAL)
def test_an_optional_header_may_be_absent(name: str) -> None:
    assert decode(FULL.key, b"{}", without(name)).id == FULL.id


@pytest.mark.parametrize("name", [*envelope.REQUIRED, *envelope.OPTIONAL])
@pytest.mark.parametrize(("value", "reason"), [(b"", "is empty"), (None, "is null"), (b"\xff", "is not UTF-8")])
def test_a_known_header_that_cannot_be_read_is_a_fault(name: str, value: bytes | None, reason: str) -> None:
    assert Fault(f"/headers/{name}", reason) in faults(FULL.key, b"{}", with_header(name, value))


@pytest.mark.parametrize("name", [*envelope.REQUIRED, *envelope.OPTIONAL])
def test_a_known_header_twice_is_a_fault(name: str) -> None:
    headers = FULL.to_headers()
    twice = [*headers, next(header for header in headers if header[0] == name)]
    assert faults(FULL.key, b"{}", [*twice]) == [Fault(f"/headers/{name}", "stands there 2 times")]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("ce_specversion", b"0.3", "must be 1.0"),
        ("ce_id", b"x" * 256, "is longer than 255 characters"),
        ("ce_dataschema", b"x" * 1025, "is longer than 1024 characters"),
        ("ce_source", b"VN/GOV/H37.15/ilis", "must be a member id after a slash: /VN/GOV/H37.15/ilis"),
        ("ce_source", b"/", "must be a member id after a slash: /VN/GOV/H37.15/ilis"),
        ("ce_recipient", b"/", "must be a member id"),
        ("ce_time", b"2025-07-01", "is not a time by RFC 3339 with an offset"),
        ("ce_time", b"2025-07-01T08:00:00", "is not a time by RFC 3339 with an offset"),
        ("ce_time", b"2025-02-30T08:00:00Z", "is not a time by RFC 3339 with an offset"),
        ("ce_expirytime", b"01/07/2025", "is not a time by RFC 3339 with an offset"),
        ("content-type", b"application/xml", "must be application/json"),
        ("content-type", b"application/cloudevents+json", "must be application/json"),
    ],
)
def test_a_header_with_a_wrong_value_is_a_fault(name: str, value: bytes, reason: str) -> None:
    assert faults(FULL.key, b"{}", with_header(name, value)) == [Fault(f"/headers/{name}", reason)]


@pytest.mark.parametrize("value", [b"2025-07-01T08:00:00Z", b"2025-07-01T08:00:00.123456789+07:00", b"2025-07-01t08:00:00-00:30"])
def test_a_time_may_have_any_form_of_rfc_3339(value: bytes) -> None:
    assert decode(FULL.key, b"{}", with_header("ce_time", value)).time.tzinfo is not None


def test_an_id_of_255_letters_with_marks_is_not_too_long() -> None:
    assert decode(FULL.key, b"{}", with_header("ce_id", ("đ" * 255).encode())).id == "đ" * 255


@pytest.mark.parametrize("value", [b"application/json; charset=utf-8", b"Application/JSON;charset=UTF-8"])
def test_json_may_name_its_character_set(value: bytes) -> None:
    assert decode(FULL.key, b"{}", with_header("content-type", value)).content_type == value.decode()


@pytest.mark.parametrize(
    ("key", "reason"),
    [(None, "is null; it must equal ce_subject"), (b"other", "differs from ce_subject"), (b"\xff", "is not UTF-8")],
)
def test_the_key_must_be_the_subject(key: bytes | None, reason: str) -> None:
    assert faults(key, b"{}", [*FULL.to_headers()]) == [Fault("/key", reason)]


def test_a_message_has_a_payload() -> None:
    assert faults(FULL.key, None, [*FULL.to_headers()]) == [Fault("/value", "is null; a message has a payload")]


def test_all_faults_are_told_at_once() -> None:
    headers: Headers = [("ce_id", b""), ("ce_time", b"now"), ("content-type", b"text/plain")]
    found = faults(None, None, headers)
    assert [fault.pointer for fault in found] == [
        "/headers/ce_specversion",
        "/headers/ce_id",
        "/headers/ce_source",
        "/headers/ce_type",
        "/headers/ce_subject",
        "/headers/ce_time",
        "/headers/content-type",
        "/key",
        "/value",
    ]


def test_unknown_headers_are_kept_as_they_are_even_twice() -> None:
    headers: Headers = [*FULL.to_headers(), ("x-binary", b"second")]
    assert decode(FULL.key, b"{}", headers).extra == (*FULL.extra, ("x-binary", b"second"))


@pytest.mark.parametrize("more", [[("x", b"y" * 70_000)], [(f"x{number}", b"y") for number in range(100)]])
def test_headers_have_a_bound_on_their_number_and_size(more: Headers) -> None:
    assert [fault.pointer for fault in faults(FULL.key, b"{}", [*FULL.to_headers(), *more])] == ["/headers"]


def test_what_can_be_read_of_a_broken_envelope_is_read() -> None:
    headers: Headers = [("ce_id", b"first"), ("ce_id", b"second"), ("ce_type", b"\xff"), ("ce_source", b""), ("x", b"y")]
    assert envelope.readable(headers) == {"ce_id": "first"}
