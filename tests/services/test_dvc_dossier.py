"""A dossier on its way: statuses, acceptance slip, supplement, withdrawal, result, and what crosses."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.services.dvc_forms import BUYER, OTHER, anew, paper, person, receipt, result, served, status, transfer
from tests.services.serving import at_rest, feed, until
from vn.status import FOLLOWS, NAMES, Status


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    yield from served(tmp_path_factory.mktemp("dvc"))


@pytest.fixture
def dvc(portal: httpx.Client) -> httpx.Client:
    return anew(portal)


@pytest.fixture
def code(dvc: httpx.Client) -> str:
    return str(dvc.post("/ho-so", json=transfer()).raise_for_status().json()["MaHoSo"])


@pytest.fixture
def say(dvc: httpx.Client, code: str) -> Callable[..., httpx.Response]:
    return lambda new, **more: dvc.post("/CapNhatTienDoHoSoMC", json=status(code, new, **more))


def shown(dvc: httpx.Client, code: str) -> dict[str, Any]:
    return dict(dvc.get(f"/ho-so/{code}").raise_for_status().json())


def standing(dvc: httpx.Client, code: str) -> str:
    return str(shown(dvc, code)["TrangThaiHoSo"])


def withdraw(dvc: httpx.Client, code: str) -> httpx.Response:
    return dvc.post(f"/ho-so/{code}/rut", json={"LyDo": "Không bán nữa"})


PATHS = {1: [], 2: [2], 3: [3], 4: [2, 4], 5: [5], 6: [2, 4, 6], 8: [2, 4, 8], 9: [2, 4, 9]}
LAND = (2, 3, 4, 5, 6, 8, 9)


@pytest.mark.parametrize("old", PATHS)
@pytest.mark.parametrize("new", LAND)
def test_only_the_steps_of_the_table_may_be_taken_and_any_other_names_both_states(dvc, code, say, old: int, new: int):
    for step in PATHS[old]:
        assert say(step).json()["error_code"] == "0"
    answer = say(new)
    if new == old or Status(new) in FOLLOWS[Status(old)]:
        assert (answer.status_code, answer.json()) == (200, {"error_code": "0", "message": "Thành công"})
        assert standing(dvc, code) == str(new)
    else:
        assert (answer.status_code, answer.json()["error_code"]) == (409, "-1")
        assert f"{old} ({NAMES[Status(old)]})" in answer.json()["message"]
        assert f"{new} ({NAMES[Status(new)]})" in answer.json()["message"]
        assert standing(dvc, code) == str(old)


@pytest.mark.parametrize("new", [7, 10])
def test_what_only_the_portal_sets_nobody_else_may(dvc, code, say, new: int):
    assert say(new).status_code == 409


def test_a_final_stop_is_final_and_a_pause_is_not(dvc, code, say):
    for step in (2, 4, 8, 4):
        assert say(step).status_code == 200
    assert say(8, KetThuc=True).status_code == 200
    assert "đã kết thúc" in say(4).json()["message"]
    assert shown(dvc, code)["KetThuc"]


def test_a_status_of_a_dossier_that_is_not_known_is_404(dvc: httpx.Client):
    answer = dvc.post("/CapNhatTienDoHoSoMC", json=status("H37.15-251201-0099", 2))
    assert (answer.status_code, answer.json()["error_code"]) == (404, "-1")


def test_the_same_status_again_is_a_note_and_the_history_tells_everything_in_order(dvc, code, say):
    say(2, NoiDungXuLy="Đủ thành phần")
    say(4)
    say(4, NoiDungXuLy="Bổ sung đến sau thời hạn")
    history = shown(dvc, code)["LichSu"]
    assert [step["TrangThai"] for step in history] == ["1", "2", "4", "4"]
    assert history[-1]["NoiDungXuLy"] == "Bổ sung đến sau thời hạn"
    assert history[1]["TenTrangThai"] == "Được tiếp nhận"


def test_the_acceptance_slip_exists_once_the_dossier_is_accepted_and_names_its_due_date(dvc, code, say):
    assert dvc.get(f"/ho-so/{code}/giay-tiep-nhan").status_code == 409
    say(2, NgayKetThucTheoQuyDinh="20251211170000")
    slip = dvc.get(f"/ho-so/{code}/giay-tiep-nhan").json()
    assert (slip["MauSo"], slip["MaHoSo"], slip["TiepNhanCua"]) == ("01", code, BUYER.name)
    assert (slip["ThoiGianNhanHoSo"], slip["ThoiGianTraKetQua"]) == ("20251201090000", "20251211170000")
    assert slip["ThoiGianGiaiQuyet"] == "8 ngày làm việc"
    assert [each["STT"] for each in slip["ThanhPhanHoSo"]] == [1, 2]


def test_the_term_on_the_acceptance_slip_of_a_late_arrival_counts_from_the_next_working_day(dvc, code, say):
    say(2, ThoiDiemXuLy="20251201173000", NgayKetThucTheoQuyDinh="20251212170000")
    assert dvc.get(f"/ho-so/{code}/giay-tiep-nhan").json()["ThoiGianGiaiQuyet"] == "8 ngày làm việc"


def test_the_acceptance_slip_goes_on_naming_what_was_promised_when_the_due_date_moves(dvc, code, say):
    say(2, NgayKetThucTheoQuyDinh="20251211170000")
    promised = dvc.get(f"/ho-so/{code}/giay-tiep-nhan").json()
    say(4)
    say(5, NgayKetThucTheoQuyDinh="20251225170000")
    assert shown(dvc, code)["NgayHenTra"] == "20251225170000"
    assert dvc.get(f"/ho-so/{code}/giay-tiep-nhan").json() == promised


def test_the_due_date_moves_when_the_land_office_says_so_and_stays_when_it_says_nothing(dvc, code, say):
    say(2, NgayKetThucTheoQuyDinh="20251211170000")
    say(4)
    assert shown(dvc, code)["NgayHenTra"] == "20251211170000"
    say(6, NgayKetThucTheoQuyDinh="20251215170000")
    assert shown(dvc, code)["NgayHenTra"] == "20251215170000"


def test_a_supplement_is_taken_only_when_asked_for_and_tells_what_was_given(dvc, code, say):
    given = {"TaiLieuNop": [paper("CCCD")]}
    answer = dvc.post(f"/ho-so/{code}/bo-sung", json=given)
    assert answer.status_code == 409
    assert "1 (mới đăng ký)" in answer.json()["detail"]
    say(5, DanhSachYeuCauBoSung=[{"ViTri": "/TaiLieuNop", "NoiDung": "thiếu CCCD"}])
    assert shown(dvc, code)["YeuCauBoSung"] == [{"ViTri": "/TaiLieuNop", "NoiDung": "thiếu CCCD"}]
    say(5, NoiDungXuLy="Nhắc lại")
    assert [each["NoiDung"] for each in shown(dvc, code)["YeuCauBoSung"]] == ["thiếu CCCD"]
    assert dvc.post(f"/ho-so/{code}/bo-sung", json=given).status_code == 200
    entry = feed(dvc)[-1]
    assert (entry["kind"], [each["LoaiGiayTo"] for each in entry["body"]["TaiLieuNop"]]) == ("BO_SUNG", ["CCCD"])
    assert not {"BenNhan", "ThuaDat", "HopDong"} & entry["body"].keys()
    kinds = [each["LoaiGiayTo"] for each in shown(dvc, code)["NoiDung"]["TaiLieuNop"]]
    assert (kinds, standing(dvc, code)) == (["GCN", "HOP_DONG", "CCCD"], "5")


def test_a_paper_given_later_replaces_those_of_its_kind_and_declarations_are_told_whole(dvc, code, say):
    say(5)
    given = {"TaiLieuNop": [paper("GCN", SoBanSao=2)], "HopDong": {"SoHopDong": "13/2025", "NgayKy": "20250602"}}
    assert dvc.post(f"/ho-so/{code}/bo-sung", json=given).status_code == 200
    body = feed(dvc)[-1]["body"]
    assert (body["HopDong"]["SoHopDong"], len(body["ThuaDat"])) == ("13/2025", 1)
    papers = shown(dvc, code)["NoiDung"]["TaiLieuNop"]
    assert [(each["LoaiGiayTo"], each["SoBanSao"]) for each in papers] == [("HOP_DONG", 0), ("GCN", 2)]


@pytest.mark.parametrize("nothing", [{}, {"TaiLieuNop": []}, {"HopDong": None}])
def test_a_supplement_of_nothing_is_refused_and_told_to_nobody(dvc, code, say, nothing):
    say(5)
    answer = dvc.post(f"/ho-so/{code}/bo-sung", json=nothing)
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 1)
    assert len(feed(dvc)) == 1


def test_a_supplement_with_faults_gets_all_of_them_and_changes_nothing(dvc, code, say):
    say(5)
    answer = dvc.post(f"/ho-so/{code}/bo-sung", json={"BenNhan": [person(OTHER, "1/3")], "TaiLieuNop": [paper(MaBam="x")], "HopDong": {}})
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert {"/BenNhan", "/TaiLieuNop/0/MaBam", "/HopDong/SoHopDong", "/HopDong/NgayKy"} <= pointers
    assert len(feed(dvc)) == 1


@pytest.mark.parametrize("path", [[], [2], [2, 4], [5], [2, 4, 6]])
def test_a_withdrawal_is_asked_for_and_the_answer_of_the_land_office_ends_it(dvc, code, say, path: list[int]):
    for step in path:
        say(step)
    assert withdraw(dvc, code).json()["TrangThaiHoSo"] == "7"
    entry = feed(dvc)[-1]
    assert (entry["kind"], entry["body"]["LyDo"]) == ("RUT_HO_SO", "Không bán nữa")
    assert say(8, KetThuc=True).status_code == 200
    assert (standing(dvc, code), shown(dvc, code)["KetThuc"]) == ("8", True)


@pytest.mark.parametrize("path", [[], [2], [2, 4], [5], [2, 4, 6]])
def test_a_withdrawal_that_is_refused_comes_back_to_where_it_was_with_the_reason(dvc, code, say, path: list[int]):
    for step in path:
        say(step)
    before = standing(dvc, code)
    withdraw(dvc, code)
    assert say(int(before), NoiDungXuLy="Không đủ căn cứ để rút").status_code == 200
    assert standing(dvc, code) == before
    assert shown(dvc, code)["LichSu"][-1]["NoiDungXuLy"] == "Không đủ căn cứ để rút"


@pytest.mark.parametrize("path", [[3], [2, 4, 9], [2, 4, 8]])
def test_a_withdrawal_is_refused_where_it_makes_no_sense_any_more(dvc, code, say, path: list[int]):
    for step in path:
        say(step)
    answer = withdraw(dvc, code)
    assert answer.status_code == 409
    assert "7 (công dân yêu cầu rút hồ sơ)" in answer.json()["detail"]
    assert withdraw(dvc, code).status_code == 409


def test_a_withdrawal_is_refused_once_a_receipt_is_known(dvc, code, say):
    for step in (2, 4, 6):
        say(step)
    dvc.post("/ImportChungTuThue", json=receipt(code)).raise_for_status()
    answer = withdraw(dvc, code)
    assert (answer.status_code, standing(dvc, code)) == (409, "6")
    assert "chứng từ" in answer.json()["detail"]


def test_a_step_that_crosses_the_withdrawal_is_recorded_and_the_withdrawal_stays_open(dvc, code, say):
    for step in (2, 4):
        say(step)
    withdraw(dvc, code)
    assert say(6).status_code == 200
    assert standing(dvc, code) == "7"
    assert say(6, NoiDungXuLy="Không cho rút").status_code == 200
    assert standing(dvc, code) == "6"


def test_a_finished_dossier_that_crosses_the_withdrawal_is_given_back_once_the_withdrawal_is_refused(dvc, code, say):
    for step in (2, 4, 6):
        say(step)
    withdraw(dvc, code)
    say(4)
    dvc.post("/CapNhatKetQuaHoSo", json=result(code)).raise_for_status()
    say(9)
    at_rest(dvc)
    assert standing(dvc, code) == "7"
    say(9, NoiDungXuLy="Đã chỉnh lý biến động, không rút được")
    until(lambda: standing(dvc, code) == "10")


def test_a_refusal_before_acceptance_that_crosses_the_withdrawal_stands(dvc, code, say):
    withdraw(dvc, code)
    assert say(3, NoiDungXuLy="Đất đang tranh chấp").status_code == 200
    assert (standing(dvc, code), shown(dvc, code)["KetThuc"]) == ("3", True)


def test_a_step_that_cannot_cross_a_withdrawal_is_refused_naming_the_states(dvc, code, say):
    withdraw(dvc, code)
    answer = say(9)
    assert answer.status_code == 409
    assert "7 (" in answer.json()["message"]
    assert "9 (" in answer.json()["message"]


@pytest.mark.parametrize("first", ["result", "status"])
def test_the_result_is_given_back_once_it_is_here_and_the_work_is_done_whichever_comes_first(dvc, code, say, first: str):
    for step in (2, 4):
        say(step)
    acts = [lambda: dvc.post("/CapNhatKetQuaHoSo", json=result(code)), lambda: say(9)]
    for act in acts if first == "result" else reversed(acts):
        at_rest(dvc)
        assert standing(dvc, code) != "10"
        assert act().status_code == 200
    until(lambda: standing(dvc, code) == "10")
    found = shown(dvc, code)["KetQua"]["DanhSachThua"][0]
    assert (found["SoPhatHanhGCN"], found["ThayTheGCN"]) == ("CN 000001", "CM 123456")
    assert found["ChuSuDung"] == [{"HoTen": BUYER.name, "SoDinhDanh": BUYER.personal_id, "TyLe": "1/1"}]


def test_an_officer_gives_the_result_back_where_policy_does_not(dvc, code, say):
    dvc.put("/_lgsp/policy", json={"return-result": "manual"}).raise_for_status()
    assert dvc.post(f"/ho-so/{code}/tra-ket-qua").status_code == 409
    for step in (2, 4, 9):
        say(step)
    assert "chưa có kết quả" in dvc.post(f"/ho-so/{code}/tra-ket-qua").json()["detail"]
    dvc.post("/CapNhatKetQuaHoSo", json=result(code)).raise_for_status()
    assert standing(dvc, code) == "9"
    assert dvc.post(f"/ho-so/{code}/tra-ket-qua").json()["TrangThaiHoSo"] == "10"
    assert dvc.post(f"/ho-so/{code}/tra-ket-qua").status_code == 409


def test_dossiers_are_listed_by_status_and_by_applicant(dvc, code, say):
    dvc.post(
        "/ho-so",
        json=transfer(ChuHoSo=OTHER.name, BenNhan=[person(OTHER)], DinhDanhCHS={"LoaiDinhDanh": "1", "SoDinhDanh": OTHER.personal_id}),
    )
    say(2)
    assert [each["MaHoSo"] for each in dvc.get("/ho-so", params={"TrangThaiHoSo": 2}).json()] == [code]
    assert [each["ChuHoSo"] for each in dvc.get("/ho-so", params={"SoDinhDanh": OTHER.personal_id}).json()] == [OTHER.name]
    assert dvc.get("/ho-so/H37.15-251201-0077").status_code == 404


def synced(**changes: Any) -> dict[str, Any]:
    names = {"MaTTHC": "1.004889", "TenTTHC": "Chứng thực", "MaLinhVuc": "TP", "TenLinhVuc": "Tư pháp", "KenhThucHien": "1"}
    owner = {"ChuHoSo": BUYER.name, "LoaiDoiTuong": "1", "DinhDanhCHS": {"LoaiDinhDanh": "2", "SoDinhDanh": "080123456"}}
    said = {"TrichYeuHoSo": "Chứng thực bản sao", "NgayTiepNhan": "20251201081500", "TrangThaiHoSo": "2", "DonViXuLy": "UBND phường"}
    return {"MaHoSo": "H37.20-251201-0001", **names, **owner, **said, **changes}


def test_a_second_first_sync_is_told_that_the_dossier_exists_already_and_an_update_changes_it(dvc: httpx.Client):
    def sync(updating: bool, **changes: Any) -> dict[str, str]:
        return dict(dvc.post("/DongBoHoSoMC", json={"isUpdating": str(updating), "data": [synced(**changes)]}).raise_for_status().json())

    assert sync(True) == {"error_code": "-1", "message": "Hồ sơ H37.20-251201-0001 chưa tồn tại"}
    assert sync(False) == {"error_code": "0", "message": "Thành công"}
    assert sync(False) == {"error_code": "-1", "message": "Hồ sơ H37.20-251201-0001 đã tồn tại"}
    assert sync(True, TrangThaiHoSo="4", NgayHenTra="20251205170000")["error_code"] == "0"
    found = shown(dvc, "H37.20-251201-0001")
    assert (found["TrangThaiHoSo"], found["NgayHenTra"], found["DongBo"]) == ("4", "20251205170000", True)
    assert dvc.post("/CapNhatTienDoHoSoMC", json=status("H37.20-251201-0001", 9)).json()["error_code"] == "0"
    assert feed(dvc) == []


def test_a_sync_is_applied_whole_or_not_at_all_and_never_touches_a_dossier_of_the_portal(dvc, code):
    both = {"isUpdating": "False", "data": [synced(), synced(MaHoSo=code)]}
    assert dvc.post("/DongBoHoSoMC", json=both).json() == {"error_code": "-1", "message": f"Hồ sơ {code} đã tồn tại"}
    assert len(dvc.get("/ho-so").json()) == 1
    assert dvc.post("/DongBoHoSoMC", json={"isUpdating": "True", "data": [synced(MaHoSo=code)]}).json()["error_code"] == "-1"


def test_a_synced_dossier_can_only_be_looked_at(dvc: httpx.Client):
    dvc.post("/DongBoHoSoMC", json={"isUpdating": "False", "data": [synced()]})
    assert withdraw(dvc, "H37.20-251201-0001").status_code == 409
    assert dvc.get("/ho-so/H37.20-251201-0001/giay-tiep-nhan").status_code == 200
