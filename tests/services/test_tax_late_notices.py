"""Further notices of late interest: when a receipt makes one, how much it asks for, and when there is none."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from services.tax.duties import Due
from services.tax.model import Case, Receipt, late_interest_notice, notices_of, remaining
from services.tax.notices import Notice
from services.tax.slip import Kind
from tests.services.tax_slips import DAY, slip
from vn.clock import VN

NUMBER = "LTB0000001-TK0000001/TB-TCS"
CASE = Case("H37.15-250812-0001", "1/PCTT", 1, "assessed", slip())


def notice(amount: int = 2_000_000, kind: Kind = Kind.LAND_USE_FEE) -> Notice:
    """Issued on 15 August 2025: due on 15 September, a second tranche on 13 November."""
    (made,) = notices_of(CASE, [Due(kind, "B1", amount, Decimal(1), amount)], [NUMBER], DAY)
    return made


def receipt(number: int, amount: int, month: int, day: int) -> Receipt:
    paid_at = datetime(2025, month, day, 16, 30, tzinfo=VN)
    return Receipt(number, CASE.dossier, NUMBER, str(number), str(number), amount, paid_at, "DVCQG", "B1", "B1", "part", amount)


def asked(receipts: list[Receipt], noticed: list[Notice], kind: Kind = Kind.LAND_USE_FEE) -> Notice | None:
    return late_interest_notice(notice(kind=kind), receipts, noticed, DAY)


def test_each_late_receipt_asks_for_the_interest_on_its_own_part() -> None:
    first, second = receipt(1, 500_000, 9, 26), receipt(2, 500_000, 10, 6)
    one = asked([first], [])
    assert one is not None
    assert (one.kind, one.cites, one.total) == (Kind.LATE_INTEREST, NUMBER, 1_500)  # 10 days
    two = asked([first, second], [one])
    assert two is not None
    assert ([line.base for line in two.lines], two.total) == ([500_000], 3_000)  # 20 days
    assert asked([first, second], [one, two]) is None


def test_one_receipt_over_two_late_tranches_has_a_line_for_each() -> None:
    made = asked([receipt(1, 2_000_000, 11, 25)], [])
    assert made is not None
    # 70 days after 15 September, 11 days after 13 November
    assert [(line.base, line.amount, line.sub_item) for line in made.lines] == [(1_000_000, 21_000, "4945"), (1_000_000, 3_300, "4945")]
    assert all(line.rate == Decimal("0.0003") for line in made.lines)


@pytest.mark.parametrize("late", [receipt(1, 2_000_000, 9, 15), receipt(1, 2_000_000, 9, 16), receipt(1, 1, 12, 31)])
def test_there_is_no_notice_in_time_on_the_next_day_or_of_less_than_half_a_dong(late: Receipt) -> None:
    assert asked([late], [], Kind.REGISTRATION_FEE) is None


def test_there_is_no_interest_on_interest() -> None:
    interest = replace(notice(), kind=Kind.LATE_INTEREST)
    assert late_interest_notice(interest, [receipt(1, 2_000_000, 12, 1)], [], DAY) is None


def test_receipts_out_of_order_ask_in_all_for_what_the_order_of_payment_makes() -> None:
    early, late = receipt(2, 600_000, 9, 10), receipt(1, 1_400_000, 9, 26)
    first = asked([late], [])
    assert first is not None
    assert first.total == 3_000  # 1,000,000 of the first tranche, 10 days
    assert asked([late, early], [first]) is None  # by day only 400,000 were late; what was asked for stands


def test_what_remains_is_owed_on_the_latest_deadline() -> None:
    assert remaining(replace(notice(), paid=1_300_000)) == [0, 700_000]
    assert remaining(replace(notice(), state="cancelled")) == [0, 0]
