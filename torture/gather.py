"""Reads what remains of a run: topics through the broker, effects and feeds from the agencies' own databases."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from app.settings import AGENCIES
from bus import EXCHANGE, KafkaSettings, Members, Reader, Received, Space
from torture.history import Carried, Committed, Effect, History, Said, Sent, Verdict

__all__ = ["MEMBER_OF", "gathered"]

MEMBERS = Members.read(None).ids
MEMBER_OF = {"dvc": "dvc", "land": "ilis", "tax": "tct", "payment": "payplat"}
"""An agency's short member name, by the part that serves it."""

RECEIPT = b"vn.gov.exchange.receipt.v1"


async def gathered(
    kafka: KafkaSettings,
    space: Space,
    folder: Path,
    *,
    accepted: tuple[str, ...],
    committed: tuple[Committed, ...],
    databases: Mapping[str, Any],
    calm: Mapping[str, Any],
    stored_order: bool = False,
) -> History:
    """The history of a town that is at rest; `folder` holds the agencies' databases."""
    said: list[Said] = []
    effects: list[Effect] = []
    unread: dict[str, int] = {}
    for agency, short in MEMBER_OF.items():
        member = _member(short)
        ours, waiting = _feed(folder / f"{agency}.db", member)
        said += ours
        unread[agency] = waiting
        effects += _effects(folder / f"{agency}.db", member)
    groups = {space.group(member): [space.inbox(member)] for member in _others()}
    groups[space.exchange_group] = [space.outbox(member) for member in MEMBERS]
    async with Reader(kafka) as reader:
        boxes = {topic: [each async for each in reader.everything(topic)] for topics in groups.values() for topic in topics}
        journal = [_verdict(each) async for each in reader.everything(space.journal)]
        dead = [each async for each in reader.everything(space.dead_letter)]
        ends = {(group, topic, part): end for group, topics in groups.items() for topic in topics for part, end in _ends(boxes[topic])}
    return History(
        accepted=accepted,
        known=frozenset(row["code"] for row in databases["dvc"]["tables"]["dossiers"]),
        said=tuple(said),
        sent=tuple(_sent(member, each) for member in MEMBERS for each in boxes[space.outbox(member)]),
        journal=tuple(journal),
        carried=tuple(_carried(member, each) for member in _others() for each in boxes[space.inbox(member)]),
        effects=tuple(effects),
        dead=frozenset((_source(each), _header(each, "ce_id")) for each in dead),
        committed=committed,
        ends=ends,
        unread=unread,
        databases=databases,
        calm=calm,
        stored_order=stored_order,
    )


def _others() -> list[str]:
    return [member for member in MEMBERS if member != EXCHANGE]


def _member(short: str) -> str:
    return next(member for member in MEMBERS if member.endswith(f"/{short}"))


def _ends(records: list[Received]) -> list[tuple[int, int]]:
    ends: dict[int, int] = {}
    for each in records:
        ends[each.partition] = max(ends.get(each.partition, 0), each.offset + 1)
    return sorted(ends.items())


def _header(record: Received, name: str) -> str:
    return (dict(record.headers).get(name) or b"").decode(errors="replace")


def _source(record: Received) -> str:
    return _header(record, "ce_source").removeprefix("/")


def _sent(member: str, record: Received) -> Sent:
    digest = sha256(record.value or b"").hexdigest()
    return Sent(member, _source(record), _header(record, "ce_id"), _header(record, "ce_subject"), record.partition, record.offset, digest)


def _carried(member: str, record: Received) -> Carried:
    receipt = dict(record.headers).get("ce_type") == RECEIPT
    return Carried(
        member, _source(record), _header(record, "ce_id"), _header(record, "ce_subject"), record.partition, record.offset, receipt
    )


def _verdict(record: Received) -> Verdict:
    said = orjson.loads(record.value or b"{}")
    return Verdict(said["source"] or "", said["messageId"] or "", said["recipient"], said["faultCode"])


def _feed(database: Path, member: str) -> tuple[list[Said], int]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        (kept,) = opened.execute("select value from kit_settings where name = 'cursor'").fetchone() or (0,)
        cursor = int(kept)
        rows = opened.execute("select seq, id, subject from kit_feed order by seq").fetchall()
    said = [Said(member, id_, subject, seq <= cursor) for seq, id_, subject in rows]
    return said, sum(not each.acknowledged for each in said)


def _effects(database: Path, member: str) -> list[Effect]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        rows = opened.execute("select key, operation from kit_applied order by rowid").fetchall()
    keys = [(key.partition(" "), operation) for key, operation in rows]
    return [Effect(member, source, id_, operation) for (source, space, id_), operation in keys if space]


assert set(MEMBER_OF) == set(AGENCIES)
