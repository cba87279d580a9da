"""How a dossier is dealt with: slips returned and corrected, papers asked for, refusals, the two forms of the slip, due dates."""

from typing import Any

from tests.e2e.paths import Path
from tests.e2e.paths.views import SETTLED, crossed, due, half_up, in_the_books, not_with_tax, other_than, priced, table_value, way
from tests.e2e.town import Shown, Town

RETURNED_ONCE = ["1", "2", "4", "6", "4", "6", "4", "9", "10"]


async def wrong_slips_come_back_with_every_reason_and_are_corrected(town: Town) -> None:
    """A slip with a wrong area, an old commune code or both comes back with each fault; revision 2 is right, and so is the register."""
    await town.turn("2026-03-03T09:00")
    wrong: list[tuple[Shown, list[str]]] = []
    for names in (["DienTich"], ["MaXa"], ["MaXa", "DienTich"]):
        fault = "commune" if "MaXa" in names else "area"
        form = priced(await town.form("transfer", fault=fault, seed=21, only=other_than(*(each for each, _ in wrong))), 1_000_000)
        if len(names) == 2:
            form["ThuaDat"][0]["DienTich"] += 7.5
        wrong.append((form, names))
    dossiers = [await town.hand_in(form) for form, _ in wrong]

    for dossier, (form, names) in zip(dossiers, wrong, strict=True):
        value = table_value(await town.parcel(form))
        notices = await town.notices(dossier)
        # the base is the table's value of the area that the register has, whatever the citizen typed
        assert sorted(due(notices).values()) == [half_up(value / 200), half_up(value / 50)]
        await _corrected(town, dossier, form, names)
        await town.pay_all(dossier)
        case = await town.status(dossier, 10)
        await town.at_rest()
        assert way(case) == RETURNED_ONCE
        assert await town.holders(form) == [(form["BenNhan"][0]["SoDinhDanh"], "1/1")]
        await in_the_books(town, form)
        counted = await crossed(town, dossier)
        assert (counted["ilis > tct land.transfer-slip"], counted["tct > ilis tax.slip-returned"]) == (2, 1)
        assert counted["tct > dvc tax.payment-notice"] == 2


async def _corrected(town: Town, dossier: str, form: Shown, names: list[str]) -> None:
    """Both revisions and why the first came back, at the land office and at tax."""
    parcel, said = await town.parcel(form), form["ThuaDat"][0]
    first, second = await town.get("land", "/phieu", **{"ma-ho-so": dossier})
    old, new = first["NoiDung"]["ThuaDat"][0], second["NoiDung"]["ThuaDat"][0]
    assert (old["XaId"], old["DienTich"]["Thua"]) == (said["MaXa"], said["DienTich"])
    assert (new["XaId"], new["DienTich"]["Thua"]) == (parcel["XaId"], parcel["DienTich"])
    reasons = {
        "MaXa": {
            "Truong": "/ThuaDat/0/XaId",
            "LyDo": f"mã xã {said['MaXa']} không còn dùng từ ngày 01/07/2025; nay là {parcel['XaId']} {parcel['TenXa']}",
        },
        "DienTich": {
            "Truong": "/ThuaDat/0/DienTich/Thua",
            "LyDo": f"diện tích {said['DienTich']} m² khác sổ thuế đất: {parcel['DienTich']} m²",
        },
    }
    assert first["DanhSachLoi"] == [reasons[name] for name in names]
    assert (first["TinhTrangPhieuChuyen"], first["NoiDung"]["LanLap"]) == ("BI_TRA_LAI", 1)
    assert (second["DanhSachLoi"], second["NoiDung"]["LanLap"]) == ([], 2)
    assert first["NoiDung"]["SoPhieu"] == second["NoiDung"]["SoPhieu"]
    at_tax = (await town.get("tax", f"/ho-so/{dossier}"))["Phieu"]
    assert [(each["LanLap"], each["TrangThai"]) for each in at_tax] == [(1, "đã có lần lập mới"), (2, "đã thông báo")]


async def an_incomplete_dossier_waits_and_its_due_date_moves(town: Town) -> None:
    """What is missing is asked for; what it took, with the citizen after acceptance and with tax, is added to the due date."""
    await town.turn("2026-04-16T10:00")
    await town.policy("land", slip="manual")
    await town.policy("tax", assess={"workingDays": 2})
    form = await town.form("transfer", fault="missing-paper", seed=22, only=lambda parcel: not parcel["MienNui"])
    dossier = await town.hand_in(form)

    case = await town.status(dossier, 5)
    assert case["YeuCauBoSung"] == [{"ViTri": "/TaiLieuNop", "NoiDung": "thiếu hợp đồng chuyển nhượng"}]
    assert case["NgayHenTra"] is None
    # Complete on Thursday 16 April after 17:00, so on Friday 17. Eight working days: 20 21 22 23 24, 28 29 (26-27 Hùng Vương), then
    # 4 May (30 April, 1 May, weekend).
    await town.turn("2026-04-16T17:30")
    await _give_contract(town, dossier)
    case = await town.status(dossier, 4)
    assert case["NgayHenTra"] == "20260504170000"
    slip = await town.get("dvc", f"/ho-so/{dossier}/giay-tiep-nhan")
    assert (slip["ThoiGianTraKetQua"], slip["ThoiGianGiaiQuyet"]) == ("20260504170000", "8 ngày làm việc")

    await town.turn("2026-04-20T10:00")
    await town.decide("land", dossier, "yeu-cau-bo-sung", LyDo="hợp đồng mờ", ThieuGi=["Bản chụp rõ của hợp đồng"])
    case = await town.status(dossier, 5)
    assert case["YeuCauBoSung"] == [{"ViTri": "", "NoiDung": "Bản chụp rõ của hợp đồng"}]
    await town.turn("2026-04-23T09:00")
    await _give_contract(town, dossier)
    case = await town.status(dossier, 4)
    assert case["NgayHenTra"] == "20260507170000"  # with the citizen on 21, 22, 23 April: three days after 4 May

    await town.decide("land", dossier, "chuyen-thue")
    await town.status(dossier, 6)
    await town.at_rest()
    assert (await town.get("tax", f"/ho-so/{dossier}"))["TrangThai"] == "chờ xác định"
    await town.turn("2026-04-29T08:00")  # 23 April and two working days: 24, 28, at 17:00
    notices = await town.notices(dossier)
    assert {each["NgayThongBao"] for each in notices} == {"20260428"}
    assert {each["HanNop"] for each in notices} == {"20260527"}  # 28 April + 29 days, a Wednesday
    await town.pay_all(dossier)
    case = await town.status(dossier, 10)
    await town.at_rest()
    assert case["NgayHenTra"] == "20260512170000"  # with tax and the payer on 24, 28, 29 April: 7 May, then 8, 11, 12
    assert way(case) == ["1", "5", "5", "2", "4", "5", "5", "4", "6", "4", "9", "10"]  # a second 5: the citizen gave something
    assert (await town.get("land", f"/ho-so/{dossier}"))["NgayHenTra"] == "12/05/2026 17:00:00"
    assert await town.holders(form) == [(form["BenNhan"][0]["SoDinhDanh"], "1/1")]
    assert (await crossed(town, dossier))["dvc > ilis dossier.supplemented"] == 2
    await town.policy("land", slip="instant")
    await town.policy("tax", assess="instant")


async def _give_contract(town: Town, dossier: str) -> None:
    paper = {
        "TenTaiLieu": "Hợp đồng đã công chứng",
        "LoaiGiayTo": "HOP_DONG",
        "SoBanChinh": 1,
        "SoBanSao": 1,
        "DinhDang": "application/pdf",
        "KichThuoc": 51_200,
        "MaBam": "c0ffee" + "0" * 58,
    }
    await town.post("dvc", f"/ho-so/{dossier}/bo-sung", {"TaiLieuNop": [paper]})


async def mortgaged_or_disputed_land_is_refused_and_tax_never_hears_of_it(town: Town) -> None:
    """Mortgaged or disputed land ends a dossier in 3 before acceptance and in 8 after it, with every reason; no slip is ever made."""
    await town.turn("2026-03-05T09:00")
    mortgaged = await town.form("transfer", fault="mortgage", seed=23)
    disputed = await town.form("transfer", fault="dispute", seed=23)
    both = await town.form("transfer", fault="mortgage", seed=24, only=other_than(mortgaged))
    added = await _restrict(town, both, "tranh-chap", "Đơn tranh chấp của người cùng thừa kế")
    bank, quarrel = "thửa đất đang thế chấp: Thế chấp tại Ngân hàng Mô phỏng, chi nhánh Lạng Sơn", "thửa đất đang có tranh chấp: "
    reasons = (
        (mortgaged, [bank]),
        (disputed, [f"{quarrel}Đang có đơn tranh chấp ranh giới thửa đất"]),
        (both, [bank, f"{quarrel}Đơn tranh chấp của người cùng thừa kế"]),
    )
    dossiers = [await town.hand_in(form) for form, _ in reasons]
    for dossier, (form, said) in zip(dossiers, reasons, strict=True):
        case = await town.status(dossier, 3)
        assert way(case) == ["1", "3"]
        assert case["KetThuc"]
        assert case["LichSu"][-1]["YeuCauBoSung"] == [{"ViTri": "/ThuaDat/0", "NoiDung": each} for each in said]
        await _untouched(town, dossier, form)
    await _release(town, both, added)

    await town.policy("land", slip="manual")
    form = await town.form("transfer", seed=25)
    dossier = await town.hand_in(form)
    await town.status(dossier, 4)
    mortgage = await _restrict(town, form, "the-chap", "Thế chấp tại Quỹ tín dụng Mô phỏng")
    await town.decide("land", dossier, "chuyen-thue")
    await _stopped(town, dossier, form, "thửa đất đang thế chấp: Thế chấp tại Quỹ tín dụng Mô phỏng")
    await _release(town, form, mortgage)

    await town.policy("land", slip={"workingDays": 1})
    form = await town.form("transfer", seed=26)
    dossier = await town.hand_in(form)
    await town.status(dossier, 4)
    dispute = await _restrict(town, form, "tranh-chap", "Tranh chấp lối đi")
    await town.turn("2026-03-06T17:00")
    await _stopped(town, dossier, form, "thửa đất đang có tranh chấp: Tranh chấp lối đi")
    await _release(town, form, dispute)
    await town.policy("land", slip="instant")
    await town.at_rest()


async def _restrict(town: Town, form: Shown, kind: str, note: str) -> int:
    path = await _path(form)
    shown = await town.post("land", f"{path}/han-che", {"Loai": kind, "NoiDung": note})
    return next(int(each["Id"]) for each in shown["HanChe"] if each["NoiDung"] == note)


async def _release(town: Town, form: Shown, number: int) -> None:
    answer = await town.http.delete(f"{town.url('land')}{await _path(form)}/han-che/{number}")
    assert answer.status_code == 200


async def _path(form: Shown) -> str:
    said = form["ThuaDat"][0]
    return f"/thua-dat/{said['MaXa']}/{said['SoToBanDo']}/{said['SoThua']}"


async def _stopped(town: Town, dossier: str, form: Shown, reason: str) -> None:
    case = await town.status(dossier, 8)
    assert way(case) == ["1", "2", "4", "8"]
    assert case["KetThuc"]
    assert case["LichSu"][-1]["YeuCauBoSung"] == [{"ViTri": "/ThuaDat/0", "NoiDung": reason}]
    await _untouched(town, dossier, form)


async def _untouched(town: Town, dossier: str, form: Shown) -> None:
    await town.at_rest()
    assert await town.get("land", "/phieu", **{"ma-ho-so": dossier}) == []
    assert await town.holders(form) == [(form["BenChuyen"][0]["SoDinhDanh"], "1/1")]
    await not_with_tax(town, dossier)


async def slips_take_the_form_of_their_day(town: Town) -> None:
    """A slip of June 2025 is Mẫu 12/ĐK with its district, one of July is Mẫu 19 without, also where the dossier came in June."""
    await town.turn("2025-06-16T09:00")
    june = await town.form("transfer", seed=27, only=_renamed)
    await _slip_and_settle(town, june, await town.hand_in(june), district=True)

    await town.turn("2025-06-30T09:00")
    await town.policy("land", slip={"workingDays": 1})
    between = await town.form("transfer", seed=28, only=_renamed)
    dossier = await town.hand_in(between)
    await town.status(dossier, 4)
    await town.turn("2025-07-02T09:00")
    await town.policy("land", slip="instant")
    # the citizen typed June's commune code, which is none any more on the slip's day: tax returns it once
    await _slip_and_settle(town, between, dossier, district=False, revisions=2)

    await town.turn("2025-07-16T09:00")
    july = await town.form("transfer", seed=29, only=_renamed)
    await _slip_and_settle(town, july, await town.hand_in(july), district=False)


def _renamed(parcel: Any) -> bool:
    before, after = parcel["DonViHanhChinh"]
    return bool(before["XaId"] != after["XaId"])


async def _slip_and_settle(town: Town, form: Shown, dossier: str, *, district: bool, revisions: int = 1) -> None:
    notices = await town.notices(dossier)
    chapter, office = ("757", "CCT") if district else ("857", "TCS")  # of the district's tax branch, then of the local office
    assert {line["Chuong"] for each in notices for line in each["KhoanNop"]} == {chapter}
    assert {each["SoThongBao"].rpartition("-")[2] for each in notices} == {office}
    await town.pay_all(dossier)
    assert way(await town.status(dossier, 10)) == (SETTLED if revisions == 1 else RETURNED_ONCE)
    await town.at_rest()
    assert await town.holders(form) == [(form["BenNhan"][0]["SoDinhDanh"], "1/1")]
    await in_the_books(town, form)

    slips = await town.get("land", "/phieu", **{"ma-ho-so": dossier})
    delivered = {each["revision"]: each for each in await town.inbox(dossier, "land.transfer-slip")}
    assert [each["NoiDung"]["LanLap"] for each in slips] == sorted(delivered) == list(range(1, revisions + 1))
    native, wire = slips[-1]["NoiDung"], delivered[revisions]
    assert native["MauPhieu"] == wire["form"] == ("12/DK" if district else "19")
    here, there = native["ThuaDat"][0], wire["parcels"][0]
    before, after = (await town.parcel(form))["DonViHanhChinh"]
    if district:
        assert here["XaId"] == there["parcel"]["communeCode"] == before["XaId"]
        assert here["HuyenId"] == there["districtCode"] == before["HuyenId"] is not None
        assert here["TenHuyen"] == there["districtName"] == before["TenHuyen"]
    else:
        assert here["XaId"] == there["parcel"]["communeCode"] == after["XaId"]
        assert {"districtCode", "districtName", "position", "landPrice"}.isdisjoint(there)
        assert after["HuyenId"] is None
    assert [name in here for name in ("HuyenId", "TenHuyen", "ViTri", "GiaDat")] == [district] * 4
    assert [name in here for name in ("Gia", "HinhThucSuDung", "GiayToQSDD")] == [not district] * 3


async def before_august_2024_there_is_no_form(town: Town) -> None:
    """A dossier whose slip would be made before 1 August 2024 is refused with that reason; on that day it is not."""
    await town.turn("2024-07-31T09:00")
    form = await town.form("transfer", seed=30, only=lambda parcel: not parcel["MienNui"])
    early = await town.hand_in(form)
    case = await town.status(early, 3)
    reason = "ngày lập phiếu chuyển thông tin trước 01/08/2024: mẫu phiếu thời kỳ này không được mô phỏng"
    assert reason in [each["NoiDung"] for each in case["LichSu"][-1]["YeuCauBoSung"]]
    await _untouched(town, early, form)

    await town.turn("2024-08-01T09:00")
    first = await town.hand_in(form)
    await town.notices(first)
    await town.at_rest()
    (slip,) = await town.inbox(first, "land.transfer-slip")
    assert (slip["form"], slip["issuedOn"]) == ("12/DK", "2024-08-01")
    await town.pay_all(first)
    case = await town.status(first, 10)
    await town.at_rest()
    assert case["NgayHenTra"] == "20240815170000"  # ten working days until July 2025: 2, 5-9, 12-15 August


PATHS: tuple[Path, ...] = (
    wrong_slips_come_back_with_every_reason_and_are_corrected,
    an_incomplete_dossier_waits_and_its_due_date_moves,
    mortgaged_or_disputed_land_is_refused_and_tax_never_hears_of_it,
    slips_take_the_form_of_their_day,
    before_august_2024_there_is_no_form,
)
