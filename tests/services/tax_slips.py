"""Slips to try the tax authority's rules on: invented people S1, S2, … (transferors) and B1, B2, … (transferees)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from services.tax.slip import (
    Address,
    Areas,
    Claim,
    Declarations,
    Parcel,
    ParcelKey,
    Procedure,
    PurposeChange,
    Relation,
    Role,
    Slip,
    SlipRef,
    Taxpayer,
)
from services.tax.slip_checks import Booked, Known
from vn.units import commune, successor

COMMUNE = "06187"  # phường Kỳ Lừa, from 1 July 2025
DAY = date(2025, 8, 15)
AT = Address("Số 1", COMMUNE, "Phường Kỳ Lừa", "20", "tỉnh Lạng Sơn")


def person(role: Role, name: str, share: str, *, organisation: bool = False) -> Taxpayer:
    return Taxpayer(role, name, name, organisation, Fraction(share), AT)


def sellers(*shares: str) -> tuple[Taxpayer, ...]:
    return tuple(person("transferor", f"S{n}", share) for n, share in enumerate(shares, 1))


def buyers(*shares: str) -> tuple[Taxpayer, ...]:
    return tuple(person("transferee", f"B{n}", share) for n, share in enumerate(shares, 1))


def areas(parcel: Decimal, changed: Decimal) -> Areas:
    return Areas(parcel, Decimal(0), parcel, changed, parcel - changed, parcel, Decimal(0), changed)


def parcel(area: str = "100", price: int = 1_000_000, number: int = 1, *, use: str = "ODT", changed: str = "0", **more: object) -> Parcel:
    made = Parcel(
        key=ParcelKey(COMMUNE, 1, number),
        certificate=f"CM {number:06d}",
        address="Số 1",
        use=use,
        used_since=date(2010, 1, 1),
        areas=areas(Decimal(area), Decimal(changed)),
        table_price=price,
    )
    return replace(made, **more)


def claim(seller: str, buyer: str, relation: Relation = Relation.PARENT_CHILD) -> Claim:
    return Claim(seller, buyer, relation)


def slip(
    *parcels: Parcel,
    values: Sequence[int] = (),
    sold_by: tuple[Taxpayer, ...] | None = None,
    bought_by: tuple[Taxpayer, ...] | None = None,
    procedure: Procedure = Procedure.TRANSFER,
    on: date = DAY,
    **declared: object,
) -> Slip:
    parcels = parcels or (parcel(),)
    known = {"contract_signed_on": on, "values": tuple((each.key, value) for each, value in zip(parcels, values, strict=False)), **declared}
    return Slip(
        form="19" if on >= date(2025, 7, 1) else "12/DK",
        ref=SlipRef("1/PCTT", 1),
        dossier="H37.15-250812-0001",
        issued_on=on,
        complete_on=on,
        procedure=procedure,
        tax_office="20901",
        tax_office_name="Thuế cơ sở 1 tỉnh Lạng Sơn",
        taxpayers=(*(sellers("1/1") if sold_by is None else sold_by), *(bought_by or buyers("1/1"))),
        parcels=parcels,
        declarations=Declarations(**known),
    )


def change(
    area: str,
    price: int,
    before: int,
    *,
    quota: str = "120",
    decided_on: date = date(2026, 3, 9),
    from_use: str = "CLN",
    to_use: str = "ODT",
) -> Slip:
    land = parcel("1000", price, changed=area, use_before=from_use, price_before=before, quota=Decimal(quota))
    decision = PurposeChange("215/QĐ-UBND", decided_on, from_use, to_use, Decimal(area), "020079238759")
    kind = Procedure.CHANGE_PURPOSE
    return slip(land, sold_by=(), procedure=kind, on=date(2026, 3, 18), contract_signed_on=None, purpose_change=decision)


def known(*parcels: Parcel) -> Known:
    """The land-tax book holds these parcels, and no others."""
    return Known({each.key: Booked(each.key, each.areas.parcel, each.certificate) for each in parcels}, commune, successor)
