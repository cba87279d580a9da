"""The seeded parcels: enough of each kind, and no two alike where they must differ."""

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest

from vn.identifiers import is_certificate_serial
from vn.parcels import Parcels, price_table
from vn.people import Organisation, Person, Population

OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture(scope="module")
def population() -> Population:
    return Population(2024)


@pytest.fixture(scope="module")
def parcels(population: Population) -> Parcels:
    return Parcels(population)


def test_two_registers_of_one_seed_are_equal_and_of_two_seeds_are_not(parcels: Parcels) -> None:
    assert Parcels(Population(2024)).all == parcels.all
    assert Parcels(Population(7), seed=7).all != parcels.all


@pytest.mark.parametrize("day", [OLD, NEW])
def test_keys_serials_and_book_numbers_are_unique_under_either_division(parcels: Parcels, day: date) -> None:
    assert len(parcels) >= 200
    assert max(Counter(each.key(day) for each in parcels).values()) == 1
    assert max(Counter(each.certificate for each in parcels).values()) == 1
    assert max(Counter(each.book_number for each in parcels).values()) == 1
    assert all(is_certificate_serial(each.certificate) for each in parcels)


def test_a_parcel_is_found_by_the_codes_of_both_divisions_and_by_no_other(parcels: Parcels) -> None:
    for each in parcels:
        assert parcels.find(*each.key(OLD)) is each
        assert parcels.find(*each.key(NEW)) is each
        assert parcels.find("00001", each.map_sheet, each.number) is None


def test_shares_always_make_one_whole(parcels: Parcels) -> None:
    assert {sum((holding.share for holding in each.holders), Fraction(0)) for each in parcels} == {Fraction(1)}


def test_there_are_parcels_for_every_kind_of_sample(parcels: Parcels, population: Population) -> None:
    free = [each for each in parcels if not each.mortgage and not each.dispute]
    alone = [each for each in free if len(each.holders) == 1 and isinstance(each.holders[0].party, Person)]
    assert {each.uses[0].code for each in alone} == {"ODT", "ONT"}
    assert any(each.holders[0].party.personal_id in of for of in population.kin.parents.values() for each in alone)  # type: ignore[union-attr]
    assert any({each.share for each in parcel.holders} == {Fraction(1, 2)} for parcel in free)
    shared = Counter(tuple(each.party for each in parcel.holders) for parcel in free if parcel.holders[0].share == Fraction(2, 3))
    assert set(shared.values()) == {2}
    assert any(each.mortgage for each in parcels)
    assert any(each.dispute for each in parcels)
    assert any(isinstance(each.holders[0].party, Organisation) for each in parcels)
    assert {each.commune(NEW).mountain for each in alone} == {True, False}


def test_gardens_lie_below_within_and_across_the_quota_and_some_households_have_two(parcels: Parcels) -> None:
    gardens = [each for each in parcels if len(each.uses) == 2]
    ratios = {each.uses[1].area / each.quota for each in gardens}
    assert any(ratio < 1 for ratio in ratios)
    assert any(1 < ratio <= 2 for ratio in ratios)
    assert any(ratio > 2 for ratio in ratios)
    assert 2 in Counter(each.holders[0].party for each in gardens).values()


def test_the_price_table_changes_with_the_year_2026() -> None:
    assert price_table(date(2025, 12, 31)) != price_table(date(2026, 1, 1))
