"""Every refusal is problem+json in Vietnamese, with all faults at once and no personal value in it."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import pytest
import structlog
from pydantic import AnyUrl, AwareDatetime, Field, TypeAdapter, ValidationError, conlist
from sqlalchemy import MetaData

from services.kit import AgencySettings, Native, Profession, Written, assemble, invalid
from services.kit.problems import faults_in
from services.kit.vietnamese import OTHERWISE
from tests.services.serving import serving, until
from tests.services.toy import create_app
from vn.errors import Fault

SECRET = "020190123456"


class Colour(StrEnum):
    RED = "đỏ"
    BLUE = "xanh"


class Branch(Native):
    kind: Literal["a"]
    leaf: int


class Other(Native):
    kind: Literal["b"]
    size: int


CASES: list[tuple[Any, object, list[tuple[str, str]]]] = [
    (str, 5, [("", "phải là chuỗi ký tự")]),
    (Annotated[str, Field(min_length=1)], "", [("", "không được để trống")]),
    (Annotated[str, Field(min_length=3)], "ab", [("", "phải có ít nhất 3 ký tự")]),
    (Annotated[str, Field(max_length=3)], SECRET, [("", "chỉ được có tối đa 3 ký tự")]),
    (Annotated[str, Field(pattern="^[0-9]{2}$")], SECRET, [("", "không đúng định dạng ^[0-9]{2}$")]),
    (int, SECRET + "x", [("", "phải là số nguyên")]),
    (int, 1.5, [("", "phải là số nguyên, không có phần thập phân")]),
    (Annotated[int, Field(strict=True)], "5", [("", "phải là số nguyên")]),
    (Annotated[int, Field(gt=0)], 0, [("", "phải lớn hơn 0")]),
    (Annotated[int, Field(ge=1)], 0, [("", "phải từ 1 trở lên")]),
    (Annotated[int, Field(lt=9)], 9, [("", "phải nhỏ hơn 9")]),
    (Annotated[int, Field(le=9)], 10, [("", "chỉ được đến 9")]),
    (Annotated[int, Field(multiple_of=5)], 7, [("", "phải là bội số của 5")]),
    (float, "x", [("", "phải là số")]),
    (Annotated[float, Field(allow_inf_nan=False)], float("nan"), [("", "phải là số hữu hạn")]),
    (Decimal, "x", [("", "phải là số thập phân")]),
    (Annotated[Decimal, Field(decimal_places=2)], "1.234", [("", "chỉ được có tối đa 2 chữ số thập phân")]),
    (Annotated[Decimal, Field(max_digits=2)], "123", [("", "chỉ được có tối đa 2 chữ số")]),
    (bool, "có", [("", "phải là true hoặc false")]),
    (date, "30/02/2025", [("", "phải là ngày có thật, dạng năm-tháng-ngày")]),
    (datetime, "hôm nay", [("", "phải là ngày giờ có thật theo ISO 8601")]),
    (AwareDatetime, "2025-12-01T08:00:00", [("", "phải có múi giờ")]),
    (Annotated[date, Written("%d/%m/%Y")], "30/02/2025", [("", "phải là ngày có thật, dạng dd/MM/yyyy")]),
    (Annotated[date, Written("%d/%m/%Y")], "1/7/2025", [("", "phải là ngày có thật, dạng dd/MM/yyyy")]),
    (Annotated[datetime, Written("%Y%m%d%H%M%S")], 20250701, [("", "phải là ngày giờ có thật, dạng yyyyMMddHHmmss")]),
    (Literal["a", "b"], SECRET, [("", "chỉ nhận a hoặc b")]),
    (Colour, SECRET, [("", "chỉ nhận đỏ hoặc xanh")]),
    (UUID, "x", [("", "phải là UUID")]),
    (AnyUrl, "x", [("", "phải là địa chỉ URL")]),
    (None, 5, [("", "phải để trống")]),
    (list[int], {"a": 1}, [("", "phải là danh sách")]),
    (list[int], ["x", 1, "y"], [("/0", "phải là số nguyên"), ("/2", "phải là số nguyên")]),
    (conlist(int, min_length=2, max_length=3), [1], [("", "phải có ít nhất 2 mục")]),
    (conlist(int, min_length=2, max_length=3), [1, 2, 3, 4], [("", "chỉ được có tối đa 3 mục")]),
    (dict[str, int], [], [("", "phải là đối tượng JSON")]),
    (dict[str, int], {"a/b~c": "x"}, [("/a~1b~0c", "phải là số nguyên")]),
    (Branch, [], [("", "phải là đối tượng JSON")]),
    (Branch, {"kind": "a", "x": 1}, [("/leaf", "bắt buộc phải có"), ("/x", "không có trường này trong mẫu")]),
    (Branch | Other, {"kind": "a", "leaf": "x", "size": 1}, [("/leaf", "phải là số nguyên"), ("/size", "không có trường này trong mẫu")]),
    (Annotated[Branch | Other, Field(discriminator="kind")], {"kind": "a", "leaf": "x"}, [("/leaf", "phải là số nguyên")]),
    (
        Annotated[Branch | Other, Field(discriminator="kind")],
        {"kind": "c"},
        [("", "giá trị của 'kind' chỉ nhận 'a', 'b'")],
    ),
    (Annotated[Branch | Other, Field(discriminator="kind")], {}, [("", "phải có 'kind' để biết là mẫu nào")]),
]


@pytest.mark.parametrize(("kind", "value", "faults"), CASES)
def test_each_kind_of_fault_has_a_vietnamese_reason_and_a_place(kind: Any, value: object, faults: list[tuple[str, str]]):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    errors = [{**error, "loc": ("body", *error["loc"])} for error in caught.value.errors()]
    found = faults_in(errors, value)
    assert set(found) >= {Fault(*fault) for fault in faults}
    assert SECRET not in str(found)
    assert OTHERWISE not in [fault.reason for fault in found]


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%Y%m%d%H%M%S", "%Y-%m-%d %H:%M:%S"])
def test_a_date_is_written_as_it_was_read(form: str):
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[datetime, Written(form)])
    text = datetime(2025, 7, 1, 8, 30, 59).strftime(form)
    read = adapter.validate_python(text)
    assert read.utcoffset().total_seconds() == 7 * 3600
    assert adapter.dump_python(read, mode="json") == text
    assert adapter.validate_python(read) == read


def test_a_reason_given_by_a_shape_of_its_own_is_shown_as_it_is():
    def even(value: int) -> int:
        if value % 2:
            raise invalid("phải là số chẵn {không phải khuôn}")
        return value

    from pydantic import AfterValidator

    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Annotated[int, AfterValidator(even)]).validate_python(3)
    assert [fault.reason for fault in faults_in(caught.value.errors(), 3)] == ["phải là số chẵn {không phải khuôn}"]


@pytest.fixture
def toy(settings) -> Iterator[httpx.Client]:
    with serving(create_app(settings(max_body=10_000))) as client:
        yield client


def said_no(answer: httpx.Response, status: int) -> dict[str, Any]:
    body = dict(answer.json())
    assert answer.status_code == body["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "detail"} <= set(body)
    return body


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b'{"dossier": NaN', b"[" * 5000, b"null", b'"x"', b"[]", b"1"])
def test_what_is_no_json_object_is_refused(toy: httpx.Client, body: bytes):
    answer = toy.post("/notes", content=body, headers={"content-type": "application/json"})
    said_no(answer, answer.status_code)
    assert answer.status_code in (400, 422)


def test_a_body_over_the_limit_is_refused_whether_it_says_its_length_or_not(toy: httpx.Client):
    big = b'{"dossier": "' + b"A" * 20_000 + b'"}'

    def stream() -> Iterator[bytes]:
        for start in range(0, len(big), 1000):
            yield big[start : start + 1000]

    said_no(toy.post("/notes", content=big), 413)
    said_no(toy.post("/notes", content=stream(), headers={"content-type": "application/json"}), 413)
    assert toy.get("/notes").json() == 0


def test_what_is_not_there_and_what_cannot_be_done_there_is_said_in_the_same_way(toy: httpx.Client):
    assert said_no(toy.get("/nothing"), 404)["title"] == "Không tìm thấy"
    answer = toy.delete("/notes")
    said_no(answer, 405)
    assert answer.headers["allow"] == "POST"


def test_a_fault_in_the_query_names_the_parameter(toy: httpx.Client):
    body = said_no(toy.get("/_feed", params={"after": "x", "limit": 0}), 422)
    assert [error["detail"] for error in body["errors"]] == ["tham số after: phải là số nguyên", "tham số limit: phải từ 1 trở lên"]


def test_a_rule_that_says_no_with_faults_is_422_and_without_is_409(toy: httpx.Client):
    assert said_no(toy.post("/notes", json={"dossier": "A", "text": "forbidden"}), 409)["detail"] == "không được phép"


def test_the_documentation_of_an_agency_is_complete_without_a_title_in_english(tmp_path):
    profession = Profession("Cơ quan", "Mô phỏng", MetaData(), {}, {})
    app = assemble(AgencySettings("toy", f"sqlite:///{tmp_path}/x.db"), profession)
    paths = app.openapi()["paths"]
    assert {"/_feed", "/_feed/entries", "/_lgsp/health", "/_lgsp/reset", "/_lgsp/canonical"} <= set(paths)
    summaries = [operation["summary"] for path in paths.values() for operation in path.values()]
    assert [summary for summary in summaries if summary.isascii()] == []


def test_a_mistake_of_ours_is_logged_by_type_and_place_and_not_by_its_text(toy: httpx.Client):
    with structlog.testing.capture_logs() as logs:
        said_no(toy.post("/notes", json={"dossier": "A", "text": "bug"}), 500)
        toy.post("/thoughts", json={"dossier": "A", "text": "bug"})
        until(lambda: any(log["event"] == "work failed" for log in logs))
    failures = [log for log in logs if log["log_level"] == "error"]
    assert {log["error"] for log in failures} == {"RuntimeError"}
    assert all("toy.py:" in log["where"] for log in failures)
    assert "a mistake of ours" not in str(logs)
