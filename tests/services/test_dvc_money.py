"""Notices, attempts, receipts, reconciliations: shown right in whatever order they come, and nothing is paid before tax says so."""

from collections.abc import Iterator
from datetime import date
from itertools import permutations
from typing import Any

import httpx
import pytest

from services.dvc.money import reference
from tests.services.dvc_forms import NOTICE, SECOND_NOTICE, anew, notice, receipt, reconciliation, served, status, transfer
from tests.services.serving import feed

UNKNOWN = "H37.15-251201-0099"
FAILED = {"MaThamChieu": "", "SoThongBao": NOTICE, "KetQua": "THAT_BAI", "LyDo": "Không đủ số dư", "ThoiGian": "20251201100000"}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    yield from served(tmp_path_factory.mktemp("dvc"))


@pytest.fixture
def dvc(portal: httpx.Client) -> httpx.Client:
    return anew(portal)


@pytest.fixture
def code(dvc: httpx.Client) -> str:
    return str(dvc.post("/ho-so", json=transfer()).raise_for_status().json()["MaHoSo"])


def shown(dvc: httpx.Client, code: str) -> dict[str, Any]:
    return dict(dvc.get(f"/ho-so/{code}").raise_for_status().json())


def first(dvc: httpx.Client, code: str) -> dict[str, Any]:
    return dict(shown(dvc, code)["ThongBaoThue"][0])


def tell(dvc: httpx.Client, path: str, body: dict[str, Any]) -> None:
    assert dvc.post(path, json=body).raise_for_status().json()["error_code"] == "0"


def pay(dvc: httpx.Client, code: str, amount: int | None = None, number: str = NOTICE) -> httpx.Response:
    return dvc.post(f"/ho-so/{code}/thanh-toan", json={"SoThongBao": number} | ({"SoTien": amount} if amount else {}))


def test_a_notice_is_shown_with_its_lines_its_total_in_figures_and_words_and_its_deadline_whatever_the_status(dvc, code):
    tell(dvc, "/ImportThongBaoThue", notice(code))
    found = first(dvc, code)
    assert (found["SoThongBao"], found["TenThongBao"], found["TrangThai"]) == (NOTICE, "Lệ phí trước bạ", "CHUA_NOP")
    assert (found["TongTien"], found["HienThi"]) == (1_158_500, "1.158.500 đ")
    assert found["BangChu"] == "Một triệu một trăm năm mươi tám nghìn năm trăm đồng"
    assert (found["HanNop"], found["KhoanNop"][0]["TieuMuc"], found["KhoanNop"][0]["HienThi"]) == ("20251230", "2801", "1.158.500 đ")
    assert (found["NgayThongBao"], found["ThuTu"]) == ("20251201", "1/1")


def test_several_notices_add_up_and_a_cancelled_one_does_not_count(dvc, code):
    tell(dvc, "/ImportThongBaoThue", notice(code, THU_TU=1, TONG_SO=2))
    tell(dvc, "/ImportThongBaoThue", notice(code, number=SECOND_NOTICE, total=4_634_000, THU_TU=2, TONG_SO=2, LOAI_THONG_BAO="TNCN"))
    assert shown(dvc, code)["NghiaVu"]["HienThi"] == "5.792.500 đ"
    tell(dvc, "/ImportHuyThongBao", {"MA_HSO": code, "SO_QUYET_DINH": NOTICE, "LY_DO": "Hồ sơ đã rút", "THOI_GIAN": "20251202080000"})
    owed = shown(dvc, code)["NghiaVu"]
    assert (owed["TongTien"], owed["ConPhaiNop"]) == (4_634_000, 4_634_000)
    assert owed["BangChu"] == "Bốn triệu sáu trăm ba mươi bốn nghìn đồng"
    assert (first(dvc, code)["TrangThai"], first(dvc, code)["LyDoHuy"]) == ("DA_HUY", "Hồ sơ đã rút")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/ImportThongBaoThue", notice(UNKNOWN)),
        ("/ImportHuyThongBao", {"MA_HSO": UNKNOWN, "SO_QUYET_DINH": NOTICE, "LY_DO": "x", "THOI_GIAN": "20251202080000"}),
        ("/ImportChungTuThue", receipt(UNKNOWN)),
        ("/ImportDoiSoat", reconciliation(UNKNOWN)),
        (
            "/ImportKetQuaNghiaVu",
            {"MA_HSO": UNKNOWN, "SO_PHIEU": "1/PCTT", "LAN_LAP": 1, "KET_QUA": "DA_HOAN_THANH", "THOI_GIAN": "20251202080000"},
        ),
        ("/KetQuaThanhToan", {**FAILED, "MaHoSo": UNKNOWN, "MaThamChieu": "1" * 17}),
    ],
)
def test_what_is_about_a_dossier_that_is_not_known_here_is_answered_404(dvc: httpx.Client, path: str, body: dict[str, Any]):
    answer = dvc.post(path, json=body)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "-1")


def test_an_attempt_has_a_reference_of_17_digits_and_asks_for_the_whole_notice(dvc, code):
    tell(dvc, "/ImportThongBaoThue", notice(code))
    answer = pay(dvc, code)
    assert (answer.status_code, len(answer.json()["MaThamChieu"])) == (201, 17)
    entry = feed(dvc)[-1]
    assert (entry["kind"], entry["body"]["SoTien"], entry["body"]["SHKB"]) == ("THANH_TOAN", 1_158_500, "1211")
    assert [line["SoTien"] for line in entry["body"]["DSKhoanNop"]] == [1_158_500]
    assert first(dvc, code)["TrangThai"] == "DANG_THANH_TOAN"


def test_references_are_never_given_twice(dvc, code):
    tell(dvc, "/ImportThongBaoThue", notice(code))
    references = [pay(dvc, code, 100).json()["MaThamChieu"] for _ in range(3)]
    assert sorted(set(references)) == references
    assert reference(date(2025, 12, 1), 7) == "25120100000000007"


def test_a_part_payment_goes_to_the_line_that_is_due_first_and_the_rest_to_the_next(dvc, code):
    line = notice(code)["LIST"][0]
    lines = [{**line, "SO_TIEN": 600, "HAN_NOP": "28-02-2026"}, {**line, "SO_TIEN": 400, "HAN_NOP": "30-12-2025", "MA_TMUC": "1401"}]
    tell(dvc, "/ImportThongBaoThue", notice(code, total=1000, LIST=lines))
    attempt = pay(dvc, code, 500).json()["MaThamChieu"]
    assert [(each["MaNDKT"], each["SoTien"]) for each in feed(dvc)[-1]["body"]["DSKhoanNop"]] == [("1401", 400), ("2801", 100)]
    tell(dvc, "/ImportDoiSoat", {**reconciliation(code, "MOT_PHAN", paid=500, remaining=500), "MA_THAM_CHIEU": attempt})
    assert (first(dvc, code)["TrangThai"], first(dvc, code)["ConPhaiNop"]) == ("NOP_MOT_PHAN", 500)
    pay(dvc, code)
    assert [(each["MaNDKT"], each["SoTien"]) for each in feed(dvc)[-1]["body"]["DSKhoanNop"]] == [("2801", 500)]


def test_more_than_is_owed_nothing_or_an_unknown_notice_cannot_be_paid(dvc, code):
    assert pay(dvc, code).status_code == 404
    tell(dvc, "/ImportThongBaoThue", notice(code))
    answer = pay(dvc, code, 2_000_000)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/SoTien")
    assert dvc.post(f"/ho-so/{code}/thanh-toan", json={"SoThongBao": NOTICE, "SoTien": 0}).status_code == 422
    tell(dvc, "/ImportDoiSoat", reconciliation(code))
    assert "đã nộp đủ" in pay(dvc, code).json()["detail"]


def test_the_notice_of_another_dossier_cannot_be_paid_here(dvc, code):
    other = dvc.post("/ho-so", json=transfer()).json()["MaHoSo"]
    tell(dvc, "/ImportThongBaoThue", notice(other))
    assert pay(dvc, code).status_code == 404


def test_nothing_is_paid_while_a_withdrawal_is_open_or_after_the_end_and_again_once_it_is_refused(dvc, code):
    tell(dvc, "/ImportThongBaoThue", notice(code))
    for step in (2, 4, 6):
        tell(dvc, "/CapNhatTienDoHoSoMC", status(code, step))
    dvc.post(f"/ho-so/{code}/rut", json={"LyDo": "x"}).raise_for_status()
    assert pay(dvc, code).status_code == 409
    tell(dvc, "/CapNhatTienDoHoSoMC", status(code, 6))
    assert pay(dvc, code).status_code == 201
    tell(dvc, "/CapNhatTienDoHoSoMC", status(code, 8, KetThuc=True))
    assert pay(dvc, code).status_code == 409


def test_a_failed_or_expired_attempt_says_why_and_another_may_follow(dvc, code):
    tell(dvc, "/ImportThongBaoThue", notice(code))
    one, other = (pay(dvc, code).json()["MaThamChieu"] for _ in range(2))
    tell(dvc, "/KetQuaThanhToan", {**FAILED, "MaHoSo": code, "MaThamChieu": one})
    tell(dvc, "/KetQuaThanhToan", {**FAILED, "MaHoSo": code, "MaThamChieu": other, "KetQua": "HET_HAN"})
    assert [(each["TrangThai"], each["LyDo"]) for each in shown(dvc, code)["ThanhToan"]] == [
        ("THAT_BAI", "Không đủ số dư"),
        ("HET_HAN", "Không đủ số dư"),
    ]
    assert first(dvc, code)["TrangThai"] == "CHUA_NOP"
    assert pay(dvc, code).status_code == 201


@pytest.mark.parametrize("receipt_first", [True, False])
def test_a_receipt_outweighs_the_failure_of_the_same_attempt_whichever_comes_first(dvc, code, receipt_first: bool):
    tell(dvc, "/ImportThongBaoThue", notice(code))
    attempt = pay(dvc, code).json()["MaThamChieu"]
    told = [("/ImportChungTuThue", receipt(code, attempt)), ("/KetQuaThanhToan", {**FAILED, "MaHoSo": code, "MaThamChieu": attempt})]
    for path, body in told if receipt_first else reversed(told):
        tell(dvc, path, body)
    assert (shown(dvc, code)["ThanhToan"][0]["TrangThai"], first(dvc, code)["TrangThai"]) == ("DA_CO_CHUNG_TU", "CHO_DOI_SOAT")


def test_nobody_is_told_paid_before_tax_has_reconciled(dvc, code):
    tell(dvc, "/ImportThongBaoThue", notice(code))
    tell(dvc, "/ImportChungTuThue", receipt(code, pay(dvc, code).json()["MaThamChieu"]))
    assert (first(dvc, code)["TrangThai"], first(dvc, code)["DaNop"], first(dvc, code)["ConPhaiNop"]) == ("CHO_DOI_SOAT", 0, 1_158_500)
    assert shown(dvc, code)["ChungTu"][0]["DoiSoat"] == "Chờ cơ quan thuế đối soát"
    tell(dvc, "/ImportDoiSoat", reconciliation(code))
    assert (first(dvc, code)["TrangThai"], first(dvc, code)["DaNop"], first(dvc, code)["ConPhaiNop"]) == ("DA_NOP_DU", 1_158_500, 0)
    assert shown(dvc, code)["ChungTu"][0]["DoiSoat"] == "Đã nộp đủ"


def test_notice_receipt_and_reconciliation_show_the_same_in_whatever_order_they_come(dvc: httpx.Client):
    seen = []
    for order in permutations(("/ImportThongBaoThue", "/ImportChungTuThue", "/ImportDoiSoat")):
        code = dvc.post("/ho-so", json=transfer()).json()["MaHoSo"]
        anew_number = f"LTB{len(seen):07d}-TK0000001/TB-CCT"
        number = f"C1-02/NS-251201-{len(seen):07d}"
        bodies = {
            "/ImportThongBaoThue": notice(code, number=anew_number),
            "/ImportChungTuThue": {**receipt(code, number=anew_number), "SO_CHUNG_TU": number},
            "/ImportDoiSoat": {**reconciliation(code), "SO_QUYET_DINH": anew_number, "SO_CHUNG_TU": number},
        }
        for path in order:
            tell(dvc, path, bodies[path])
        found = shown(dvc, code)
        seen.append((found["NghiaVu"], found["ThongBaoThue"][0]["TrangThai"], found["ChungTu"][0]["DoiSoat"]))
    assert all(each == seen[0] for each in seen)
    assert seen[0][1:] == ("DA_NOP_DU", "Đã nộp đủ")


@pytest.mark.parametrize("notice_first", [True, False])
def test_money_on_a_cancelled_notice_is_refundable_whichever_comes_first(dvc, code, notice_first: bool):
    cancelled = {"MA_HSO": code, "SO_QUYET_DINH": NOTICE, "LY_DO": "Phiếu đã hủy", "THOI_GIAN": "20251202080000"}
    told = [("/ImportThongBaoThue", notice(code)), ("/ImportHuyThongBao", cancelled)]
    for path, body in told if notice_first else reversed(told):
        tell(dvc, path, body)
    tell(dvc, "/ImportChungTuThue", receipt(code))
    tell(dvc, "/ImportDoiSoat", reconciliation(code, "TB_HUY", paid=0, refundable=1_158_500))
    found = shown(dvc, code)
    assert (found["ThongBaoThue"][0]["TrangThai"], found["NghiaVu"]["DuocHoan"], found["NghiaVu"]["TongTien"]) == ("DA_HUY", 1_158_500, 0)
    assert "đã bị hủy" in pay(dvc, code).json()["detail"]


def test_a_receipt_that_is_reconciled_again_counts_by_the_last_word(dvc, code):
    tell(dvc, "/ImportThongBaoThue", notice(code))
    tell(dvc, "/ImportChungTuThue", receipt(code))
    tell(dvc, "/ImportDoiSoat", reconciliation(code))
    assert shown(dvc, code)["NghiaVu"]["DuocHoan"] == 0
    tell(dvc, "/ImportHuyThongBao", {"MA_HSO": code, "SO_QUYET_DINH": NOTICE, "LY_DO": "Rút", "THOI_GIAN": "20251202080000"})
    tell(dvc, "/ImportDoiSoat", reconciliation(code, "TB_HUY", paid=0, refundable=1_158_500))
    assert (shown(dvc, code)["NghiaVu"]["DuocHoan"], len(shown(dvc, code)["DoiSoat"])) == (1_158_500, 2)


def test_a_second_receipt_for_a_settled_notice_is_refundable(dvc, code):
    tell(dvc, "/ImportThongBaoThue", notice(code))
    for place, (outcome, refundable) in enumerate((("DU", 0), ("TRUNG", 1_158_500)), start=1):
        tell(dvc, "/ImportChungTuThue", receipt(code, str(place) * 17, place=place))
        tell(dvc, "/ImportDoiSoat", reconciliation(code, outcome, refundable=refundable, place=place))
    assert (first(dvc, code)["TrangThai"], first(dvc, code)["DuocHoan"]) == ("DA_NOP_DU", 1_158_500)
    assert [each["DoiSoat"] for each in shown(dvc, code)["ChungTu"]] == ["Đã nộp đủ", "Nộp trùng"]


def test_completion_and_exemption_are_shown_with_their_grounds(dvc, code):
    ground = {"LOAI": "TNCN", "MA_SO_THUE": "020190000001", "CAN_CU": "Chuyển nhượng giữa vợ và chồng"}
    done = {"MA_HSO": code, "SO_PHIEU": "1/PCTT", "LAN_LAP": 1, "KET_QUA": "KHONG_PHAT_SINH", "THOI_GIAN": "20251202080000"}
    tell(dvc, "/ImportKetQuaNghiaVu", {**done, "MIEN_GIAM": [ground]})
    (found,) = shown(dvc, code)["KetQuaNghiaVu"]
    assert (found["KetQua"], found["MienGiam"][0]["CanCu"]) == ("KHONG_PHAT_SINH", "Chuyển nhượng giữa vợ và chồng")


def test_a_late_interest_notice_names_the_notice_that_was_paid_late(dvc, code):
    tell(dvc, "/ImportThongBaoThue", notice(code))
    late = notice(code, number=SECOND_NOTICE, total=3_476, LOAI_THONG_BAO="CHAM_NOP", SO_THONG_BAO_GOC=NOTICE, THU_TU=2, TONG_SO=2)
    tell(dvc, "/ImportThongBaoThue", late)
    found = shown(dvc, code)["ThongBaoThue"][1]
    assert (found["TenThongBao"], found["ThongBaoGoc"], found["HienThi"]) == ("Tiền chậm nộp", NOTICE, "3.476 đ")


def test_a_notice_that_comes_again_with_other_content_is_refused(dvc, code):
    tell(dvc, "/ImportThongBaoThue", notice(code))
    tell(dvc, "/ImportThongBaoThue", notice(code))
    assert dvc.post("/ImportThongBaoThue", json=notice(code, total=5)).status_code == 409


def test_the_canonical_form_does_not_tell_references_or_numbers_of_dossiers_apart_by_their_value(dvc: httpx.Client):
    def run(before: int) -> Any:
        anew(dvc)
        code = dvc.post("/ho-so", json=transfer()).json()["MaHoSo"]
        tell(dvc, "/ImportThongBaoThue", notice(code, number=f"LTB000000{before}-TK0000001/TB-CCT"))
        pay(dvc, code, number=f"LTB000000{before}-TK0000001/TB-CCT")
        tell(dvc, "/ImportChungTuThue", receipt(code, number=f"LTB000000{before}-TK0000001/TB-CCT", place=before))
        return dvc.get("/_lgsp/canonical").json()

    assert run(1) == run(7)
