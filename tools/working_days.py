"""Writes vn/data/days.json, the days off and the swapped working days of Viet Nam, from the `holidays` library."""

import json
from datetime import date, timedelta
from pathlib import Path

import holidays

YEARS = range(2015, 2051)
FILE = Path(__file__).parent.parent / "vn" / "data" / "days.json"


def days() -> dict[str, object]:
    """Years known, holidays by date with their names, and weekend days worked in exchange for a day off."""
    calendar = holidays.country_holidays("VN", years=[*YEARS, YEARS.stop], language="vi")
    weekends = [day for day in _every_day() if day.weekday() >= 5 and calendar.is_working_day(day)]
    return {
        "from": YEARS.start,
        "to": YEARS.stop - 1,
        "holidays": {day.isoformat(): name for day, name in sorted(calendar.items()) if day.year in YEARS},
        "workedWeekends": [day.isoformat() for day in weekends],
    }


def _every_day() -> list[date]:
    first = date(YEARS.start, 1, 1)
    return [first + timedelta(n) for n in range((date(YEARS.stop, 1, 1) - first).days)]


if __name__ == "__main__":
    FILE.write_text(json.dumps(days(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
