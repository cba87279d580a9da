"""The tables that every agency has, and what a column may say about itself."""

from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import JSON, Boolean, Column, Dialect, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text, TypeDecorator

from vn.clock import VN

DOSSIER: Final = {"canonical": "dossier"}
"""The column that names the dossier a row belongs to."""
NUMBER: Final = {"canonical": "number"}
"""A document's number or reference, ours or another agency's: compared by dossier and order within it."""
SKIP: Final = {"canonical": "skip"}
"""A real-time instant or a surrogate key: not part of the canonical form."""


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as UTC text of fixed width, so that it sorts and reads the same in every database."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> str | None:
        """Aware in, text out."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any | None, _: Dialect) -> datetime | None:
        """Text in, Viet Nam's time out."""
        return None if value is None else datetime.fromisoformat(value).astimezone(VN)


class Day(TypeDecorator[date]):
    """A date, kept as ISO text."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, _: Dialect) -> str | None:
        """Date in, text out."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any | None, _: Dialect) -> date | None:
        """Text in, date out."""
        return None if value is None else date.fromisoformat(value)


COMMON = MetaData()
CODE = Text().with_variant(Text(collation="C"), "postgresql")  # sorts by code point everywhere

SETTINGS = Table(
    "kit_settings",
    COMMON,
    Column("name", String(64), primary_key=True),
    Column("value", JSON, nullable=False),
)

APPLIED = Table(
    "kit_applied",
    COMMON,
    Column("key", Text, primary_key=True),
    Column("operation", Text, primary_key=True),
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
)

CASES = Table(
    "kit_cases",
    COMMON,
    Column("subject", CODE, primary_key=True),
    Column("correlation", Text, nullable=False),
    Column("traceparent", Text),  # of the act that began it: a later act of somebody who brings none belongs to it too
)

COUNTERS = Table(
    "kit_counters",
    COMMON,
    Column("series", String(200), primary_key=True),
    Column("last", Integer, nullable=False),
)

FEED = Table(
    "kit_feed",
    COMMON,
    Column("seq", Integer, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("kind", String(64), nullable=False),
    Column("subject", CODE, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("cause", Text),
    Column("correlation", Text),
    Column("traceparent", Text),
    Column("body", JSON, nullable=False),
    Column("outcomes", JSON, nullable=False),
    Column("written", Float, nullable=False),  # real time, seconds since 1970, whatever the agency's clock shows
    sqlite_autoincrement=True,  # a number is not used again after a reset: readers may still hold it as their cursor
)

WORK = Table(
    "kit_work",
    COMMON,
    Column("id", Integer, primary_key=True),
    Column("due", Instant),
    Column("subject", CODE, nullable=False, index=True),
    Column("kind", String(64), nullable=False),
    Column("key", Text, nullable=False),
    Column("decision", Boolean, nullable=False),
    Column("asked", Instant, nullable=False),
    Column("body", JSON, nullable=False),
    Column("cause", Text),
    Column("correlation", Text),
    Column("traceparent", Text),
    Index("kit_work_order", "due", "subject", "id"),  # the order in which it is done
    sqlite_autoincrement=True,
)
