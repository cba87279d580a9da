"""Land changes hands: sales, gifts, companies, several sellers and buyers; every amount worked by hand."""

from tests.e2e.paths import Path
from tests.e2e.paths.views import (
    SETTLED,
    TRANSFER_WITH_TWO_NOTICES,
    crossed,
    due,
    half_up,
    in_the_books,
    other_than,
    priced,
    table_below,
    table_value,
    way,
)
from tests.e2e.town import Town

MONDAY = "2026-03-02T09:00"


async def strangers_settle_two_notices_apart(town: Town) -> None:
    """A sale between strangers changes the register only after fee and tax, two notices, were paid, each by itself."""
    await town.turn(MONDAY)
    form = priced(await town.form("transfer", seed=11, only=lambda parcel: parcel["MienNui"]), 3_456_789_100)  # above every table value
    seller, buyer = form["BenChuyen"][0]["SoDinhDanh"], form["BenNhan"][0]["SoDinhDanh"]
    dossier = await town.hand_in(form)

    notices = await town.notices(dossier)
    # 0.5 % of 3,456,789,100 is 17,283,945.5, half up; 2 % is 69,135,782.0
    assert due(notices) == {("LPTB", buyer): 17_283_946, ("TNCN", seller): 69_135_782}
    assert {each["ThuTu"] for each in notices} == {"1/2", "2/2"}
    assert {each["HanNop"] for each in notices} == {"20260331"}  # 2 March + 29 days, a Tuesday
    fee, tax = sorted(notices, key=lambda each: str(each["LoaiThongBao"]))

    await town.pay(dossier, fee["SoThongBao"])
    await town.at_rest()
    half = await town.case(dossier)
    assert half["TrangThaiHoSo"] == "6"
    assert [each["KetQua"] for each in half["DoiSoat"]] == ["DU"]
    assert (half["NghiaVu"]["DaNop"], half["NghiaVu"]["ConPhaiNop"]) == (17_283_946, 69_135_782)
    assert await town.holders(form) == [(seller, "1/1")]
    assert (await town.get("tax", f"/ho-so/{dossier}"))["TrangThai"] == "đã thông báo"

    await town.pay(dossier, tax["SoThongBao"])
    case = await town.status(dossier, 10)
    await town.at_rest()
    assert way(case) == SETTLED
    assert case["NgayHenTra"] == "20260326170000"  # a mountain commune, 18 working days: 3-6, 9-13, 16-20, 23-26 March
    assert case["NghiaVu"]["ConPhaiNop"] == 0
    assert await town.holders(form) == [(buyer, "1/1")]
    serial = await in_the_books(town, form)
    assert [each["SoPhatHanhGCN"] for each in case["KetQua"]["DanhSachThua"]] == [serial]
    assert (await town.get("tax", f"/ho-so/{dossier}"))["TrangThai"] == "đã hoàn thành nghĩa vụ"
    assert await crossed(town, dossier) == TRANSFER_WITH_TWO_NOTICES
    entries = await town.journal(dossier)
    completed = {each["messageId"] for each in entries if each["type"] == "vn.gov.tax.obligation-completed.v1"}
    updated = {each["causationId"] for each in entries if each["type"] == "vn.gov.land.register-updated.v1"}
    assert updated == completed
    assert len({each["correlationId"] for each in entries}) == 1


async def gifts_in_the_family_owe_nothing(town: Town) -> None:
    """A gift to a child, or to husband or wife, is exempt from fee and tax: no notice, and the register changes."""
    await town.turn(MONDAY)
    to_child = await town.form("gift", seed=12)
    to_spouse = await town.form("spouse", seed=12, only=other_than(to_child))
    forms = {await town.hand_in(each): each for each in (to_child, to_spouse)}
    words = {"CHA_ME_CON": "cha đẻ, mẹ đẻ với con đẻ", "VO_CHONG": "vợ với chồng"}

    for dossier, form in forms.items():
        giver, receiver = form["BenChuyen"][0]["SoDinhDanh"], form["BenNhan"][0]["SoDinhDanh"]
        case = await town.status(dossier, 10)
        await town.at_rest()
        assert way(case) == SETTLED
        assert (case["ThongBaoThue"], case["ThanhToan"], case["NghiaVu"]["TongTien"]) == ([], [], 0)
        (outcome,) = case["KetQuaNghiaVu"]
        assert outcome["KetQua"] == "KHONG_PHAT_SINH"
        family = words[form["QuanHe"][0]["QuanHe"]]
        assert outcome["MienGiam"] == [
            {
                "LoaiThongBao": "LPTB",
                "NguoiNopThue": receiver,
                "CanCu": f"Miễn lệ phí trước bạ nhà, đất giữa {family}: khoản 10 Điều 10 Nghị định 10/2022/NĐ-CP",
            },
            {
                "LoaiThongBao": "TNCN",
                "NguoiNopThue": receiver,
                "CanCu": f"Miễn thuế thu nhập cá nhân giữa {family}: Điều 4 Luật Thuế thu nhập cá nhân số 04/2007/QH12",
            },
        ]
        assert await town.holders(form) == [(receiver, "1/1")]
        history = (await town.parcel(form))["LichSuNguoiSuDung"]
        assert [each["ChuSuDung"]["SoDinhDanh"] for each in history[-2:]] == [giver, receiver]
        await in_the_books(town, form)
        assert await town.get("tax", "/thong-bao", **{"ma-ho-so": dossier}) == []
        assert await crossed(town, dossier) == {
            "dvc > ilis dossier.submitted": 1,
            "ilis > dvc dossier.status-changed": 5,
            "ilis > tct land.transfer-slip": 1,
            "tct > ilis tax.no-obligation": 1,
            "tct > dvc tax.no-obligation": 1,
            "ilis > dvc land.register-updated": 1,
            "ilis > tct land.register-updated": 1,
        }


async def a_company_buys(town: Town) -> None:
    """A company pays the fee under its tax code, and the certificate is in its name."""
    await town.turn(MONDAY)
    form = priced(await town.form("company", seed=13), 2_200_000_300)
    company, seller = form["BenNhan"][0], form["BenChuyen"][0]["SoDinhDanh"]
    dossier = await town.hand_in(form)

    notices = await town.notices(dossier)
    # 0.5 % of 2,200,000,300 is 11,000,001.5, half up; 2 % is 44,000,006.0
    assert due(notices) == {("LPTB", company["MaSoThue"]): 11_000_002, ("TNCN", seller): 44_000_006}
    fee = next(each for each in notices if each["LoaiThongBao"] == "LPTB")
    assert fee["NguoiNopThue"]["HoTen"] == company["TenToChuc"]
    await town.pay_all(dossier)

    case = await town.status(dossier, 10)
    await town.at_rest()
    assert case["ChuHoSo"] == company["TenToChuc"]
    (parcel,) = case["KetQua"]["DanhSachThua"]
    assert parcel["ChuSuDung"] == [{"HoTen": company["TenToChuc"], "SoDinhDanh": company["MaSoThue"], "TyLe": "1/1"}]
    assert parcel["SoVaoSo"].startswith("CT")  # book of organisations
    assert await town.holders(form) == [(company["MaSoThue"], "1/1")]
    assert parcel["SoPhatHanhGCN"] == await in_the_books(town, form)
    assert await crossed(town, dossier) == TRANSFER_WITH_TWO_NOTICES


async def two_sell_two_parcels_to_three(town: Town) -> None:
    """Two sellers, three buyers, two parcels: five notices by share to the đồng, what rounding leaves with the last; all three hold."""
    await town.turn(MONDAY)
    form = priced(await town.form("shared", seed=14), 3_000_000_100, 2_500_000_021)
    form["BenChuyen"] = sorted(form["BenChuyen"], key=lambda each: str(each["TyLe"]), reverse=True)
    two_thirds, one_third = (each["SoDinhDanh"] for each in form["BenChuyen"])
    assert [each["TyLe"] for each in form["BenChuyen"]] == ["2/3", "1/3"]
    half, third, sixth = (each["SoDinhDanh"] for each in form["BenNhan"])
    assert [each["TyLe"] for each in form["BenNhan"]] == ["1/2", "1/3", "1/6"]
    dossier = await town.hand_in(form)

    notices = await town.notices(dossier)
    # Fee: 0.5 % of 3,000,000,100 is 15,000,000.5 -> 15,000,001; of 2,500,000,021 is 12,500,000.105 -> 12,500,000; together 27,500,001:
    #   1/2 is 13,750,000.5 -> 13,750,001; 1/3 is 9,166,667; the rest 4,583,333 (1/6 by itself would be 4,583,333.5 -> 4,583,334).
    # Tax: 2 % of 5,500,000,121 is 110,000,002.42 -> 110,000,002; 2/3 is 73,333,334.67 -> 73,333,335; the rest 36,666,667.
    assert due(notices) == {
        ("LPTB", half): 13_750_001,
        ("LPTB", third): 9_166_667,
        ("LPTB", sixth): 4_583_333,
        ("TNCN", two_thirds): 73_333_335,
        ("TNCN", one_third): 36_666_667,
    }
    assert sorted(each["ThuTu"] for each in notices) == ["1/5", "2/5", "3/5", "4/5", "5/5"]
    # The base of each: 5,500,000,121 by 1/2 is 2,750,000,060.5, by 1/3 is 1,833,333,373.67, the rest 916,666,686;
    #   by 2/3 is 3,666,666,747.33, the rest 1,833,333,374.
    assert {each["NguoiNopThue"]["SoDinhDanh"]: each["KhoanNop"][0]["CanCuTinh"] for each in notices} == {
        half: 2_750_000_061,
        third: 1_833_333_374,
        sixth: 916_666_686,
        two_thirds: 3_666_666_747,
        one_third: 1_833_333_374,
    }
    await town.pay_all(dossier)

    case = await town.status(dossier, 10)
    await town.at_rest()
    assert case["NghiaVu"]["TongTien"] == case["NghiaVu"]["DaNop"] == 137_500_003
    for index in (0, 1):
        assert await town.holders(form, index) == [(half, "1/2"), (third, "1/3"), (sixth, "1/6")]
        await in_the_books(town, form, index)
    slips = await town.get("land", "/phieu", **{"ma-ho-so": dossier})
    assert [len(each["NoiDung"]["ThuaDat"]) for each in slips] == [2]
    counted = await crossed(town, dossier)
    assert (counted["tct > dvc tax.payment-notice"], counted["payplat > tct payment.receipt"]) == (5, 5)
    assert counted["tct > ilis tax.obligation-completed"] == counted["ilis > tct land.register-updated"] == 1


async def the_larger_of_price_and_table_is_the_base(town: Town) -> None:
    """231,700,000 đồng above the table owe 1,158,500 and 4,634,000 everywhere; a price below the table counts as the table's."""
    await town.turn(MONDAY)
    form = priced(await town.form("transfer", seed=15, only=table_below(231_700_000)), 231_700_000)
    cheap = priced(await town.form("transfer", seed=16, only=other_than(form)), 1_000_000)
    dossier, other = await town.hand_in(form), await town.hand_in(cheap)
    seller, buyer = form["BenChuyen"][0]["SoDinhDanh"], form["BenNhan"][0]["SoDinhDanh"]

    notices = await town.notices(dossier)
    assert due(notices) == {("LPTB", buyer): 1_158_500, ("TNCN", seller): 4_634_000}
    assert {each["LoaiThongBao"]: each["BangChu"] for each in notices} == {
        "LPTB": "Một triệu một trăm năm mươi tám nghìn năm trăm đồng",
        "TNCN": "Bốn triệu sáu trăm ba mươi bốn nghìn đồng",
    }
    assert [line["CanCuTinh"] for each in notices for line in each["KhoanNop"]] == [231_700_000, 231_700_000]
    at_tax = await town.get("tax", "/thong-bao", **{"ma-ho-so": dossier})
    assert {(each["NguoiNopThue"], each["TongTien"]) for each in at_tax} == {(buyer, 1_158_500), (seller, 4_634_000)}
    at_land = (await town.get("land", f"/ho-so/{dossier}"))["ThongBaoThue"]
    assert sorted(each["TongTien"] for each in at_land) == [1_158_500, 4_634_000]

    value = table_value(await town.parcel(cheap))
    assert value > 1_000_000
    assert sorted(due(await town.notices(other)).values()) == [half_up(value / 200), half_up(value / 50)]  # 0.5 % and 2 %

    for each in (dossier, other):
        await town.pay_all(each)
        case = await town.status(each, 10)
    await town.at_rest()
    receipts = (await town.case(dossier))["ChungTu"]
    assert sorted(each["SoTien"] for each in receipts) == [1_158_500, 4_634_000]
    assert {each["DoiSoat"] for each in receipts} == {"Đã nộp đủ"}
    assert case["NghiaVu"]["ConPhaiNop"] == 0
    assert await town.holders(form) == [(buyer, "1/1")]


PATHS: tuple[Path, ...] = (
    strangers_settle_two_notices_apart,
    gifts_in_the_family_owe_nothing,
    a_company_buys,
    two_sell_two_parcels_to_three,
    the_larger_of_price_and_table_is_the_base,
)
