"""Handing a dossier in: what is taken, what is told, and every fault at once."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.services.dvc_forms import BUYER, OTHER, SELLER, anew, change_purpose, company, paper, person, served, transfer
from tests.services.serving import feed


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    yield from served(tmp_path_factory.mktemp("dvc"))


@pytest.fixture
def dvc(portal: httpx.Client) -> httpx.Client:
    return anew(portal)


def faults(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {error["pointer"]: error["detail"] for error in answer.json()["errors"]}


def refused(dvc: httpx.Client, form: dict[str, Any]) -> dict[str, str]:
    found = faults(dvc.post("/ho-so", json=form))
    assert feed(dvc) == [] == dvc.get("/ho-so").json()
    return found


def test_a_dossier_gets_a_code_and_status_1_and_is_told_with_communes_named_and_without_contents(dvc: httpx.Client):
    answer = dvc.post("/ho-so", json=transfer())
    assert answer.status_code == 201
    assert (answer.json()["MaHoSo"], answer.json()["TrangThaiHoSo"]) == ("H37.15-251201-0001", "1")
    assert answer.json()["NgayNopHoSo"] == "20251201080000"
    (entry,) = feed(dvc)
    assert (entry["kind"], entry["subject"], entry["body"]["MaTTHC"]) == ("HO_SO_MOI", "H37.15-251201-0001", "9.000101")
    assert entry["body"]["BenChuyen"][0]["DiaChi"]["TenTinh"] == "tỉnh Lạng Sơn"
    assert entry["body"]["ThuaDat"][0]["MaXa"] == "05971"
    assert "NoiDung" not in entry["body"]["TaiLieuNop"][0]


def test_the_number_in_a_code_begins_again_each_day_and_in_each_unit(dvc: httpx.Client):
    old = "000.00.15.H37"
    codes = [dvc.post("/ho-so", json=transfer(DonViXuLy=unit)).json()["MaHoSo"] for unit in ("H37.15", "H37.15", old)]
    dvc.post("/_lgsp/clock/jump", json={"seconds": 86400}).raise_for_status()
    codes.append(dvc.post("/ho-so", json=transfer()).json()["MaHoSo"])
    assert codes == ["H37.15-251201-0001", "H37.15-251201-0002", f"{old}-251201-0001", "H37.15-251202-0001"]


def test_a_submission_that_is_repeated_is_one_dossier(dvc: httpx.Client):
    answers = [dvc.post("/ho-so", json=transfer(), headers={"Idempotency-Key": "form-1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(feed(dvc)) == 1


def test_the_content_of_a_paper_stays_at_the_portal_under_its_hash(dvc: httpx.Client):
    content = b"%PDF-1.7 ..."
    given = paper("GCN", NoiDung=base64.b64encode(content).decode(), KichThuoc=None, MaBam=None)
    code = dvc.post("/ho-so", json=transfer(TaiLieuNop=[given])).json()["MaHoSo"]
    digest = hashlib.sha256(content).hexdigest()
    told = feed(dvc)[0]["body"]["TaiLieuNop"][0]
    assert (told["MaBam"], told["KichThuoc"], "NoiDung" in told) == (digest, len(content), False)
    assert dvc.get(f"/ho-so/{code}/tai-lieu/{digest}").content == content
    assert dvc.get(f"/ho-so/{code}/tai-lieu/{'0' * 64}").status_code == 404


def test_a_change_of_purpose_has_no_transferors(dvc: httpx.Client):
    assert dvc.post("/ho-so", json=change_purpose()).status_code == 201
    assert "/BenChuyen" in faults(dvc.post("/ho-so", json=change_purpose(BenChuyen=[person(SELLER)])))


def test_a_company_may_buy_and_hand_the_dossier_in(dvc: httpx.Client):
    buyer = company()
    form = transfer(BenNhan=[buyer], ChuHoSo=buyer["TenToChuc"], DinhDanhCHS={"LoaiDinhDanh": "3", "SoDinhDanh": buyer["MaSoThue"]})
    answer = dvc.post("/ho-so", json=form)
    assert (answer.status_code, answer.json()["LoaiDoiTuong"]) == (201, "2")


def other(**changes: Any) -> dict[str, Any]:
    return {**person(BUYER), **changes}


WOMAN = BUYER.sex == "female"
ONE_PARCEL = transfer()["ThuaDat"][0]


@pytest.mark.parametrize(
    ("changes", "pointer", "word"),
    [
        ({"BenNhan": [other(SoDinhDanh="02030012345")]}, "/BenNhan/0/SoDinhDanh", "12 chữ số"),
        ({"BenNhan": [other(NgaySinh=f"{BUYER.born.year + 1}0101")]}, "/BenNhan/0/SoDinhDanh", "khác năm sinh"),
        ({"BenNhan": [other(GioiTinh="Nam" if WOMAN else "Nữ")]}, "/BenNhan/0/SoDinhDanh", "giới tính khác"),
        ({"BenNhan": [other(NgaySinh="20250230")]}, "/BenNhan/0/NgaySinh", "ngày có thật"),
        ({"BenNhan": [other(NgaySinh="20990101")]}, "/BenNhan/0/NgaySinh", "quá khứ"),
        ({"BenNhan": [{**company(), "MaSoThue": "4900000001"}]}, "/BenNhan/0/MaSoThue", "số kiểm tra"),
        ({"BenNhan": [person(BUYER, "1/2"), person(OTHER, "1/3")]}, "/BenNhan", "5/6"),
        ({"BenNhan": [person(BUYER, "0/1")]}, "/BenNhan/0/TyLe", "phân số"),
        ({"BenNhan": [person(BUYER, "1/2"), person(BUYER, "1/2")]}, "/BenNhan/1", "đã được khai"),
        ({"BenNhan": [other(MauMat="nâu")]}, "/BenNhan/0/MauMat", "không có trường này"),
        ({"BenNhan": [other(DiaChi={"DiaChiChiTiet": "Thôn 1", "MaXa": "99999"})]}, "/BenNhan/0/DiaChi/MaXa", "không có mã xã"),
        ({"ThuaDat": [{**ONE_PARCEL, "GiaTri": 0}]}, "/ThuaDat/0/GiaTri", "lớn hơn 0"),
        ({"ThuaDat": [{**ONE_PARCEL, "GiaTri": -5}]}, "/ThuaDat/0/GiaTri", "lớn hơn 0"),
        ({"ThuaDat": [{**ONE_PARCEL, "MaXa": "00001"}]}, "/ThuaDat/0/MaXa", "không có mã xã"),
        ({"ThuaDat": [ONE_PARCEL, ONE_PARCEL]}, "/ThuaDat/1", "hai lần"),
        ({"ThuaDat": [{**ONE_PARCEL, "SoPhatHanhGCN": "123456"}]}, "/ThuaDat/0/SoPhatHanhGCN", "số phát hành"),
        ({"ThuaDat": []}, "/ThuaDat", "ít nhất 1"),
        ({"HopDong": None}, "/HopDong", "phải có hợp đồng"),
        ({"HopDong": {"SoHopDong": "1", "NgayKy": "20251202"}}, "/HopDong/NgayKy", "chưa đến"),
        ({"DinhDanhCHS": {"LoaiDinhDanh": "1", "SoDinhDanh": OTHER.personal_id}}, "/DinhDanhCHS/SoDinhDanh", "một bên"),
        ({"DinhDanhCHS": {"LoaiDinhDanh": "2", "SoDinhDanh": "080123456"}}, "/DinhDanhCHS/LoaiDinhDanh", "chỉ nhận"),
        ({"ChuHoSo": "Ai Đó"}, "/ChuHoSo", "khác tên"),
        ({"NhaDatDuyNhat": [BUYER.personal_id]}, "/NhaDatDuyNhat/0", "không phải bên chuyển"),
        ({"TaiLieuNop": [paper(SoBanChinh=0)]}, "/TaiLieuNop/0/SoBanSao", "ít nhất một bản"),
        ({"TaiLieuNop": [paper(MaBam=None)]}, "/TaiLieuNop/0/MaBam", "bắt buộc"),
        ({"TaiLieuNop": [paper(NoiDung="Zm9v", KichThuoc=3)]}, "/TaiLieuNop/0/MaBam", "không khớp"),
        ({"TaiLieuNop": [paper(NoiDung="%%%")]}, "/TaiLieuNop/0/NoiDung", "base64"),
        ({"TaiLieuNop": []}, "/TaiLieuNop", "ít nhất 1"),
        ({"LoaiThuTuc": "THUA_KE"}, "/LoaiThuTuc", "chỉ nhận"),
    ],
)
def test_each_fault_is_named_where_it_is_in_vietnamese(dvc: httpx.Client, changes: dict[str, Any], pointer: str, word: str):
    found = refused(dvc, transfer(**changes))
    assert word in found[pointer]


def test_a_relation_names_parties_of_the_dossier(dvc: httpx.Client):
    claim = {"BenChuyen": SELLER.personal_id, "BenNhan": OTHER.personal_id, "QuanHe": "VO_CHONG", "GiayToChungMinh": "Giấy đăng ký kết hôn"}
    assert list(refused(dvc, transfer(QuanHe=[claim]))) == ["/QuanHe/0/BenNhan"]


def test_twenty_faults_of_fields_and_of_rules_between_them_are_all_said_at_once(dvc: httpx.Client):
    bad = person(SELLER) | {"SoDinhDanh": "1", "NgaySinh": "19991301", "GioiTinh": "?", "TyLe": "2", "SoDienThoai": "113", "Thua": 1}
    worse = person(BUYER, "1/3") | {"NgaySinh": f"{BUYER.born.year - 1}0101", "Email": "không có", "DiaChi": {"MaXa": "99999"}}
    again = person(BUYER, "1/3")
    parcel = {"MaXa": "99998", "SoToBanDo": 0, "SoThua": "ba", "DienTich": -1, "SoPhatHanhGCN": "?", "GiaTri": 0}
    form = transfer(
        LoaiThuTuc="CHUYEN_NHUONG",
        BenChuyen=[bad],
        BenNhan=[worse, again],
        ThuaDat=[parcel],
        HopDong={"SoHopDong": "", "NgayKy": "20990101"},
        TaiLieuNop=[paper(MaBam="?", TenTaiLieu="")],
        ChuHoSo="Ai Đó",
        KhongCo=1,
    )
    found = refused(dvc, form)
    expected = {
        *(f"/BenChuyen/0/{name}" for name in ("SoDinhDanh", "NgaySinh", "GioiTinh", "TyLe", "SoDienThoai", "Thua")),
        *(f"/BenNhan/0/{name}" for name in ("SoDinhDanh", "Email", "DiaChi/DiaChiChiTiet", "DiaChi/MaXa")),
        *(f"/ThuaDat/0/{name}" for name in ("MaXa", "SoToBanDo", "SoThua", "DienTich", "SoPhatHanhGCN", "GiaTri")),
        *("/BenNhan", "/BenNhan/1", "/HopDong/SoHopDong", "/HopDong/NgayKy"),
        *("/TaiLieuNop/0/MaBam", "/TaiLieuNop/0/TenTaiLieu", "/ChuHoSo", "/KhongCo"),
    }
    assert set(found) == expected
    assert len(found) >= 20


@pytest.mark.parametrize("body", ["[]", "1", "null", '{"BenNhan": 1, "BenChuyen": [1], "ThuaDat": {"a": 1}, "QuanHe": "x"}', "{"])
def test_nonsense_is_answered_as_a_fault_and_never_breaks_the_portal(dvc: httpx.Client, body: str):
    answer = dvc.post("/ho-so", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_no_fault_repeats_what_was_typed(dvc: httpx.Client):
    answer = dvc.post("/ho-so", json=transfer(BenNhan=[other(SoDinhDanh="012345678901234", HoTen="")]))
    assert "012345678901234" not in answer.text


def test_the_documentation_shows_the_form(dvc: httpx.Client):
    posted = dvc.get("/openapi.json").json()["paths"]["/ho-so"]["post"]
    schema = posted["requestBody"]["content"]["application/json"]["schema"]
    assert {"BenChuyen", "BenNhan", "ThuaDat", "TaiLieuNop"} <= schema["properties"].keys()
