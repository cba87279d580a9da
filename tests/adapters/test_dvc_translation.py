"""The portal's shapes against the contracts, both ways: what it says conforms, what comes in is what it takes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from pydantic import BaseModel

from adapters.dvc import DVC, translation
from adapters.dvc.handlers import RECEIVES, SENDS, read_no
from adapters.dvc.words import PAPERS, PROCEDURES, RELATIONS, pointer
from adapters.runtime import Answer
from contracts import Catalogue, Payload
from services.dvc import forms, sync, taxwords
from tests.services.dvc_forms import NOTICE, OTHER, SELLER, anew, change_purpose, company, notice, paper, person, served, status, transfer
from tests.services.serving import feed

EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"
CATALOGUE = Catalogue.load()


def examples(contract: str) -> list[bytes]:
    return [orjson.dumps(orjson.loads(path.read_bytes())) for path in sorted((EXAMPLES / contract).glob("good-*.json"))]


INCOMING: list[tuple[str, Callable[[Any], dict[str, Any]], type[BaseModel]]] = [
    ("dossier.status-changed", translation.status, sync.CapNhatTienDo),
    ("tax.payment-notice", translation.notice, taxwords.ThongBaoThue),
    ("tax.notice-cancelled", translation.notice_cancelled, taxwords.HuyThongBao),
    ("tax.no-obligation", translation.no_obligation, taxwords.KetQuaNghiaVu),
    ("tax.obligation-completed", translation.completed, taxwords.KetQuaNghiaVu),
    ("tax.receipt-reconciled", translation.reconciled, taxwords.DoiSoatChungTu),
    ("payment.receipt", translation.receipt, taxwords.ChungTuThue),
    ("payment.failed", translation.failed, taxwords.ThanhToanThatBai),
    ("land.register-updated", translation.register_updated, taxwords.KetQuaHoSo),
]


@pytest.mark.parametrize(
    ("contract", "translate", "shape", "raw"),
    [pytest.param(name, to, shape, raw, id=f"{name}-{n}") for name, to, shape in INCOMING for n, raw in enumerate(examples(name))],
)
def test_every_good_example_becomes_what_the_portal_takes(contract: str, translate: Any, shape: type[BaseModel], raw: bytes) -> None:
    said = CATALOGUE.decode(f"vn.gov.{contract}.v1", raw)
    native = translate(said)
    assert shape.model_validate(orjson.loads(orjson.dumps(native)))
    assert native.get("MaHoSo", native.get("MA_HSO")) == said.dossier  # type: ignore[attr-defined]


def test_every_contract_for_the_portal_has_a_handler_and_every_contract_of_it_a_sender() -> None:
    incoming = {each.short for each in CATALOGUE if DVC.member in each.recipients}
    outgoing = {each.short for each in CATALOGUE if each.owner == DVC.member}
    assert {CATALOGUE.by_short(name).short for name, _, _ in INCOMING} == incoming
    assert len(RECEIVES) == len(incoming)
    assert len(SENDS) == len(outgoing)


def test_the_tables_of_words_cover_the_portal_s_own_lists() -> None:
    assert set(PAPERS) == set(forms.PaperKind.__args__)
    assert set(RELATIONS) == set(forms.Relation.__args__)
    assert set(PROCEDURES) == set(forms.Procedure.__args__)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    yield from served(tmp_path_factory.mktemp("dvc"))


@pytest.fixture
def dvc(portal: httpx.Client) -> httpx.Client:
    return anew(portal)


def said(dvc: httpx.Client) -> Payload:
    """The newest entry of the feed, translated; it conforms to its contract."""
    entry = feed(dvc)[-1]
    payload = {
        "HO_SO_MOI": translation.submitted,
        "BO_SUNG": translation.supplemented,
        "RUT_HO_SO": translation.withdrawal,
        "THANH_TOAN": translation.requested,
    }[entry["kind"]](entry["body"])
    assert CATALOGUE.faults(CATALOGUE.of(payload), orjson.loads(payload.to_wire())) == []
    return payload


CLAIM = {"BenChuyen": SELLER.personal_id, "BenNhan": OTHER.personal_id, "QuanHe": "CHA_ME_CON", "GiayToChungMinh": "Giấy khai sinh"}
OWNER = {"ChuHoSo": SELLER.name, "DinhDanhCHS": {"LoaiDinhDanh": "1", "SoDinhDanh": SELLER.personal_id}}
FORMS = {
    "transfer": transfer(),
    "company": transfer(**OWNER, BenNhan=[company()]),
    "shared": transfer(**OWNER, BenNhan=[person(OTHER, "1/3"), company("2/3")], NhaDatDuyNhat=[SELLER.personal_id]),
    "gift": {**transfer(**OWNER, LoaiThuTuc="TANG_CHO", BenNhan=[person(OTHER)], QuanHe=[CLAIM]), "GhiNo": {"LePhiTruocBa": True}},
    "change-purpose": change_purpose(),
}


@pytest.mark.parametrize("kind", FORMS)
def test_a_dossier_handed_in_becomes_a_message_that_conforms(dvc: httpx.Client, kind: str) -> None:
    dvc.post("/ho-so", json=FORMS[kind]).raise_for_status()
    wire = orjson.loads(said(dvc).to_wire())
    assert len(wire["transferors"]) == len(FORMS[kind]["BenChuyen"])
    assert [each["share"] for each in wire["transferees"]] == [each["TyLe"] for each in FORMS[kind]["BenNhan"]]
    assert wire["applicant"]["name"] == FORMS[kind]["ChuHoSo"]
    assert wire["submittedAt"].startswith("2025-12-01T08:00:00")
    assert len(wire["declarations"]["values"]) == (0 if kind == "change-purpose" else 1)
    assert wire["papers"][0]["kind"] == "certificate"


def test_an_address_under_a_code_of_before_july_2025_names_its_district_and_one_of_after_has_none(dvc: httpx.Client) -> None:
    old, new = person(SELLER), person(OTHER)
    old["DiaChi"]["MaXa"], new["DiaChi"]["MaXa"] = "05971", "06187"
    dvc.post("/ho-so", json=transfer(**OWNER, BenChuyen=[old], BenNhan=[new])).raise_for_status()
    wire = orjson.loads(said(dvc).to_wire())
    assert "districtCode" in wire["transferors"][0]["party"]["address"]
    assert "districtCode" not in wire["transferees"][0]["party"]["address"]


def test_a_supplement_says_only_what_was_given_and_declarations_whole(dvc: httpx.Client) -> None:
    code = dvc.post("/ho-so", json=transfer()).json()["MaHoSo"]
    dvc.post("/CapNhatTienDoHoSoMC", json=status(code, 5)).raise_for_status()
    dvc.post(f"/ho-so/{code}/bo-sung", json={"TaiLieuNop": [paper("CCCD")]}).raise_for_status()
    assert set(orjson.loads(said(dvc).to_wire())) == {"dossier", "supplementedAt", "papers"}
    dvc.post(f"/ho-so/{code}/bo-sung", json={"GhiNo": {}, "HopDong": {"SoHopDong": "9/2025", "NgayKy": "20250602"}}).raise_for_status()
    wire = orjson.loads(said(dvc).to_wire())
    assert wire["declarations"]["contract"] == {"number": "9/2025", "signedOn": "2025-06-02"}
    assert (wire["declarations"]["values"][0]["value"], len(wire["parcels"]), "transferees" in wire) == (1_500_000_000, 1, False)


def test_a_withdrawal_and_a_payment_become_messages_that_conform(dvc: httpx.Client) -> None:
    code = dvc.post("/ho-so", json=transfer()).json()["MaHoSo"]
    dvc.post("/ImportThongBaoThue", json=notice(code)).raise_for_status()
    dvc.post(f"/ho-so/{code}/thanh-toan", json={"SoThongBao": NOTICE, "SoTien": 500}).raise_for_status()
    wire = orjson.loads(said(dvc).to_wire())
    assert (wire["amount"], [line["amount"] for line in wire["lines"]], len(wire["attempt"])) == (500, [500], 17)
    dvc.post(f"/ho-so/{code}/rut", json={"LyDo": "Không bán nữa"}).raise_for_status()
    assert orjson.loads(said(dvc).to_wire())["reason"] == "Không bán nữa"


@pytest.mark.parametrize(
    ("contract", "form"),
    [
        ("", ""),
        ("/papers", "/TaiLieuNop"),
        ("/parcels/0/area", "/ThuaDat/0/DienTich"),
        ("/parcels/1/parcel/communeCode", "/ThuaDat/1/MaXa"),
        ("/transferors/0/party/personalId", "/BenChuyen/0/SoDinhDanh"),
        ("/declarations/contract/signedOn", "/HopDong/NgayKy"),
        ("/declarations/values/0/value", "/ThuaDat/0/GiaTri"),
        ("/declarations/relations/2/transferee", "/QuanHe/2/BenNhan"),
        ("/declarations/purposeChange/area", "/ChuyenMucDich/DienTichChuyen"),
        ("/somethingElse/3", "/somethingElse/3"),
    ],
)
def test_a_pointer_into_the_message_is_shown_as_one_into_the_citizens_form(contract: str, form: str) -> None:
    assert pointer(contract) == form


def test_a_no_is_read_in_both_shapes_that_the_portal_answers() -> None:
    native = Answer(409, {"content-type": "application/json"}, b'{"error_code":"-1","message":"kh\xc3\xb4ng"}')
    assert (read_no(native).code, read_no(native).message) == ("agency.answered_no", "không")
    problem = Answer(422, {}, orjson.dumps({"title": "T", "detail": "D", "errors": [{"pointer": "/a", "detail": "b"}]}))
    assert (read_no(problem).message, [str(fault) for fault in read_no(problem).faults]) == ("D", ["/a: b"])
    assert read_no(Answer(400, {}, b"<html>")).code == "agency.answered_no"
