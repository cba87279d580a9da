"""Due dates of the land office: terms by procedure and day, mountain communes, time that does not count."""

from datetime import date, datetime

from services.land.shapes import Procedure
from vn.calendar import CLOSING, add_working_days, due_date, working_days_between
from vn.clock import VN
from vn.fidelity import Fact

DECREE_151 = date(2025, 7, 1)
TERMS: dict[Procedure, tuple[int, int]] = {  # working days under NĐ 101/2024, art. 22; under NĐ 151/2025, annex
    Procedure.TRANSFER: (10, 8),
    Procedure.GIFT: (10, 8),
    Procedure.CHANGE_PURPOSE: (10, 7),
}
MOUNTAIN = 10  # more working days in mountain, remote and difficult communes


def term(procedure: Procedure, received: date, *, mountain: bool) -> int:
    """Working days for a dossier received on that day."""
    before, after = TERMS[procedure]
    return (after if received >= DECREE_151 else before) + (MOUNTAIN if mountain else 0)


def due(procedure: Procedure, received: datetime, *, mountain: bool) -> datetime:
    """When the result is due: 17:00 of the last day of the term; what arrives after 17:00 counts as the next working day."""
    return due_date(received, term(procedure, received.astimezone(VN).date(), mountain=mountain))


def extended(due_at: datetime, paused: datetime, resumed: datetime) -> datetime:
    """The due date after a pause: moved by the working days that began while it lasted."""
    days = working_days_between(paused.astimezone(VN).date(), resumed.astimezone(VN).date())
    return datetime.combine(add_working_days(due_at.astimezone(VN).date(), days), CLOSING, VN) if days else due_at


FACTS = (
    Fact(
        "Term of a transfer or gift",
        f"{TERMS[Procedure.TRANSFER][1]} working days; {TERMS[Procedure.TRANSFER][0]} for dossiers received before {DECREE_151:%d/%m/%Y}",
        "NĐ 151/2025/NĐ-CP, annex; NĐ 101/2024/NĐ-CP, art. 22",
        "law",
        "period",
    ),
    Fact(
        "Term of a change of purpose",
        f"{TERMS[Procedure.CHANGE_PURPOSE][1]} working days; {TERMS[Procedure.CHANGE_PURPOSE][0]} before {DECREE_151:%d/%m/%Y}",
        "NĐ 151/2025/NĐ-CP; NĐ 101/2024/NĐ-CP",
        "law",
        "period",
    ),
    Fact("More time in mountain communes", f"{MOUNTAIN} working days", "NĐ 151/2025/NĐ-CP, NĐ 101/2024/NĐ-CP", "law", "commune"),
    Fact("Where parcels lie in several communes", "one mountain commune is enough for the longer term", "", "assumption"),
    Fact("A pause is counted in", "working days that begin while it lasts", "", "assumption"),
)
