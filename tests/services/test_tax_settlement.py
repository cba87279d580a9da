"""Receipts, late interest, tranches and deadlines, worked by hand."""

import random
from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from services.tax.duties import Due
from services.tax.notices import account, chapter, lines_of, notice_number
from services.tax.settlement import Owed, Paid, Reconciled, late_interest, late_parts, reconcile
from services.tax.slip import Kind


@pytest.mark.parametrize(
    ("paid", "amount", "flags", "result"),
    [
        (0, 100, {}, Reconciled("settled", 100, 100, 0, 0)),
        (0, 60, {}, Reconciled("part", 60, 60, 40, 0)),
        (60, 40, {}, Reconciled("settled", 40, 100, 0, 0)),
        (60, 41, {}, Reconciled("over", 40, 100, 0, 1)),
        (100, 100, {}, Reconciled("over", 0, 100, 0, 100)),
        (60, 60, {"repeated": True}, Reconciled("repeated", 0, 60, 40, 60)),
        (60, 40, {"cancelled": True}, Reconciled("notice-cancelled", 0, 0, 0, 40)),
        (60, 40, {"cancelled": True, "repeated": True}, Reconciled("notice-cancelled", 0, 0, 0, 40)),
    ],
)
def test_a_receipt_is_part_settled_over_repeated_or_for_a_cancelled_notice(
    paid: int, amount: int, flags: dict[str, bool], result: Reconciled
) -> None:
    assert reconcile(100, paid, amount, **flags) == result


def test_no_dong_is_lost_whatever_receipts_come() -> None:
    draw = random.Random(3)
    for _ in range(200):
        total, paid, received = draw.randint(1, 1000), 0, 0
        for _ in range(draw.randint(1, 8)):
            amount = draw.randint(1, 500)
            result = reconcile(total, paid, amount)
            assert result.counted + result.refundable == amount
            assert result.paid + result.remaining == total
            paid, received = result.paid, received + amount
        assert paid == min(total, received)


@pytest.mark.parametrize(
    ("amount", "days", "interest"),
    [(1_000_000, 1, 300), (1_000_000, 10, 3_000), (1_158_500, 7, 2_433), (1_666, 1, 0), (1_667, 1, 1), (5_000, 1, 2), (0, 99, 0)],
)
def test_interest_is_three_hundredths_of_a_percent_a_day_half_up(amount: int, days: int, interest: int) -> None:
    # 1,158,500 x 7 x 0.0003 = 2,432.85; 1,667 x 0.0003 = 0.5001; 5,000 x 0.0003 = 1.5
    assert late_interest(amount, days) == interest


@pytest.mark.parametrize(
    ("paid_on", "days"),
    [
        (date(2025, 9, 15), 0),  # the deadline itself
        (date(2025, 9, 16), 0),  # deadline + 1 is paid on: the day before payment is the deadline
        (date(2025, 9, 17), 1),
        (date(2026, 9, 15), 364),
        (date(2028, 9, 15), 1095),  # over 29 February 2028
    ],
)
def test_days_run_from_the_day_after_the_deadline_to_the_day_before_payment(paid_on: date, days: int) -> None:
    late = late_parts([Owed(10_000_000, date(2025, 9, 15))], [Paid(10_000_000, paid_on)])
    assert sum(part.days for part in late) == days


def test_money_fills_the_earliest_deadline_first_and_only_the_late_part_is_charged() -> None:
    lines = [Owed(1_000_000, date(2025, 11, 14)), Owed(1_000_000, date(2025, 9, 15))]
    payments = [Paid(600_000, date(2025, 9, 10)), Paid(900_000, date(2025, 9, 26)), Paid(500_000, date(2025, 11, 20))]
    late = late_parts(lines, payments)
    # of the second payment 400,000 were due on 15 September, 10 days; of the third 500,000 on 14 November, 5 days
    assert [(part.line, part.amount, part.days, part.interest) for part in late] == [(1, 400_000, 10, 1_200), (0, 500_000, 5, 750)]


def test_the_order_in_which_receipts_arrive_changes_no_interest() -> None:
    lines = [Owed(700_001, date(2025, 9, 15)), Owed(700_002, date(2025, 11, 14))]
    payments = [Paid(400_000, date(2025, 9, 30)), Paid(500_000, date(2025, 10, 20)), Paid(500_003, date(2026, 1, 5))]
    found = {sum(part.interest for part in late_parts(lines, order)) for order in permutations(payments)}
    assert len(found) == 1


@pytest.mark.parametrize(
    ("issued_on", "deadline"),
    [
        (date(2025, 8, 15), date(2025, 9, 15)),  # + 29 is Saturday 13 September
        (date(2025, 7, 20), date(2025, 8, 18)),  # the sample of domain 3.4
        (date(2024, 1, 31), date(2024, 2, 29)),  # + 29 in a leap year
        (date(2025, 1, 31), date(2025, 3, 3)),  # + 29 is Saturday 1 March
        (date(2026, 1, 19), date(2026, 2, 23)),  # + 29 is mùng 1 Tết, 17 February 2026
    ],
)
def test_a_deadline_is_29_days_after_issue_moved_to_the_next_working_day(issued_on: date, deadline: date) -> None:
    (line,) = lines_of(Due(Kind.REGISTRATION_FEE, "B1", 231_700_000, Decimal("0.005"), 1_158_500), issued_on)
    assert line.deadline == deadline


def test_the_land_use_fee_has_two_tranches_and_the_odd_dong_is_in_the_second() -> None:
    first, second = lines_of(Due(Kind.LAND_USE_FEE, "B1", 1_001, Decimal(1), 1_001), date(2026, 3, 2))
    assert (first.amount, first.deadline) == (500, date(2026, 3, 31))
    assert (second.amount, second.deadline) == (501, date(2026, 6, 1))  # + 90 is Sunday 31 May
    assert {first.sub_item, second.sub_item} == {"1401"}


def test_a_fee_of_one_dong_is_one_line() -> None:
    (line,) = lines_of(Due(Kind.LAND_USE_FEE, "B1", 1, Decimal(1), 1), date(2026, 3, 2))
    assert line.amount == 1


@pytest.mark.parametrize(("issued_on", "number"), [(date(2025, 6, 30), "757"), (date(2025, 7, 1), "857")])
def test_the_chapter_is_that_of_the_division_in_force(issued_on: date, number: str) -> None:
    assert chapter(issued_on) == number


def test_numbers_and_account_have_the_shapes_of_the_gateway() -> None:
    assert notice_number(12, 7, date(2025, 6, 30)) == "LTB0000012-TK0000007/TB-CCT"
    assert notice_number(12, 7, date(2025, 7, 1)) == "LTB0000012-TK0000007/TB-TCS"
    goes_to = account("20901", "Thuế cơ sở 1 tỉnh Lạng Sơn")
    assert (goes_to.account, goes_to.treasury, goes_to.collector) == ("7111", "2001", "1020901")
