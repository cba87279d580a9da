"""What each word of a script does: one table."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from app.play.scene import Scene
from app.play.steps import doing, going, meeting, wrongs

__all__ = ["STEPS"]

STEPS: Mapping[str, Callable[[Scene, Any], Awaitable[None]]] = {
    "submit": doing.submit,
    "decide": doing.decide,
    "pay": doing.pay,
    "withdraw": doing.withdraw,
    "supplement": doing.supplement,
    "send": doing.send,
    "call": doing.call,
    "stop": going.stop,
    "start": going.start,
    "advance": going.advance,
    "state": going.state,
    "fault": wrongs.fault,
    "reply": wrongs.reply,
    "heal": wrongs.heal,
    "fired": wrongs.fired,
    "expect": meeting.expect,
    "never": meeting.never,
    "refused": meeting.refused,
    "any-of": meeting.any_of,
    "by-hand": meeting.by_hand,
}
