"""Fills a new register with the parcels of the simulated province."""

from functools import cache

from services.kit import AgencySettings, Transaction
from services.land.register import Certificate, Holding, Land, Parcel, Restriction, RestrictionKind, Site, new_code
from services.land.shapes import Address, Holder, Party
from services.land.store import add_parcels
from vn import parcels as seeded
from vn import people
from vn.units import NEW_DIVISION


def found(tx: Transaction, settings: AgencySettings) -> None:
    """All parcels of one seed."""
    add_parcels(tx, _parcels(settings.seed, settings.people))


@cache
def _parcels(seed: int, population: int) -> tuple[Parcel, ...]:
    made: list[Parcel] = []
    restrictions = 0
    for each in seeded.Parcels(people.Population(seed, people=population), seed=seed):
        made.append(registered(each, restrictions))
        restrictions += len(made[-1].restrictions)
    return tuple(made)


def party(one: people.Person | people.Organisation) -> Party:
    """A person or company as the register writes it, in the communes from 1 July 2025 on."""
    if isinstance(one, people.Person):
        return Party(
            LoaiDoiTuong=1,
            SoDinhDanh=one.personal_id,
            HoTen=one.name,
            NgaySinh=one.born,
            GioiTinh="Nam" if one.sex == "male" else "Nữ",
            DiaChi=_address(one.address),
            SoDienThoai=one.phone,
            Email=one.email,
        )
    return Party(
        LoaiDoiTuong=2,
        SoDinhDanh=one.tax_code,
        HoTen=one.name,
        DiaChi=_address(one.address),
        SoDienThoai=one.phone,
        Email=one.email,
        NguoiDaiDien=one.representative.name,
    )


def _address(address: people.Address) -> Address:
    commune = address.commune(NEW_DIVISION)
    return Address(
        DiaChiChiTiet=address.detail,
        XaId=commune.code,
        TenXa=commune.name,
        TinhId=commune.province_code,
        TenTinh=commune.province_name,
    )


def registered(each: seeded.Parcel, restrictions: int = 0) -> Parcel:
    """A parcel as the register first holds it; `restrictions` counts those of the parcels before it."""
    commune = new_code(each.place)
    name = f"{commune}/{each.map_sheet}/{each.number}"
    site = Site(
        place=each.place,
        origin=each.origin,
        origin_text=each.origin_text,
        house_price=each.house_price,
        quota=each.quota,
        used_since=each.used_since,
        term_ends=each.term_ends,
        position=each.position,
        depth=each.depth,
        alley_width=each.alley_width,
        buildings=each.buildings,
    )
    return Parcel(
        land=Land(name, commune, each.place.old_commune, each.map_sheet, each.number, each.uses, site),
        holdings=tuple(
            Holding(name, 1, place, holder.party.id, holder, since=each.issued_on)
            for place, holder in enumerate((Holder(ChuSuDung=party(one.party), TyLe=one.share) for one in each.holders), start=1)
        ),
        certificate=Certificate(each.certificate, name, each.book_number, each.issued_on),
        restrictions=tuple(
            Restriction(restrictions + place, name, kind, text, since=each.issued_on)
            for place, (kind, text) in enumerate(_restrictions(each), start=1)
        ),
    )


def _restrictions(each: seeded.Parcel) -> list[tuple[RestrictionKind, str]]:
    said: list[tuple[RestrictionKind, str | None]] = [("the-chap", each.mortgage), ("tranh-chap", each.dispute)]
    return [(kind, text) for kind, text in said if text]
