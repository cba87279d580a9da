"""What a wrong adapter makes of a message that it has read. Pure, but for what it remembers."""

import re
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson

from contracts import NoticeCancelled, ObligationCompleted, Payload, PaymentNotice, SlipReturned

_WRITTEN = re.compile(r"(\d\d)[/-](\d\d)[/-](\d{4})(?: \d\d:\d\d:\d\d)?")


def misread(payload: Payload, mistakes: Collection[str], notices: dict[str, set[str]], slips: dict[str, int]) -> Iterator[Payload]:
    """What it will tell the agency; nothing where it thinks that there is nothing to tell."""
    match payload:
        case PaymentNotice():
            known = notices.setdefault(payload.dossier, set())
            if "first-notice-only" in mistakes and known:
                return
            if "last-is-all" in mistakes and "all" in known:
                return
            known.update({payload.notice} | ({"all"} if payload.ordinal == payload.of else set()))
            if "notice-is-payment" in mistakes:
                yield _paid(payload)
                return
        case ObligationCompleted() if "waits-for-notices" in mistakes:
            if not {each.notice for each in payload.notices} <= notices.get(payload.dossier, set()):
                return
        case NoticeCancelled() if "ignores-cancellations" in mistakes:
            return
        case _:
            pass
    if "ignores-revision" in mistakes and isinstance(payload, ObligationCompleted | SlipReturned | PaymentNotice):
        payload = payload.model_copy(update={"slip": payload.slip.model_copy(update={"revision": slips.get(payload.dossier, 1)})})
    yield payload


def _paid(notice: PaymentNotice) -> ObligationCompleted:
    when = (datetime.combine(notice.issued_on, datetime.min.time()) + timedelta(hours=9)).isoformat() + "+07:00"
    return ObligationCompleted.model_validate(
        {
            "dossier": notice.dossier,
            "slip": notice.slip.model_dump(mode="json"),
            "notices": [{"notice": notice.notice, "amount": notice.total, "settledAt": when}],
            "total": notice.total,
            "completedAt": when,
        }
    )


def guessed(payload: bytes) -> bytes:
    """Whatever looks like a date as if day, month and year stood there in this order; as it is where nothing does."""
    try:
        return orjson.dumps(_guessed(orjson.loads(payload)))
    except orjson.JSONDecodeError:
        return payload


def _guessed(value: Any) -> Any:
    match value:
        case dict():
            return {name: _guessed(each) for name, each in value.items()}
        case list():
            return [_guessed(each) for each in value]
        case str() if found := _WRITTEN.fullmatch(value):
            day, month = (found[1], found[2]) if int(found[2]) <= 12 else (found[2], found[1])
            return f"{found[3]}-{month}-{day}"
        case _:
            return value
