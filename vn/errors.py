"""Every error the project raises on purpose, as one tree.

LgspError
├── Retry                   not now: the agency, the broker or a needed message is not there yet
├── Refused                 the exchange said no; has a code and faults
│   └── ContractViolation   the payload is not what its contract allows
├── AgencyAnsweredNo        an agency said no to this one message; has a code and faults
├── AgencyAnsweredYes       an agency took what it had to refuse
├── NotAllowed              a rule of the agency forbids this step; the reason is for an officer, in Vietnamese
├── Unknown                 the agency has no such dossier, notice or parcel (yet)
└── Unusable                the user's own setting, file or environment; one line and an exit code, no traceback
    ├── Unwritable          a scenario script that means nothing (scenarios.places); holds every complaint with its place
    ├── CannotConnect       no broker or agency answers there (exit 11)
    └── BadEnvironment      port taken, folder not writable, state of another version (exit 14)
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong: where (RFC 6901 JSON Pointer, "" for the whole) and why."""

    pointer: str
    reason: str

    def __str__(self) -> str:
        return f"{self.pointer or '(whole)'}: {self.reason}"


class LgspError(Exception):
    """The root; never raised itself."""


class Retry(LgspError):
    """Not now; try again later."""


class Refused(LgspError):
    """The exchange refuses a message: a code of X-Road's manner and every fault of that stage."""

    def __init__(self, code: str, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.faults = tuple(faults)


class ContractViolation(Refused):
    """The payload breaks its contract."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("client.contract_violation", f"{len(faults)} fault(s) against the contract", faults)


class AgencyAnsweredNo(LgspError):
    """The agency answered no to one message, for good."""

    def __init__(self, code: str, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.faults = tuple(faults)


class AgencyAnsweredYes(LgspError):
    """The agency took an act of a scenario that it had to refuse."""


class NotAllowed(LgspError):
    """A rule of the agency forbids this; `faults` point into what was asked."""

    def __init__(self, reason: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.faults = tuple(faults)


class Unknown(LgspError):
    """The agency does not know what was named."""


class Unusable(LgspError):
    """The user's mistake, in one line that says what to do."""

    exit_code = 2


class CannotConnect(Unusable):
    """Nobody answers at the broker's or the agency's address."""

    exit_code = 11


class BadEnvironment(Unusable):
    """Port taken, folder not writable, state of another version."""

    exit_code = 14
