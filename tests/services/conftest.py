"""A database for each test: a SQLite file, or a schema of the server named with `--database`."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from services.kit import AgencySettings


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", default="", help="run the agencies on this server, e.g. postgresql+psycopg://user@host/name")


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., AgencySettings]:
    """Settings on a new database; the same name gives the same database again."""
    server = request.config.getoption("--database", default="")
    run = uuid4().hex[:8]

    def make(part: str = "toy", *, name: str = "agency", **more: object) -> AgencySettings:
        if server:
            return AgencySettings(f"{part}_{name}_{run}", server, **more)
        return AgencySettings(part, f"sqlite:///{tmp_path}/{name}.db", **more)

    return make
