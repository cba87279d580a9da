"""An agency's database in canonical form: what two runs must agree on, whatever the clock and the order of the dossiers.

Tables of the agency: every row without its SKIP columns (real-time instants, surrogate keys). Feed: per dossier, kind and
body of each entry in order. A value of a NUMBER column is a document's number: it becomes `<column>#<k>@<dossier>`, the
k-th of its kind in its dossier in the order of the numbers, everywhere it appears. Rows are sorted. What the kit keeps for
itself (applied calls, work, counters, cursor) is left out.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Column, Table, select

from services.kit.agency import Agency
from services.kit.tables import DOSSIER, FEED, NUMBER, SKIP

_TOKEN = re.compile(r"[^\s,;()\"']+")


def canonical(agency: Agency) -> dict[str, Any]:
    """JSON, equal for equal databases."""
    with agency.read() as tx:
        rows = {table: [dict(row._mapping) for row in tx.execute(select(table))] for table in agency.profession.tables.sorted_tables}
        entries = tx.execute(select(FEED.c.subject, FEED.c.kind, FEED.c.body).order_by(FEED.c.seq)).all()
    names = _names(rows)
    feed: dict[str, list[Any]] = defaultdict(list)
    for entry in entries:
        body = agency.profession.canonical_body(entry.kind, entry.body)
        feed[entry.subject].append({"kind": entry.kind, "body": _named(body, names)})
    return {
        "part": agency.settings.part,
        "format": 1,
        "tables": {str(table.name): sorted((_row(table, row, names) for row in kept), key=orjson.dumps) for table, kept in rows.items()},
        "feed": dict(sorted(feed.items())),
    }


def _names(rows: Mapping[Table, list[dict[str, Any]]]) -> dict[str, str]:
    """For each document number, what it is called in the canonical form."""
    numbers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for table, kept in rows.items():
        dossier = next((column.name for column in table.c if _is(column, DOSSIER)), None)
        for column in table.c:
            if _is(column, NUMBER):
                for row in kept:
                    if row[column.name] is not None:
                        numbers[column.name, str(row[dossier]) if dossier else ""].add(str(row[column.name]))
    return {
        number: f"{kind}#{place}@{dossier}"
        for (kind, dossier), group in sorted(numbers.items(), reverse=True)
        for place, number in enumerate(sorted(group, key=_natural), start=1)
    }


def _row(table: Table, row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    shown = {str(column.name): row[column.name] for column in table.c if not _is(column, SKIP)}
    plain: dict[str, Any] = orjson.loads(orjson.dumps(shown, default=str))
    return {name: _named(value, names) for name, value in sorted(plain.items())}


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        # most texts name no document: that is found out without a call for each of their words
        if names.keys().isdisjoint((value, *_TOKEN.findall(value))):
            return value
        return names.get(value) or _TOKEN.sub(lambda found: names.get(found[0], found[0]), value)
    if isinstance(value, list):
        return [_named(item, names) for item in value]
    if isinstance(value, dict):
        return {key: _named(item, names) for key, item in sorted(value.items())}
    return value


def _is(column: Column[Any], mark: Mapping[str, str]) -> bool:
    return column.info.get("canonical") == mark["canonical"]


def _natural(number: str) -> list[tuple[int, str]]:
    """As people count: 9 before 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", number)]
