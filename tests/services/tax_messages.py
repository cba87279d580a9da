"""Slips, receipts and cancellations about the seeded land, as documents that a real adapter sends to the gateway."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from typing import Any

import httpx
from lxml import etree

from adapters.tax.documents import document
from services.kit import AgencySettings
from services.tax import create_app
from tests.services.serving import at_rest, feed, frozen, serving
from vn.clock import VN
from vn.parcels import Parcel, Parcels
from vn.people import Person, Population

DOSSIER = "H37.15-250812-0001"
NOW = datetime(2025, 8, 15, 9, 0, tzinfo=VN)
DAY = NOW.date()


@cache
def people() -> Population:
    return Population(0)


@cache
def land() -> Parcels:
    return Parcels(people(), seed=0)


def home(number: int = 0) -> Parcel:
    """A parcel of house land that one person holds, free of mortgage and dispute."""
    fit = [
        each
        for each in land()
        if len(each.holders) == 1
        and isinstance(each.holders[0].party, Person)
        and each.uses[0].code in ("ODT", "ONT")
        and len(each.uses) == 1
        and not each.mortgage
        and not each.dispute
    ]
    return fit[number]


def party(person: Person, on: date = DAY) -> dict[str, Any]:
    commune = person.address.commune(on)
    return {
        "kind": "individual",
        "personalId": person.personal_id,
        "name": person.name,
        "birthDate": person.born.isoformat(),
        "sex": person.sex,
        "address": {
            "detail": person.address.detail,
            "communeCode": commune.code,
            "communeName": commune.name,
            "provinceCode": commune.province_code,
            "provinceName": commune.province_name,
        },
    }


def taxpayer(role: str, person: Person, share: str = "1/1") -> dict[str, Any]:
    return {"role": role, "party": party(person), "share": share, "identity": {"kind": "CCCD", "number": person.personal_id}}


def key(parcel: Parcel, on: date = DAY) -> dict[str, Any]:
    commune, sheet, number = parcel.key(on)
    return {"communeCode": commune, "mapSheet": sheet, "parcelNumber": number}


def slip_parcel(parcel: Parcel, on: date = DAY, **changes: Any) -> dict[str, Any]:
    area = float(parcel.area)
    areas = {"parcel": area, "shared": 0, "private": area, "subjectToLandUseFee": 0, "freeOfLandUseFee": area}
    return {
        "parcel": key(parcel, on),
        "certificate": parcel.certificate,
        "address": parcel.place.text(on),
        "communeName": parcel.commune(on).name,
        "origin": parcel.origin,
        "originText": parcel.origin_text,
        "use": parcel.uses[0].code,
        "term": {"kind": "long-term"},
        "usedSince": parcel.used_since.isoformat(),
        "price": {"basis": "table", "price": parcel.house_price},
        "areas": {**areas, "withinQuota": area, "beyondQuota": 0, "changed": 0},
        "formOfUse": "private",
        "valuation": {"tablePrice": parcel.house_price, "priceTable": "Bảng giá", "quota": float(parcel.quota)},
        **changes,
    }


def slip(parcel: Parcel | None = None, *, revision: int = 1, value: int = 5_000_000_000, **changes: Any) -> dict[str, Any]:
    """One seller, one buyer, one parcel; fee 25,000,000 and tax 100,000,000 at the value given."""
    parcel = parcel or home()
    seller = parcel.holders[0].party
    assert isinstance(seller, Person)
    buyer = next(each for each in people().people if each.personal_id != seller.personal_id)
    office = parcel.commune(DAY).tax_office
    return {
        "form": "19",
        "number": "412/PCTT",
        "revision": revision,
        "issuedOn": DAY.isoformat(),
        "sender": "Văn phòng đăng ký đất đai tỉnh Lạng Sơn",
        "taxOffice": office.code,
        "taxOfficeName": office.name,
        "dossier": DOSSIER,
        "completeAt": "2025-08-12T09:15:00+07:00",
        "procedure": "transfer",
        "taxpayers": [taxpayer("transferor", seller), taxpayer("transferee", buyer)],
        "parcels": [slip_parcel(parcel)],
        "declarations": {
            "contract": {"number": "1/2025", "signedOn": "2025-08-08"},
            "values": [{"parcel": key(parcel), "value": value}],
        },
        "deferral": {"landUseFee": False, "registrationFee": False},
        "attachments": [],
        **changes,
    }


class Tax:
    """The tax authority under test: told documents, asked for what it said."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self._told = 0

    def tell(self, body: str, value: Mapping[str, Any], *, message_id: str | None = None) -> httpx.Response:
        """As the adapter does; a new message unless its id is given."""
        self._told += 1
        name = message_id or f"m{self._told}"
        content = document(body, value, message_id=name, said_at=NOW)
        headers = {"Idempotency-Key": f"VN/GOV/H37.15/ilis {name}", "Content-Type": "application/xml"}
        answer = self.client.post("/gip", content=content, headers=headers)
        if answer.is_success:
            at_rest(self.client)
        return answer

    def pay(
        self, notice: Mapping[str, str], amount: int, number: int, *, on: str = "2025-08-20", attempt: int | None = None
    ) -> httpx.Response:
        return self.tell(
            "CHUNG_TU",
            {
                "dossier": DOSSIER,
                "notice": notice["SO_QUYET_DINH"],
                "attempt": f"{attempt or number:017d}",
                "receipt": f"C1-02/NS-250820-{number:07d}",
                "amount": amount,
                "paidAt": f"{on}T10:00:00+07:00",
                "channel": "dvcqg",
                "payer": notice["SO"],
                "payerName": "Người nộp",
            },
        )

    def cancel(self, revision: int = 1, number: str = "412/PCTT") -> httpx.Response:
        ref = {"number": number, "revision": revision}
        said = {"dossier": DOSSIER, "slip": ref, "reason": "Công dân rút hồ sơ", "cancelledAt": "2025-08-18T08:00:00+07:00"}
        return self.tell("HUY_PHIEU", said)

    def said(self) -> list[tuple[str, dict[str, str]]]:
        """Kind and elements of every feed entry, the last of a name wins; MOI lists what stands more than once."""
        return [(item["kind"], flat(item["body"])) for item in feed(self.client, after=0, limit=1000)]

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.said()]

    def of(self, kind: str) -> list[dict[str, str]]:
        return [body for each, body in self.said() if each == kind]

    def notice(self, kind: str) -> dict[str, str]:
        return next(each for each in self.of("THONG_BAO") if each["LOAI_TBAO"] == kind)

    def dossier(self) -> Any:
        return self.client.get(f"/ho-so/{DOSSIER}").raise_for_status().json()

    def decide(self, act: str, reason: str | None = None) -> httpx.Response:
        return self.client.post(f"/ho-so/{DOSSIER}/quyet-dinh", json={"HanhDong": act} | ({"LyDo": reason} if reason else {}))

    def at(self, moment: str) -> None:
        frozen(self.client, moment)
        at_rest(self.client)


def flat(text: str) -> dict[str, str]:
    return {each.tag: each.text or "" for each in etree.fromstring(text.encode()).iter() if len(each) == 0}


def texts(text: str, name: str) -> Sequence[str]:
    return [each.text or "" for each in etree.fromstring(text.encode()).iter(name)]


@contextmanager
def tax_office(settings: Callable[..., AgencySettings], **policy: Any) -> Iterator[Tax]:
    with serving(create_app(settings("tax", policy=policy))) as client:
        frozen(client, NOW.isoformat())
        yield Tax(client)
