"""Spans of time as people give them: working days and calendar days are different things, hours are a third."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypeAlias

from vn.calendar import add_calendar_days, add_working_days, due_date
from vn.clock import VN

__all__ = ["CalendarDays", "Elapsed", "Span", "WorkingDays", "span"]

_WRITTEN = re.compile(r"([0-9][0-9_]*) ?(working-day|calendar-day|hour|minute|second)s?")
_SECONDS = {"hour": 3600, "minute": 60, "second": 1}
LAST_MOMENT = time(23, 59, 59)


@dataclass(frozen=True)
class WorkingDays:
    """So many working days (ngày làm việc); the day of arrival is not counted."""

    days: int

    def after(self, start: datetime) -> datetime:
        """The same hour of the day, so many working days later."""
        local = start.astimezone(VN)
        return datetime.combine(add_working_days(local.date(), self.days), local.timetz())

    def deadline(self, start: datetime) -> datetime:
        """17:00 of the last working day; what arrives after 17:00 counts from the next one."""
        return due_date(start, self.days)

    def __str__(self) -> str:
        return _written(self.days, "working-day")


@dataclass(frozen=True)
class CalendarDays:
    """So many days (ngày), days off included."""

    days: int

    def after(self, start: datetime) -> datetime:
        """The same hour of the day, so many days later."""
        return start.astimezone(VN) + timedelta(self.days)

    def deadline(self, start: datetime) -> datetime:
        """The end of the last day."""
        return datetime.combine(add_calendar_days(start.astimezone(VN).date(), self.days), LAST_MOMENT, VN)

    def __str__(self) -> str:
        return _written(self.days, "calendar-day")


@dataclass(frozen=True)
class Elapsed:
    """Plain time, whatever the calendar."""

    by: timedelta

    def after(self, start: datetime) -> datetime:
        """So much later."""
        return start.astimezone(VN) + self.by

    def deadline(self, start: datetime) -> datetime:
        """The same: nothing is rounded."""
        return self.after(start)

    def __str__(self) -> str:
        seconds = int(self.by.total_seconds())
        unit = next(unit for unit, long in _SECONDS.items() if seconds % long == 0)
        return _written(seconds // _SECONDS[unit], unit)


Span: TypeAlias = WorkingDays | CalendarDays | Elapsed
"""`after(start)` is the instant so much later, `deadline(start)` the last instant of a term of this length; instants are aware."""


def span(written: str) -> Span:
    """`2 working-days`, `30 calendar-days`, `3 hours`, `10 minutes`, `5 seconds`; raises ValueError for anything else."""
    found = _WRITTEN.fullmatch(written.strip())
    if found is None:
        raise ValueError("not a span of time such as 2 working-days, 30 calendar-days, 3 hours")
    number, unit = int(found[1].replace("_", "")), found[2]
    if number > 100_000:
        raise ValueError("a span of time of more than 100,000 units")
    match unit:
        case "working-day":
            return WorkingDays(number)
        case "calendar-day":
            return CalendarDays(number)
        case _:
            return Elapsed(timedelta(seconds=number * _SECONDS[unit]))


def _written(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
