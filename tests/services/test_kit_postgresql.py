"""What only PostgreSQL can do to an agency: refuse it, or be gone for a while. LGSP_TEST_DATABASE gives a server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, NullPool, create_engine, make_url

from services.kit import AgencySettings
from services.kit.database import Database
from tests.app.lgsp import Said, lgsp
from tests.postgres import chosen, new_database
from tests.services.serving import serving
from tests.services.toy import create_app
from vn.errors import BadEnvironment, CannotConnect


@pytest.fixture
def database() -> URL:
    """A new one of the run's server, with its administrator's name and password."""
    if not chosen():
        pytest.skip("LGSP_TEST_DATABASE names no PostgreSQL")
    return make_url(new_database(chosen()))


def administer(url: URL, *statements: str) -> None:
    """As the administrator, from another database of the server."""
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@contextmanager
def role(database: URL) -> Iterator[URL]:
    """The same database, for somebody who may do nothing there."""
    name = f"r{uuid4().hex[:8]}"
    administer(database, f"CREATE ROLE {name} LOGIN PASSWORD 'x'")
    try:
        yield database.set(username=name, password="x")
    finally:
        administer(database, f"DROP ROLE {name}")


@contextmanager
def away(database: URL) -> Iterator[None]:
    """Whoever is connected is cut off, and nobody comes in, as while the server is restarted."""
    administer(
        database,
        f'ALTER DATABASE "{database.database}" ALLOW_CONNECTIONS false',
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.database}'",
    )
    try:
        yield
    finally:
        administer(database, f'ALTER DATABASE "{database.database}" ALLOW_CONNECTIONS true')


def serve(url: URL, state: Path) -> Said:
    """`lgsp serve land` on this database, which ends at once."""
    said = lgsp("serve", "land", state=state, variables={"LGSP_LAND_DATABASE": url.render_as_string(hide_password=False)})
    assert said.out == ""
    assert said.err.startswith(f"lgsp: {url.render_as_string()}: ")
    assert said.err.count("\n") == 1
    return said


REFUSED: dict[str, tuple[Callable[[URL], URL], str, str]] = {
    "wrong password": (
        lambda url: url.set(password="wrong"),
        "password authentication failed",
        "is the password in the database's URL right?",
    ),
    "no such database": (lambda url: url.set(database="nosuch"), 'database "nosuch" does not exist', "make it, or name another"),
    "no such host": (
        lambda url: url.set(host="no.such.host.invalid"),
        "failed to resolve host",
        "is the host's name in the database's URL right?",
    ),
    "nobody there": (lambda url: url.set(host="127.0.0.1", port=9), "Connection refused", "does the server run there"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_server_that_lets_nobody_in_ends_an_agency_with_one_line_that_says_what_to_do(database: URL, tmp_path: Path, case: str):
    change, reason, advice = REFUSED[case]
    said = serve(change(database), tmp_path)
    assert said.code == 11
    assert reason in said.err
    assert advice in said.err
    assert "wrong@" not in said.err


def test_a_role_that_may_make_nothing_there_is_told_what_it_needs(database: URL, tmp_path: Path):
    with role(database) as nobody:
        said = serve(nobody, tmp_path)
    assert said.code == 11
    assert "permission denied for database" in said.err
    assert "let this role CONNECT to it and CREATE there" in said.err


def test_the_state_of_another_version_is_refused_and_not_touched(database: URL):
    url = database.render_as_string(hide_password=False)
    create_app(AgencySettings("toy", url), version=1)
    for _ in range(2):
        with pytest.raises(BadEnvironment, match=r"\*\*\*@.*version 2\.1.*version 2\.2; start fresh or name another database") as caught:
            create_app(AgencySettings("toy", url), version=2)
        assert "\n" not in str(caught.value)


def test_a_server_that_goes_and_comes_again_is_told_meanwhile_and_nothing_is_lost(database: URL):
    note = {"dossier": "A", "text": "one"}
    with serving(create_app(AgencySettings("toy", database.render_as_string(hide_password=False)))) as client:
        client.post("/notes", json=note, headers={"Idempotency-Key": "S 1"}).raise_for_status()
        with away(database):
            health = client.get("/_lgsp/health")
            assert health.status_code == 503
            assert "not currently accepting connections" in health.json()["detail"]
            assert database.password not in health.text
            answer = client.post("/notes", json=note, headers={"Idempotency-Key": "S 2"})
            assert (answer.status_code, answer.json()["detail"]) == (503, "Cơ sở dữ liệu không trả lời, xin thử lại sau")
        assert client.post("/notes", json=note, headers={"Idempotency-Key": "S 2"}).status_code == 201
        again = client.post("/notes", json=note, headers={"Idempotency-Key": "S 1"})
        assert again.headers["Idempotency-Replayed"] == "true"
        assert client.get("/notes").json() == 2


@pytest.mark.parametrize("prepared", [True, False])
def test_a_server_that_goes_in_the_middle_of_a_change_is_told_as_one_that_is_away(database: URL, prepared: bool):
    kept = Database(database.render_as_string(hide_password=False), "toy")
    with kept.write() as connection:
        kept.prepare(connection, "1")

    def change() -> None:
        with kept.write() as connection:
            administer(database, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.database}'")
            if prepared:
                connection.connection.cursor().execute("SELECT 1")
            else:
                connection.exec_driver_sql("SELECT 1")

    with pytest.raises(CannotConnect, match="does the server run there") as caught:
        change()
    assert "\n" not in str(caught.value)
    with kept.read() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    kept.close()
