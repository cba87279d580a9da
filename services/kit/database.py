"""One agency's database: SQLite in a file, or any other by its URL; one writer at a time."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, inspect, make_url, select
from sqlalchemy.exc import ArgumentError as BadUrl
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from services.kit.tables import COMMON, SETTINGS
from vn.errors import BadEnvironment, CannotConnect, Unusable

_BEGIN = ("BEGIN",)
_BEGIN_WRITING = {
    "sqlite": ("BEGIN IMMEDIATE",),
    "postgresql": ("BEGIN", "SELECT pg_advisory_xact_lock(hashtext(current_schema()))"),
}
_POSTGRESQL = {"connect_timeout": 5, "options": "-c lock_timeout=5s -c statement_timeout=10s"}
"""While the database is silent, so is the agency: not for long."""
SYNCHRONOUS = ("normal", "off", "full")
"""How SQLite brings what it writes to the disk; `off` is for what may be lost with the machine, e.g. a run that begins anew each time."""
FORMAT = 2
"""Version of the common tables; a state of another version is not touched."""


class Database:
    """One connection, used from one event loop, which waits for it: what is asked is small, and is asked one after another.

    So the order of the feed is the order of the commits.
    """

    def __init__(self, url: str, part: str) -> None:
        self.part = part
        self.engine = _engine(url, part)
        self._writing = _BEGIN_WRITING.get(self.dialect, _BEGIN)
        self._connection: Connection | None = None
        self._open = False

    @property
    def dialect(self) -> str:
        """`sqlite`, `postgresql`, ..."""
        return self.engine.dialect.name

    def read(self) -> AbstractContextManager[Connection]:
        """A consistent view of what has been committed."""
        return self._transaction(_BEGIN)

    def write(self) -> AbstractContextManager[Connection]:
        """The one write transaction of the moment; committed at the end, rolled back by any exception."""
        return self._transaction(self._writing)

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
        """Let go of the connection; the next use opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # it may be gone already
                connection.close()
        self.engine.dispose()

    @contextmanager
    def _transaction(self, begin: Sequence[str]) -> Iterator[Connection]:
        if self._open:
            raise RuntimeError("a transaction within a transaction: an endpoint is `async def` and awaits nothing inside one")
        connection = self._begun(begin)
        self._open = True
        try:
            yield connection
            _run(connection, "COMMIT")
        except BaseException as error:
            gone = self._has_gone(error, connection)
            try:
                _run(connection, "ROLLBACK")
            except Exception:  # noqa: BLE001 - what has gone wrong is told by the first error; here only the connection is given up
                self.close()
            with opening(self.engine.url) if gone else nullcontext():
                raise
        finally:
            self._open = False

    def _begun(self, begin: Sequence[str]) -> Connection:
        if self._connection is not None:
            try:
                _run(self._connection, *begin)
                return self._connection
            except Exception as error:
                if not self._has_gone(error, self._connection):
                    raise
                self.close()  # the server may have been restarted
        with opening(self.engine.url):
            self._connection = self.engine.connect()
            _run(self._connection, *begin)
        return self._connection

    def _has_gone(self, error: BaseException, connection: Connection) -> bool:
        """Whether the server is why; the driver's errors come as they are where a statement was prepared, else within SQLAlchemy's."""
        if isinstance(error, DBAPIError):
            return error.connection_invalidated
        said: Any = error
        its_own = isinstance(said, _driver_error(self.engine.url))
        return its_own and self.engine.dialect.is_disconnect(said, connection.connection.dbapi_connection, None)


def _run(connection: Connection, *statements: str) -> None:
    cursor = connection.connection.cursor()
    for statement in statements:
        cursor.execute(statement)


_ADVICE = (
    ("password authentication failed", "is the password in the database's URL right?"),
    ("does not exist", "make it, or name another in the database's URL"),
    ("permission denied", "let this role CONNECT to it and CREATE there"),
    ("failed to resolve host", "is the host's name in the database's URL right?"),
)
"""What PostgreSQL says, and what to do then."""
_NO_ADVICE = "does the server run there, and is the database's URL right?"


@contextmanager
def opening(url: str | URL) -> Iterator[None]:
    """Turn what a database says when it is touched first, or again, into one line for the user."""
    try:
        yield
    except OSError as error:
        raise BadEnvironment(f"{error.filename}: {error.strerror}") from error
    except Exception as error:
        said = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(said, _driver_error(url)):
            raise
        where, reason = make_url(url).render_as_string(), " ".join(str(said).split())
        if where.startswith("sqlite"):
            raise BadEnvironment(f"{where}: {reason}") from error
        advice = next((advice for sign, advice in _ADVICE if sign in reason), _NO_ADVICE)
        raise CannotConnect(f"{where}: {reason}; {advice}") from error


def _driver_error(url: str | URL) -> tuple[type[Exception], ...]:
    try:
        error: type[Exception] = make_url(url).get_dialect().import_dbapi().Error
    except (BadUrl, NoSuchModuleError, ImportError):  # there is no driver that could have raised it
        return ()
    return (error,)


def _engine(url: str, part: str) -> Engine:
    try:
        parsed = make_url(url)
        synchronous = str(parsed.query.get("synchronous", "normal")).lower()
        ours = ["synchronous"] if parsed.get_backend_name() == "sqlite" else []
        engine = create_engine(
            parsed.difference_update_query(ours),
            hide_parameters=True,  # parameters are personal data and would stand in every traceback
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=_loads,
            connect_args=_POSTGRESQL if parsed.get_backend_name() == "postgresql" else {},
            isolation_level="AUTOCOMMIT",  # transactions are begun and ended here, not by SQLAlchemy nor by the driver
        )
    except (BadUrl, NoSuchModuleError, ImportError, TypeError) as error:
        raise Unusable(f"database URL {url.rsplit('@', maxsplit=1)[-1]!r} cannot be used: {error}") from None
    if engine.dialect.name == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise Unusable("an agency's SQLite database is a file: sqlite:///path/to/agency.db")
        if synchronous not in SYNCHRONOUS:
            raise Unusable(f"database URL: synchronous={synchronous} is not one of {', '.join(SYNCHRONOUS)}")
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        _prepare_sqlite(engine, synchronous)
    elif engine.dialect.name == "postgresql":
        _prepare_postgresql(engine, part)
    return engine


def _loads(kept: Any) -> Any:
    # SQLite makes a number of a JSON column that holds nothing but a number
    return orjson.loads(kept) if isinstance(kept, str | bytes) else kept


def _prepare_sqlite(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA busy_timeout=2000")


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
