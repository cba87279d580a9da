"""Plays a script, records it, plays the draft: what a round trip of a recording is."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.joins import catalogue_of
from app.known import known_of
from app.play.player import play
from app.play.record import Draft, draft
from app.play.setting import Setting
from app.settings import Settings
from scenarios.reading import Script, read
from scenarios.verdicts import Case, Message, StepDone, Verdict

__all__ = ["Round", "identities", "round_trip", "scripts_in", "told"]

KNOWN = known_of(Settings())
CONTRACTS = [contract.short for contract in catalogue_of(Settings())]
IDENTITIES = frozenset(
    {
        *("personalId", "taxCode", "name", "phone", "email", "detail", "birthDate", "representative", "household"),
        *("payer", "payerName", "taxpayer", "taxpayerName", "transferor", "transferee", "onlyHome"),
        *("certificate", "serial", "replaces", "bookNumber", "number", "decisionNumber", "notary", "issuer", "sha256"),
        *("dossier", "notice", "receipt", "attempt", "cites", "reason", "note", "by", "address"),
    }
)
"""Fields of payloads that say who or what somebody is, or hold what somebody wrote."""


@dataclass(frozen=True)
class Round:
    """What was played, the draft of it, and the draft played."""

    first: Case
    draft: Draft
    again: Case


class _Quiet:
    def step_begins(self, *_: Any) -> None: ...

    def step_ended(self, _: StepDone) -> None: ...


def scripts_in(path: Path) -> list[Script]:
    """The scripts of a file, one for each row."""
    return read(path, KNOWN)


async def round_trip(script: Script, broker: str, folder: Path) -> Round:
    """Play, record, lint (raises Unwritable), play again."""
    first = await _played(script, broker)
    made = draft(first.messages, _dossiers(first.messages), contracts=CONTRACTS)
    path = folder / "draft.yaml"
    path.write_text(made.text, encoding="utf-8")
    (again,) = scripts_in(path)
    return Round(first, made, await _played(again, broker))


def told(case: Case) -> Counter[tuple[Any, ...]]:
    """What was said by whom to whom, how it ended and what it means; codes and numbers left out."""
    return Counter((each.contract, each.source, each.recipient, each.code, each.deliveries, *_meaning(each)) for each in case.messages)


def identities(case: Case) -> set[str]:
    """Every word of the messages that belongs to somebody, or that somebody wrote."""
    found = (text for each in case.messages for text in _texts(each.payload, ""))
    return {text for text in found if len(text) > 3}


async def _played(script: Script, broker: str) -> Case:
    settings = Settings(bootstrap=broker)
    setting = Setting(settings, {}, None, prefix=f"record-{uuid4().hex[:6]}")
    case = await play(script, setting, _Quiet(), asyncio.Event())
    wrong = [each for each in case.steps if each.verdict is not Verdict.PASSED]
    assert case.verdict is Verdict.PASSED, f"{script.path}: {case.reason}; {[(each.text, each.failure) for each in wrong]}"
    return case


def _dossiers(messages: Sequence[Message]) -> list[str]:
    return list(dict.fromkeys(each.subject for each in messages if each.contract == "dossier.submitted" and each.recipient))


def _meaning(each: Message) -> tuple[Any, ...]:
    if each.code or not isinstance(each.payload, Mapping):
        return ()
    names = ("outcome", "status", "kind", "total", "remaining", "revision", "form", "code")
    return tuple(str(each.payload.get(name)) for name in names)


def _texts(value: Any, name: str) -> Iterator[str]:
    match value:
        case Mapping():
            for inner, each in value.items():
                yield from _texts(each, inner)
        case list():
            for each in value:
                yield from _texts(each, name)
        case str() if name in IDENTITIES:
            yield value
