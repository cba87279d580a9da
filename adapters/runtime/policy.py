"""What to do after a failure: again and when, or report it. Pure."""

from dataclasses import dataclass

from pydantic import ValidationError

from adapters.runtime.settings import Settings
from bus import Failure
from vn.errors import AgencyAnsweredNo, Fault, Refused, Retry, Unknown
from vn.pointer import pointer


@dataclass(frozen=True)
class History:
    """Of one message: failures that count as tries, 404s in a row and how long they were waited for, times the agency was away."""

    tries: int = 0
    unknown: int = 0
    waited: float = 0.0
    away: int = 0


@dataclass(frozen=True)
class Again:
    """Wait, then hand it over again; `away`: it is the agency, not the message, so the partition waits."""

    wait: float
    history: History
    away: bool = False
    why: str = ""


@dataclass(frozen=True)
class GiveUp:
    """This message cannot be applied: what `exchange.delivery-failed` says."""

    code: str
    message: str
    faults: tuple[Fault, ...] = ()


def after(error: Exception, history: History, settings: Settings) -> Again | GiveUp:
    """The next step after this failure of one message."""
    backoff = settings.backoff
    match error:
        case Retry():
            away = history.away + 1
            return Again(backoff.wait(away), History(history.tries, history.unknown, history.waited, away), away=True, why=str(error))
        case Unknown():
            left = settings.unknown_for - history.waited
            if left <= 0:
                return GiveUp(Failure.UNKNOWN_DOSSIER, f"the agency does not know this dossier after {settings.unknown_for:g} s")
            wait = min(backoff.wait(history.unknown + 1), left)
            return Again(wait, History(history.tries, history.unknown + 1, history.waited + wait, 0))
        case Refused():
            return verdict(error)  # it reads the same the second time
        case _:
            tries = history.tries + 1
            if tries >= settings.tries:
                return verdict(error)
            return Again(backoff.wait(tries), History(tries, history.unknown, history.waited, 0))


def verdict(error: Exception) -> GiveUp:
    """The last word on one message, from what went wrong with it."""
    match error:
        case AgencyAnsweredNo() | Refused():
            return GiveUp(error.code, error.message, error.faults)
        case ValidationError():
            return GiveUp(Failure.UNTRANSLATABLE, f"{error.error_count()} fault(s) in translation", faults_of(error))
        case _:
            # The text of a foreign exception may quote the payload; its name does not.
            return GiveUp(Failure.FAILED, f"the adapter failed: {type(error).__name__}")


def untranslatable(error: Exception) -> GiveUp:
    """Why one feed entry cannot be said to the exchange."""
    match error:
        case ValidationError():
            return GiveUp(Failure.UNTRANSLATABLE, f"{error.error_count()} fault(s) in translation", faults_of(error))
        case Refused() | AgencyAnsweredNo():
            return GiveUp(Failure.UNTRANSLATABLE, error.message, error.faults)
        case KeyError():
            return GiveUp(Failure.UNTRANSLATABLE, f"{error.args[0]!r} is missing" if error.args else "a field is missing")
        case _:
            return GiveUp(Failure.UNTRANSLATABLE, f"{type(error).__name__}: {error}"[:500])


def faults_of(error: ValidationError) -> tuple[Fault, ...]:
    """Every fault with its JSON Pointer; never the value."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return tuple(Fault(pointer(each["loc"]), each["msg"]) for each in details)
