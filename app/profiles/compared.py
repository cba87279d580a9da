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


DAY = 86_400


def compared(profile: Profile, history: History, citizens: Citizens, *, scale: float) -> list[dict[str, Any]]:
    """One row a figure: what, published (times `scale`), ours, `input` or `result`, source.

    The number received goes in as it is. Slips, answers and what is finished come out of the run, but the assumed shares were chosen so
    that they come near to what was published: the profile is calibrated to them, so they are inputs too, and validate nothing.
    """
    said = profile.published
    slips, answered = history.reached("land.transfer-slip"), history.reached("tax.payment-notice", "tax.no-obligation")
    counts = (
        ("hồ sơ tiếp nhận / dossiers received", said.received, citizens.received),
        ("phiếu chuyển thông tin / dossiers with a slip", said.slips, slips),
        ("thông báo của cơ quan thuế / dossiers answered by tax", said.noticed, answered),
        ("hồ sơ đã giải quyết / dossiers finished", said.finished, citizens.finished),
    )
    rows = [
        {"what": what, "published": round(published * scale), "ours": ours, "kind": "input", "source": said.source}
        for what, published, ours in counts
    ]
    in_time = {"what": "% đúng hạn / % of results in time", "published": said.inTime, "ours": citizens.in_time, "kind": "result"}
    return [*rows, {**in_time, "source": said.source}]


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
    yield f"{'':54} {'published':>9} {'here':>7}"
    for row in figures["compared"]:
        yield f"{row['what']:54} {row['published']:>9} {row['ours']:>7}  {row['kind']}"
    yield "(input: the profile is calibrated to it, which validates nothing; result: it comes out of the run)"
    yield f"{'days between':50} {'dossiers':>8} {'half':>6} {'95 %':>6} {'longest':>8}"
    for leg, took in figures["legs"].items():
        yield f"{leg:50} {took['n']:>8} {took['p50'] / DAY:>6.1f} {took['p95'] / DAY:>6.1f} {took['max'] / DAY:>8.1f}"
    for code, count in figures["refusals"].items():
        yield f"refused: {code:41} {count:>8}"
    for name, memory in figures["memory"].items():
        yield f"memory of {name}: {memory['warm']} MiB when warm, {memory['last']} at the end{'' if memory['flat'] else ': not flat'}"
