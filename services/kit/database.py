"""One agency's database: SQLite in a file, or any other by its URL; one writer at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError as BadUrl
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, OperationalError

from services.kit.tables import COMMON, SETTINGS
from vn.errors import BadEnvironment, CannotConnect, Unusable

FORMAT = 1
"""Version of the common tables; a state of another version is not touched."""


class Database:
    """Used from one event loop, which waits for it: what is asked is small, and writes run one after another anyway.

    So the order of the feed is the order of the commits.
    """

    def __init__(self, url: str, part: str) -> None:
        self.part = part
        self.engine = _engine(url, part)

    @property
    def dialect(self) -> str:
        """`sqlite`, `postgresql`, ..."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view of what has been committed."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The one write transaction of the moment; committed at the end, rolled back by any exception."""
        with self.engine.connect().execution_options(lgsp_write=True) as connection, connection.begin():
            if self.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(current_schema()))"))
            yield connection

    def prepare(self, connection: Connection, version: str) -> bool:
        """Make the tables where there are none (then true); refuse the state of another part or version."""
        if not inspect(connection).has_table(SETTINGS.name):
            COMMON.create_all(connection)
            connection.execute(insert(SETTINGS).values(name="state", value={"part": self.part, "version": version}))
            return True
        state = connection.scalar(select(SETTINGS.c.value).where(SETTINGS.c.name == "state")) or {}
        if state != {"part": self.part, "version": version}:
            raise BadEnvironment(
                f"{self.engine.url.render_as_string()}: state of {state.get('part')} version {state.get('version')}, "
                f"this is {self.part} version {version}; start fresh or name another database"
            )
        return False

    def close(self) -> None:
        """Close the pool's connections; the next use opens new ones."""
        self.engine.dispose()


@contextmanager
def opening(url: str) -> Iterator[None]:
    """Turn what a database says at the first touch into one line for the user."""
    try:
        yield
    except (OperationalError, DBAPIError) as error:
        where = make_url(url).render_as_string()
        kind = BadEnvironment if where.startswith("sqlite") else CannotConnect
        raise kind(f"{where}: {str(error.orig).strip()}") from error
    except OSError as error:
        raise BadEnvironment(f"{error.filename}: {error.strerror}") from error


def _engine(url: str, part: str) -> Engine:
    try:
        parsed = make_url(url)
        options: dict[str, Any] = {} if parsed.get_backend_name() == "sqlite" else {"pool_pre_ping": True}
        engine = create_engine(
            parsed,
            hide_parameters=True,  # parameters are personal data and would stand in every traceback
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=_loads,
            **options,
        )
    except (BadUrl, NoSuchModuleError, ImportError, TypeError) as error:
        raise Unusable(f"database URL {url.rsplit('@', maxsplit=1)[-1]!r} cannot be used: {error}") from None
    if engine.dialect.name == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise Unusable("an agency's SQLite database is a file: sqlite:///path/to/agency.db")
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        _prepare_sqlite(engine)
    elif engine.dialect.name == "postgresql":
        _prepare_postgresql(engine, part)
    return engine


def _loads(kept: Any) -> Any:
    # SQLite makes a number of a JSON column that holds nothing but a number
    return orjson.loads(kept) if isinstance(kept, str | bytes) else kept


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver would begin transactions too late
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA busy_timeout=30000")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        write = connection.get_execution_options().get("lgsp_write")
        connection.connection.cursor().execute("BEGIN IMMEDIATE" if write else "BEGIN")


def _prepare_postgresql(engine: Engine, part: str) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        # a schema of its own, so that all agencies may share one database
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(1)")
            cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{part}"')
            cursor.execute("SELECT pg_advisory_unlock(1)")
            cursor.execute(f'SET search_path TO "{part}"')
        connection.commit()
