"""Messages that a member writes to its outbox past its agency and adapter, right or wrong on purpose."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson

import contracts
from adapters.runtime import correlation_of
from app.play.changing import changed
from bus import Members, Record, Space
from contracts import Catalogue, Contract
from scenarios.acts import Send
from scenarios.scalars import Plain
from scenarios.typed import typed
from scenarios.verdicts import Message
from vn.errors import Unusable
from vn.identifiers import is_dossier_code
from vn.near import suggestion

__all__ = ["Letter", "Outbox", "examples"]

EXAMPLES = Path(contracts.__file__).parent / "examples"
UNSAID = ("ce_id", "ce_time")  # of a message that is taken as a model: the new one has its own


@dataclass(frozen=True)
class Letter:
    """A record ready for `bus.Producer`, with what a script can look into: the payload where it is JSON, the headers as text."""

    record: Record
    id: str
    headers: Mapping[str, str]
    payload: Any


@dataclass(frozen=True)
class Outbox:
    """What a letter is made with: the contracts, the members, the space."""

    catalogue: Catalogue
    members: Members
    space: Space

    def letter(self, send: Send, *, id_: str, at: datetime, dossier: str | None = None, like: Message | None = None) -> Letter:
        """The message that a script wants sent; `dossier` is the code of `about`, `like` the captured message, `at` the scenario's time.

        Raises Unusable where there is no such example, or a pointer leads nowhere; whether the message is any good is not asked.
        """
        sender = self.members.named(send.from_).id
        contract = self._contract(send.contract)
        payload = self._payload(send, contract, like)
        subject = dossier or (like.subject if like else _subject(payload))
        if dossier is not None:
            payload = _about(payload, dossier)
        if send.with_:
            payload = changed(payload, send.with_)
        of_contract = {"ce_dataschema": contract.dataschema} if contract else {}
        headers = {
            **of_contract,
            **{name: value for name, value in (like.headers if like else {}).items() if name not in UNSAID},
            "ce_specversion": "1.0",
            "ce_id": id_,
            "ce_source": f"/{sender}",
            "ce_type": contract.type if contract else _type(send.contract),
            "ce_subject": subject,
            "ce_time": at.isoformat(),
            "content-type": "application/json",
        }
        if send.to is not None:
            headers["ce_recipient"] = self.members.named(send.to).id
        if dossier is not None or "ce_correlationid" not in headers:
            headers["ce_correlationid"] = correlation_of(subject)
        headers = _replaced(headers, send.headers)
        value = payload if isinstance(payload, bytes) else _json(payload)
        wire: list[tuple[str, bytes | None]] = [(name, text.encode()) for name, text in headers.items()]
        record = Record(self.space.outbox(sender), subject.encode(), value, wire)
        return Letter(record, headers.get("ce_id", ""), headers, payload.decode() if isinstance(payload, bytes) else payload)

    def _contract(self, name: str) -> Contract | None:
        try:
            return self.catalogue.by_short(name)
        except Unusable:
            return None

    def _payload(self, send: Send, contract: Contract | None, like: Message | None) -> Any:
        """Of the message that is like it, the text given, or an example; text becomes bytes."""
        if send.body is not None:
            return send.body.encode()
        if like is not None:
            return like.payload
        if contract is None:
            near = suggestion(send.contract, [each.short for each in self.catalogue])
            raise Unusable(f"contract: there is no {send.contract!r}{near}, so there is no example of it: give body or like")
        return _example(contract.name, send.example)


@cache
def examples(contract: str) -> tuple[str, ...]:
    """The names of a contract's examples, the good ones first: `good-transfer`, `bad-area-negative`."""
    names = [path.stem for path in (EXAMPLES / contract).glob("*.json")]
    return tuple(sorted(names, key=lambda name: (not name.startswith("good"), name)))


def _example(contract: str, wanted: str | None) -> Any:
    known = examples(contract)
    if not known:
        raise Unusable(f"example: {contract} has no examples here: give body or like")
    name = known[0] if wanted is None else wanted.removesuffix(".json").replace("/", "-", 1)
    if name not in known:
        near = suggestion(name, known)
        raise Unusable(f"example: {contract} has no {wanted!r}{near or '; there are ' + ', '.join(known)}")
    read = orjson.loads((EXAMPLES / contract / f"{name}.json").read_bytes())
    return read["payload"] if name.startswith("bad-") else read  # a bad one says beside it what is wrong


def _json(value: Any) -> bytes:
    """Numbers of any length included, which orjson refuses: they may be wrong on purpose."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _type(name: str) -> str:
    """A contract that is not known is named as it would be."""
    return name if name.startswith("vn.") else f"vn.gov.{name}.v1"


def _subject(payload: Any) -> str:
    found = payload.get("dossier") or payload.get("subject") if isinstance(payload, dict) else None
    return found if isinstance(found, str) and found else "-"


def _about(value: Any, dossier: str) -> Any:
    """With every dossier code in it replaced; what only looks like one stays, it is wrong on purpose."""
    if isinstance(value, dict):
        return {name: _about(each, dossier) for name, each in value.items()}
    if isinstance(value, list):
        return [_about(each, dossier) for each in value]
    return dossier if isinstance(value, str) and is_dossier_code(value) else value


def _replaced(headers: Mapping[str, str], changes: Mapping[str, Any]) -> dict[str, str]:
    """An empty value takes a header away; a quoted empty text is an empty header."""
    gone = {name for name, value in changes.items() if value is None or (isinstance(value, Plain) and not value)}
    texts = {name: value if isinstance(value, str) else _json(typed(value)).decode() for name, value in changes.items() if name not in gone}
    return {name: str(value) for name, value in {**headers, **texts}.items() if name not in gone}
