"""Communes of Lạng Sơn under both divisions: with districts until 30 June 2025, without them from 1 July 2025."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from vn.fidelity import Fact

__all__ = [
    "FACTS",
    "NEW_DIVISION",
    "Commune",
    "District",
    "TaxOffice",
    "commune",
    "communes",
    "districts",
    "predecessors",
    "successor",
    "tax_office",
]

NEW_DIVISION = date(2025, 7, 1)


@dataclass(frozen=True)
class District:
    """A district or city of the province, abolished on 1 July 2025; `tax_code` is the tax authority's 5 digits for it."""

    code: str
    name: str
    tax_code: str


@dataclass(frozen=True)
class TaxOffice:
    """The tax office that looks after a commune, by the tax authority's 5 digits."""

    code: str
    name: str


@dataclass(frozen=True)
class Commune:
    """A commune, ward or township while it exists, in the codes of the statistics office (GSO) and of the tax authority.

    A code may stand for another commune before 1 July 2025 than after it, so it names a commune only together with a day.
    `mountain` is what lengthens the land office's terms by ten working days; `successor` is the code from 1 July 2025 on.
    """

    code: str
    name: str
    valid_from: date
    valid_to: date | None
    district_code: str | None
    district_name: str | None
    province_code: str
    province_name: str
    tax_code: str
    tax_office: TaxOffice
    mountain: bool
    successor: str | None

    @property
    def full_name(self) -> str:
        """With all that lies above it: `Thị trấn Đồng Đăng, huyện Cao Lộc, tỉnh Lạng Sơn`."""
        above = [_lower(self.district_name)] if self.district_name else []
        return ", ".join([self.name, *above, self.province_name])

    def exists(self, on: date) -> bool:
        """Whether there is such a commune on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class _Division(NamedTuple):
    communes: Mapping[str, Commune]
    districts: tuple[District, ...]
    first: date
    last: date | None


def commune(code: str, on: date) -> Commune | None:
    """The commune that bears the GSO `code` on that day, if one does."""
    division = _division(on)
    return division.communes.get(code) if division else None


def communes(on: date) -> tuple[Commune, ...]:
    """All communes of that day, by code: 194 before 1 July 2025, then 65."""
    division = _division(on)
    return tuple(division.communes.values()) if division else ()


def districts(on: date) -> tuple[District, ...]:
    """The eleven districts, by code; none from 1 July 2025."""
    division = _division(on)
    return division.districts if division else ()


def successor(code: str) -> Commune | None:
    """The commune of today that an old one, named by its old code, became part of (the larger part, where it was divided)."""
    before, after = _divisions()
    old = before.communes.get(code)
    return after.communes[old.successor] if old and old.successor else None


def predecessors(code: str) -> tuple[Commune, ...]:
    """The old communes that make up the commune which bears `code` today."""
    return tuple(each for each in _divisions()[0].communes.values() if each.successor == code)


def tax_office(code: str, on: date) -> TaxOffice | None:
    """The tax office for the commune with the GSO `code` on that day."""
    found = commune(code, on)
    return found.tax_office if found else None


def _division(on: date) -> _Division | None:
    for division in _divisions():
        if division.first <= on and (division.last is None or on <= division.last):
            return division
    return None


@cache
def _divisions() -> tuple[_Division, _Division]:
    data = json.loads(files("vn").joinpath("data/units.json").read_text(encoding="utf-8"))
    known = tuple(District(each["code"], each["name"], each["taxCode"]) for each in data["districts"])
    before = {each.code: TaxOffice(each.tax_code, f"Chi cục Thuế {_lower(each.name)}") for each in known}
    after = {each["code"]: TaxOffice(each["code"], each["name"]) for each in data["taxOffices"]}
    return _read(data, "Before", known, before), _read(data, "After", (), after)


def _read(data: dict[str, Any], side: str, known: tuple[District, ...], offices: Mapping[str, TaxOffice]) -> _Division:
    """One side of the change; `offices` by district before it, by their own code after it."""
    span = data[side.lower()]
    first, last = date.fromisoformat(span["from"]), date.fromisoformat(span["to"]) if "to" in span else None
    names = {each.code: each.name for each in known}
    found = [
        Commune(
            code=each["code"],
            name=each["name"],
            valid_from=first,
            valid_to=last,
            district_code=each.get("district"),
            district_name=names.get(each.get("district")),
            province_code=data["province"]["code"],
            province_name=data["province"]["name"],
            tax_code=each["taxCode"],
            tax_office=offices[each.get("district") or each["taxOffice"]],
            mountain=each["code"] not in data["notMountain"][side.lower()],
            successor=each.get("successor"),
        )
        for each in data[f"communes{side}"]
    ]
    return _Division({each.code: each for each in found}, known, first, last)


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


FACTS = (
    Fact(
        "Communes of Lạng Sơn until 30 June 2025",
        "194 in 11 districts; the division of 1 December 2024 is taken for all days from 1 January 2020",
        "library vietnam_provinces 0.6.0",
        "secondary",
    ),
    Fact(
        f"Communes of Lạng Sơn from {NEW_DIVISION:%d/%m/%Y}",
        "65 communes, no districts",
        "Resolution 1672/NQ-UBTVQH15; codes of Decision 19/2025/QĐ-TTg",
        "secondary",
    ),
    Fact("Tax codes of districts", "5 digits, 20901 to 20921", "messages of running clients", "observed"),
    Fact("Tax codes of communes", "generated, but for 2090101", "vn/data/units.json", "simulator"),
    Fact("Tax offices from 1 July 2025", "five, invented", "vn/data/units.json", "simulator"),
    Fact("Mountain, remote or difficult communes", "all but the wards of the city", "vn/data/units.json", "assumption", "province"),
)
