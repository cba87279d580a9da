"""Which parcel each planned dossier is about: every one its own, of those that fit its kind; and the form that a citizen fills in."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.profiles.planned import Planned
from app.samples import Form, Scene, form
from vn.chance import draw, integer
from vn.errors import Unusable
from vn.parcels import Parcel, Parcels
from vn.people import Organisation, Person, Population
from vn.units import NEW_DIVISION

__all__ = ["Filled", "Forms", "people_for"]

PEOPLE_EACH = 1.3
"""People per dossier: everybody has a home, and some kinds of dossiers find theirs only with some people."""
FEWEST_PEOPLE = 240
PASSERS_BY = 24
"""Among whom a buyer is looked for."""
CAN_BE_MENDED = frozenset({"missing-paper", "deferral", "relation"})
NO_DEFERRAL: Mapping[str, bool] = {"TienSuDungDat": False, "LePhiTruocBa": False}
LAST_OLD_DAY = date(2025, 6, 30)


def people_for(dossiers: int) -> int:
    """How many must live in the province, so that each of so many dossiers has a parcel of its own."""
    return max(FEWEST_PEOPLE, round(dossiers * PEOPLE_EACH))


class Filled(NamedTuple):
    """What is handed in, and what puts right what is wrong in it, where it can be mended."""

    form: Form
    mending: Form | None


class Forms:
    """Fills in forms; the register is that of the land office with the same seed and people, and nothing in it is taken twice."""

    def __init__(self, seed: int, people: int) -> None:
        self._seed = seed
        self._population = Population(seed, people=people)
        self._relatives = _Relatives(self._population)
        self._pools = self._pooled(Parcels(self._population, seed=seed))

    def make(self, planned: Planned) -> Filled:
        """The form for `POST /ho-so` on its day; raises Unusable where the register has no parcel left for it."""
        parcels = self._take(planned)
        holder = parcels[0].holders[0].party
        near = self._relatives.of(holder.personal_id) if isinstance(holder, Person) else ()
        everybody = self._population.people
        strangers = [
            everybody[integer(0, len(everybody) - 1, self._seed, "passer-by", planned.number, place)] for place in range(PASSERS_BY)
        ]
        scene = Scene(
            kind=planned.kind,
            seed=integer(0, 2**53, self._seed, "form", planned.number),
            on=planned.day,
            population=self._population.among([*near, *(each for each in strangers if each not in near)]),
            register=(shown := [_shown(each) for each in parcels]),
            candidates=shown,
        )
        said = form(planned.kind, scene, planned.fault)
        return Filled(said, _mending(said, form(planned.kind, scene)) if planned.fault in CAN_BE_MENDED else None)

    def _take(self, planned: Planned) -> Sequence[Parcel]:
        name = planned.fault if planned.fault in ("mortgage", "dispute") else planned.kind
        try:
            return self._pools[_POOL_OF.get(name, name)].pop()
        except IndexError:
            raise Unusable(f"the register has no parcel left for {name}: dossier {planned.number} of this profile") from None

    def _pooled(self, parcels: Parcels) -> Mapping[str, list[Sequence[Parcel]]]:
        pools: defaultdict[str, list[Sequence[Parcel]]] = defaultdict(list)
        held: defaultdict[tuple[str, ...], list[Parcel]] = defaultdict(list)
        for each in parcels:
            held[tuple(sorted(_number(one.party) for one in each.holders))].append(each)
        for each in sorted(parcels, key=lambda each: draw(self._seed, "taken", each.map_sheet, each.number)):
            for pool in self._fits(each, held):
                pools[pool].append((each,))
                break
        for together in held.values():
            if len(together) == 2 and len(together[0].holders) == 2:
                pools["shared"].append(together)
        return pools

    def _fits(self, each: Parcel, held: Mapping[tuple[str, ...], Sequence[Parcel]]) -> Iterator[str]:
        """The pools for which a parcel fits, the rarest first."""
        if each.mortgage:
            yield "mortgage"
        elif each.dispute:
            yield "dispute"
        elif len(each.holders) == 2:
            yield from ["couple"] if self._population.relation(*(_number(one.party) for one in each.holders)) == "spouse" else []
        elif isinstance(each.holders[0].party, Organisation):
            return
        elif len(each.uses) > 1:
            yield "change-purpose"
        else:
            holder = _number(each.holders[0].party)
            # each in its turn, so that no kind takes what another one needs
            kinds = [kind for kind in ("gift", "gift", "spouse", "sibling") if self._relatives.has(holder, kind)]
            kinds += ["only-home"] if len(held[holder,]) == 1 else []
            chosen = integer(0, 4, self._seed, "pool", each.map_sheet, each.number)
            yield from kinds[chosen : chosen + 1]
            yield "home"


_POOL_OF = {"transfer": "home", "company": "home", "gift-outside": "home"}


class _Relatives:
    """Who is near to whom."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._children: defaultdict[str, list[str]] = defaultdict(list)
        self._siblings: defaultdict[str, list[str]] = defaultdict(list)
        together: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for child, parents in population.kin.parents.items():
            together[parents].append(child)
            for parent in parents:
                self._children[parent].append(child)
        for children in together.values():
            for one in children:
                related = [other for other in children if population.relation(one, other) == "sibling"]
                self._siblings[one] = related

    def has(self, holder: str, kind: str) -> bool:
        """Whether there is somebody to whom `holder` can give in a dossier of that kind."""
        if kind == "gift":
            return any(self._population.relation(holder, child) == "parent-child" for child in self._children[holder])
        return bool(self._siblings[holder]) if kind == "sibling" else holder in self._population.kin.spouses

    def of(self, holder: str) -> tuple[Person, ...]:
        """Husband or wife, children, sisters and brothers."""
        spouse = self._population.kin.spouses.get(holder)
        numbers = [*([spouse] if spouse else ()), *self._children[holder], *self._siblings[holder]]
        return tuple(each for each in map(self._population.person, numbers) if each is not None)


def _mending(wrong: Form, right: Form) -> Form:
    """What makes one of the other."""
    had = {paper["LoaiGiayTo"] for paper in wrong["TaiLieuNop"]}
    papers = [paper for paper in right["TaiLieuNop"] if paper["LoaiGiayTo"] not in had]
    fields: Form = {name: right.get(name, NO_DEFERRAL) for name in ("QuanHe", "GhiNo") if name in wrong and wrong[name] != right.get(name)}
    return {**fields, "TaiLieuNop": papers}


def _number(party: Person | Organisation) -> str:
    return party.personal_id if isinstance(party, Person) else party.tax_code


def _shown(each: Parcel) -> dict[str, Any]:
    """A parcel as the land office shows it, as far as a form needs it."""
    division = each.commune(LAST_OLD_DAY), each.commune(NEW_DIVISION)
    return {
        "TenXa": division[0].name,
        "SoHieuBanDo": each.map_sheet,
        "SoThuTuThua": each.number,
        "DonViHanhChinh": [{"XaId": one.code} for one in division],
        "DienTich": float(each.area),
        "MucDichSuDung": [{"MucDich": use.code, "DienTich": float(use.area), "GiaTheoBangGia": use.price} for use in each.uses],
        "GiayChungNhan": {"SoPhatHanh": each.certificate},
        "NguoiSuDung": [
            {
                "ChuSuDung": {"SoDinhDanh": _number(one.party), "LoaiDoiTuong": 1 if isinstance(one.party, Person) else 2},
                "TyLe": f"{one.share.numerator}/{one.share.denominator}",
            }
            for one in each.holders
        ],
        "HanChe": [],
        "DangCoHoSo": [],
    }
