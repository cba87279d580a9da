"""Path 6: the citizen wants out, before the slip, after it, after the notices; too late once money was paid."""

from tests.e2e.paths import Path
from tests.e2e.paths.sums import noticed, sale
from tests.e2e.town import Shown, Town

SUBMITTED = ("dvc", "ilis", "dossier.submitted")
ASKED = ("dvc", "ilis", "dossier.withdrawal-requested")
STATUS = ("ilis", "dvc", "dossier.status-changed")
SLIP = ("ilis", "tct", "land.transfer-slip")
CANCELLED = ("ilis", "tct", "land.slip-cancelled")


async def withdrawn_before_the_slip(town: Town) -> None:
    """A dossier withdrawn before its slip was made ends in 8, and tax never hears of it."""
    await town.turn("2026-03-02T09:00")
    await town.policy("land", slip="manual")
    form = await sale(town, 601)
    sellers = await town.holders(form)
    dossier = await town.hand_in(form)
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: case["TrangThaiHoSo"] == "4")
    await _withdrawn(town, dossier)
    await town.at_rest()

    assert await town.crossed(dossier) == sorted([SUBMITTED, ASKED, STATUS, STATUS, STATUS])  # 2, 4 and 8
    assert await town.refused("land", f"/ho-so/{dossier}/quyet-dinh", {"HanhDong": "chuyen-thue"}) == (
        "không thể chuyển từ trạng thái 8 (dừng xử lý) sang trạng thái 6 (yêu cầu thực hiện nghĩa vụ tài chính): hồ sơ đã kết thúc"
    )
    await _as_before(town, form, sellers)
    await town.policy("land", slip="instant")
    await town.at_rest()


async def withdrawn_after_the_slip(town: Town) -> None:
    """A dossier withdrawn while tax has its slip and has not decided takes the slip back; nothing is assessed any more."""
    await town.turn("2026-03-02T09:00")
    await town.policy("tax", assess="manual")
    form = await sale(town, 602)
    sellers = await town.holders(form)
    dossier = await town.hand_in(form)
    await town.status(dossier, 6)
    await town.until("tax", f"/ho-so/{dossier}", lambda known: known["TrangThai"] == "chờ xác định")
    await _withdrawn(town, dossier)
    await town.at_rest()

    known = await town.get("tax", f"/ho-so/{dossier}")
    assert (known["TrangThai"], known["ThongBao"]) == ("đã hủy", [])
    assert await town.refused("tax", f"/ho-so/{dossier}/quyet-dinh", {"HanhDong": "xac-dinh"}) == (
        f"phiếu của hồ sơ {dossier} đã hủy, không chờ xác định"
    )
    assert await town.crossed(dossier) == sorted([SUBMITTED, SLIP, CANCELLED, ASKED, STATUS, STATUS, STATUS, STATUS])  # 2, 4, 6 and 8
    await _as_before(town, form, sellers)
    await town.policy("tax", assess="instant")
    await town.at_rest()


async def withdrawn_after_the_notices(town: Town) -> None:
    """A dossier withdrawn after its notices has every notice cancelled; nobody can pay them at the portal any more."""
    await town.turn("2026-03-02T09:00")
    form = await sale(town, 603)
    sellers = await town.holders(form)
    dossier = await town.hand_in(form)
    fee, _ = await noticed(town, dossier)
    await _withdrawn(town, dossier)
    await town.at_rest()

    case = await town.case(dossier)
    assert [(each["TrangThai"], each["ConPhaiNop"], each["LyDoHuy"]) for each in case["ThongBaoThue"]] == [
        ("DA_HUY", 0, "công dân rút hồ sơ"),
        ("DA_HUY", 0, "công dân rút hồ sơ"),
    ]
    assert (case["NghiaVu"]["TongTien"], case["NghiaVu"]["ConPhaiNop"]) == (0, 0)
    assert [each["TrangThai"] for each in (await town.get("tax", f"/ho-so/{dossier}"))["ThongBao"]] == ["đã hủy", "đã hủy"]
    assert [each["LyDoHuy"] for each in (await town.get("land", f"/ho-so/{dossier}"))["ThongBaoThue"]] == ["công dân rút hồ sơ"] * 2
    assert await town.refused("dvc", f"/ho-so/{dossier}/thanh-toan", {"SoThongBao": fee["SoThongBao"]}) == (
        "không thanh toán được khi hồ sơ ở trạng thái 8 (dừng xử lý)"
    )
    await _as_before(town, form, sellers)
    await town.at_rest()


async def not_withdrawn_after_a_receipt(town: Town) -> None:
    """A withdrawal is refused at the portal once money was paid: nobody else hears of it, and the dossier goes on to its end."""
    await town.turn("2026-03-02T09:00")
    form = await sale(town, 604)
    dossier = await town.hand_in(form)
    fee, tax = await noticed(town, dossier)
    await town.pay(dossier, fee["SoThongBao"])
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: case["ChungTu"])
    assert await town.refused("dvc", f"/ho-so/{dossier}/rut", {"LyDo": "Hai bên thôi giao dịch"}) == (
        "không thể chuyển từ trạng thái 6 (yêu cầu thực hiện nghĩa vụ tài chính) sang trạng thái 7 (công dân yêu cầu rút hồ sơ): "
        "đã có 1 chứng từ nộp tiền"
    )

    await town.pay(dossier, tax["SoThongBao"])
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: case["TrangThaiHoSo"] == "10")
    await town.at_rest()
    assert ASKED not in await town.crossed(dossier)
    assert await town.holders(form) == [(form["BenNhan"][0]["SoDinhDanh"], "1/1")]


async def _withdrawn(town: Town, dossier: str) -> None:
    assert (await town.withdraw(dossier)).is_success
    case = await town.until("dvc", f"/ho-so/{dossier}", lambda case: case["TrangThaiHoSo"] == "8")
    assert case["KetThuc"]


async def _as_before(town: Town, form: Shown, holders: list[tuple[str, str]]) -> None:
    """The register has not changed, and the parcel is free for another dossier."""
    assert await town.holders(form) == holders
    assert (await town.parcel(form))["DangCoHoSo"] == []


PATHS: tuple[Path, ...] = (
    withdrawn_before_the_slip,
    withdrawn_after_the_slip,
    withdrawn_after_the_notices,
    not_withdrawn_after_a_receipt,
)
