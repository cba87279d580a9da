"""A sale whose amounts were worked by hand, and what comes back of what was paid."""

from tests.e2e.town import Shown, Town

__all__ = ["FEE", "PRICE", "TAX", "noticed", "refundable", "sale"]

PRICE = 3_123_456_789  # above the table price of every home: 108 m² x 17,982,000 đ at the most
FEE = 15_617_284  # 0.5 % is 15,617,283.945
TAX = 62_469_136  # 2 % is 62,469,135.78


async def sale(town: Town, seed: int) -> Shown:
    """A form: one seller, one buyer, one home, for `PRICE`."""
    form = await town.form("transfer", seed=seed)
    form["ThuaDat"][0]["GiaTri"] = PRICE
    return form


async def noticed(town: Town, dossier: str) -> tuple[Shown, Shown]:
    """The notices of such a sale, fee and tax, once the portal and the land office have them and the portal shows status 6."""
    fee, tax = sorted(await town.notices(dossier), key=lambda each: int(each["TongTien"]))
    assert (fee["LoaiThongBao"], fee["TongTien"], tax["LoaiThongBao"], tax["TongTien"]) == ("LPTB", FEE, "TNCN", TAX)
    await town.until("land", f"/ho-so/{dossier}", lambda known: len(known["ThongBaoThue"]) == 2)
    await town.status(dossier, 6)
    return fee, tax


async def refundable(town: Town, dossier: str) -> dict[str, int]:
    """What the platform will give back, by receipt; the portal and tax say the same."""
    found = {each["SoChungTu"]: int(each["SoTienDuocHoan"]) for each in await town.get("payment", "/chung-tu", MaHoSo=dossier)}
    assert {each["SoChungTu"]: each["DuocHoan"] for each in (await town.get("tax", f"/ho-so/{dossier}"))["ChungTu"]} == found
    assert (await town.case(dossier))["NghiaVu"]["DuocHoan"] == sum(found.values())
    return found
