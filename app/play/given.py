"""What a script is given: its people and parcels, and the forms that are handed in about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from app.play.agencies import Agencies
from app.play.changing import changed
from app.play.concrete import adopted
from app.play.parcels import SHEET, Entered, enter
from app.play.people import Party, chosen, identity, needed, population
from app.samples import (
    FAULTS,
    KINDS,
    PAPERS,
    Form,
    Parcel,
    Scene,
    change_of_use,
    gift,
    holders,
    papers,
    sale,
    sample,
    wrong,
)
from scenarios.acts import Submit, Supplement
from scenarios.scenario import Given
from vn.chance import integer
from vn.errors import Unusable
from vn.money import split
from vn.near import suggestion
from vn.people import Population

__all__ = ["Cast"]

T = TypeVar("T")


@dataclass
class Cast:
    """Everybody and everything that a script gave a name.

    Two casts of one seed and script are equal, and so are the forms that they hand in, in the same order.
    """

    seed: int
    agencies: Agencies
    province: Population
    people: Mapping[str, Party] = field(default_factory=dict)
    parcels: dict[str, Entered] = field(default_factory=dict)
    _handed_in: int = 0

    @classmethod
    async def settled(cls, given: Given, *, seed: int, agencies: Agencies, on: date) -> "Cast":
        """The people chosen, the parcels entered at land office and tax authority; raises Unusable for what a script asks in vain.

        `seed` is the province's own (`Settings.seed`): the agencies know the same people.
        """
        bindings = agencies.outsiders.bound.bindings
        cast = cls(seed, agencies, population(seed, needed(given.people)), adopted(given, chosen(given.people, seed), bindings, on))
        names = [*cast.people, *(each.as_ for each in given.parcel)]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise Unusable(f"given: {', '.join(map(repr, twice))}: two things have this name")
        for wanted in given.parcel:
            shares = {wanted.holder: Fraction(1)} if isinstance(wanted.holder, str) else wanted.holder
            held = {name: (cast.person(name), share) for name, share in shares.items()}
            cast.parcels[wanted.as_] = await enter(agencies, wanted, held, seed=seed, on=on, bound=bindings.parcels.get(wanted.as_))
        return cast

    def person(self, name: str) -> Party:
        """The person or company of this name."""
        return _named(name, self.people, "given.people")

    def identity(self, name: str) -> str:
        """Its personal id, or tax code, as registers and notices have it."""
        return identity(self.person(name))

    def parcel(self, name: str) -> Entered:
        """The parcel of this name."""
        return _named(name, self.parcels, "given.parcel")

    def values(self) -> dict[str, dict[str, Any]]:
        """What a script can look into by these names: `{an./identity}`, `{company./name}`, `{plot./certificate}`."""
        people = {name: {"identity": identity(one), "name": one.name, "phone": one.phone} for name, one in self.people.items()}
        return people | {
            name: {
                "commune": one.commune,
                "map-sheet": one.map_sheet,
                "number": one.number,
                "certificate": one.certificate,
                "path": one.path,
            }
            for name, one in self.parcels.items()
        }

    async def form(self, submit: Submit, *, on: date) -> Form:
        """The portal's form for `POST /ho-so`; raises Unusable with what the script asks in vain."""
        self._handed_in += 1
        turn = integer(1, 2**31, self.seed, "handed in", self._handed_in)
        form = await (self._sample(submit, turn, on) if submit.sample is not None else self._composed(submit, turn, on))
        for kind in submit.without:
            left = [each for each in form["TaiLieuNop"] if each["LoaiGiayTo"] != kind]
            if left == form["TaiLieuNop"]:
                there = [each["LoaiGiayTo"] for each in left]
                raise Unusable(f"without: the dossier has no {kind!r}{suggestion(kind, there) or '; it has ' + ', '.join(there)}")
            form["TaiLieuNop"] = left
        made: Form = changed(form, submit.with_)
        return made

    async def supplement(self, given: Supplement, form: Mapping[str, Any], *, on: date) -> Form:
        """The portal's form for `bo-sung`: papers by kind, and every field of `form` (what was handed in) that changes, whole."""
        made = changed(form, given.with_)
        fields = {name: value for name, value in made.items() if value != form.get(name)}
        if given.papers:
            self._handed_in += 1
            scene = self._scene("supplement", integer(1, 2**31, self.seed, "handed in", self._handed_in), on)
            kinds = [_named(kind, {each: each for each in PAPERS}, "papers") for kind in given.papers]
            fields["TaiLieuNop"] = [*fields.get("TaiLieuNop", ()), *papers(scene, *kinds)]
        return fields

    async def _sample(self, submit: Submit, turn: int, on: date) -> Form:
        kind = _named(str(submit.sample), {each: each for each in KINDS}, "sample")
        fault = None if submit.wrong is None else _named(submit.wrong, {each: each for each in FAULTS}, "wrong")
        async with self.agencies.at("land") as land:
            return await sample(kind, fault=fault, seed=turn, land=land, on=on, only=lambda each: each["SoHieuBanDo"] != SHEET)

    async def _composed(self, submit: Submit, turn: int, on: date) -> Form:
        names = [submit.parcel] if isinstance(submit.parcel, str) else submit.parcel or []
        parcels = [await self._shown(self.parcel(name)) for name in names]
        scene = self._scene(str(submit.procedure), turn, on, parcels)
        buyers = self._receivers(submit)
        if submit.procedure == "change-purpose":
            form = change_of_use(scene, parcels[0], buyers)
        else:
            prices = _prices(submit.price, parcels)
            made = sale if submit.procedure == "transfer" else gift
            form = made(scene, parcels, self._givers(submit, scene, parcels[0]), buyers, relation=submit.relation, prices=prices)
        if submit.wrong is not None:
            wrong(_named(submit.wrong, {each: each for each in FAULTS}, "wrong"), form, scene)
        return form

    async def _shown(self, parcel: Entered) -> Parcel:
        """As it stands now; of a land office outside, as it was when the scenario began."""
        found: Parcel = await self.agencies.ask("land", parcel.path) if "land" in self.agencies.ours else parcel.shown
        return found

    def _scene(self, kind: str, turn: int, on: date, parcels: Sequence[Parcel] = ()) -> Scene:
        return Scene(kind, turn, on, self.province, parcels, parcels)

    def _receivers(self, submit: Submit) -> list[tuple[Party, Fraction]]:
        shares = submit.to if isinstance(submit.to, dict) else {str(submit.to): Fraction(1)}
        return [(self.person(name), share) for name, share in shares.items()]

    def _givers(self, submit: Submit, scene: Scene, parcel: Parcel) -> list[tuple[Party, Fraction]]:
        """All holders, or those named: with the shares that they hold, or equal ones where somebody holds nothing."""
        held = holders(parcel)
        if submit.from_ is None:
            known = {identity(one): one for one in self.people.values()}
            return [(known.get(number) or scene.holder(number), share) for number, share in held.items()]
        named = [self.person(name) for name in ([submit.from_] if isinstance(submit.from_, str) else submit.from_)]
        if all(identity(one) in held for one in named):
            return [(one, held[identity(one)]) for one in named]
        return [(one, Fraction(1, len(named))) for one in named]


def _named(name: str, known: Mapping[str, T], where: str) -> T:
    if name not in known:
        raise Unusable(f"{where} has no {name!r}{suggestion(name, known) or ('; there are ' + ', '.join(known) if known else '')}")
    return known[name]


def _prices(price: object, parcels: Sequence[Parcel]) -> list[int]:
    """One price for all parcels is shared out by their areas."""
    if price is None:
        return []
    if not isinstance(price, int):
        raise Unusable(f"price: {price} is not known here")
    areas = [Fraction(str(each["DienTich"])) for each in parcels]
    return split(price, [area / sum(areas) for area in areas])
