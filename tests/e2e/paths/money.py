"""Paths 7, 8 and 11: changes of purpose, late payment, payment in parts, twice, in vain; every sum worked by hand."""

from typing import Any

from tests.e2e.paths import Path
from tests.e2e.paths.sums import FEE, TAX, noticed, refundable, sale
from tests.e2e.town import Shown, Town


async def change_decided_before_2026_pays_all(town: Town) -> None:
    """A change decided on the last day of 2025 pays all of the difference; its first tranche, paid late, bears interest."""
    await town.turn("2026-01-12T09:00")
    # 600 m² x (310,000 - 58,000) = 151,200,000, although the quota is 400 m²
    form = await _garden(town, 26, 4, house=310_000, garden=58_000, changed=600, decided="20251231")
    dossier = await town.hand_in(form)
    [notice] = await town.notices(dossier)
    assert (notice["LoaiThongBao"], notice["TongTien"], notice["ThuTu"]) == ("TSDD", 151_200_000, "1/1")
    # 12 January + 29 days is a Tuesday; + 90 days is Sunday, 12 April
    assert _lines(notice) == [("1401", 151_200_000, 1.0, 75_600_000, "20260210"), ("1401", 151_200_000, 1.0, 75_600_000, "20260413")]

    await town.turn("2026-03-02T09:00")
    await town.pay(dossier, notice["SoThongBao"])
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: len(case["ThongBaoThue"]) == 2)
    await town.at_rest()
    late = _kind(await town.case(dossier), "CHAM_NOP")
    # 11 February to 1 March are 19 days: 75,600,000 x 0.03 % x 19 = 430,920; the second tranche is in time
    assert (late["TongTien"], late["ThongBaoGoc"]) == (430_920, notice["SoThongBao"])
    assert _lines(late) == [("4945", 75_600_000, 0.0003, 430_920, "20260331")]
    assert _uses(await town.parcel(form)) == {"ONT": 160, "CLN": 600}

    await town.pay(dossier, late["SoThongBao"])
    await town.status(dossier, 10)
    await town.at_rest()
    assert _uses(await town.parcel(form)) == {"ONT": 760}


async def change_decided_in_2026_pays_by_quota(town: Town) -> None:
    """A change decided on the first day of 2026 pays 30 % within the quota, 50 % of one more, the rest whole; by tranche, each in time."""
    await town.turn("2026-01-12T09:00")
    # 400 x 0.3 + 400 x 0.5 + 137.5 = 457.5; 457.5 x (510,000 - 48,000) = 211,365,000
    form = await _garden(town, 26, 1, house=510_000, garden=48_000, changed=937.5, decided="20260101")
    dossier = await town.hand_in(form)
    [notice] = await town.notices(dossier)
    # of 937.5 x 462,000 = 433,125,000 this is 48.8 %
    assert _lines(notice) == [("1401", 433_125_000, 0.488, 105_682_500, "20260210"), ("1401", 433_125_000, 0.488, 105_682_500, "20260413")]

    await town.turn("2026-02-10T16:00")
    await town.pay(dossier, notice["SoThongBao"], 105_682_500)
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: [each["KetQua"] for each in case["DoiSoat"]] == ["MOT_PHAN"])
    await town.at_rest()
    assert (await town.case(dossier))["TrangThaiHoSo"] == "6"
    await town.turn("2026-04-13T16:00")
    await town.pay(dossier, notice["SoThongBao"])
    case = await town.status(dossier, 10)
    await town.at_rest()
    assert [each["LoaiThongBao"] for each in case["ThongBaoThue"]] == ["TSDD"]
    assert _uses(await town.parcel(form)) == {"ONT": 1297.5, "CLN": 62.5}
    [at_tax] = (await town.get("tax", f"/ho-so/{dossier}"))["ThongBao"]
    assert [each["ConPhaiNop"] for each in at_tax["DongThongBao"]] == [0, 0]


async def a_household_uses_its_right_once(town: Town) -> None:
    """The reduced rates are for a household's first change; its second, by the same law, pays all of the difference."""
    await town.turn("2026-01-12T09:00")
    # 400 x 0.3 + 155.55 x 0.5 = 197.775; 197.775 x (1,430,000 - 65,000) = 269,962,875, the odd đồng in the second tranche
    first = await _garden(town, 16, 4, house=1_430_000, garden=65_000, changed=555.55, decided="20260105")
    dossier = await town.hand_in(first)
    [notice] = await town.notices(dossier)
    # of 555.55 x 1,365,000 = 758,325,750 this is 35.5999 %
    assert _lines(notice) == [
        ("1401", 758_325_750, 0.355999, 134_981_437, "20260210"),
        ("1401", 758_325_750, 0.355999, 134_981_438, "20260413"),
    ]
    await town.pay_all(dossier)
    await town.status(dossier, 10)

    # 150 m², well within the quota, x (1,214,000 - 54,000) = 174,000,000
    second = await _garden(town, 16, 2, house=1_214_000, garden=54_000, changed=150, decided="20260106")
    assert second["ChuyenMucDich"]["ChuHo"] == first["ChuyenMucDich"]["ChuHo"]
    dossier = await town.hand_in(second)
    [notice] = await town.notices(dossier)
    assert _lines(notice) == [("1401", 174_000_000, 1.0, 87_000_000, "20260210"), ("1401", 174_000_000, 1.0, 87_000_000, "20260413")]
    await town.pay_all(dossier)
    await town.status(dossier, 10)
    await town.at_rest()
    assert _uses(await town.parcel(first)) == {"ONT": 715.55, "CLN": 44.45}
    assert _uses(await town.parcel(second)) == {"ONT": 310}


async def late_payment_bears_interest(town: Town) -> None:
    """What is paid late bears 0.03 % a day in a notice of its own that cites the first; nothing is done before that is paid."""
    await town.turn("2026-03-02T09:00")
    form = await sale(town, 801)
    sellers = await town.holders(form)
    dossier = await town.hand_in(form)
    fee, tax = await noticed(town, dossier)
    assert {fee["HanNop"], tax["HanNop"]} == {"20260331"}

    await town.turn("2026-04-01T09:00")  # between deadline + 1 and the day before payment lies no day
    await town.pay(dossier, fee["SoThongBao"])
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: [each["KetQua"] for each in case["DoiSoat"]] == ["DU"])
    await town.turn("2026-04-10T09:00")
    await town.pay(dossier, tax["SoThongBao"])
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: len(case["ThongBaoThue"]) == 3)
    await town.at_rest()
    case = await town.case(dossier)
    late = _kind(case, "CHAM_NOP")
    # 1 to 9 April are 9 days: 62,469,136 x 0.03 % x 9 = 168,666.6672; 10 April + 29 days is a Saturday
    assert (late["ThongBaoGoc"], late["ThuTu"], late["NguoiNopThue"]) == (tax["SoThongBao"], "3/3", tax["NguoiNopThue"])
    assert _lines(late) == [("4917", TAX, 0.0003, 168_667, "20260511")]
    assert late["BangChu"] == "Một trăm sáu mươi tám nghìn sáu trăm sáu mươi bảy đồng"
    assert [each["TrangThai"] for each in case["ThongBaoThue"]] == ["DA_NOP_DU", "DA_NOP_DU", "CHUA_NOP"]
    assert (case["TrangThaiHoSo"], await town.holders(form)) == ("6", sellers)
    assert "tax.obligation-completed" not in {contract for _, _, contract in await town.crossed(dossier)}

    await town.turn("2026-05-20T09:00")  # late again, but there is no interest on interest
    await town.pay(dossier, late["SoThongBao"])
    case = await town.status(dossier, 10)
    await town.at_rest()
    assert len(case["ThongBaoThue"]) == 3
    assert (case["NghiaVu"]["TongTien"], case["NghiaVu"]["ConPhaiNop"]) == (FEE + TAX + 168_667, 0)
    assert await town.holders(form) == [(form["BenNhan"][0]["SoDinhDanh"], "1/1")]


async def part_and_rest(town: Town) -> None:
    """A notice can be paid in parts, never more than what is left; nobody is told it is paid before the last part."""
    await town.turn("2026-03-02T09:00")
    form = await sale(town, 1101)
    dossier = await town.hand_in(form)
    fee, tax = await noticed(town, dossier)
    await town.pay(dossier, tax["SoThongBao"])
    await town.pay(dossier, fee["SoThongBao"], 5_000_000)
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: sorted(each["KetQua"] for each in case["DoiSoat"]) == ["DU", "MOT_PHAN"])
    shown = _kind(await town.case(dossier), "LPTB")
    assert (shown["TrangThai"], shown["DaNop"], shown["ConPhaiNop"]) == ("NOP_MOT_PHAN", 5_000_000, 10_617_284)
    assert await town.refused("dvc", f"/ho-so/{dossier}/thanh-toan", {"SoThongBao": fee["SoThongBao"], "SoTien": 10_617_285}) == (
        "số tiền lớn hơn số còn phải nộp 10.617.284 đ"
    )
    await town.at_rest()
    assert (await town.get("tax", f"/ho-so/{dossier}"))["TrangThai"] == "đã thông báo"

    await town.pay(dossier, fee["SoThongBao"])
    case = await town.status(dossier, 10)
    await town.at_rest()
    assert [each["SoTien"] for each in case["ChungTu"]] == [TAX, 5_000_000, 10_617_284]
    assert (case["NghiaVu"]["DaNop"], case["NghiaVu"]["ConPhaiNop"], case["NghiaVu"]["DuocHoan"]) == (FEE + TAX, 0, 0)


async def paid_twice(town: Town) -> None:
    """What is paid beyond a notice is refundable to the đồng; a second click on the same attempt pays nothing."""
    await town.turn("2026-03-02T09:00")
    await town.policy("payment", payment="manual")
    form = await sale(town, 1102)
    dossier = await town.hand_in(form)
    fee, tax = await noticed(town, dossier)
    first = await town.pay(dossier, fee["SoThongBao"])
    again = await town.pay(dossier, fee["SoThongBao"])  # nothing is paid yet, so nothing forbids it
    part = await town.pay(dossier, tax["SoThongBao"], 1_000_000)
    whole = await town.pay(dossier, tax["SoThongBao"])
    clicked = [await town.pays(reference) for reference in (first, first, again, part, whole)]
    assert clicked[0] == clicked[1]
    assert len(set(clicked)) == 4
    case = await town.status(dossier, 10)
    await town.at_rest()

    # of the second fee all is too much; of the whole tax what the part had paid
    assert {each["SoChungTu"]: (each["KetQua"], each["DuocHoan"]) for each in case["DoiSoat"]} == {
        clicked[0]: ("DU", 0),
        clicked[2]: ("THUA", FEE),
        clicked[3]: ("MOT_PHAN", 0),
        clicked[4]: ("THUA", 1_000_000),
    }
    assert (case["NghiaVu"]["DaNop"], case["NghiaVu"]["DuocHoan"]) == (FEE + TAX, FEE + 1_000_000)
    assert await refundable(town, dossier) == {clicked[0]: 0, clicked[2]: FEE, clicked[3]: 0, clicked[4]: 1_000_000}
    assert await town.holders(form) == [(form["BenNhan"][0]["SoDinhDanh"], "1/1")]
    await town.policy("payment", payment="instant")
    await town.at_rest()


async def attempts_in_vain(town: Town) -> None:
    """An attempt that fails or expires changes nothing at tax; a new attempt pays."""
    await town.turn("2026-03-02T09:00")
    await town.policy("payment", payment="manual")
    form = await sale(town, 1103)
    dossier = await town.hand_in(form)
    fee, tax = await noticed(town, dossier)
    failed, expired = await town.pay(dossier, fee["SoThongBao"]), await town.pay(dossier, tax["SoThongBao"])
    await town.until("payment", f"/giao-dich/{failed}", lambda shown: shown["TrangThai"] == "KHOI_TAO")
    await town.until("payment", f"/giao-dich/{expired}", lambda shown: shown["TrangThai"] == "KHOI_TAO")
    await town.post("payment", f"/giao-dich/{failed}/that-bai", {"LyDo": "Tài khoản không đủ số dư"})
    await town.turn("2026-03-02T09:15")  # a quarter of an hour to pay is over
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: {each["TrangThai"] for each in case["ThanhToan"]} == {"THAT_BAI", "HET_HAN"})
    await town.at_rest()
    case = await town.case(dossier)
    assert {each["MaThamChieu"]: (each["TrangThai"], each["LyDo"]) for each in case["ThanhToan"]} == {
        failed: ("THAT_BAI", "Tài khoản không đủ số dư"),
        expired: ("HET_HAN", "quá thời hạn thanh toán"),
    }
    assert [each["TrangThai"] for each in case["ThongBaoThue"]] == ["CHUA_NOP", "CHUA_NOP"]
    assert await town.refused("payment", f"/giao-dich/{expired}/thanh-toan", {}) == (
        "giao dịch hết hạn, không thể chuyển sang đã thanh toán"
    )
    assert (await town.get("tax", f"/ho-so/{dossier}"))["ChungTu"] == []

    await town.policy("payment", payment="instant")
    await town.pay_all(dossier)
    case = await town.status(dossier, 10)
    await town.at_rest()
    assert [each["TrangThai"] for each in case["ThanhToan"]] == ["THAT_BAI", "HET_HAN", "DA_CO_CHUNG_TU", "DA_CO_CHUNG_TU"]
    assert (case["NghiaVu"]["DaNop"], case["NghiaVu"]["DuocHoan"]) == (FEE + TAX, 0)


async def paid_after_the_refusal(town: Town) -> None:
    """Money that arrives for a notice of a dossier refused meanwhile is refundable whole; no new attempt begins."""
    await town.turn("2026-03-02T09:00")
    await town.policy("payment", payment="manual")
    form = await sale(town, 1104)
    sellers = await town.holders(form)
    dossier = await town.hand_in(form)
    fee, tax = await noticed(town, dossier)
    reference = await town.pay(dossier, fee["SoThongBao"])
    await town.decide("land", dossier, "tu-choi", LyDo="Giấy chứng nhận đã bị thu hồi")
    await town.until("tax", f"/ho-so/{dossier}", lambda known: known["TrangThai"] == "đã hủy")
    receipt = await town.pays(reference)
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: case["DoiSoat"])
    await town.at_rest()

    case = await town.case(dossier)
    assert (case["TrangThaiHoSo"], case["KetThuc"]) == ("8", True)
    assert [(each["SoChungTu"], each["KetQua"], each["DuocHoan"]) for each in case["DoiSoat"]] == [(receipt, "TB_HUY", FEE)]
    assert [(each["TrangThai"], each["LyDoHuy"]) for each in case["ThongBaoThue"]] == [("DA_HUY", "Giấy chứng nhận đã bị thu hồi")] * 2
    assert (case["NghiaVu"]["DaNop"], case["NghiaVu"]["ConPhaiNop"], case["NghiaVu"]["DuocHoan"]) == (0, 0, FEE)
    assert await refundable(town, dossier) == {receipt: FEE}
    assert (await town.get("tax", f"/ho-so/{dossier}"))["ChungTu"][0]["DuocHoan"] == FEE
    assert await town.refused("dvc", f"/ho-so/{dossier}/thanh-toan", {"SoThongBao": tax["SoThongBao"]}) == (
        "không thanh toán được khi hồ sơ ở trạng thái 8 (dừng xử lý)"
    )
    assert await town.holders(form) == sellers
    await town.policy("payment", payment="instant")
    await town.at_rest()


async def _garden(town: Town, sheet: int, number: int, *, house: int, garden: int, changed: float, decided: str) -> Shown:
    """A change of so many m² of a rural garden to house land; the prices of the sum are those of the register."""
    form = await town.form("change-purpose", only=lambda parcel: (parcel["SoHieuBanDo"], parcel["SoThuTuThua"]) == (sheet, number))
    parcel = await town.parcel(form)
    assert {each["MucDich"]: each["GiaTheoBangGia"] for each in parcel["MucDichSuDung"]} == {"ONT": house, "CLN": garden}
    assert parcel["HanMuc"] == 400
    return {**form, "ChuyenMucDich": {**form["ChuyenMucDich"], "NgayQuyetDinh": decided, "DienTichChuyen": changed}}


def _uses(parcel: Shown) -> dict[str, float]:
    return {each["MucDich"]: each["DienTich"] for each in parcel["MucDichSuDung"]}


def _lines(notice: Shown) -> list[tuple[Any, ...]]:
    return [tuple(each[name] for name in ("TieuMuc", "CanCuTinh", "TyLe", "SoTien", "HanNop")) for each in notice["KhoanNop"]]


def _kind(case: Shown, kind: str) -> Shown:
    [found] = [each for each in case["ThongBaoThue"] if each["LoaiThongBao"] == kind]
    return dict(found)


PATHS: tuple[Path, ...] = (
    change_decided_before_2026_pays_all,
    change_decided_in_2026_pays_by_quota,
    a_household_uses_its_right_once,
    late_payment_bears_interest,
    part_and_rest,
    paid_twice,
    attempts_in_vain,
    paid_after_the_refusal,
)
