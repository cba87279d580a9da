"""Small things the agency remembers about itself: its clock, its policy, how far its feed was read."""

from typing import Any

from sqlalchemy import insert, select, update

from services.kit.tables import SETTINGS
from services.kit.transaction import Reading, Transaction


def read_setting(tx: Reading, name: str, default: Any) -> Any:
    """What was kept under `name`."""
    row = tx.execute(select(SETTINGS.c.value).where(SETTINGS.c.name == name)).first()
    return default if row is None else row.value


def write_setting(tx: Transaction, name: str, value: Any) -> None:
    """Keep a JSON value under `name`."""
    if tx.execute(update(SETTINGS).where(SETTINGS.c.name == name).values(value=value)).rowcount == 0:
        tx.execute(insert(SETTINGS).values(name=name, value=value))


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
