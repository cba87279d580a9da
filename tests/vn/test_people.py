"""The people of the province: the same everywhere, well formed, and nobody in particular."""

import subprocess
import sys
from datetime import date

import pytest

from vn.identifiers import is_personal_id, is_tax_code
from vn.kinship import EXEMPT
from vn.people import HOMES, Address, Population
from vn.units import communes, predecessors

BEFORE = date(2025, 6, 30)
AFTER = date(2025, 7, 1)


@pytest.fixture(scope="module")
def population() -> Population:
    return Population()


def test_it_has_the_people_and_companies_asked_for(population):
    assert (len(population.people), len(population.organisations)) == (120, 10)
    small = Population(people=7, organisations=1)
    assert (len(small.people), len(small.organisations)) == (7, 1)


def test_the_first_of_seed_2024_is_always_the_same_man(population):
    first = population.people[0]
    assert (first.personal_id, first.name, first.born) == ("020044995981", "Chu Đình Cường", date(1944, 8, 10))


def test_it_is_the_same_in_a_process_with_another_hash_seed(population):
    code = "from vn.people import Population; p = Population(); print(ascii((p.people, p.organisations)))"
    answer = subprocess.check_output([sys.executable, "-c", code], env={"PYTHONHASHSEED": "7"}, text=True)
    assert answer == ascii((population.people, population.organisations)) + "\n"


def test_another_seed_has_other_people(population):
    assert not {each.personal_id for each in population.people} & {each.personal_id for each in Population(7).people}


def test_a_larger_population_has_the_same_families_and_companies(population):
    larger = Population(people=240, organisations=20)
    assert larger.people[:72] == population.people[:72]
    assert larger.organisations[0].tax_code == population.organisations[0].tax_code


def test_personal_ids_are_valid_unlike_and_tell_sex_and_year_of_birth(population):
    assert len({each.personal_id for each in population.people}) == 120
    for each in population.people:
        assert is_personal_id(each.personal_id)
        assert each.personal_id.startswith("020")
        assert int(each.personal_id[3]) % 2 == (each.sex == "female")
        assert each.personal_id[4:6] == f"{each.born:%y}"
        assert population.person(each.personal_id) is each


def test_names_are_family_middle_and_given_name(population):
    for each in population.people:
        words = each.name.split()
        assert len(words) == 3
        assert all(word.istitle() for word in words)
        assert ("Thị" in words[1:]) <= (each.sex == "female")
        assert ("Văn" in words[1:]) <= (each.sex == "male")


def test_no_phone_and_no_mail_can_reach_anybody(population):
    for each in (*population.people, *population.organisations):
        assert each.phone.startswith("060")
        assert len(each.phone) == 10
        assert each.phone.isdigit()
        assert each.email.isascii()
        assert each.email.endswith("@example.com")


def test_everyone_lives_in_a_commune_under_both_divisions(population):
    for each in (*population.people, *population.organisations):
        assert each.address.commune(BEFORE) in communes(BEFORE)
        assert each.address.commune(AFTER) in communes(AFTER)


def test_homes_lie_in_at_least_ten_new_communes_and_some_are_not_in_the_mountains():
    new = {Address("", code).commune(AFTER).code for code in HOMES}
    assert len(new) >= 10
    assert {Address("", code).commune(AFTER).mountain for code in HOMES} == {True, False}
    assert all(code in {old.code for each in new for old in predecessors(each)} for code in HOMES)


def test_an_address_is_written_with_its_district_until_there_is_none():
    address = Address("Số 5 đường Lê Lợi", "06184")
    assert address.text(BEFORE) == "Số 5 đường Lê Lợi, Thị trấn Đồng Đăng, huyện Cao Lộc, tỉnh Lạng Sơn"
    assert address.text(AFTER) == "Số 5 đường Lê Lợi, Xã Đồng Đăng, tỉnh Lạng Sơn"


def test_an_address_in_no_commune_is_refused():
    with pytest.raises(ValueError, match="99999"):
        Address("", "99999").commune(AFTER)


def test_every_exempt_relation_occurs(population):
    ids = [each.personal_id for each in population.people]
    assert {population.relation(one, other) for one in ids for other in ids} == {*EXEMPT, None}


def test_children_bear_the_family_name_of_their_father_and_are_younger_than_both_parents(population):
    assert population.kin.parents
    for child, parents in population.kin.parents.items():
        one = population.person(child)
        both = [population.person(each) for each in parents]
        assert one.name.split()[0] in [each.name.split()[0] for each in both if each.sex == "male"]
        assert all(one.born.year - each.born.year >= 18 for each in both)


def test_spouses_are_man_and_woman_of_one_household(population):
    for one, other in population.kin.spouses.items():
        pair = [population.person(one), population.person(other)]
        assert {each.sex for each in pair} == {"male", "female"}
        assert pair[0].address == pair[1].address
        assert population.household(one) == population.household(other)


def test_a_household_begins_with_its_head_and_a_stranger_has_none(population):
    family = population.people[2:4] + population.people[6:8]
    assert population.household(family[3].personal_id) == family
    assert population.household(population.people[-1].personal_id) == (population.people[-1],)
    assert population.household("020000000000") == ()


def test_all_are_of_age_when_the_simulation_begins(population):
    assert all(each.born <= date(2006, 12, 31) for each in population.people)


def test_companies_have_valid_tax_codes_of_lang_son_and_names_of_their_own(population):
    many = Population(organisations=60).organisations
    assert len({each.name for each in many}) == 60
    for each in population.organisations:
        assert is_tax_code(each.tax_code)
        assert each.tax_code.startswith("49")
        assert each.name.startswith("Công ty TNHH ")
        assert each.representative in population.people
        assert population.organisation(each.tax_code) is each


def test_ids_stay_apart_in_a_large_population():
    large = Population(people=3_000, organisations=50)
    assert len({each.personal_id for each in large.people}) == 3_000
    assert len({each.tax_code for each in large.organisations}) == 50
