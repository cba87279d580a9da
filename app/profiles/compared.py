"""What a profile run came to, beside what was published: which figures went in, and which came out."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from app.profiles.citizens import Citizens
from app.profiles.history import History
from app.profiles.profile import Profile
from scenarios.verdicts import Case, Point
from vn.clock import VN

__all__ = ["compared", "course_point", "lines"]


def compared(profile: Profile, history: History, citizens: Citizens, *, scale: float) -> list[dict[str, Any]]:
    """One row a figure: what, published (times `scale`), ours, `input` or `calibrated`, source.

    The number received goes in as it is. The other three come out of the run, but the assumed shares were chosen so that they come near
    to what was published: the profile is calibrated to them, and they validate nothing.
    """
    said = profile.published
    rows = (
        ("hồ sơ tiếp nhận / dossiers received", said.received, citizens.received, "input"),
        ("phiếu chuyển thông tin / dossiers with a slip", said.slips, history.reached_any("land.transfer-slip"), "calibrated"),
        (
            "thông báo của cơ quan thuế / dossiers answered by tax",
            said.noticed,
            history.reached_any("tax.payment-notice", "tax.no-obligation"),
            "calibrated",
        ),
        ("hồ sơ đã giải quyết / dossiers finished", said.finished, citizens.finished, "calibrated"),
    )
    return [
        {"what": what, "published": round(published * scale), "ours": ours, "kind": kind, "source": said.source}
        for what, published, ours, kind in rows
    ]


def course_point(day: date, citizens: Citizens) -> Point:
    """How many dossiers stand where in the evening of this day."""
    standing = {int(status): count for status, count in sorted(citizens.statuses.items()) if count}
    return Point(datetime.combine(day, time(17), VN), standing)


def lines(case: Case) -> Iterator[str]:
    """A case of a profile as it is shown on a terminal."""
    figures = case.figures
    yield f"{case.name}: {case.verdict}{': ' if case.reason else ''}{case.reason}"
    yield f"{figures['dossiers']} dossiers, {figures['messages']} messages"
    yield f"{case.seconds:.1f} s, seed {case.seed}, canonical history {case.digest or 'none'}"
    yield f"{'':50} {'published':>10} {'here':>8}"
    for row in figures["compared"]:
        how = "goes in" if row["kind"] == "input" else "comes out; the profile is calibrated to it, which validates nothing"
        yield f"{row['what']:50} {row['published']:>10} {row['ours']:>8}  {how}"
    yield "days between                                       dossiers     half      90 %   longest"
    for leg, days in figures["legs"].items():
        yield f"{leg:50} {days['count']:>8} {days['p50']:>8.1f} {days['p90']:>9.1f} {days['max']:>9.1f}"
    for code, count in figures["refusals"].items():
        yield f"refused: {code:41} {count:>8}"
    for name, memory in figures["memory"].items():
        yield f"memory of {name}: {memory['warm']} MiB when warm, {memory['last']} at the end{'' if memory['flat'] else ': not flat'}"
