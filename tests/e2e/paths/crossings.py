"""Path 13: what may cross, row by row; each made to cross by an adapter that stands still or an officer who takes their time."""

from pathlib import Path as File
from typing import Any

import orjson

from adapters.ilis.translation import dossier as to_land
from app.messages import Archive
from contracts import DossierSubmitted
from tests.e2e.paths import Path
from tests.e2e.paths.sums import FEE, TAX, noticed, refundable, sale
from tests.e2e.paths.views import way
from tests.e2e.town import Shown, Town

MONDAY = "2026-03-02T09:00"
EXAMPLE = File("contracts/examples/dossier.submitted/good-transfer.json")


async def notices_come_after_the_withdrawal_was_granted(town: Town) -> None:
    """Notices that reach the land office after it granted the withdrawal are noted and ignored; tax cancels them."""
    await town.turn(MONDAY)
    await town.policy("tax", assess="manual")
    form, sellers, dossier = await _at_tax(town, 1301)
    await town.stop("tax-adapter")
    await town.decide("tax", dossier, "xac-dinh")
    await _granted(town, dossier)
    await town.start("tax-adapter")
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: [each["TrangThai"] for each in case["ThongBaoThue"]] == ["DA_HUY"] * 2)
    await town.at_rest()

    assert (await town.get("tax", f"/ho-so/{dossier}"))["TrangThai"] == "đã hủy"
    known = await town.get("land", f"/ho-so/{dossier}")
    assert (known["TrangThai"], known["KetThuc"]) == (8, True)
    assert [each["LyDoHuy"] for each in known["ThongBaoThue"]] == ["công dân rút hồ sơ"] * 2
    assert len([each for each in _notes(known) if each.startswith("có thông báo thuế") and each.endswith("không còn hiệu lực")]) == 2
    assert await town.holders(form) == sellers
    await town.policy("tax", assess="instant")
    await town.at_rest()


async def receipts_cross_a_withdrawal(town: Town) -> None:
    """Whether tax hears of the money before the withdrawal or after it: the withdrawal stands, all that was paid is refundable."""
    await town.turn(MONDAY)
    await town.policy("payment", payment="manual")
    form, sellers, dossier = await _at_tax(town, 1302)
    fee, tax = await _attempts(town, dossier)
    await _granted(town, dossier)
    await town.until("tax", f"/ho-so/{dossier}", lambda known: known["TrangThai"] == "đã hủy")
    receipt = await town.pays(fee)
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: [each["KetQua"] for each in case["DoiSoat"]] == ["TB_HUY"])
    await town.at_rest()
    assert await refundable(town, dossier) == {receipt: FEE}
    assert await town.holders(form) == sellers

    form, sellers, dossier = await _at_tax(town, 1303)
    fee, tax = await _attempts(town, dossier)
    await town.stop("dvc-adapter")
    first = await town.pays(fee)
    await town.until("tax", f"/ho-so/{dossier}", lambda known: [each["DuocTinh"] for each in known["ChungTu"]] == [FEE])
    assert (await town.withdraw(dossier)).is_success  # the portal does not know of the receipt yet
    await town.start("dvc-adapter")
    await town.status(dossier, 8)
    await town.until("tax", f"/ho-so/{dossier}", lambda known: known["TrangThai"] == "đã hủy")
    second = await town.pays(tax)
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: len(case["DoiSoat"]) == 3)
    await town.at_rest()
    case = await town.case(dossier)
    assert [each["KetQua"] for each in case["DoiSoat"] if each["SoChungTu"] == first] == ["DU", "TB_HUY"]
    assert [each["KetQua"] for each in case["DoiSoat"] if each["SoChungTu"] == second] == ["TB_HUY"]
    assert await refundable(town, dossier) == {first: FEE, second: TAX}
    assert (case["NghiaVu"]["DaNop"], case["NghiaVu"]["ConPhaiNop"]) == (0, 0)
    assert await town.holders(form) == sellers
    await town.policy("payment", payment="instant")
    await town.at_rest()


async def the_obligation_is_completed_while_a_withdrawal_waits(town: Town) -> None:
    """A withdrawal that is granted outweighs tax's word that all is paid, whichever comes first; one that is refused does not."""
    await town.turn(MONDAY)
    await town.policy("payment", payment="manual")
    await town.policy("land", withdrawal="manual")
    form, sellers, dossier, receipts = await _paid_while_withdrawing(town, 1304)
    await town.until("land", f"/ho-so/{dossier}", lambda known: _slips(known) == ["DA_XAC_NHAN"])
    await town.decide("land", dossier, "dong-y-rut")
    await _all_comes_back(town, dossier, receipts)
    assert await town.holders(form) == sellers

    form, sellers, dossier, receipts = await _paid_while_withdrawing(town, 1305, away="ilis-adapter")
    await town.decide("land", dossier, "dong-y-rut")
    await town.start("ilis-adapter")
    await _all_comes_back(town, dossier, receipts)
    known = await town.get("land", f"/ho-so/{dossier}")
    assert [each for each in _notes(known) if each.startswith("xác nhận của thuế") and each.endswith("không còn hiệu lực")]
    assert await town.holders(form) == sellers

    form, sellers, dossier, receipts = await _paid_while_withdrawing(town, 1306)
    await town.until("land", f"/ho-so/{dossier}", lambda known: _slips(known) == ["DA_XAC_NHAN"])
    await town.decide("land", dossier, "khong-dong-y-rut", LyDo="Đã có chứng từ nộp tiền")
    case = await town.status(dossier, 10)
    await town.at_rest()
    assert way(case) == ["1", "2", "4", "6", "7", "6", "4", "9", "10"]
    assert set((await refundable(town, dossier)).values()) == {0}
    assert await town.holders(form) == [(form["BenNhan"][0]["SoDinhDanh"], "1/1")]
    await town.policy("payment", payment="instant")
    await town.policy("land", withdrawal="instant")
    await town.at_rest()


async def a_withdrawal_comes_after_the_register_changed(town: Town) -> None:
    """A withdrawal that was asked for before the portal knew of the new register entry is answered with that."""
    await town.turn(MONDAY)
    await town.policy("payment", payment="manual")
    form, _, dossier = await _at_tax(town, 1307)
    attempts = await _attempts(town, dossier)
    await town.stop("dvc-adapter")
    for each in attempts:
        await town.pays(each)
    await town.until("land", f"/ho-so/{dossier}", lambda known: known["TrangThai"] == 9)
    assert (await town.withdraw(dossier)).is_success
    await town.start("dvc-adapter")
    case = await town.status(dossier, 10)
    await town.at_rest()
    assert way(case) == ["1", "2", "4", "6", "7", "4", "9", "9", "10"]
    assert case["LichSu"][-2]["NoiDungXuLy"] == "không thể rút hồ sơ đang ở trạng thái 9 (đã xử lý xong)"
    assert set((await refundable(town, dossier)).values()) == {0}
    assert await town.holders(form) == [(form["BenNhan"][0]["SoDinhDanh"], "1/1")]
    await town.policy("payment", payment="instant")
    await town.at_rest()


async def notices_come_before_status_6(town: Town) -> None:
    """The portal shows notices that come while the land office pauses the dossier, before its status 6 comes back; they can be paid."""
    await town.turn(MONDAY)
    await town.policy("tax", assess="manual")
    form, _, dossier = await _at_tax(town, 1308)
    assert (await town.case(dossier))["ThongBaoThue"] == []
    await town.decide("land", dossier, "dung", LyDo="Chờ trả lời của Ủy ban nhân dân")
    await town.status(dossier, 8)
    await town.decide("tax", dossier, "xac-dinh")
    fee, tax = sorted(await town.notices(dossier), key=lambda each: int(each["TongTien"]))
    assert (await town.case(dossier))["TrangThaiHoSo"] == "8"
    await town.pay(dossier, fee["SoThongBao"])
    await town.decide("land", dossier, "tiep-tuc")
    await town.status(dossier, 6)
    await town.pay(dossier, tax["SoThongBao"])
    case = await town.status(dossier, 10)
    await town.at_rest()
    assert way(case) == ["1", "2", "4", "6", "8", "4", "6", "4", "9", "10"]
    assert (case["NghiaVu"]["DaNop"], case["NghiaVu"]["ConPhaiNop"]) == (FEE + TAX, 0)
    assert await town.holders(form) == [(form["BenNhan"][0]["SoDinhDanh"], "1/1")]
    await town.policy("tax", assess="instant")
    await town.at_rest()


async def a_returned_slip_is_cancelled(town: Town) -> None:
    """Whether the slip comes back before the withdrawal is granted or after it: it is cancelled, and no other revision follows."""
    await town.turn(MONDAY)
    await town.policy("tax", assess="manual")
    await town.policy("land", correct="manual")
    form, sellers, dossier = await _at_tax(town, 1309)
    await town.stop("tax-adapter")
    await town.decide("tax", dossier, "tra-phieu", LyDo="Diện tích khác sổ thuế đất")
    await _granted(town, dossier)
    await town.start("tax-adapter")
    await town.until("tax", f"/ho-so/{dossier}", lambda known: known["TrangThai"] == "đã hủy")
    await town.at_rest()
    known = await _only_cancelled(town, dossier)
    assert [each for each in _notes(known) if each.startswith("thuế chuyển trả phiếu") and each.endswith("không còn hiệu lực")]
    assert await town.holders(form) == sellers

    form, sellers, dossier = await _at_tax(town, 1310)
    await town.decide("tax", dossier, "tra-phieu", LyDo="Diện tích khác sổ thuế đất")
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: way(case) == ["1", "2", "4", "6", "4"])
    await _granted(town, dossier)
    await town.until("tax", f"/ho-so/{dossier}", lambda known: known["TrangThai"] == "đã hủy")
    await town.at_rest()
    await _only_cancelled(town, dossier)
    assert await town.holders(form) == sellers
    await town.policy("tax", assess="instant")
    await town.policy("land", correct="instant")
    await town.at_rest()


async def a_supplement_meets_its_deadline(town: Town) -> None:
    """What the land office decided first stands: a supplement after the refusal is told so; one before the deadline ends the waiting."""
    await town.turn(MONDAY)
    await town.policy("land", supplement_deadline={"workingDays": 5})
    form, contract = await _without_contract(town, 1311)
    dossier = await town.hand_in(form)
    await town.status(dossier, 5)
    await town.stop("dvc-adapter")
    await town.post("dvc", f"/ho-so/{dossier}/bo-sung", contract)
    await town.turn("2026-03-10T09:00")  # the fifth working day after 2 March was the 9th
    await town.until("land", f"/ho-so/{dossier}", lambda known: known["KetThuc"])
    await town.start("dvc-adapter")
    case = await town.until("dvc", f"/ho-so/{dossier}", lambda case: way(case)[-2:] == ["8", "8"])
    await town.at_rest()
    said = [(each["ThoiDiemXuLy"], each["NoiDungXuLy"]) for each in case["LichSu"] if each["TrangThai"] == "8"]
    assert said == [
        ("20260309170000", "quá thời hạn bổ sung hồ sơ"),
        ("20260310090000", "không nhận bổ sung: hồ sơ đang ở trạng thái 8 (dừng xử lý)"),
    ]
    assert case["KetThuc"]
    assert (await town.parcel(form))["DangCoHoSo"] == []

    form, contract = await _without_contract(town, 1312)
    dossier = await town.hand_in(form)
    await town.status(dossier, 5)
    await town.policy("land", check="manual")
    await town.post("dvc", f"/ho-so/{dossier}/bo-sung", contract)
    await town.until("land", f"/ho-so/{dossier}", lambda known: known["ChoQuyetDinh"] == "check")
    await town.turn("2026-03-18T09:00")  # the fifth working day after 10 March was the 17th
    await town.at_rest()
    assert (await town.case(dossier))["TrangThaiHoSo"] == "5"
    await town.decide("land", dossier, "tiep-nhan")
    await town.pay_all(dossier)
    case = await town.status(dossier, 10)
    await town.at_rest()
    assert way(case) == ["1", "5", "5", "2", "4", "6", "4", "9", "10"]  # the second 5 is the citizen's supplement
    assert await town.holders(form) == [(form["BenNhan"][0]["SoDinhDanh"], "1/1")]
    await town.policy("land", check="instant", supplement_deadline="manual")
    await town.at_rest()


async def the_portal_hears_late_of_a_dossier(town: Town) -> None:
    """A status of a dossier that the portal does not know waits in place, and is applied when the portal hears of it in time."""
    await town.turn(MONDAY)
    dossier = "H37.15-260302-9001"
    await town.post("land", "/TiepNhanHoSo", _at_the_counter(dossier))
    await town.until("dvc-adapter", "/_lgsp/health", lambda health: health["inFlight"])
    await town.post("dvc", "/DongBoHoSoMC", _synced(dossier))
    await town.status(dossier, 3)
    await town.at_rest()
    assert await town.crossed(dossier) == [("ilis", "dvc", "dossier.status-changed")]
    assert [each["outcomes"] for each in await _told_by_land(town, dossier)] == [[]]


async def the_portal_never_hears_of_a_dossier(town: Town) -> None:
    """A status of a dossier that the portal never hears of is reported, kept as a dead letter and marked at its sender; others go on."""
    await town.turn(MONDAY)
    dossier = "H37.15-260302-9002"
    await town.post("land", "/TiepNhanHoSo", _at_the_counter(dossier))
    form = await sale(town, 1313)
    other = await town.hand_in(form)
    await town.pay_all(other)
    await town.status(other, 10)
    await town.until("land", "/_feed/entries", lambda page: page["items"][0]["outcomes"], subject=dossier)
    await town.at_rest()

    [entry] = await _told_by_land(town, dossier)
    [outcome] = entry["outcomes"]
    assert (outcome["code"], outcome["recipient"]) == ("agency.unknown_dossier", "VN/GOV/H37.10/dvc")
    assert set(await town.crossed(dossier)) == {("dvc", "lgsp", "exchange.delivery-failed"), ("lgsp", "ilis", "exchange.receipt")}
    failed = [(each["messageId"], each["recipient"], each["faultCode"]) for each in await town.journal(dossier) if not each["succeeded"]]
    assert failed == [(entry["id"], "VN/GOV/H37.10/dvc", "agency.unknown_dossier")]
    async with Archive.open(town.settings) as archive:
        letters = [each.letter for each in await archive.dead_letters() if (each.letter.key or b"").decode() == dossier]
    assert {(each.code, dict(each.headers)["ce_id"]) for each in letters} == {("agency.unknown_dossier", entry["id"].encode())}


async def _at_tax(town: Town, seed: int) -> tuple[Shown, list[tuple[str, str]], str]:
    """A sale whose slip is with tax: its form, who holds the parcel, its code."""
    form = await sale(town, seed)
    holders = await town.holders(form)
    dossier = await town.hand_in(form)
    await town.status(dossier, 6)
    await town.until("tax", f"/ho-so/{dossier}", bool)
    return form, holders, dossier


async def _attempts(town: Town, dossier: str) -> list[str]:
    """An attempt for each notice, fee first, known to the platform and not paid."""
    attempts = [await town.pay(dossier, each["SoThongBao"]) for each in await noticed(town, dossier)]
    for each in attempts:
        await town.until("payment", f"/giao-dich/{each}", bool)
    return attempts


async def _granted(town: Town, dossier: str) -> None:
    assert (await town.withdraw(dossier)).is_success
    await town.status(dossier, 8)


async def _paid_while_withdrawing(town: Town, seed: int, away: str | None = None) -> tuple[Shown, list[tuple[str, str]], str, list[str]]:
    """The land office knows of the wish to withdraw and waits; meanwhile all is paid and completed; the receipts."""
    form, holders, dossier = await _at_tax(town, seed)
    attempts = await _attempts(town, dossier)
    assert (await town.withdraw(dossier)).is_success
    await town.until("land", f"/ho-so/{dossier}", lambda known: known["TrangThai"] == 7)
    if away:
        await town.stop(away)
    receipts = [await town.pays(each) for each in attempts]
    await town.until("tax", f"/ho-so/{dossier}", lambda known: known["TrangThai"] == "đã hoàn thành nghĩa vụ")
    return form, holders, dossier, receipts


async def _all_comes_back(town: Town, dossier: str, receipts: list[str]) -> None:
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: len(case["DoiSoat"]) == 4)
    await town.at_rest()
    case = await town.case(dossier)
    assert (case["TrangThaiHoSo"], case["KetThuc"], case["KetQua"]) == ("8", True, None)
    assert sorted(each["KetQua"] for each in case["DoiSoat"]) == ["DU", "DU", "TB_HUY", "TB_HUY"]
    assert await refundable(town, dossier) == dict(zip(receipts, (FEE, TAX), strict=True))
    assert (await town.get("tax", f"/ho-so/{dossier}"))["TrangThai"] == "đã hủy"


async def _only_cancelled(town: Town, dossier: str) -> Shown:
    known = await town.get("land", f"/ho-so/{dossier}")
    assert (known["TrangThai"], known["KetThuc"], _slips(known)) == (8, True, ["DA_HUY"])
    assert [each["LanLap"] for each in (await town.get("tax", f"/ho-so/{dossier}"))["Phieu"]] == [1]
    return dict(known)


async def _without_contract(town: Town, seed: int) -> tuple[Shown, Shown]:
    """A sale without its contract's paper, and the supplement that brings it."""
    form = await sale(town, seed)
    contract = [each for each in form["TaiLieuNop"] if each["LoaiGiayTo"] == "HOP_DONG"]
    return {**form, "TaiLieuNop": [each for each in form["TaiLieuNop"] if each not in contract]}, {"TaiLieuNop": contract}


def _at_the_counter(dossier: str) -> dict[str, Any]:
    """A dossier as the land office is told of it, for a parcel that is none: it is refused at once."""
    said = orjson.loads(EXAMPLE.read_bytes())
    said["parcels"][0]["parcel"]["parcelNumber"] = 99_999
    return to_land(DossierSubmitted.model_validate({**said, "dossier": dossier, "submittedAt": f"{MONDAY}:00+07:00"}))


def _synced(dossier: str) -> dict[str, Any]:
    """The same dossier as its one-stop tells the portal of it."""
    names = {"MaTTHC": "1.012783", "TenTTHC": "Đăng ký biến động", "MaLinhVuc": "DD", "TenLinhVuc": "Đất đai", "KenhThucHien": "1"}
    owner = {"ChuHoSo": "Lộc Viết Hoàng", "LoaiDoiTuong": "1", "DinhDanhCHS": {"LoaiDinhDanh": "1", "SoDinhDanh": "020087139070"}}
    said = {
        "TrichYeuHoSo": "Nộp tại quầy",
        "NgayTiepNhan": "20260302083000",
        "TrangThaiHoSo": "1",
        "DonViXuLy": "Văn phòng đăng ký đất đai",
    }
    return {"isUpdating": "False", "data": [{"MaHoSo": dossier, **names, **owner, **said}]}


async def _told_by_land(town: Town, dossier: str) -> list[Shown]:
    return list((await town.get("land", "/_feed/entries", subject=dossier))["items"])


def _notes(known: Shown) -> list[str]:
    return [each["NoiDung"] for each in known["LichSu"]]


def _slips(known: Shown) -> list[str]:
    return [each["TinhTrangPhieuChuyen"] for each in known["Phieu"]]


PATHS: tuple[Path, ...] = (
    notices_come_after_the_withdrawal_was_granted,
    receipts_cross_a_withdrawal,
    the_obligation_is_completed_while_a_withdrawal_waits,
    a_withdrawal_comes_after_the_register_changed,
    notices_come_before_status_6,
    a_returned_slip_is_cancelled,
    a_supplement_meets_its_deadline,
    the_portal_hears_late_of_a_dossier,
    the_portal_never_hears_of_a_dossier,
)
