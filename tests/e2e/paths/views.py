"""What several paths look at: what crossed, what is due by whom, the way of a dossier, a certificate in force."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.samples import Wish
from tests.e2e.town import Shown, Town

SETTLED = ["1", "2", "4", "6", "4", "9", "10"]  # new, accepted, in work, obligation, in work, done, returned
TRANSFER_WITH_TWO_NOTICES = Counter(
    {
        "dvc > ilis dossier.submitted": 1,
        "ilis > dvc dossier.status-changed": 5,
        "ilis > tct land.transfer-slip": 1,
        "tct > ilis tax.payment-notice": 2,
        "tct > dvc tax.payment-notice": 2,
        "dvc > payplat payment.requested": 2,
        "payplat > tct payment.receipt": 2,
        "payplat > dvc payment.receipt": 2,
        "tct > dvc tax.receipt-reconciled": 2,
        "tct > payplat tax.receipt-reconciled": 2,
        "tct > ilis tax.obligation-completed": 1,
        "tct > dvc tax.obligation-completed": 1,
        "ilis > dvc land.register-updated": 1,
        "ilis > tct land.register-updated": 1,
    }
)


def table_value(parcel: Mapping[str, Any]) -> Decimal:
    """Table price times area of a parcel as the register shows it, in đồng."""
    uses = parcel["MucDichSuDung"]
    return sum((Decimal(str(each["DienTich"])) * int(each["GiaTheoBangGia"]) for each in uses), Decimal(0))


def half_up(amount: Decimal) -> int:
    """Whole đồng, a half upwards."""
    return int(amount + Decimal("0.5"))


def table_below(value: int) -> Wish:
    """Parcels whose table value is lower."""
    return lambda parcel: table_value(parcel) < value


def other_than(*forms: Shown) -> Wish:
    """Parcels that none of these forms names."""
    taken = {(said["SoToBanDo"], said["SoThua"]) for form in forms for said in form["ThuaDat"]}
    return lambda parcel: (parcel["SoHieuBanDo"], parcel["SoThuTuThua"]) not in taken


def priced(form: Shown, *prices: int) -> Shown:
    """The form with these prices declared, parcel by parcel."""
    return {**form, "ThuaDat": [{**said, "GiaTri": price} for said, price in zip(form["ThuaDat"], prices, strict=True)]}


def due(notices: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], int]:
    """What is to be paid by kind and taxpayer; one notice for each."""
    found = {(each["LoaiThongBao"], each["NguoiNopThue"]["SoDinhDanh"]): int(each["TongTien"]) for each in notices}
    assert len(found) == len(list(notices))
    return found


def way(case: Mapping[str, Any]) -> list[str]:
    """Every status that the portal showed, in order."""
    return [each["TrangThai"] for each in case["LichSu"]]


async def crossed(town: Town, dossier: str) -> Counter[str]:
    """How often each contract went from whom to whom; nothing may have been refused."""
    entries = await town.journal(dossier)
    assert [each for each in entries if not each["succeeded"]] == []
    return Counter(f"{source} > {recipient} {contract}" for source, recipient, contract in await town.crossed(dossier))


async def not_with_tax(town: Town, dossier: str) -> None:
    """Tax has never heard of the dossier."""
    assert (await town.http.get(f"{town.url('tax')}/ho-so/{dossier}")).status_code == 404
    assert [each for each in await town.crossed(dossier) if each[1] == "tct"] == []


async def in_the_books(town: Town, form: Mapping[str, Any], index: int = 0) -> str:
    """The serial of the parcel's certificate: new, in force at the land office, the same in tax's land book, the old one void."""
    parcel = await town.parcel(form, index)
    serial, said = parcel["GiayChungNhan"]["SoPhatHanh"], form["ThuaDat"][index]
    assert parcel["GiayChungNhan"]["ThayThe"] == said["SoPhatHanhGCN"] != serial
    old = next(each for each in parcel["LichSuGiayChungNhan"] if each["SoPhatHanh"] == said["SoPhatHanhGCN"])
    assert old["HetHieuLucTu"] == f"{town.at:%d/%m/%Y}"
    booked = [
        each["SoGCN"]
        for each in await town.get("tax", "/so-thue-dat", **{"so-dong": 1000})
        if (each["SoTo"], each["SoThua"]) == (said["SoToBanDo"], said["SoThua"])
    ]
    assert booked == [serial]
    return str(serial)
