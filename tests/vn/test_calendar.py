"""Working days, due dates and deadlines of real years."""

import json
import runpy
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from vn.calendar import (
    add_calendar_days,
    add_working_days,
    arrival_day,
    deadline,
    due_date,
    is_working_day,
    next_working_day,
    working_day_from,
    working_days_between,
)
from vn.clock import VN
from vn.errors import Unusable

ROOT = Path(__file__).parents[2]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VN)


@pytest.mark.parametrize(
    "day",
    [
        "2025-01-01",  # New Year
        "2025-01-27",  # Tết off from Monday 27/1 to 31/1
        "2025-01-31",
        "2025-04-07",  # Giỗ Tổ, 10/3 of the lunar year
        "2025-05-02",  # swapped for Saturday 26/4
        "2025-09-01",  # the day beside National Day
        "2025-09-02",
        "2026-02-16",
        "2026-02-20",
        "2026-04-27",  # Giỗ Tổ fell on a Sunday
        "2024-04-29",  # swapped for Saturday 4/5
        "2025-07-05",  # a plain Saturday
    ],
)
def test_offices_are_closed_on(day):
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2025-02-03", "2025-04-26", "2024-05-04", "2025-07-01", "2026-02-23", "2026-08-22"])
def test_offices_work_on(day):
    assert is_working_day(date.fromisoformat(day))


def test_the_next_working_day_after_tet_eve_is_the_monday_after_tet():
    assert next_working_day(date(2025, 1, 24)) == date(2025, 2, 3)


def test_a_working_day_is_its_own_working_day():
    assert working_day_from(date(2025, 7, 1)) == date(2025, 7, 1)
    assert working_day_from(date(2025, 7, 5)) == date(2025, 7, 7)


@pytest.mark.parametrize(
    ("received", "counts_as"),
    [
        ("2025-07-01T16:59:59", date(2025, 7, 1)),
        ("2025-07-01T17:00:00", date(2025, 7, 1)),
        ("2025-07-01T17:00:01", date(2025, 7, 2)),
        ("2025-07-04T17:30:00", date(2025, 7, 7)),
        ("2025-07-05T09:00:00", date(2025, 7, 7)),
        ("2025-04-26T09:00:00", date(2025, 4, 26)),
    ],
)
def test_what_arrives_after_five_or_on_a_day_off_counts_as_the_next_working_day(received, counts_as):
    assert arrival_day(at(received)) == counts_as


def test_the_hour_of_arrival_is_read_in_viet_nams_time():
    assert arrival_day(datetime(2025, 7, 1, 10, 30, tzinfo=UTC)) == date(2025, 7, 2)


def test_an_arrival_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        arrival_day(datetime(2025, 7, 1, 9))


@pytest.mark.parametrize(
    ("received", "working_days", "due"),
    [
        ("2025-07-01T09:00", 8, "2025-07-11T17:00"),  # Tuesday; 2 3 4 7 8 9 10 11
        ("2025-07-01T17:01", 8, "2025-07-14T17:00"),
        ("2025-07-01T09:00", 18, "2025-07-25T17:00"),  # the ten days more of a mountain commune
        ("2025-04-24T09:00", 3, "2025-04-28T17:00"),  # 25, Saturday 26 is worked, 28
        ("2025-04-29T09:00", 1, "2025-05-05T17:00"),  # 30/4, 1/5 and 2/5 off
        ("2025-01-24T09:00", 1, "2025-02-03T17:00"),  # over Tết
        ("2025-07-01T09:00", 0, "2025-07-01T17:00"),
    ],
)
def test_a_due_date_is_five_in_the_afternoon_of_the_last_working_day(received, working_days, due):
    assert due_date(at(received), working_days) == at(due)


def test_working_days_are_added_to_a_plain_date_as_well():
    assert add_working_days(date(2025, 7, 1), 8) == date(2025, 7, 11)


def test_a_pause_counts_the_working_days_after_it_began():
    assert working_days_between(date(2025, 4, 25), date(2025, 5, 5)) == 4  # 26 (worked), 28, 29 April, 5 May
    assert working_days_between(date(2025, 7, 1), date(2025, 7, 1)) == 0


@pytest.mark.parametrize(
    ("issued", "days", "last"),
    [
        (date(2022, 7, 20), 29, date(2022, 8, 18)),  # pairs observed on notices
        (date(2022, 2, 17), 29, date(2022, 3, 18)),
        (date(2025, 7, 1), 90, date(2025, 9, 29)),
        (date(2025, 8, 3), 29, date(2025, 9, 3)),  # 1 September is off, 2 as well
    ],
)
def test_a_payment_deadline_is_counted_in_plain_days_and_never_falls_on_a_day_off(issued, days, last):
    assert deadline(issued, days) == last


def test_plain_days_pass_over_nothing():
    assert add_calendar_days(date(2025, 8, 3), 29) == date(2025, 9, 1)


def test_a_year_that_nobody_asked_the_library_for_is_refused_by_name():
    with pytest.raises(Unusable, match="2015 to 2050, not 2051-01-03"):
        is_working_day(date(2051, 1, 3))


def test_the_committed_days_are_what_the_library_says():
    tool = runpy.run_path(str(ROOT / "tools" / "working_days.py"))
    assert json.loads(tool["FILE"].read_text(encoding="utf-8")) == tool["days"]()
