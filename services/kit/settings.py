"""Small things the agency remembers about itself: its clock, its policy, how far its feed was read."""

from typing import Any

from sqlalchemy import bindparam, insert, select, update

from services.kit.prepared import Prepared
from services.kit.tables import SETTINGS
from services.kit.transaction import Reading, Transaction

_READ = Prepared(select(SETTINGS.c.value).where(SETTINGS.c.name == bindparam("called")))
_CHANGE = Prepared(update(SETTINGS).where(SETTINGS.c.name == bindparam("called")).values(value=bindparam("is")))
_KEEP = Prepared(insert(SETTINGS).values(name=bindparam("called"), value=bindparam("is")).inline())


def read_setting(tx: Reading, name: str, default: Any) -> Any:
    """What was kept under `name`."""
    rows = tx.rows(_READ, {"called": name})
    return rows[0]["value"] if rows else default


def write_setting(tx: Transaction, name: str, value: Any) -> None:
    """Keep a JSON value under `name`."""
    if tx.run(_CHANGE, {"called": name, "is": value}) == 0:
        tx.run(_KEEP, {"called": name, "is": value})


def current(tx: Transaction, name: str, configured: Any) -> Any:
    """What was last set while running; but a configuration that has changed since then wins."""
    kept = read_setting(tx, name, None)
    if kept is None or kept["configured"] != configured:
        kept = {"configured": configured, "current": configured}
        write_setting(tx, name, kept)
    return kept["current"]


def change(tx: Transaction, name: str, value: Any) -> None:
    """Set while running what `current` answers from now on."""
    kept = read_setting(tx, name, None) or {"configured": value}
    write_setting(tx, name, {"configured": kept["configured"], "current": value})
