"""Path 1: a transfer between strangers."""

from tests.e2e.town import Town


async def test_a_transfer_between_strangers_ends_in_the_register_after_two_notices_were_paid_apart(town: Town) -> None:
    form = await town.form("transfer")
    seller = await town.holders(form)
    dossier = await town.hand_in(form)

    fee, tax = sorted(await town.notices(dossier), key=lambda each: each["LoaiThongBao"])
    assert (fee["LoaiThongBao"], tax["LoaiThongBao"]) == ("LPTB", "TNCN")
    assert tax["TongTien"] == 4 * fee["TongTien"]  # 2 % and 0.5 % of the same base
    await town.pay(dossier, fee["SoThongBao"])
    await town.at_rest()
    assert (await town.case(dossier))["TrangThaiHoSo"] == "6"
    assert await town.holders(form) == seller

    await town.pay(dossier, tax["SoThongBao"])
    case = await town.status(dossier, 10)
    await town.at_rest()
    assert await town.holders(form) == [(form["BenNhan"][0]["SoDinhDanh"], "1/1")]
    assert case["NghiaVu"]["ConPhaiNop"] == 0
    entries = await town.journal(dossier)
    assert [each for each in entries if not each["succeeded"]] == []
    completed = [each["messageId"] for each in entries if each["type"] == "vn.gov.tax.obligation-completed.v1"]
    updated = [each["causationId"] for each in entries if each["type"] == "vn.gov.land.register-updated.v1"]
    assert set(updated) == set(completed)
