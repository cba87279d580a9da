"""PostgreSQL for tests: the server of a run, in a container or from the system's package; a database of its own for whoever asks."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from sqlalchemy import NullPool, create_engine, make_url

from app.commands.options import environment
from app.settings import AGENCIES

__all__ = ["KINDS", "Server", "chosen", "databases", "forget", "new_database", "started"]

READY_WITHIN = 60
IMAGE = "postgres:17"
_PASSWORD = "of-a-test"
_made: list[tuple[str, str]] = []  # databases of this process, with their server


class Server(Protocol):
    """One server; `url` is its superuser's."""

    url: str

    def stop(self) -> None:
        """As if it were shut down by its administrator."""

    def start(self) -> None:
        """Again, at the same address; returns when it answers."""

    def remove(self) -> None:
        """For good."""


class InContainer:
    """LGSP_POSTGRES_IMAGE, or the official image."""

    def __init__(self) -> None:
        port = _free_port()
        self.url = f"postgresql+psycopg://postgres:{_PASSWORD}@127.0.0.1:{port}/postgres"
        self._name = f"lgsp-test-postgres-{uuid4().hex[:8]}"
        image = environment().get("LGSP_POSTGRES_IMAGE", IMAGE)
        where = ("--publish", f"127.0.0.1:{port}:5432", "--env", f"POSTGRES_PASSWORD={_PASSWORD}")
        _run("docker", "run", "--detach", "--name", self._name, *where, image)
        self._wait()

    def stop(self) -> None:
        _run("docker", "stop", self._name)

    def start(self) -> None:
        _run("docker", "start", self._name)
        self._wait()

    def remove(self) -> None:
        _run("docker", "rm", "--force", "--volumes", self._name)

    def _wait(self) -> None:
        # over TCP: while its first databases are made the official image answers on its socket alone
        ready = f"for i in $(seq {4 * READY_WITHIN}); do pg_isready -q -h 127.0.0.1 && exit 0; sleep 0.25; done; exit 1"
        _run("docker", "exec", self._name, "sh", "-c", ready)


class FromPackage:
    """The newest PostgreSQL that is installed, over a folder of its own; it does not run as root, so root runs it as `postgres`."""

    def __init__(self) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3])) or [shutil.which("pg_ctl")]
        if not found[-1]:
            raise RuntimeError("LGSP_TEST_DATABASE=package: no PostgreSQL is installed here; on Debian: apt-get install postgresql")
        self._bin = Path(found[-1]).parent
        self._folder = Path(tempfile.mkdtemp(prefix="lgsp-postgres-"))
        self._as: tuple[str, ...] = ()
        if Path("/proc/self").stat().st_uid == 0:
            shutil.chown(self._folder, "postgres")
            self._as = ("runuser", "-u", "postgres", "--")
        port = _free_port()
        self.url = f"postgresql+psycopg://postgres:{_PASSWORD}@127.0.0.1:{port}/postgres"
        (self._folder.parent / f"{self._folder.name}.pw").write_text(_PASSWORD)
        how = ("--username=postgres", f"--pwfile={self._folder}.pw", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8")
        _run(*self._as, str(self._bin / "initdb"), "--no-sync", f"--pgdata={self._folder}/data", *how)
        self._options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder} -c fsync=off"
        self.start()

    def stop(self) -> None:
        self._control("stop", "--mode=fast")

    def start(self) -> None:
        self._control("start", f"--log={self._folder}/log", f"--options={self._options}")

    def remove(self) -> None:
        self._control("stop", "--mode=immediate")
        shutil.rmtree(self._folder, ignore_errors=True)
        Path(f"{self._folder}.pw").unlink(missing_ok=True)

    def _control(self, *what: str) -> None:
        _run(*self._as, str(self._bin / "pg_ctl"), f"--pgdata={self._folder}/data", f"--timeout={READY_WITHIN}", "--wait", *what)


KINDS = {"container": InContainer, "package": FromPackage}


def started(kind: str) -> Server:
    """A new server of this kind; raises RuntimeError with the reason where there can be none."""
    return KINDS[kind]()


def chosen() -> str:
    """The SQLAlchemy URL of the server of this run; empty: agencies keep what they know in SQLite files."""
    return environment().get("LGSP_TEST_DATABASE", "")


def new_database(server: str) -> str:
    """The URL of a new, empty database, until `forget`."""
    name = f"t{uuid4().hex[:12]}"
    _said(server, f'CREATE DATABASE "{name}"')
    _made.append((server, name))
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def forget() -> None:
    """Drop what this process has made."""
    while _made:
        server, name = _made.pop()
        _said(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _said(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def databases() -> Mapping[str, str]:
    """For the settings of one province: a new database for its four agencies, where the run has a server."""
    server = chosen()
    return dict.fromkeys(AGENCIES, new_database(server)) if server else {}


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def _run(*command: str) -> None:
    try:
        # a server that goes on must not hold our pipes, so what it says goes to a file
        with tempfile.TemporaryFile("w+") as told:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=told, stderr=told, timeout=2 * READY_WITHIN, check=False)
            told.seek(0)
            said = told.read()
    except OSError as error:
        raise RuntimeError(f"PostgreSQL for tests: {command[0]}: {error.strerror}") from None
    if done.returncode:
        raise RuntimeError(f"PostgreSQL for tests: {' '.join(command)}: {said.strip()}")
