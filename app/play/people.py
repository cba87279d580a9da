"""Chooses people and companies of the generated population for the names in a script: the same for the same seed and names."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TypeAlias

from scenarios.scenario import Person as Wanted
from vn.chance import draw
from vn.errors import Unusable
from vn.near import suggestion
from vn.people import Organisation, Person, Population

__all__ = ["Party", "chosen", "identity", "needed", "population"]

Party: TypeAlias = Person | Organisation

FEW = 120  # people of whom a script finds its own, where it names no more than a third of so many
LOOKED_AT = 20_000  # candidates that are tried before the search is given up
_OTHER_WAY = {"spouse": "spouse", "sibling": "sibling", "parent": "child", "child": "parent"}


@cache
def population(seed: int, people: int = FEW) -> Population:
    """So many of a seed, as the agencies have them."""
    return Population(seed, people=people)


def needed(wanted: Sequence[Wanted]) -> int:
    """How many must live in the province, so that so many strangers are found: two in five live alone."""
    return max(FEW, 3 * len(wanted))


def identity(party: Party) -> str:
    """Personal id, or tax code of a company."""
    return party.personal_id if isinstance(party, Person) else party.tax_code


def chosen(wanted: Sequence[Wanted], seed: int) -> dict[str, Party]:
    """Somebody for every name: related as the script says, and to nobody else outside of their own family.

    Raises Unusable that names each name that cannot be given.
    """
    kinds = {each.as_: each.kind for each in wanted}
    faults = [fault for each in wanted for fault in _faults(each, kinds)]
    faults += [f"given.people: two are called {name!r}" for name in kinds if sum(each.as_ == name for each in wanted) > 1]
    if faults:
        raise Unusable("\n".join(faults))
    search = _Search(wanted, seed)
    return {each.as_: search.found[each.as_] for each in wanted}


def _faults(wanted: Wanted, kinds: Mapping[str, str]) -> list[str]:
    found = []
    for other in wanted.related:
        if other not in kinds or other == wanted.as_:
            found.append(f"given.people: {wanted.as_!r} is related to {other!r}, who is not given{suggestion(other, kinds)}")
        elif "organisation" in (wanted.kind, kinds[other]):
            found.append(f"given.people: {wanted.as_!r} and {other!r}: organisations have no relatives")
    return found


class _Search:
    """Goes through the names, families together, and back where a choice leaves nobody for a later name."""

    def __init__(self, wanted: Sequence[Wanted], seed: int) -> None:
        self.population, self.seed = population(seed, needed(wanted)), seed
        self.links: dict[tuple[str, str], str] = {(each.as_, other): what for each in wanted for other, what in each.related.items()}
        self.links |= {(other, name): _OTHER_WAY[what] for (name, other), what in self.links.items()}
        self.kinds = {each.as_: each.kind for each in wanted}
        self.families = self._families()
        self.order = [name for family in self.families for name in family]
        self.found: dict[str, Party] = {}
        self.candidates = {name: self._candidates(name) for name in self.order}
        self.looked_at, self.deepest = 0, 0
        if not self._fill(0):
            raise Unusable(self._nobody(self.order[self.deepest]))

    def _families(self) -> list[list[str]]:
        families: list[list[str]] = []
        for name in self.kinds:
            if any(name in family for family in families):
                continue
            family = [name]
            for one in family:
                family += [other for other in self.kinds if (one, other) in self.links and other not in family]
            families.append(family)
        return families

    def _fill(self, place: int) -> bool:
        if place == len(self.order):
            return True
        self.deepest = max(self.deepest, place)
        name = self.order[place]
        for candidate in self.candidates[name]:
            self.looked_at += 1
            if self.looked_at > LOOKED_AT:
                return False
            if all(self._fits(name, candidate, other, there) for other, there in self.found.items()):
                self.found[name] = candidate
                if self._fill(place + 1):
                    return True
                del self.found[name]
        return False

    def _candidates(self, name: str) -> list[Party]:
        """Those of the few first, so that a name more does not change who the others are."""
        everybody: Sequence[Party] = self.population.people if self.kinds[name] == "person" else self.population.organisations
        few = population(self.seed)
        return sorted(everybody, key=lambda each: (few.person(identity(each)) is None, draw(self.seed, "cast", name, identity(each))))

    def _fits(self, name: str, candidate: Party, other: str, there: Party) -> bool:
        if candidate == there:
            return False
        if not (isinstance(candidate, Person) and isinstance(there, Person)):
            return True
        relation = self.population.relation(candidate.personal_id, there.personal_id)
        wanted = self.links.get((name, other))
        if wanted is None:
            return relation is None or any(name in family and other in family for family in self.families)
        if wanted in ("spouse", "sibling"):
            return relation == wanted
        elder, younger = (candidate, there) if wanted == "parent" else (there, candidate)
        return relation == "parent-child" and elder.personal_id in self.population.kin.parents.get(younger.personal_id, ())

    def _nobody(self, name: str) -> str:
        ties = ", ".join(f"{what} of {other!r}" for (one, other), what in self.links.items() if one == name)
        who = f"no {self.kinds[name]} who is {ties} and" if ties else f"no {self.kinds[name]} more who is"
        return f"given.people: seed {self.seed} has {who} a stranger to the rest, for {name!r}: try fewer people, or another seed"
