"""Registration fee and income tax, to the đồng: every expected amount is worked by hand from the rule named beside it."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from services.tax.duties import (
    Due,
    Duty,
    Nil,
    answered_for,
    base_of,
    gift_tax,
    gift_threshold,
    registration_fee,
    transfer_duties,
    transfer_tax,
)
from services.tax.slip import Kind, Procedure, Relation
from tests.services.tax_slips import DAY, buyers, claim, parcel, person, sellers, slip
from vn.money import split

FEE, TAX = Kind.REGISTRATION_FEE, Kind.INCOME_TAX


def amounts(duties: list[Duty]) -> dict[tuple[Kind, str], int]:
    return {(duty.kind, duty.taxpayer): duty.amount if isinstance(duty, Due) else 0 for duty in duties}


def grounds(duties: list[Duty]) -> dict[tuple[Kind, str], str]:
    return {(duty.kind, duty.taxpayer): duty.ground for duty in duties if isinstance(duty, Nil)}


@pytest.mark.parametrize(
    ("base", "fee", "tax"),
    [
        (231_700_000, 1_158_500, 4_634_000),  # the sample of domain 3.6
        (100, 1, 2),  # 0.5 is half up to 1
        (99, 0, 2),  # 0.495; 1.98
        (24, 0, 0),  # 0.48 of income tax
        (25, 0, 1),  # 0.5 of income tax
        (100_000_000_000, 500_000_000, 2_000_000_000),  # exactly the cap
        (100_000_000_200, 500_000_000, 2_000_000_004),  # one đồng above it
        (99_999_999_899, 499_999_999, 1_999_999_998),  # 499,999,999.495
    ],
)
def test_rates_and_cap_to_the_dong(base: int, fee: int, tax: int) -> None:
    assert (registration_fee(base), transfer_tax(base)) == (fee, tax)


@pytest.mark.parametrize(
    ("contract", "price", "area", "base"),
    [
        (231_700_000, 2_000_000, "100", 231_700_000),
        (199_999_999, 2_000_000, "100", 200_000_000),
        (0, 7_474_000, "82.35", 615_483_900),
        (0, 333, "0.01", 3),  # 3.33
        (0, 350, "0.01", 4),  # 3.5 is half up
    ],
)
def test_the_base_is_the_larger_of_contract_value_and_table_price_times_area(contract: int, price: int, area: str, base: int) -> None:
    assert base_of(contract, price, Decimal(area)) == base


def test_the_sample_notices_come_out_for_one_seller_and_one_buyer() -> None:
    duties = transfer_duties(slip(parcel("100", 2_000_000), values=[231_700_000]))
    assert duties == [
        Due(FEE, "B1", 231_700_000, Decimal("0.005"), 1_158_500),
        Due(TAX, "S1", 231_700_000, Decimal("0.02"), 4_634_000),
    ]


def test_two_sellers_three_buyers_and_two_parcels_come_out_to_the_dong() -> None:
    # bases 1,000,000,001 (contract) and 500,000,000 (200 m² at 2,500,000): together 1,500,000,001
    # fees 5,000,000 (5,000,000.005) + 2,500,000 = 7,500,000; tax 30,000,000 (30,000,000.02)
    sold = slip(
        parcel("100", 2_000_000, 1),
        parcel("200", 2_500_000, 2),
        values=[1_000_000_001, 1],
        sold_by=sellers("2/3", "1/3"),
        bought_by=buyers("1/2", "1/3", "1/6"),
    )
    assert amounts(transfer_duties(sold)) == {
        (FEE, "B1"): 3_750_000,
        (FEE, "B2"): 2_500_000,
        (FEE, "B3"): 1_250_000,
        (TAX, "S1"): 20_000_000,
        (TAX, "S2"): 10_000_000,
    }


def test_what_rounding_leaves_goes_to_the_last_listed() -> None:
    # base 200,000,020: fee 1,000,000 (1,000,000.1) in thirds 333,333 333,333 333,334; tax 4,000,000 (4,000,000.4) in sevenths
    sold = slip(values=[200_000_020], sold_by=sellers("1/7", "6/7"), bought_by=buyers("1/3", "1/3", "1/3"))
    assert amounts(transfer_duties(sold)) == {
        (FEE, "B1"): 333_333,
        (FEE, "B2"): 333_333,
        (FEE, "B3"): 333_334,
        (TAX, "S1"): 571_429,  # 571,428.57
        (TAX, "S2"): 3_428_571,
    }


def test_the_cap_holds_for_each_parcel_before_the_fee_is_split() -> None:
    # 150 billion: 750,000,000, capped to 500,000,000; 1 billion: 5,000,000
    sold = slip(parcel(number=1), parcel(number=2), values=[150_000_000_000, 1_000_000_000], bought_by=buyers("1/4", "3/4"))
    found = amounts(transfer_duties(sold))
    assert (found[FEE, "B1"], found[FEE, "B2"]) == (126_250_000, 378_750_000)
    assert found[TAX, "S1"] == 3_020_000_000


def test_an_exempt_pair_is_taken_off_by_its_share_on_both_sides() -> None:
    # base 1,000,000,000: fee 5,000,000, tax 20,000,000; S1 (1/4) is a parent of B1 (2/5): the pair is 1/10
    sold = slip(values=[1_000_000_000], sold_by=sellers("1/4", "3/4"), bought_by=buyers("2/5", "3/5"), claims=(claim("S1", "B1"),))
    assert amounts(transfer_duties(sold)) == {
        (FEE, "B1"): 1_500_000,  # 2,000,000 without a quarter
        (FEE, "B2"): 3_000_000,
        (TAX, "S1"): 3_000_000,  # 5,000,000 without two fifths
        (TAX, "S2"): 15_000_000,
    }


def test_who_is_family_of_everybody_on_the_other_side_owes_nothing_and_reads_why() -> None:
    sold = slip(sold_by=sellers("1/2", "1/2"), claims=(claim("S1", "B1"), claim("S2", "B1", Relation.SIBLING)))
    why = grounds(transfer_duties(sold))
    assert set(why) == {(FEE, "B1"), (TAX, "S1"), (TAX, "S2")}
    assert "cha đẻ, mẹ đẻ với con đẻ; anh chị em ruột" in why[FEE, "B1"]
    assert "Nghị định 10/2022" in why[FEE, "B1"]
    assert "Điều 4 Luật Thuế thu nhập cá nhân số 04/2007" in why[TAX, "S2"]


def test_a_company_that_sells_pays_no_income_tax_of_individuals_and_the_others_pay_their_part() -> None:
    both = (person("transferor", "S1", "1/2", organisation=True), person("transferor", "S2", "1/2"))
    duties = transfer_duties(slip(values=[1_000_000_000], sold_by=both))
    assert amounts(duties)[TAX, "S2"] == 10_000_000
    assert "Tổ chức" in grounds(duties)[TAX, "S1"]


@pytest.mark.parametrize(
    ("land", "sold_on", "tax"),
    [
        (parcel(used_since=date(2025, 1, 1)), date(2025, 7, 3), 0),  # the 183rd day
        (parcel(used_since=date(2025, 1, 1)), date(2025, 7, 2), 2_000_000),
        (parcel(used_since=date(2024, 1, 1)), date(2024, 7, 2), 0),  # a leap year brings one day
        (parcel(use="CLN"), DAY, 2_000_000),
    ],
)
def test_an_only_home_is_house_land_held_for_183_days(land: object, sold_on: date, tax: int) -> None:
    sold = slip(land, contract_signed_on=sold_on, only_home=("S1",))
    assert amounts(transfer_duties(sold))[TAX, "S1"] == tax


def test_only_who_declares_the_only_home_is_exempt_and_the_buyer_is_not() -> None:
    found = transfer_duties(slip(sold_by=sellers("1/2", "1/2"), only_home=("S2",)))
    assert amounts(found) == {(FEE, "B1"): 500_000, (TAX, "S1"): 1_000_000, (TAX, "S2"): 0}
    assert "duy nhất" in grounds(found)[TAX, "S2"]


def test_two_parcels_are_nobodys_only_home() -> None:
    assert amounts(transfer_duties(slip(parcel(number=1), parcel(number=2), only_home=("S1",))))[TAX, "S1"] == 4_000_000


@pytest.mark.parametrize(
    ("on", "threshold"),
    [(date(2024, 8, 1), 10_000_000), (date(2026, 6, 30), 10_000_000), (date(2026, 7, 1), 20_000_000), (date(2028, 2, 29), 20_000_000)],
)
def test_the_threshold_of_a_gift_is_that_of_the_day(on: date, threshold: int) -> None:
    assert gift_threshold(on) == threshold


@pytest.mark.parametrize(
    ("value", "on", "tax"),
    [
        (10_000_000, date(2026, 6, 30), 0),
        (10_000_004, date(2026, 6, 30), 0),  # 0.4
        (10_000_005, date(2026, 6, 30), 1),  # 0.5
        (20_000_000, date(2026, 6, 30), 1_000_000),
        (20_000_000, date(2026, 7, 1), 0),
        (231_700_000, date(2025, 8, 15), 22_170_000),
        (231_700_000, date(2026, 7, 1), 21_170_000),
    ],
)
def test_a_gift_is_taxed_above_the_threshold(value: int, on: date, tax: int) -> None:
    assert gift_tax(value, on) == tax


def test_the_receiver_of_a_gift_pays_and_the_giver_does_not() -> None:
    # 100 m² at 1,000,000: each receiver gets 50,000,000, taxed 40,000,000
    given = slip(procedure=Procedure.GIFT, bought_by=buyers("1/2", "1/2"))
    assert amounts(transfer_duties(given)) == {
        (FEE, "B1"): 250_000,
        (FEE, "B2"): 250_000,
        (TAX, "B1"): 4_000_000,
        (TAX, "B2"): 4_000_000,
    }


def test_only_the_part_of_a_gift_that_comes_from_outside_the_family_is_taxed() -> None:
    # 60,000,000 from S2 remain, without 10,000,000
    given = slip(procedure=Procedure.GIFT, sold_by=sellers("2/5", "3/5"), claims=(claim("S1", "B1", Relation.GRANDPARENT),))
    assert amounts(transfer_duties(given)) == {(FEE, "B1"): 300_000, (TAX, "B1"): 5_000_000}


def test_a_gift_within_the_family_and_one_below_the_threshold_say_why_nothing_is_due() -> None:
    family = transfer_duties(slip(procedure=Procedure.GIFT, claims=(claim("S1", "B1", Relation.SPOUSE),), on=date(2026, 7, 1)))
    small = transfer_duties(slip(parcel("10", 1_000_000), procedure=Procedure.GIFT))
    assert "109/2025/QH15" in grounds(family)[TAX, "B1"]
    assert amounts(family) == {(FEE, "B1"): 0, (TAX, "B1"): 0}
    assert "10.000.000 đ không vượt quá 10.000.000 đ" in grounds(small)[TAX, "B1"]


def test_a_company_that_receives_a_gift_pays_the_fee_but_no_income_tax() -> None:
    to_company = (person("transferee", "B1", "1/1", organisation=True),)
    found = transfer_duties(slip(procedure=Procedure.GIFT, bought_by=to_company))
    assert amounts(found) == {(FEE, "B1"): 500_000, (TAX, "B1"): 0}


def shares(draw: random.Random) -> tuple[str, ...]:
    weights = [draw.randint(1, 9) for _ in range(draw.randint(1, 6))]
    return tuple(f"{weight}/{sum(weights)}" for weight in weights)


def test_whatever_the_shares_all_notices_together_are_the_duty() -> None:
    draw = random.Random(7)
    for _ in range(300):
        land = [parcel(str(draw.randint(1, 90_000) / 100), draw.randint(1, 20_000_000), n) for n in range(1, draw.randint(2, 5))]
        values = [draw.randint(0, 200_000_000_000) for _ in land]
        sold = slip(*land, values=values, sold_by=sellers(*shares(draw)), bought_by=buyers(*shares(draw)))
        bases = [base_of(value, each.table_price, each.areas.parcel) for value, each in zip(values, land, strict=True)]
        found = amounts(transfer_duties(sold))
        assert sum(amount for (kind, _), amount in found.items() if kind is FEE) == sum(map(registration_fee, bases))
        assert sum(amount for (kind, _), amount in found.items() if kind is TAX) == transfer_tax(sum(bases))


def test_whatever_pairs_are_exempt_what_is_due_and_what_is_not_add_up() -> None:
    draw = random.Random(8)
    for _ in range(300):
        own, other = [tuple(map(Fraction, shares(draw))) for _ in range(2)]
        exempt = {(i, j) for i in range(len(own)) for j in range(len(other)) if draw.random() < 0.4}
        amount = draw.randint(0, 10**9)
        due = answered_for(amount, own, other, lambda i, j, exempt=exempt: (i, j) in exempt)
        free = answered_for(amount, own, other, lambda i, j, exempt=exempt: (i, j) not in exempt)
        assert [one + two for one, two in zip(due, free, strict=True)] == split(amount, own)


def test_the_order_of_the_parcels_changes_no_amount() -> None:
    land = (parcel("33.33", 777_777, 1), parcel("10.01", 123_457, 2), parcel("99.99", 1_000_003, 3))
    sold = slip(*land, sold_by=sellers("1/3", "2/3"), bought_by=buyers("2/7", "5/7"))
    turned = replace(sold, parcels=land[::-1])
    assert amounts(transfer_duties(sold)) == amounts(transfer_duties(turned))
