"""One connection, one transaction at a time; what a database says at the first touch is one line."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from services.kit import Agency, AgencySettings
from services.kit.database import Database
from services.kit.tables import SETTINGS
from tests.services.toy import NoteIn, create_app, note, notes
from vn.errors import BadEnvironment, Unusable

Make = Callable[..., AgencySettings]


@pytest.fixture
def agency(settings: Make) -> Agency:
    made: Agency = create_app(settings()).state.agency
    return made


def test_a_transaction_within_a_transaction_is_refused_and_the_outer_one_is_whole(agency: Agency):
    with agency.write() as tx:
        note(tx, NoteIn(dossier="A"))
        with pytest.raises(RuntimeError, match="within a transaction"), agency.read():
            pass
        note(tx, NoteIn(dossier="B"))
    with agency.read() as tx:
        assert notes(tx) == 2


def test_what_raises_leaves_nothing_and_the_next_transaction_works(agency: Agency):
    def change() -> None:
        with agency.write() as tx:
            note(tx, NoteIn(dossier="A"))
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        change()
    with agency.write() as tx:
        note(tx, NoteIn(dossier="B"))
        assert notes(tx) == 1


def test_a_connection_that_is_gone_is_replaced_by_the_next_transaction(agency: Agency):
    with agency.read() as tx:
        tx.execute(select(SETTINGS))
        lost = tx.connection.connection.dbapi_connection
    lost.close()
    with agency.write() as tx:
        note(tx, NoteIn(dossier="A"))
        assert notes(tx) == 1


def test_a_connection_that_goes_in_the_middle_tells_the_first_error_and_the_next_one_works(agency: Agency):
    def change() -> None:
        with agency.write() as tx:
            tx.execute(select(SETTINGS))
            tx.connection.connection.dbapi_connection.close()
            raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        change()
    with agency.read() as tx:
        assert notes(tx) == 0


def test_a_database_that_another_process_holds_is_told_in_one_line(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/one.db"
    create_app(AgencySettings("toy", url)).state.agency.close()
    with sqlite3.connect(tmp_path / "one.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BadEnvironment, match="database is locked"):
            create_app(AgencySettings("toy", url))
        other.execute("ROLLBACK")
    other.close()


def test_a_database_url_says_how_sqlite_waits_for_the_disk(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path}/a.db?synchronous=off", "toy")
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 0
    database.close()


def test_what_only_sqlite_knows_is_not_taken_out_of_another_database_s_url():
    database = Database("postgresql+psycopg://somebody@127.0.0.1:1/a?synchronous=off", "toy")
    assert database.engine.url.query == {"synchronous": "off"}  # so that its driver refuses it
    database.close()


def test_a_word_that_sqlite_does_not_know_is_refused(tmp_path: Path):
    with pytest.raises(Unusable, match="normal, off, full"):
        Database(f"sqlite:///{tmp_path}/a.db?synchronous=sometimes", "toy")
