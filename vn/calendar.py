"""Working days of Viet Nam, and the due dates and payment deadlines that are counted in them."""

import json
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from vn.clock import VN
from vn.errors import Unusable
from vn.fidelity import Fact

__all__ = [
    "CLOSING",
    "FACTS",
    "add_calendar_days",
    "add_working_days",
    "arrival_day",
    "deadline",
    "due_date",
    "is_working_day",
    "next_working_day",
    "working_day_from",
    "working_days_between",
]

CLOSING = time(17, 0)
ONE_DAY = timedelta(days=1)


class _Days(NamedTuple):
    first: int
    last: int
    off: frozenset[date]
    worked_weekends: frozenset[date]


@cache
def _days() -> _Days:
    read = json.loads(files("vn").joinpath("data/days.json").read_text(encoding="utf-8"))
    off = frozenset(map(date.fromisoformat, read["holidays"]))
    return _Days(read["from"], read["to"], off, frozenset(map(date.fromisoformat, read["workedWeekends"])))


def is_working_day(day: date) -> bool:
    """Whether offices work on `day`: no weekend, holiday or day in lieu, but a Saturday that is worked for another day off.

    Labour Code 2019, article 112, with the yearly swaps announced for the public sector, as the library `holidays`
    knows them [C]; raises `Unusable` for years it was not asked for.
    """
    days = _days()
    if not days.first <= day.year <= days.last:
        raise Unusable(f"the working calendar knows the years {days.first} to {days.last}, not {day.isoformat()}")
    return day in days.worked_weekends or (day.weekday() < 5 and day not in days.off)


def working_day_from(day: date) -> date:
    """`day` itself where it is a working day, else the first after it."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def next_working_day(day: date) -> date:
    """The first working day after `day`."""
    return working_day_from(day + ONE_DAY)


def arrival_day(received: date | datetime) -> date:
    """The working day on which something counts as received: after 17:00 the next one, as on a day off [B].

    A `datetime` must be aware and is read in Viet Nam's time; a plain `date` has no hour.
    """
    if not isinstance(received, datetime):
        return working_day_from(received)
    if received.tzinfo is None:
        raise ValueError("an arrival needs a time zone")
    local = received.astimezone(VN)
    return working_day_from(local.date() + ONE_DAY if local.time() > CLOSING else local.date())


def add_working_days(start: date | datetime, days: int) -> date:
    """The day that lies `days` working days after the arrival at `start`; the day of arrival itself is not counted.

    Civil Code 2015, article 147, paragraph 2: the first day of a term in days is not counted [M].
    """
    day = arrival_day(start)
    for _ in range(days):
        day = next_working_day(day)
    return day


def due_date(received: datetime, working_days: int) -> datetime:
    """When an answer is due: 17:00 of the working day that lies `working_days` after the arrival."""
    return datetime.combine(add_working_days(received, working_days), CLOSING, VN)


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after `start`, up to and with `end`: what a pause adds to a due date."""
    return sum(is_working_day(start + timedelta(n)) for n in range(1, (end - start).days + 1))


def add_calendar_days(start: date, days: int) -> date:
    """Plain days (`ngày`, not `ngày làm việc`)."""
    return start + timedelta(days)


def deadline(issued: date, days: int) -> date:
    """The last day to pay: `days` plain days after `issued`, moved to the next working day where it is none.

    Samples show issue + 29 and + 90 [B]; the move follows Civil Code 2015, article 148, paragraph 5 [M].
    """
    return working_day_from(add_calendar_days(issued, days))


FACTS = (
    Fact(
        "Days off and swapped working days",
        "holidays.VN, kept as vn/data/days.json",
        "Labour Code 2019, art. 112; yearly announcements for the public sector",
        "secondary",
        "year: days after the last announcement are estimates, swaps are not known",
    ),
    Fact(
        "What arrives late counts as the next working day",
        f"after {CLOSING:%H:%M}",
        "one-stop offices' opening hours",
        "observed",
        "province",
    ),
    Fact("First day of a term", "not counted", "Civil Code 2015, art. 147", "assumption"),
    Fact("Payment deadline on a day off", "moved to the next working day", "Civil Code 2015, art. 148", "assumption"),
)
