"""The cadastral register as values: parcels under both divisions, holders, certificates, restrictions, and how they change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import PlainSerializer

from services.land.shapes import Holder
from vn.money import half_up
from vn.parcels import Building, Use
from vn.people import Address
from vn.units import NEW_DIVISION, Commune

RestrictionKind = Literal["the-chap", "tranh-chap"]
RESTRICTIONS: dict[RestrictionKind, str] = {"the-chap": "đang thế chấp", "tranh-chap": "đang có tranh chấp"}


def _kept(value: Holder) -> dict[str, Any]:
    return value.model_dump(mode="json", by_alias=True)


@dataclass(frozen=True)
class Site:
    """What stays with the land whoever holds it; areas in m², `house_price` in đồng per m²."""

    place: Address
    origin: int
    origin_text: str
    house_price: int
    quota: Decimal
    used_since: date
    term_ends: date | None
    position: int
    depth: Decimal
    alley_width: Decimal
    buildings: tuple[Building, ...]


@dataclass(frozen=True)
class Land:
    """A parcel without those who hold it; `id` is its key under the division in force, `commune_before` the code until 30 June 2025."""

    id: str
    commune: str
    commune_before: str
    map_sheet: int
    number: int
    uses: tuple[Use, ...]
    site: Site


@dataclass(frozen=True)
class Holding:
    """One party's share from one change to the next: `generation` counts the changes of the parcel's holders."""

    parcel: str
    generation: int
    place: int
    party: str
    holder: Annotated[Holder, PlainSerializer(_kept)]
    since: date
    dossier: str | None = None
    until: date | None = None
    ended_by: str | None = None


@dataclass(frozen=True)
class Certificate:
    """Giấy chứng nhận (GCN); void from the day another took its place."""

    serial: str
    parcel: str
    book_number: str
    issued_on: date
    dossier: str | None = None
    replaces: str | None = None
    void_since: date | None = None
    ended_by: str | None = None


@dataclass(frozen=True)
class Restriction:
    """A mortgage (thế chấp) or a dispute (tranh chấp), as long as it stands."""

    id: int
    parcel: str
    kind: RestrictionKind
    note: str
    since: date
    until: date | None = None


@dataclass(frozen=True)
class Parcel:
    """A parcel as it stands: its land, who holds it now, its valid certificate, what restricts it."""

    land: Land
    holdings: tuple[Holding, ...]
    certificate: Certificate
    restrictions: tuple[Restriction, ...] = ()

    @property
    def id(self) -> str:
        """Under the division in force."""
        return self.land.id

    @property
    def area(self) -> Decimal:
        """All of it, m²."""
        return sum((use.area for use in self.land.uses), Decimal(0))

    @property
    def use(self) -> str:
        """The main use: the first on the certificate."""
        return self.land.uses[0].code

    @property
    def shares(self) -> dict[str, Fraction]:
        """Holder's id to share."""
        return {each.party: each.holder.share for each in self.holdings}

    @property
    def table_price(self) -> int:
        """Đồng per m²: of its use, or the mean by area where it has several."""
        total = sum((use.price * Fraction(use.area) for use in self.land.uses), Fraction(0))
        return half_up(total / Fraction(self.area))

    def commune(self, on: date) -> Commune:
        """The commune it lies in on that day."""
        return self.land.site.place.commune(on)

    def key(self, on: date) -> tuple[str, int, int]:
        """Commune code, map sheet and number, under the division of that day."""
        return self.commune(on).code, self.land.map_sheet, self.land.number


def transferred(parcel: Parcel, holders: Sequence[Holder], certificate: Certificate, dossier: str) -> tuple[Parcel, tuple[Holding, ...]]:
    """The parcel with its new holders and certificate, and the old holdings as they ended."""
    on = certificate.issued_on
    generation = parcel.holdings[0].generation + 1
    ended = tuple(replace(each, until=on, ended_by=dossier) for each in parcel.holdings)
    new = tuple(
        Holding(parcel.id, generation, place, each.party.id, each, since=on, dossier=dossier) for place, each in enumerate(holders, start=1)
    )
    return replace(parcel, holdings=new, certificate=certificate), ended


def changed_use(parcel: Parcel, from_use: str, to_use: str, area: Decimal) -> Parcel:
    """The parcel after a change of purpose: so many m² of one use have become another; house land comes first."""
    site, uses = parcel.land.site, []
    for use in parcel.land.uses:
        left = use.area - area if use.code == from_use else use.area
        if left > 0:
            uses.append(replace(use, area=left))
    same = next((use for use in uses if use.code == to_use), None)
    if same is None:
        uses.insert(0, Use(to_use, area, site.house_price))
    else:
        uses[uses.index(same)] = replace(same, area=same.area + area)
    return replace(parcel, land=replace(parcel.land, uses=tuple(uses)))


def new_code(place: Address) -> str:
    """The commune's code from 1 July 2025 on."""
    return place.commune(NEW_DIVISION).code
