"""Dossiers that a citizen could hand in now: valid for the running land register, or wrong in one named way."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

import httpx

from app.samples.faults import FAULTS, FITTING, wrong
from app.samples.forms import all_holders, change_of_use, sale
from app.samples.forms import gift as given_away
from app.samples.parts import Form, Parcel, Scene, holders, of_people
from vn.errors import CannotConnect, Unusable
from vn.near import suggestion
from vn.people import Person, Population

__all__ = ["KINDS", "Wish", "form", "look_up", "sample", "sample_today"]

KINDS: Mapping[str, str] = {
    "transfer": "one seller, one buyer, one parcel",
    "couple": "husband and wife sell what they hold together",
    "shared": "two sellers, three buyers with shares, two parcels",
    "company": "a company buys from a citizen",
    "only-home": "the seller declares it the only home: no income tax",
    "gift": "a parent gives to a child: no tax, no fee",
    "spouse": "husband or wife gives to the other: no tax, no fee",
    "sibling": "a brother or sister gives to another: no tax, no fee",
    "gift-outside": "a gift to somebody who is no relative: income tax of 10 %",
    "change-purpose": "a garden becomes house land: land-use fee",
}


SEE = "; see: lgsp sample list, or GET /_lgsp/samples"
Wish: TypeAlias = Callable[[Parcel], bool]


async def sample(
    kind: str, *, fault: str | None = None, seed: int = 1, land: httpx.AsyncClient, on: date, only: Wish = lambda _: True
) -> Form:
    """A form for `POST /ho-so` of the portal; the same for the same kind, fault, seed, day and state of the register.

    `land` is a client of the land office, `only` says which of its parcels may be taken; raises Unusable where the register has
    nothing that fits.
    """
    scene = await _scene(kind, seed, land, on)
    fits = FITTING.get(fault or "", _free)
    return form(kind, _with(scene, [each for each in scene.register if fits(each, on) and only(each)]), fault)


async def sample_today(kind: str, *, fault: str | None, seed: int, land: httpx.AsyncClient) -> Form:
    """The same on the day of the land office's clock; raises Unusable as `look_up` does."""
    look_up(kind, fault)
    clock = await _asked(land, "/_lgsp/clock")
    return await sample(kind, fault=fault, seed=seed, land=land, on=datetime.fromisoformat(clock["now"]).date())


def look_up(kind: str, fault: str | None) -> None:
    """Raises Unusable for a kind or a fault that there is not, both at once, each with the nearest."""
    wrong = [f"no sample is called {kind!r}{suggestion(kind, KINDS) or SEE}"] if kind not in KINDS else []
    wrong += (
        [f"no fault of a sample is called {fault!r}{suggestion(fault, FAULTS) or SEE}"] if fault is not None and fault not in FAULTS else []
    )
    if wrong:
        raise Unusable("; ".join(wrong))


def form(kind: str, scene: Scene, fault: str | None = None) -> Form:
    """A form of that kind in a scene, wrong in that way; raises Unusable where the scene has nothing that fits."""
    made = _MAKE[kind](scene)
    if fault is not None:
        wrong(fault, made, scene)
    return made


async def _scene(kind: str, seed: int, land: httpx.AsyncClient, on: date) -> Scene:
    register: Sequence[Parcel] = (await _asked(land, "/thua-dat"))["DanhSach"]
    there = await _asked(land, "/_lgsp/info")
    population = _population(int(there["seed"]), int(there["people"]))
    return Scene(kind, seed, on, population, register, [each for each in register if _free(each, on)])


async def _asked(land: httpx.AsyncClient, path: str) -> Any:
    """What the land office answers; raises CannotConnect where it does not, or is none of ours."""
    try:
        answer = await land.get(path)
        return answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise CannotConnect(f"the land office does not answer at {land.base_url}{path[1:]}: {type(error).__name__}") from error


@cache
def _population(seed: int, people: int) -> Population:
    return Population(seed, people=people)


def _with(scene: Scene, candidates: Sequence[Parcel]) -> Scene:
    return Scene(scene.kind, scene.seed, scene.on, scene.population, scene.register, candidates)


def _free(parcel: Parcel, _: date) -> bool:
    return not parcel["DangCoHoSo"] and not parcel["HanChe"]


def _homes(scene: Scene) -> list[Parcel]:
    """Parcels of one person, of one use only."""
    return [each for each in scene.candidates if of_people(each) and len(holders(each)) == 1 and len(each["MucDichSuDung"]) == 1]


def _to_stranger(scene: Scene, parcel: Parcel, *, gift: bool = False) -> Form:
    buyers = [(scene.stranger(list(holders(parcel)), "buyer"), Fraction(1))]
    return (given_away if gift else sale)(scene, [parcel], all_holders(scene, parcel), buyers)


def _transfer(scene: Scene) -> Form:
    return _to_stranger(scene, scene.choice(_homes(scene), "parcel"))


def _couple(scene: Scene) -> Form:
    together = [each for each in scene.candidates if len(holders(each)) == 2 and scene.population.relation(*holders(each)) == "spouse"]
    return _to_stranger(scene, scene.choice(together, "parcel"))


def _shared(scene: Scene) -> Form:
    held: dict[tuple[tuple[str, Fraction], ...], list[Parcel]] = defaultdict(list)
    for each in scene.candidates:
        if of_people(each) and len(holders(each)) == 2:
            held[tuple(sorted(holders(each).items()))].append(each)
    parcels = scene.choice([found[:2] for found in held.values() if len(found) > 1], "parcels")
    taken, buyers = list(holders(parcels[0])), []
    for place, share in enumerate((Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))):
        buyers.append((scene.stranger(taken, "buyer", place), share))
        taken.append(buyers[-1][0].personal_id)
    return sale(scene, parcels, all_holders(scene, parcels[0]), buyers)


def _company(scene: Scene) -> Form:
    parcel = scene.choice(_homes(scene), "parcel")
    return sale(scene, [parcel], all_holders(scene, parcel), [(scene.choice(scene.population.organisations, "buyer"), Fraction(1))])


def _only_home(scene: Scene) -> Form:
    times: dict[str, int] = defaultdict(int)
    for each in scene.register:
        for holder in holders(each):
            times[holder] += 1
    parcel = scene.choice([each for each in _homes(scene) if times[next(iter(holders(each)))] == 1], "parcel")
    return _to_stranger(scene, parcel) | {"NhaDatDuyNhat": list(holders(parcel))}


def _given(relation: str) -> Callable[[Scene], Form]:
    def make(scene: Scene) -> Form:
        pairs = [(each, other) for each in _homes(scene) for other in scene.population.people if _receives(scene, each, other, relation)]
        parcel, receiver = scene.choice(pairs, "pair")
        return given_away(scene, [parcel], all_holders(scene, parcel), [(receiver, Fraction(1))], relation=relation)

    return make


def _receives(scene: Scene, parcel: Parcel, other: Person, relation: str) -> bool:
    giver = next(iter(holders(parcel)))
    if scene.population.relation(giver, other.personal_id) != relation:
        return False
    return relation != "parent-child" or giver in scene.population.kin.parents.get(other.personal_id, ())


def _gift_outside(scene: Scene) -> Form:
    return _to_stranger(scene, scene.choice(_homes(scene), "parcel"), gift=True)


def _change_purpose(scene: Scene) -> Form:
    fit = [each for each in scene.candidates if of_people(each) and len(holders(each)) == 1 and {"CLN"} < _uses(each).keys()]
    parcel = scene.choice(fit, "parcel")
    part = scene.choice((Fraction(1), Fraction(1, 2)), "part")
    return change_of_use(scene, parcel, all_holders(scene, parcel), part=part)


def _uses(parcel: Parcel) -> dict[str, Fraction]:
    return {use["MucDich"]: Fraction(str(use["DienTich"])) for use in parcel["MucDichSuDung"]}


_MAKE: Mapping[str, Callable[[Scene], Form]] = {
    "transfer": _transfer,
    "couple": _couple,
    "shared": _shared,
    "company": _company,
    "only-home": _only_home,
    "gift": _given("parent-child"),
    "spouse": _given("spouse"),
    "sibling": _given("sibling"),
    "gift-outside": _gift_outside,
    "change-purpose": _change_purpose,
}
