"""A database for each test: a SQLite file, or one of the server that the run has (tests/postgres.py)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.kit import AgencySettings
from tests.postgres import chosen, new_database


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., AgencySettings]:
    """Settings on a new database; the same name gives the same database again."""
    server = chosen()
    made: dict[str, str] = {}

    def make(part: str = "toy", *, name: str = "agency", **more: object) -> AgencySettings:
        if name not in made:
            made[name] = new_database(server) if server else f"sqlite:///{tmp_path}/{name}.db"
        return AgencySettings(part, made[name], **more)

    return make
