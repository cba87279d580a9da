"""People of a script: chosen by seed and name, related only as it says."""

from itertools import combinations

import pytest

from app.play.people import chosen, identity, needed, population
from scenarios.scenario import Person as Wanted
from vn.errors import Unusable
from vn.people import Organisation, Person


def wanted(*names: str, **related: dict[str, str]) -> list[Wanted]:
    """`an` with nobody, `binh={"an": "spouse"}` with a relation; names that end in -co are companies."""
    said = [{"as": name, "kind": "organisation" if name.endswith("-co") else "person"} for name in names]
    return [Wanted.model_validate(each) for each in [*said, *({"as": name, "related": links} for name, links in related.items())]]


@pytest.mark.parametrize("seed", range(6))
def test_people_are_strangers_and_the_same_each_time(seed: int) -> None:
    script = wanted("an", "binh", "chi", "dung", "trade-co", "build-co")
    cast = chosen(script, seed)
    assert cast == chosen(script, seed)
    assert len({identity(each) for each in cast.values()}) == 6
    assert [isinstance(each, Organisation) for each in cast.values()] == [False] * 4 + [True] * 2
    for one, other in combinations([each for each in cast.values() if isinstance(each, Person)], 2):
        assert population(seed).relation(one.personal_id, other.personal_id) is None


@pytest.mark.parametrize("seed", range(6))
def test_relatives_are_what_the_script_says_and_strangers_to_the_rest(seed: int) -> None:
    cast = chosen(wanted("an", "stranger", binh={"an": "spouse"}, mother={"an": "parent"}, chi={"an": "sibling"}, em={"an": "child"}), seed)
    people = {name: each for name, each in cast.items() if isinstance(each, Person)}
    kin = population(seed).kin
    an = people["an"].personal_id
    assert kin.spouses[an] == people["binh"].personal_id
    assert people["mother"].personal_id in kin.parents[an]
    assert an in kin.parents[people["em"].personal_id]
    assert kin.relation(an, people["chi"].personal_id) == "sibling"
    for name, one in people.items():
        assert name == "stranger" or kin.relation(one.personal_id, people["stranger"].personal_id) is None


def test_a_name_more_does_not_change_who_the_others_are() -> None:
    few, more = chosen(wanted("an", "binh"), 3), chosen(wanted("an", "binh", "chi"), 3)
    assert {name: more[name] for name in few} == few


def test_a_script_finds_as_many_strangers_as_it_names() -> None:
    names = [f"n{place}" for place in range(110)]
    few, many = chosen(wanted(*names[:30]), 1), chosen(wanted(*names), 1)
    assert len({identity(each) for each in many.values()}) == 110
    assert {name: many[name] for name in few} == few
    province = population(1, needed(wanted(*names)))
    for one, other in combinations(many.values(), 2):
        assert province.relation(identity(one), identity(other)) is None


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (wanted("an", binh={"ann": "spouse"}), ["'binh' is related to 'ann', who is not given", "did you mean 'an'?"]),
        (wanted("an", "an"), ["two are called 'an'"]),
        (wanted("trade-co", binh={"trade-co": "child"}), ["organisations have no relatives"]),
        (wanted("an", binh={"an": "spouse"}, chi={"an": "spouse"}), ["for 'chi'", "spouse of 'an'"]),
        (wanted(*(f"n{place}-co" for place in range(11))), ["seed 1", "for 'n10-co'"]),
    ],
)
def test_what_the_population_has_not_is_told_with_the_scripts_own_names(script: list[Wanted], words: list[str]) -> None:
    with pytest.raises(Unusable) as told:
        chosen(script, 1)
    assert [word for word in words if word not in str(told.value)] == []
