"""The people, families and companies of the simulated province, the same in every part that is given the same seed."""

import json
import unicodedata
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import count

from vn.chance import choice, draw, integer
from vn.fidelity import Fact
from vn.identifiers import Sex, new_personal_id, new_tax_code
from vn.kinship import Kin, Relation
from vn.units import NEW_DIVISION, Commune, commune, successor

__all__ = ["FACTS", "HOMES", "Address", "Organisation", "Person", "Population"]

# old codes of the communes where people live: five wards of the city, towns and villages around ten district seats
HOMES = (
    *("05971", "05974", "05977", "05980", "05983", "06184", "06187", "06190", "06529", "06544", "06613"),
    *("06385", "06424", "06463", "06523", "06325", "06040", "06034", "06124", "06112", "06253"),
)
UNUSED_PHONES = "060"  # no network of Viet Nam has numbers that begin so
MAIL = "example.com"  # RFC 2606: nobody's
ADOPTED_IN = 4  # in every fourth family a child is adopted

_Key = tuple[int | str, ...]  # the seed, then what a draw is for


@dataclass(frozen=True)
class Address:
    """A street or hamlet and the commune, by its code before 1 July 2025, so that it can be written for any day."""

    detail: str
    old_commune: str

    def commune(self, on: date) -> Commune:
        """The commune it lies in on that day."""
        found = commune(self.old_commune, on) if on < NEW_DIVISION else successor(self.old_commune)
        if found is None:
            raise ValueError(f"no commune {self.old_commune} on {on}")
        return found

    def text(self, on: date) -> str:
        """As it is written on that day, without a district from 1 July 2025."""
        return f"{self.detail}, {self.commune(on).full_name}"


@dataclass(frozen=True)
class Person:
    """A generated person; the name has the family name first."""

    personal_id: str
    name: str
    sex: Sex
    born: date
    address: Address
    phone: str
    email: str


@dataclass(frozen=True)
class Organisation:
    """A generated company and the person who acts for it."""

    tax_code: str
    name: str
    address: Address
    phone: str
    email: str
    representative: Person


@dataclass(frozen=True)
class _Place:
    """One place in a family: born in which years, child or spouse of which places, living with which."""

    born: tuple[int, int]
    home: int
    sex: Sex | None = None
    spouse: int | None = None
    parents: tuple[int, ...] = ()
    may_be_adopted: bool = False


FAMILY = (
    _Place((1944, 1948), home=0, sex="male"),
    _Place((1948, 1952), home=0, spouse=0),
    _Place((1970, 1974), home=2, parents=(0, 1)),
    _Place((1970, 1975), home=2, spouse=2),
    _Place((1976, 1980), home=4, parents=(0, 1)),
    _Place((1976, 1981), home=4, spouse=4),
    _Place((1995, 2000), home=2, parents=(2, 3)),
    _Place((1995, 2000), home=2, parents=(2, 3), may_be_adopted=True),
    _Place((2001, 2006), home=4, parents=(4, 5)),
)
SINGLE = _Place((1955, 2004), home=0)


class Population:
    """All people and companies of one seed, told apart by personal id and tax code.

    Three in five belong to families of nine in three generations, the others live alone. A larger population of the
    same seed has the same families and begins with the same singles and companies. `people` are families first.
    """

    def __init__(self, seed: int = 2024, *, people: int = 120, organisations: int = 10) -> None:
        made = _Made()
        families = people * 3 // 5 // len(FAMILY)
        for number in range(families):
            made.family((seed, "family", number), adopting=number % ADOPTED_IN == ADOPTED_IN - 1)
        for number in range(people - families * len(FAMILY)):
            made.person((seed, "single", number), SINGLE)
        self.people = tuple(made.people.values())
        self.organisations = tuple(_organisation((seed, "company", n), made.singles or self.people) for n in range(organisations))
        self.kin = Kin(made.spouses, made.parents, frozenset(made.adopted))
        self._people = made.people
        self._homes = made.homes
        households: dict[str, list[Person]] = {}
        for each, home in made.homes.items():
            households.setdefault(home, []).append(made.people[each])
        self._households = {head: tuple(living) for head, living in households.items()}
        self._organisations = {each.tax_code: each for each in self.organisations}

    def person(self, personal_id: str) -> Person | None:
        """Who bears this personal id."""
        return self._people.get(personal_id)

    def organisation(self, tax_code: str) -> Organisation | None:
        """The company with this tax code."""
        return self._organisations.get(tax_code)

    def relation(self, one: str, other: str) -> Relation | None:
        """The relation between two personal ids that frees a gift from tax, or None."""
        return self.kin.relation(one, other)

    def household(self, personal_id: str) -> tuple[Person, ...]:
        """Everyone who lives with this person, the head (chủ hộ) first; empty for a stranger."""
        head = self._homes.get(personal_id)
        return self._households[head] if head else ()

    def among(self, people: Sequence[Person]) -> "Population":
        """The same province, where only these come by: whoever looks for anybody looks among them; kin and numbers stay known."""
        few = copy(self)
        few.people = tuple(people)
        return few


class _Made:
    """What has been made so far; a place of a family refers to those before it."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.homes: dict[str, str] = {}
        self.spouses: dict[str, str] = {}
        self.parents: dict[str, tuple[str, ...]] = {}
        self.adopted: set[str] = set()
        self.singles: list[Person] = []

    def family(self, key: _Key, *, adopting: bool) -> None:
        members: list[Person] = []
        for number, place in enumerate(FAMILY):
            one = self.person((*key, number), place, members)
            members.append(one)
            if place.spouse is not None:
                other = members[place.spouse].personal_id
                self.spouses |= {one.personal_id: other, other: one.personal_id}
            if place.parents:
                self.parents[one.personal_id] = tuple(members[each].personal_id for each in place.parents)
            if place.may_be_adopted and adopting:
                self.adopted.add(one.personal_id)

    def person(self, key: _Key, place: _Place, family: Sequence[Person] = ()) -> Person:
        sex = place.sex or _sex(key, None if place.spouse is None else family[place.spouse].sex)
        father = next((family[each] for each in place.parents if family[each].sex == "male"), None)
        name = _name(key, sex, father.name.split()[0] if father else None)
        born = date(integer(*place.born, *key, "year"), 1, 1) + timedelta(integer(0, 364, *key, "day"))
        personal_id = self._free_id(key, born, sex)
        head = family[place.home] if place.home < len(family) else None
        person = Person(personal_id, name, sex, born, head.address if head else _address(key), _phone(key), _email(name, personal_id))
        self.people[personal_id] = person
        self.homes[personal_id] = head.personal_id if head else personal_id
        if not family and place is SINGLE:
            self.singles.append(person)
        return person

    def _free_id(self, key: _Key, born: date, sex: Sex) -> str:
        tries = (new_personal_id(draw(*key, "id", attempt), born=born, sex=sex) for attempt in count())
        return next(each for each in tries if each not in self.people)


def _sex(key: _Key, spouse: Sex | None) -> Sex:
    if spouse:
        return "female" if spouse == "male" else "male"
    return choice(("male", "female"), *key, "sex")


def _name(key: _Key, sex: Sex, surname: str | None) -> str:
    words = _words()
    surname = surname or choice(words["surnames"], *key, "surname")
    middle = choice(words[f"{sex}Middle"], *key, "middle")
    given = choice([each for each in words[f"{sex}Given"] if each not in (surname, middle)], *key, "given")
    return f"{surname} {middle} {given}"


def _address(key: _Key) -> Address:
    code = choice(HOMES, *key, "commune")
    home = commune(code, NEW_DIVISION - timedelta(days=1))
    if home and home.name.startswith("Xã"):
        return Address(choice(_words()["hamlets"], *key, "hamlet"), code)
    return Address(f"Số {integer(1, 250, *key, 'house')} {choice(_words()['streets'], *key, 'street')}", code)


def _phone(key: _Key) -> str:
    return f"{UNUSED_PHONES}{integer(0, 9_999_999, *key, 'phone'):07d}"


def _email(name: str, personal_id: str) -> str:
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    return f"{plain.replace(' ', '.')}.{personal_id[-4:]}@{MAIL}"


def _organisation(key: _Key, people: Sequence[Person]) -> Organisation:
    words = _words()
    number, trades, brands = int(key[-1]), words["trades"], words["brands"]
    tax_code = new_tax_code(draw(*key, "tax code"))
    return Organisation(
        tax_code=tax_code,
        # the step after every 30 makes the first 60 names differ
        name=f"Công ty TNHH {trades[number % len(trades)]} {brands[(number + number // 30) % len(brands)]}",
        address=_address(key),
        phone=_phone(key),
        email=f"lienhe.{tax_code}@{MAIL}",
        representative=choice(people, *key, "representative"),
    )


@cache
def _words() -> dict[str, list[str]]:
    words: dict[str, list[str]] = json.loads(files("vn").joinpath("data/names.json").read_text(encoding="utf-8"))
    return words


FACTS = (
    Fact("Names, personal ids, tax codes and addresses", "generated; nobody in particular", "vn/data/names.json", "simulator"),
    Fact("Phone numbers", f"begin with {UNUSED_PHONES}, which no network has", "", "simulator"),
    Fact("Mail addresses", f"end with @{MAIL}", "RFC 2606", "simulator"),
)
