"""The people, the land and the papers of three generated dossiers: a sale, a gift, a change of purpose."""

from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

import contracts as c
from vn.clock import VN
from vn.parcels import Parcel, Parcels
from vn.people import Organisation, Person, Population

PEOPLE = Population(2024)
PARCELS = Parcels(PEOPLE)
OFFICE = "Chi nhánh Văn phòng Đăng ký đất đai thành phố Lạng Sơn"
SALE, GIFT, CHANGE = "H37.15-250812-0007", "H37.15-250520-0012", "H37.15-260316-0003"
SOLD, GIVEN, CHANGED = date(2025, 8, 12), date(2025, 5, 20), date(2026, 3, 16)
SALE_SLIP, GIFT_SLIP, CHANGE_SLIP = (
    c.SlipRef(number=f"{number}/PCTT", revision=revision) for number, revision in ((412, 1), (268, 2), (97, 1))
)
PRICE = 2_400_000_000


def found(sheet: int, number: int) -> Parcel:
    land = PARCELS.find("05971", sheet, number)
    assert land, (sheet, number)
    return land


HOUSE, HOME, GARDEN = found(1, 16), found(1, 1), found(2, 3)
SELLERS = tuple(each.party for each in HOUSE.holders)
BUYER = PEOPLE.people[-1]
GIVER = next(each for each in PEOPLE.people if each == HOME.holders[0].party)
CHILD = next(
    each for each in PEOPLE.people if PEOPLE.relation(GIVER.personal_id, each.personal_id) == "parent-child" and each.born > GIVER.born
)
HEAD = next(each for each in PEOPLE.people if each == GARDEN.holders[0].party)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=VN)


def party(who: Person | Organisation, on: date) -> c.Party:
    commune = who.address.commune(on)
    address = c.Address(
        detail=who.address.detail,
        commune_code=commune.code,
        commune_name=commune.name,
        district_code=commune.district_code,
        district_name=commune.district_name,
        province_code=commune.province_code,
        province_name=commune.province_name,
    )
    reached = {"name": who.name, "address": address, "phone": who.phone, "email": who.email}
    if isinstance(who, Organisation):
        return c.Organisation(tax_code=who.tax_code, representative=who.representative.name, **reached)
    return c.Individual(personal_id=who.personal_id, birth_date=who.born, sex=who.sex, **reached)


def holder(who: Person | Organisation, share: str, on: date) -> c.Holder:
    return c.Holder(party=party(who, on), share=share)


def key(land: Parcel, on: date) -> c.ParcelKey:
    code, sheet, number = land.key(on)
    return c.ParcelKey(commune_code=code, map_sheet=sheet, parcel_number=number)


def paper(name: str, kind: str) -> c.Paper:
    content = f"{name}, bản mô phỏng".encode()
    return c.Paper(
        name=name, kind=kind, originals=1, copies=0, media_type="application/pdf", size=len(content), sha256=sha256(content).hexdigest()
    )


def declarations(procedure: str) -> c.Declarations:
    if procedure == SALE:
        contract = c.TransferContract(number="1024/2025/HĐCN", signed_on=date(2025, 8, 8), notary="Văn phòng công chứng mô phỏng Lạng Sơn")
        return c.Declarations(contract=contract, values=(c.ParcelValue(parcel=key(HOUSE, SOLD), value=PRICE),))
    if procedure == GIFT:
        claim = c.RelationClaim(
            transferor=GIVER.personal_id, transferee=CHILD.personal_id, relation=c.Relation.PARENT_CHILD, paper="Giấy khai sinh số 45/1971"
        )
        contract = c.TransferContract(number="377/2025/HĐTC", signed_on=date(2025, 5, 16), notary="UBND phường Hoàng Văn Thụ")
        return c.Declarations(contract=contract, values=(c.ParcelValue(parcel=key(HOME, GIVEN), value=0),), relations=(claim,))
    change = c.PurposeChange(
        decision_number="215/QĐ-UBND",
        decided_on=date(2026, 3, 9),
        issuer="Ủy ban nhân dân phường Lương Văn Tri",
        from_use="CLN",
        to_use="ODT",
        area=Decimal("60.5"),
        household=HEAD.personal_id,
    )
    return c.Declarations(purpose_change=change)
