"""What goes wrong, and whose it is.

LgspTestingError
├── NotReady      the container did not work in time; a TimeoutError, too
├── NoAnswer      nobody answered at an address
├── Refused       the exchange or an agency said no
├── NothingCame   no message that fits came in time
└── TooMany       more messages fit than the exchange gives at once
"""

from typing import Any

__all__ = ["LgspTestingError", "NoAnswer", "NotReady", "NothingCame", "Refused", "TooMany"]


class LgspTestingError(Exception):
    """Whatever a call of lgsp-testing raises."""


class NotReady(LgspTestingError, TimeoutError):
    """The container did not work in time, or has ended; with its last lines."""


class NoAnswer(LgspTestingError):
    """Nobody answered at this address, or not in time."""


class Refused(LgspTestingError):
    """The exchange or an agency said no; `status` and `answer` are its own."""

    def __init__(self, status: int, answer: Any) -> None:
        self.status = status
        self.answer = answer
        faults = "".join(f"; {each.get('pointer')}: {each.get('detail')}" for each in _errors(answer))
        super().__init__(f"{status}: {answer.get('detail', answer) if isinstance(answer, dict) else answer}{faults}")


class NothingCame(LgspTestingError):
    """No message that fits came in time."""


class TooMany(LgspTestingError):
    """More messages fit than the exchange gives at once."""


def _errors(answer: Any) -> list[dict[str, Any]]:
    found = answer.get("errors") if isinstance(answer, dict) else None
    return found if isinstance(found, list) else []
