"""The land of the simulated province: who holds which parcel, the same in every part that is given the same seed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import count, pairwise

from vn.chance import choice, draw, integer
from vn.fidelity import Fact
from vn.identifiers import new_certificate_serial
from vn.people import HOMES, Address, Organisation, Person, Population
from vn.units import NEW_DIVISION, Commune, commune

__all__ = [
    "FACTS",
    "LAND_USES",
    "LONG_TERM",
    "ORIGINS",
    "PRICE_TABLES",
    "QUOTAS",
    "Building",
    "Holding",
    "Parcel",
    "Parcels",
    "Use",
    "price_table",
    "settlement",
    "usual_price",
]

LONG_TERM = None  # no end: residential land is held for good
QUOTAS = {"Phường": Decimal(120), "Thị trấn": Decimal(200), "Xã": Decimal(400)}  # hạn mức giao đất ở, m²
HOUSE_PRICES = {"Phường": (6_000, 18_000), "Thị trấn": (2_000, 7_000), "Xã": (300, 1_500)}  # thousand đồng per m², position 1
POSITIONS = {1: Fraction(1), 2: Fraction(7, 10), 3: Fraction(1, 2)}  # vị trí in the price table, share of the price of position 1
GARDENS = (150, 350, 600, 1000)  # m²: in proportion to a rural quota of 400 below, within, across, beyond twice
PRICE_TABLES: Mapping[date, str] = {
    date(2020, 1, 1): "Bảng giá đất tỉnh Lạng Sơn áp dụng đến 31/12/2025 (mô phỏng)",
    date(2026, 1, 1): "Bảng giá đất tỉnh Lạng Sơn áp dụng từ 01/01/2026 (mô phỏng)",
}
LAND_USES = frozenset(
    (
        *("LUC", "LUK", "LUN", "HNK", "BHK", "NHK", "CLN", "RSX", "RPH", "RDD", "NTS", "LMU", "NKH", "CNT"),
        *("ONT", "ODT", "TMD", "SKC", "SKK", "SKN", "SKS", "SKX", "TSC", "DVH", "DYT", "DGD", "DTT", "DGT", "DTL", "DNL", "DBV"),
        *("TON", "TIN", "NTD", "SON", "MNC", "PNK", "CSD", "BCS", "DCS", "NCS"),
    )
)
ORIGINS = {
    1: "Công nhận quyền sử dụng đất",
    2: "Công nhận quyền sử dụng đất như giao đất có thu tiền sử dụng đất",
    4: "Nhà nước giao đất có thu tiền sử dụng đất",
    11: "Nhà nước cho thuê đất trả tiền một lần",
}


@dataclass(frozen=True)
class Use:
    """One use of a parcel (mục đích sử dụng): its code, area in m², table price in đồng per m²."""

    code: str
    area: Decimal
    price: int


@dataclass(frozen=True)
class Building:
    """A house on the parcel (tài sản gắn liền với đất); areas in m²."""

    kind: str
    grade: str
    construction_area: Decimal
    floor_area: Decimal
    floors: int
    completed_in: int


@dataclass(frozen=True)
class Holding:
    """Who holds the parcel (người sử dụng đất), with which share."""

    party: Person | Organisation
    share: Fraction


@dataclass(frozen=True)
class Parcel:
    """A parcel (thửa đất) as both the land office and the tax authority's ledger begin with it.

    Map sheets are numbered through the whole province, so that sheet and number mean one parcel under either division.
    `house_price` is the table price of residential land here, whatever the uses are; `certificate` is its serial.
    """

    place: Address
    map_sheet: int
    number: int
    uses: tuple[Use, ...]
    house_price: int
    quota: Decimal
    origin: int
    holders: tuple[Holding, ...]
    certificate: str
    book_number: str
    issued_on: date
    used_since: date
    term_ends: date | None
    position: int
    depth: Decimal
    alley_width: Decimal
    buildings: tuple[Building, ...] = ()
    mortgage: str | None = None
    dispute: str | None = None

    @property
    def area(self) -> Decimal:
        """All of it, m²."""
        return sum((use.area for use in self.uses), Decimal(0))

    @property
    def origin_text(self) -> str:
        """Nguồn gốc, as the certificate has it."""
        return ORIGINS[self.origin]

    def commune(self, on: date) -> Commune:
        """The commune it lies in on that day."""
        return self.place.commune(on)

    def key(self, on: date) -> tuple[str, int, int]:
        """Commune code, map sheet and parcel number, under the division of that day."""
        return self.commune(on).code, self.map_sheet, self.number


class Parcels:
    """All parcels of a population, in the order of their numbers."""

    def __init__(self, population: Population, *, seed: int | str = 2024) -> None:
        made = _Made(seed)
        for holders, kind, n in _plan(population):
            made.parcel(holders, kind, n)
        self.all = tuple(sorted(made.parcels, key=lambda each: (each.map_sheet, each.number)))

    def __iter__(self) -> Iterator[Parcel]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    @cached_property
    def _numbered(self) -> dict[tuple[int, int], Parcel]:
        return {(each.map_sheet, each.number): each for each in self.all}

    def find(self, commune_code: str, map_sheet: int, number: int) -> Parcel | None:
        """The parcel with this key, in the codes of either division."""
        found = self._numbered.get((map_sheet, number))
        return found if found and commune_code in (found.place.old_commune, found.commune(NEW_DIVISION).code) else None


_Kind = str  # home, together, shares, garden, company, mortgaged, disputed
_Holders = tuple[tuple[Person | Organisation, Fraction], ...]


def _plan(population: Population) -> Iterator[tuple[_Holders, _Kind, int]]:
    """Who holds what: every person a home; couples, sisters and brothers, heads of households, companies more than that.

    The number tells apart what one holder has more than once; of a garden it says which of `GARDENS` it is.
    """
    people = {each.personal_id: each for each in population.people}
    for person in people.values():
        yield ((person, Fraction(1)),), "home", 0
    for one, other in population.kin.spouses.items():
        if one < other:
            yield ((people[one], Fraction(1, 2)), (people[other], Fraction(1, 2))), "together", 0
    for elder, younger in _siblings(population):
        for n in (0, 1):
            yield ((people[elder], Fraction(2, 3)), (people[younger], Fraction(1, 3))), "shares", n
    heads = [each for each in people.values() if population.household(each.personal_id)[0] == each]
    for n, head in enumerate(heads):
        if len(population.household(head.personal_id)) > 1:
            yield ((head, Fraction(1)),), "garden", 0
            yield ((head, Fraction(1)),), "garden", 2
        elif n % 4 == 0:
            yield ((head, Fraction(1)),), "garden", 1 + n // 4 % 3
        elif n % 4 == 1:
            yield ((head, Fraction(1)),), "mortgaged" if n % 8 == 1 else "disputed", 0
    for company in population.organisations:
        yield ((company, Fraction(1)),), "company", 0


def _siblings(population: Population) -> Iterator[tuple[str, str]]:
    """One pair of grown sisters or brothers per pair of parents."""
    children: dict[tuple[str, ...], list[str]] = {}
    for child, parents in population.kin.parents.items():
        children.setdefault(parents, []).append(child)
    for found in children.values():
        pairs = [(one, other) for one, other in pairwise(found) if population.relation(one, other) == "sibling"]
        yield from pairs[:1]


class _Made:
    """What has been made so far: numbers and serials are not used twice."""

    def __init__(self, seed: int | str) -> None:
        self.seed = seed
        self.parcels: list[Parcel] = []
        self.serials: set[str] = set()
        self.last: dict[int, int] = {}

    def parcel(self, holders: _Holders, kind: _Kind, n: int) -> None:
        first = holders[0][0]
        name = first.personal_id if isinstance(first, Person) else first.tax_code
        key = (self.seed, "parcel", name, kind, n)
        place = first.address
        kind_of_commune = settlement(place)
        position = choice((1, 1, 2, 3), *key, "position")
        price = _thousands(integer(*HOUSE_PRICES[kind_of_commune], *key, "price") * 1000 * POSITIONS[position])
        issued = _issued(first, key)
        map_sheet = 1 + 2 * HOMES.index(place.old_commune) + (kind in ("garden", "shares"))
        self.last[map_sheet] = number = self.last.get(map_sheet, 0) + integer(1, 3, *key, "number")
        uses = _uses(kind, kind_of_commune, price, key)
        self.parcels.append(
            Parcel(
                place=place,
                map_sheet=map_sheet,
                number=number,
                uses=uses,
                house_price=price,
                quota=QUOTAS[kind_of_commune],
                origin=11 if kind == "company" else choice((1, 2, 4), *key, "origin"),
                holders=tuple(Holding(party, share) for party, share in holders),
                certificate=self._serial(key),
                book_number=f"{'CT' if kind == 'company' else 'CS'}{len(self.parcels) + 1:05d}",
                issued_on=issued,
                used_since=issued.replace(year=issued.year - integer(0, 10, *key, "used"), day=1),
                term_ends=issued.replace(year=issued.year + 50) if kind == "company" else LONG_TERM,
                position=position,
                depth=Decimal(integer(12, 60, *key, "depth")),
                alley_width=Decimal(0 if position == 1 else integer(2, 5, *key, "alley")),
                buildings=_buildings(uses[0], issued, key) if kind in ("home", "together") else (),
                mortgage="Thế chấp tại Ngân hàng Mô phỏng, chi nhánh Lạng Sơn" if kind == "mortgaged" else None,
                dispute="Đang có đơn tranh chấp ranh giới thửa đất" if kind == "disputed" else None,
            )
        )

    def _serial(self, key: Sequence[int | str]) -> str:
        seed, *what = key
        tries = (new_certificate_serial(draw(seed, *what, "serial", attempt), "CM") for attempt in count())
        serial = next(each for each in tries if each not in self.serials)
        self.serials.add(serial)
        return serial


def settlement(place: Address) -> str:
    """Ward, township or commune, as it was before 1 July 2025: this is what prices and quotas went by."""
    old = commune(place.old_commune, date(2025, 6, 30))
    return next(kind for kind in QUOTAS if old is not None and old.name.startswith(kind))


def usual_price(place: Address) -> int:
    """Table price of house land at position 1 there, đồng per m²: the middle of what is usual in such a commune."""
    return _thousands(Fraction(sum(HOUSE_PRICES[settlement(place)]) * 1000, 2))


def _uses(kind: _Kind, commune_kind: str, price: int, key: tuple[int | str, ...]) -> tuple[Use, ...]:
    house = "ONT" if commune_kind == "Xã" else "ODT"
    if kind == "company":
        return (Use(choice(("TMD", "SKC"), *key, "use"), Decimal(integer(500, 5000, *key, "area")), _thousands(price * Fraction(7, 10))),)
    homely = QUOTAS[commune_kind] * integer(4, 9, *key, "home") / 10
    if kind != "garden":
        return (Use(house, homely + Decimal(integer(0, 99, *key, "centi")) / 10, price),)
    garden = GARDENS[int(key[-1])] * QUOTAS[commune_kind] / QUOTAS["Xã"]
    return (Use(house, homely, price), Use("CLN", garden, integer(35, 70, *key, "garden") * 1000))


def _buildings(use: Use, issued: date, key: tuple[int | str, ...]) -> tuple[Building, ...]:
    if draw(*key, "built") < 0.4:
        return ()
    floors = integer(1, 3, *key, "floors")
    base = (use.area * 6 / 10).quantize(Decimal("0.1"))
    return (Building("Nhà ở riêng lẻ", "Cấp III" if floors > 1 else "Cấp IV", base, base * floors, floors, issued.year - 1),)


def _issued(holder: Person | Organisation, key: tuple[int | str, ...]) -> date:
    grown = holder.born.year + 18 if isinstance(holder, Person) else 2010
    year = min(max(integer(2005, 2022, *key, "issued"), grown), 2023)
    return date(year, integer(1, 12, *key, "month"), integer(1, 28, *key, "day"))


def _thousands(price: Fraction) -> int:
    return round(price / 1000) * 1000


def price_table(on: date) -> str:
    """The decision that holds the table prices of that day."""
    return PRICE_TABLES[max((since for since in PRICE_TABLES if since <= on), default=min(PRICE_TABLES))]


FACTS = (
    Fact("Parcels, holders, certificates", "generated", "vn/parcels.py", "simulator"),
    Fact("Table prices", "generated, the same before and after 1 January 2026", "vn/parcels.py", "simulator", "province, street, period"),
    Fact(
        "House-land quota (hạn mức giao đất ở)",
        ", ".join(f"{kind} {area} m²" for kind, area in QUOTAS.items()),
        "by the kind of commune before 1 July 2025",
        "assumption",
        "province",
    ),
    Fact("Codes of land uses", f"{len(LAND_USES)}, those of TT 08/2024 and some of before", "VBDLIS of running clients", "observed"),
    Fact("Map sheets", "numbered through the province, so that no two parcels share sheet and number", "vn/parcels.py", "simulator"),
)
