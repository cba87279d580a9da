"""Good payloads of land.*: slips of both forms, cancellations, changes of the register."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from dossiers import submitted
from world import (
    BUYER,
    CHANGE,
    CHANGE_SLIP,
    CHANGED,
    CHILD,
    GARDEN,
    GIFT,
    GIFT_SLIP,
    GIVEN,
    HOME,
    HOUSE,
    OFFICE,
    PEOPLE,
    SALE,
    SALE_SLIP,
    SOLD,
    at,
    holder,
    key,
)

import contracts as c
from vn.parcels import Parcel, price_table


def taxpayers(dossier: c.DossierSubmitted, *, dated: bool) -> tuple[c.SlipTaxpayer, ...]:
    sides = [("transferor", each) for each in dossier.transferors] + [("transferee", each) for each in dossier.transferees]
    return tuple(
        c.SlipTaxpayer(
            role=role,
            party=each.party,
            share=each.share,
            identity=c.IdentityPaper(
                kind="CCCD",
                number=each.party.id,
                issued_on=date(2021, 6, 1) if dated else None,
                issued_by="Cục Cảnh sát quản lý hành chính về trật tự xã hội" if dated else None,
            ),
        )
        for role, each in sides
    )


def slip(dossier: c.DossierSubmitted, land: Parcel, ref: c.SlipRef, issued: date) -> dict[str, Any]:
    return {
        "number": ref.number,
        "revision": ref.revision,
        "issued_on": issued,
        "sender": OFFICE,
        "tax_office": land.commune(issued).tax_office.code,
        "tax_office_name": land.commune(issued).tax_office.name,
        "dossier": dossier.dossier,
        "complete_at": dossier.submitted_at,
        "procedure": dossier.procedure,
        "taxpayers": taxpayers(dossier, dated=issued.year == 2025 and issued.month < 7),
        "declarations": dossier.declarations,
        "deferral": c.Deferral(),
        "attachments": dossier.papers,
    }


def slip_parcel(land: Parcel, on: date, *, changed: Decimal | None = None) -> dict[str, Any]:
    """What both forms ask of a parcel; the areas are a dictionary, because their forms differ."""
    house = land.uses[0]
    valuation = c.Valuation(
        table_price=house.price, price_table=price_table(on), price_before=land.uses[-1].price if changed else None, quota=land.quota
    )
    return {
        "parcel": key(land, on),
        "certificate": land.certificate,
        "address": land.place.text(on),
        "commune_name": land.commune(on).name,
        "origin": land.origin,
        "origin_text": land.origin_text,
        "use": house.code,
        "use_before": "CLN" if changed else None,
        "term": c.UseTerm(kind="long-term"),
        "used_since": land.used_since,
        "valuation": valuation,
        "areas": {
            "parcel": land.area,
            "shared": Decimal(0),
            "private": land.area,
            "subject_to_land_use_fee": changed or Decimal(0),
            "free_of_land_use_fee": land.area - (changed or 0),
            "within_quota": min(land.area, land.quota),
            "beyond_quota": max(land.area - land.quota, Decimal(0)),
        },
    }


def slip19(dossier: c.DossierSubmitted, land: Parcel, ref: c.SlipRef, issued: date, *, changed: Decimal | None = None) -> c.TransferSlip19:
    both = slip_parcel(land, issued, changed=changed)
    areas = c.SlipAreas19(**both.pop("areas"), changed=changed or Decimal(0))
    price = c.LandPrice(basis="table", price=land.uses[0].price)
    right = c.RightPaper(kind="Giấy chứng nhận quyền sử dụng đất", number=land.certificate, issued_on=land.issued_on)
    buildings = tuple(c.SlipBuilding19(**building, completed_in=2015, ownership_term="lâu dài") for building in slip_buildings(land))
    parcels = (c.SlipParcel19(**both, areas=areas, price=price, form_of_use="private", right_papers=(right,)),)
    return c.TransferSlip19(**slip(dossier, land, ref, issued), parcels=parcels, buildings=buildings)


def slip12(dossier: c.DossierSubmitted, land: Parcel, ref: c.SlipRef, issued: date) -> c.TransferSlip12:
    both = slip_parcel(land, issued)
    areas, commune = c.SlipAreas(**both.pop("areas")), land.commune(issued)
    position = c.PricePosition(street_section=land.place.detail, position=land.position, depth=land.depth, alley_width=land.alley_width)
    districts = {"district_code": commune.district_code, "district_name": commune.district_name}
    parcels = (c.SlipParcel12(**both, **districts, areas=areas, position=position, land_price=land.uses[0].price),)
    return c.TransferSlip12(
        **slip(dossier, land, ref, issued), parcels=parcels, buildings=tuple(c.SlipBuilding(**each) for each in slip_buildings(land))
    )


def slip_buildings(land: Parcel) -> list[dict[str, Any]]:
    return [
        {
            "kind": each.kind,
            "grade": each.grade,
            "construction_area": each.construction_area,
            "floor_area": each.floor_area,
            "shared_area": Decimal(0),
            "private_area": each.floor_area,
            "floors_above": each.floors,
            "floors_below": 0,
            "origin": "Tự xây dựng",
        }
        for each in land.buildings
    ]


def updated(rests_on: c.RestsOn, dossier: str, land: Parcel, on: date, *holders: c.Holder) -> c.RegisterUpdated:
    certificate = c.Certificate(serial=f"DA {400_000 + land.number:06d}", book_number="CS01204", issued_on=on, replaces=land.certificate)
    parcel = c.UpdatedParcel(parcel=key(land, on), area=land.area, use=land.uses[0].code, holders=holders, certificate=certificate)
    return c.RegisterUpdated(dossier=dossier, rests_on=rests_on, parcels=(parcel,), office=OFFICE, updated_at=at(on, 14, 20))


def lands() -> Iterator[tuple[str, c.Payload]]:
    yield "land.transfer-slip/form-19-transfer", slip19(submitted(SALE, SOLD), HOUSE, SALE_SLIP, date(2025, 8, 15))
    yield "land.transfer-slip/form-12-gift", slip12(submitted(GIFT, GIVEN), HOME, GIFT_SLIP, date(2025, 5, 22))
    changed = slip19(submitted(CHANGE, CHANGED), GARDEN, CHANGE_SLIP, date(2026, 3, 18), changed=Decimal("60.5"))
    yield "land.transfer-slip/form-19-change-of-purpose", changed
    for name, dossier, ref, reason in (
        ("withdrawn", SALE, SALE_SLIP, "Người sử dụng đất rút hồ sơ."),
        ("refused", GIFT, GIFT_SLIP, "Hồ sơ bị từ chối."),
    ):
        yield (
            f"land.slip-cancelled/{name}",
            c.SlipCancelled(dossier=dossier, slip=ref, reason=reason, cancelled_at=at(date(2025, 8, 20), 11)),
        )
    paid, free = c.RestsOn(basis="obligation-completed", slip=SALE_SLIP), c.RestsOn(basis="no-obligation", slip=GIFT_SLIP)
    day = date(2025, 9, 3)
    yield "land.register-updated/transfer", updated(paid, SALE, HOUSE, day, holder(BUYER, "1/1", day))
    day = date(2025, 6, 2)
    yield "land.register-updated/gift", updated(free, GIFT, HOME, day, holder(CHILD, "1/1", day))
    firm = (holder(PEOPLE.organisations[0], "2/3", SOLD), holder(BUYER, "1/3", SOLD))
    yield "land.register-updated/company-and-person", updated(paid, SALE, HOUSE, date(2025, 9, 4), *firm)
