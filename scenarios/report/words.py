"""How every report words things: short names, scenario time, spans, and a failure explained line by line."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from scenarios.verdicts import Case, Failure, Hop, Message, StepDone, Verdict
from vn.clock import VN

__all__ = ["clean", "counts", "explained", "failed_steps", "hop", "lasted", "moment", "reason", "seconds", "short", "spanned", "told"]

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def clean(text: str) -> str:
    r"""What neither XML nor HTML may hold, written out: a NUL becomes the four letters `\x00`."""
    return _FORBIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def short(name: str | None) -> str:
    """A member's or a contract's short name: `ilis`, `land.transfer-slip`."""
    if not name:
        return ""
    return name.rpartition("/")[2] if "/" in name else name.removeprefix("vn.gov.").removesuffix(".v1")


def told(message: Message) -> str:
    """The contract, and the status where it says one: `dossier.status-changed 4`."""
    status = message.payload.get("status") if isinstance(message.payload, Mapping) else None
    return f"{short(message.contract)} {status}" if isinstance(status, int) else short(message.contract)


def moment(at: datetime | None) -> str:
    """An instant of the scenario, as Viet Nam's clocks show it: `2026-02-09 08:00:00`."""
    return "" if at is None else at.astimezone(VN).strftime("%Y-%m-%d %H:%M:%S")


def lasted(span: timedelta) -> str:
    """The two largest units: `14 d 3 h`, `5 min`, `0 s`."""
    left = abs(round(span.total_seconds()))
    parts = []
    for unit, size in _UNITS:
        parts.append((left // size, unit))
        left %= size
    first = next((index for index, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 s"


def spanned(case: Case) -> str:
    """How much of the scenario's time went by."""
    return lasted(case.ended - case.began) if case.began and case.ended else ""


def seconds(real: float) -> str:
    """Real seconds: `0.42 s`, `84 s`."""
    return f"{real:.2f} s" if real < 10 else f"{real:.0f} s"


def counts(cases: Sequence[Case]) -> str:
    """`3 passed, 1 failed, 1 not run`; `nothing was run` where there is nothing."""
    found = Counter(case.verdict for case in cases)
    return ", ".join(f"{found[verdict]} {verdict.value}" for verdict in Verdict if found[verdict]) or "nothing was run"


def failed_steps(case: Case) -> list[StepDone]:
    """The steps that did not end as they should."""
    return [step for step in case.steps if step.verdict is not Verdict.PASSED and step.failure is not None]


def reason(case: Case) -> str:
    """Why it did not pass, in one line; empty where it did."""
    if case.verdict is Verdict.PASSED:
        return case.reason
    steps = failed_steps(case)
    first = f"step {steps[0].number}: {steps[0].failure.reason}" if steps and steps[0].failure else ""
    return case.reason or first


def explained(failure: Failure) -> list[str]:
    """The reason, the nearest message and where it differs (or what came and must not), the last hop, whose turn it was: one line each."""
    lines = [failure.reason]
    if failure.nearest is not None:
        lines.append(f"{'nearest' if failure.differences else 'it was'}: {_message(failure.nearest)}")
    lines += [f"  differs: {each}" for each in failure.differences]
    if failure.hop is not None:
        lines.append(f"last hop: {hop(failure.hop)}")
    if failure.turn is not None:
        lines.append(f"whose turn: {failure.turn}" + (f": {failure.turn_words}" if failure.turn_words else ""))
    return lines


def hop(found: Hop) -> str:
    """`delivered: in the inbox of ilis, nothing since`."""
    return ": ".join(each for each in (found.seen, found.words or (found.message and found.message.place) or "") if each)


def _message(message: Message) -> str:
    way = f"{short(message.source)} -> {short(message.recipient) or '-'}"
    return f"{told(message)}, {way}, {moment(message.at)}, id {message.id}" + (f", {message.code}" if message.code else "")
