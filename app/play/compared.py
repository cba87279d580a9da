"""What a profile run came to, beside what was published: which figures went in, and which came out."""

from datetime import date, datetime, time
from typing import Any

from app.play.citizens import Citizens
from app.play.history import History
from app.play.profile import Profile
from scenarios.verdicts import Point
from vn.clock import VN

__all__ = ["compared", "course_point"]


def compared(profile: Profile, history: History, citizens: Citizens, *, scale: float) -> list[dict[str, Any]]:
    """One row a figure: what, published (times `scale`), ours, `input` or `calibrated`, source.

    The number received goes in as it is. The other three come out of the run, but the assumed shares were chosen so that they come near
    to what was published: the profile is calibrated to them, and they validate nothing.
    """
    said = profile.published
    rows = (
        ("hồ sơ tiếp nhận / dossiers received", said.received, citizens.received, "input"),
        ("phiếu chuyển thông tin / dossiers with a slip", said.slips, history.reached["land.transfer-slip"], "calibrated"),
        ("thông báo nộp tiền / dossiers with notices", said.noticed, history.reached["tax.payment-notice"], "calibrated"),
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
