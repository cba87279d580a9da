"""What an agency counts, and how it is now; the names are Prometheus's."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, bindparam, func, select

from services.kit.agency import Agency
from services.kit.prepared import Prepared
from services.kit.tables import FEED, WORK
from services.kit.transaction import Reading
from vn.vitals import HEALTHY, Family, Sample

UNSENT = Family("lgsp_feed_unsent_entries", "gauge", "Feed entries that the adapter has not yet acknowledged")
OLDEST = Family("lgsp_feed_oldest_unsent_seconds", "gauge", "Age of the oldest of them, in real time")
READ_AGE = Family("lgsp_feed_last_read_age_seconds", "gauge", "Since somebody last asked for the feed")
OPEN_WORK = Family("lgsp_work_open", "gauge", "Decisions and timers that wait")
DUE_WORK = Family("lgsp_work_due", "gauge", "Those that are due by the agency's clock")
FAILING_WORK = Family("lgsp_work_failing", "gauge", "Those that failed and are tried again")

FAMILIES = (HEALTHY, UNSENT, OLDEST, READ_AGE, OPEN_WORK, DUE_WORK, FAILING_WORK)

_COUNT = select(func.count().label("count")).select_from(WORK)
_SOON = select(func.min(WORK.c.due).label("due")).where(WORK.c.due > bindparam("now"))
_NEXT = Prepared(_SOON)
_OPEN, _DUE = Prepared(_COUNT), Prepared(_COUNT.where(WORK.c.due <= bindparam("now")))
_BEHIND = select(func.count().label("count"), func.min(FEED.c.written).label("oldest")).where(FEED.c.seq > bindparam("start"))
_WAITING = Prepared(cast(Select[Any], _BEHIND))


def waiting_work(tx: Reading, here: Agency) -> dict[str, int]:
    """How much is open, due, and failing."""
    due = tx.value(_DUE, {"now": here.clock.now()})
    return {"open": tx.value(_OPEN), "due": due, "failing": here.worker.failing}


def next_due(tx: Reading, here: Agency) -> datetime | None:
    """The next instant after now at which work becomes due; None where none has a date."""
    due: datetime | None = tx.value(_NEXT, {"now": here.clock.now()})
    return due


def waiting_feed(tx: Reading, here: Agency) -> dict[str, Any]:
    """What the adapter has not acknowledged, since when, and when it last asked."""
    (row,) = tx.rows(_WAITING, {"start": here.acknowledged})
    oldest = None if row["oldest"] is None else round(max(time.time() - row["oldest"], 0.0), 1)
    read = None if here.feed_read is None else round(time.monotonic() - here.feed_read, 1)
    return {"unsent": row["count"], "oldestUnsentSeconds": oldest, "lastReadAgeSeconds": read}


def figures(here: Agency) -> Iterator[Sample]:
    """All metrics of now; what the database does not answer is left out."""
    yield from here.vitals.meter.samples()
    try:
        with here.read() as tx:
            feed, work = waiting_feed(tx, here), waiting_work(tx, here)
    except Exception:  # noqa: BLE001 - whatever it is, the database does not answer
        yield Sample(HEALTHY, (), 0)
        return
    yield Sample(HEALTHY, (), 0 if here.worker.complaint else 1)
    yield Sample(UNSENT, (), feed["unsent"])
    yield Sample(OLDEST, (), feed["oldestUnsentSeconds"] or 0)
    if feed["lastReadAgeSeconds"] is not None:
        yield Sample(READ_AGE, (), feed["lastReadAgeSeconds"])
    for family, name in ((OPEN_WORK, "open"), (DUE_WORK, "due"), (FAILING_WORK, "failing")):
        yield Sample(family, (), work[name])
