"""Who and what a draft is given: people and parcels by names of its own, in the place of those of the recording."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from vn.units import successor

__all__ = ["Parcel", "Parties", "identity"]

HOUSE_LAND = ("ODT", "ONT")
BUSINESS = ("TMD", "SKC")
GARDEN_PRICE = 50_000  # what a parcel that a script gives has by the table, where it is neither house nor business land
Said = Mapping[str, Any]


@dataclass(frozen=True)
class Parcel:
    """A parcel as a script gives it; `told`: whether the agencies will say the same sums of it as in the recording."""

    name: str
    said: Mapping[str, Any]
    area: Decimal
    told: bool = True


@dataclass
class Parties:
    """Every identity gets one name, in whichever dossier it comes; so does every parcel."""

    names: dict[str, str] = field(default_factory=dict)
    people: list[dict[str, Any]] = field(default_factory=list)
    parcels: dict[tuple[str, int, int], Parcel] = field(default_factory=dict)

    def name(self, party: Said, role: str) -> str:
        """What this party is called; `role`: what it is, where it is new."""
        number = identity(party)
        if number not in self.names:
            taken = sum(name.rstrip("-0123456789") == role for name in self.names.values())
            self.names[number] = f"{role}-{taken + 1}" if taken else role
            company = {"kind": "organisation"} if party.get("kind") == "organisation" else {}
            self.people.append({"as": self.names[number], **company})
        return self.names[number]

    def relate(self, one: str, other: str, what: str) -> None:
        """`one` is to `other` what is said: spouse, parent, child, sibling."""
        person = next(each for each in self.people if each["as"] == one)
        back = next(each for each in self.people if each["as"] == other)
        if other not in person.get("related", {}) and one not in back.get("related", {}):
            person.setdefault("related", {})[other] = what

    def parcel(self, dossier: Said, place: int, slip: Said | None, held: Sequence[Said]) -> Parcel:
        """A parcel of a dossier, by the last slip that tells of it; `held` are those who hold it then, each with its share."""
        said = dossier["parcels"][place]
        key = key_of(said["parcel"])
        if key not in self.parcels:
            name = "plot" if not self.parcels else f"plot-{len(self.parcels) + 1}"
            given = {"as": name, "commune": str(said["parcel"]["communeCode"])}
            holder = {"holder": self._shares(held)}
            if slip is None:
                area = Decimal(str(said["area"]))
                self.parcels[key] = Parcel(name, {**given, "area": area, **holder}, area)
            else:
                told = slip["parcels"][place]
                area = Decimal(str(told["areas"]["parcel"]))
                uses, price, exact = _priced(told, area, dossier)
                self.parcels[key] = Parcel(name, {**given, **uses, "price": price, **holder}, area, exact)
        return self.parcels[key]

    def restrict(self, parcel: Parcel, restriction: str) -> Parcel:
        """The parcel with a mortgage or a dispute."""
        key = next(key for key, each in self.parcels.items() if each is parcel)
        self.parcels[key] = replace(parcel, said={**parcel.said, "restriction": restriction})
        return self.parcels[key]

    def known(self, said: Said) -> Parcel | None:
        """The parcel of this key, if a dossier named it."""
        return self.parcels.get(key_of(said))

    def _shares(self, held: Sequence[Said]) -> Any:
        shares = {self.names[identity(each["party"])]: str(Fraction(each["share"])) for each in held}
        return next(iter(shares)) if set(shares.values()) == {"1"} else shares


def identity(party: Said) -> str:
    """Personal id or tax code."""
    return str(party.get("personalId") or party.get("taxCode"))


def key_of(said: Said) -> tuple[str, int, int]:
    """A parcel's key, the same under both divisions."""
    code = str(said["communeCode"])
    now = successor(code)
    return (now.code if now else code), int(said["mapSheet"]), int(said["parcelNumber"])


def _priced(told: Said, area: Decimal, dossier: Said) -> tuple[dict[str, Any], int, bool]:
    """Uses, the price of house land, and whether the table then says what it said."""
    table, use = int(told["valuation"]["tablePrice"]), str(told["use"])
    before = told.get("useBefore")
    if before is not None:
        changed = min(Decimal(str(dossier["declarations"]["purposeChange"]["area"])), area)
        rest = {use: area - changed} if area > changed else {}
        other = int(told["valuation"].get("priceBefore", 0))
        price = table - other + GARDEN_PRICE  # only the difference counts
        kept = before not in (*HOUSE_LAND, *BUSINESS)
        uses: dict[str, Any] = {"uses": {before: changed, **rest}} if rest else {"area": area, "use": before}
        return uses, max(1, price if kept else table), kept and price > 0
    if use in HOUSE_LAND:
        return {"area": area, "use": use}, table, True
    if use in BUSINESS:
        house = -(-table * 10 // 7)
        return {"area": area, "use": use}, house, house * 7 // 10_000 * 1000 == table
    if table == GARDEN_PRICE:
        return {"area": area, "use": use}, table, True
    return {"area": area, "use": "ODT"}, table, True  # as house land, so that the table says the same of it
