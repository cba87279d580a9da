"""The land-use fee on a change of purpose: rates by the day of the decision, quota boundaries, the once-only right."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.tax.duties import Due, Nil
from services.tax.land_use_fee import Use, change_duties, land_use_fee, right_is_free, use_of, weighted_area
from services.tax.slip import Kind
from tests.services.tax_slips import buyers, change, person

OLD, NEW = date(2025, 12, 31), date(2026, 1, 1)


@pytest.mark.parametrize(
    ("area", "weighted"),
    [
        ("60.5", "18.15"),  # 30 %
        ("120", "36"),  # just the quota
        ("120.01", "36.005"),
        ("240", "96"),  # 36 + 60: one more quota
        ("240.01", "96.01"),
        ("300", "156"),  # 36 + 60 + 60
    ],
)
def test_the_area_counts_30_50_and_100_percent_by_quota(area: str, weighted: str) -> None:
    assert weighted_area(Decimal(area), Decimal(120)) == Decimal(weighted)


def test_without_a_quota_everything_counts_in_full() -> None:
    assert weighted_area(Decimal(100), Decimal(0)) == 100


def test_the_fee_is_half_up_to_whole_dong() -> None:
    # 1 m² within the quota at a difference of 5: 1.5
    assert land_use_fee(Decimal(1), 5, Decimal(120), reduced=True) == 2


@pytest.mark.parametrize(
    ("decided_on", "from_use", "to_use", "right_free", "fee"),
    [
        (NEW, "CLN", "ODT", True, 226_766_100),  # 12,494,000 x 18.15
        (OLD, "CLN", "ODT", True, 755_887_000),
        (NEW, "CLN", "ODT", False, 755_887_000),
        (NEW, "TMD", "ODT", True, 755_887_000),  # not agricultural
        (NEW, "CLN", "TMD", True, 755_887_000),  # not to house land
    ],
)
def test_the_reduced_rates_need_the_day_the_uses_and_the_right(
    decided_on: date, from_use: str, to_use: str, right_free: bool, fee: int
) -> None:
    # table prices 12,530,000 after and 36,000 before, 60.5 m², quota 120
    slip = change("60.5", 12_530_000, 36_000, decided_on=decided_on, from_use=from_use, to_use=to_use)
    (duty,) = change_duties(slip, right_free=right_free)
    assert isinstance(duty, Due)
    assert duty.amount == fee
    assert duty.base == 755_887_000


def test_spouses_share_the_fee_and_the_last_takes_what_is_left() -> None:
    slip = change("1", 100_005, 100_000, decided_on=OLD)  # 5 đồng
    slip = replace(slip, taxpayers=buyers("1/2", "1/2"))
    assert [duty.amount for duty in change_duties(slip, right_free=True) if isinstance(duty, Due)] == [3, 2]


def test_a_price_that_does_not_rise_makes_no_fee_and_says_so() -> None:
    (duty,) = change_duties(change("60.5", 36_000, 36_000), right_free=True)
    assert isinstance(duty, Nil)
    assert duty.kind is Kind.LAND_USE_FEE
    assert "không cao hơn" in duty.ground


def test_the_right_holds_for_the_first_parcel_that_changes_only() -> None:
    slip = change("100", 2_000_000, 1_000_000)
    first = slip.parcels[0]
    slip = replace(slip, parcels=(first, replace(first, key=first.key._replace(parcel_number=2))))
    (duty,) = change_duties(slip, right_free=True)
    assert isinstance(duty, Due)
    assert duty.amount == 30_000_000 + 100_000_000
    assert duty.rate == Decimal("0.65")


@pytest.mark.parametrize(
    ("use", "free"),
    [
        (Use("020079238759", "H37.15-250101-0009", date(2024, 7, 31)), True),  # before the count began
        (Use("020079238759", "H37.15-250101-0009", date(2024, 8, 1)), False),  # under the old rates, and yet used
        (Use("020079238759", "H37.15-250101-0009", date(2026, 1, 1)), False),
        (Use("020079238759", "H37.15-250812-0001", date(2026, 3, 9)), True),  # this very dossier, an earlier revision
        (Use("020000000000", "H37.15-250101-0009", date(2026, 1, 1)), True),  # another household
    ],
)
def test_the_right_is_used_once_per_household_since_1_august_2024(use: Use, free: bool) -> None:
    assert right_is_free("020079238759", "H37.15-250812-0001", [use]) is free


def test_a_change_to_house_land_uses_the_right_and_another_change_does_not() -> None:
    assert use_of(change("60", 2, 1)) == Use("020079238759", "H37.15-250812-0001", date(2026, 3, 9))
    assert use_of(change("60", 2, 1, to_use="TMD")) is None
    assert use_of(replace(change("60", 2, 1), taxpayers=(person("transferee", "B1", "1/1"),))) is not None
