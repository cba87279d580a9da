"""What a run of scenarios found, as plain values: every report is made of these and of nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

__all__ = ["Case", "Deadline", "Failure", "Fault", "Hop", "Message", "Point", "Run", "StepDone", "Turn", "Verdict"]

Turn = Literal["member under test", "simulator", "exchange", "nobody"]


class Verdict(StrEnum):
    """How a case or a step ended; `NOT_RUN` always has a reason and is never taken for passed."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    NOT_RUN = "not run"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Message:
    """One message to one recipient, as the exchange and the recipient's group have it; `at` is the scenario's time, the others real.

    `recipient` is None for a refusal; `code` is empty where it was accepted. `deliveries`: how many records lie in the inbox.
    """

    at: datetime
    id: str
    contract: str
    source: str
    recipient: str | None
    subject: str
    causation: str | None
    code: str
    faults: Sequence[str]
    deliveries: int
    place: str
    taken: bool
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: Any = None


@dataclass(frozen=True)
class Hop:
    """Where a message was last seen: accepted, delivered at this place, taken by this group, or nothing."""

    seen: Literal["nothing", "sent", "accepted", "refused", "delivered", "taken"]
    message: Message | None = None
    words: str = ""


@dataclass(frozen=True)
class Failure:
    """Why a step failed; `differences` are between what was expected and the nearest message."""

    reason: str
    nearest: Message | None = None
    differences: Sequence[str] = ()
    hop: Hop | None = None
    turn: Turn | None = None
    turn_words: str = ""


@dataclass(frozen=True)
class StepDone:
    """One step as it went; `began`/`ended` in the scenario's time, `seconds` real; `place` is FILE:LINE."""

    number: int
    word: str
    text: str
    place: str
    verdict: Verdict
    began: datetime | None = None
    ended: datetime | None = None
    seconds: float = 0.0
    failure: Failure | None = None


@dataclass(frozen=True)
class Fault:
    """A fault that was armed: how often it fired, and when (scenario's time) on what."""

    name: str
    kind: str
    fired: Sequence[tuple[datetime, str]] = ()


@dataclass(frozen=True)
class Deadline:
    """A term that an expectation had: when it ended, and when what was expected came (None: it did not)."""

    what: str
    began: datetime
    due: datetime
    met: datetime | None


@dataclass(frozen=True)
class Point:
    """How many dossiers stood in each status at this instant of the scenario's time."""

    at: datetime
    by_status: Mapping[int, int]


@dataclass(frozen=True)
class Case:
    """One scenario, or one row of its table. `reason` says why it was not run, or what ended it."""

    name: str
    row: str
    path: Path
    title_vi: str
    title_en: str
    about: str
    verdict: Verdict
    reason: str = ""
    seed: int = 0
    began: datetime | None = None
    ended: datetime | None = None
    seconds: float = 0.0
    steps: Sequence[StepDone] = ()
    messages: Sequence[Message] = ()
    faults: Sequence[Fault] = ()
    deadlines: Sequence[Deadline] = ()
    course: Sequence[Point] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""

    @property
    def id(self) -> str:
        """`name`, or `name[row]`."""
        return f"{self.name}[{self.row}]" if self.row else self.name


@dataclass(frozen=True)
class Run:
    """Everything that one `lgsp run` did; instants are real."""

    cases: Sequence[Case]
    started: datetime
    seconds: float
    version: str
    broker: str
    host: str = ""
    interrupted: bool = False
    """Before all was played, even if no case was in the middle of it."""

    def exit_code(self) -> int:
        """0 only where something ran and all of it passed; 130 where it was interrupted; 1 otherwise (nothing executed is never 0)."""
        verdicts = {case.verdict for case in self.cases}
        if self.interrupted or Verdict.INTERRUPTED in verdicts:
            return 130
        return 0 if Verdict.PASSED in verdicts and verdicts <= {Verdict.PASSED, Verdict.NOT_RUN} else 1
