"""Programs that only look like Java or Maven, and one real node for the tests that need it."""

import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.apache.node import Node
from tests.apache.secured import Secured, secured

Fake = Callable[..., None]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Put a program of this name, that says this and ends with this code, where the PATH leads; nothing else is there."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.delenv("JAVA_HOME", raising=False)

    def make(name: str, says: str, code: int = 0) -> None:
        file = programs / name
        file.write_text(f"#!{sys.executable}\nimport sys\nprint({says!r})\nsys.exit({code})\n", encoding="utf-8")
        file.chmod(0o755)

    return make


REAL_ONLY = "a real node is started by make test-kafka only"


def real() -> bool:
    """Whether this run has Java."""
    return os.environ.get("LGSP_TEST_BROKER") == "apache"  # noqa: TID251 - the suite needs no Java but for this


@pytest.fixture(scope="session")
async def locked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Secured]:
    """One node for the session: a listener for each way of being secure, users, the standard authorizer."""
    if not real():
        pytest.skip(REAL_ONLY)
    async with secured(tmp_path_factory.mktemp("secured")) as one:
        yield one


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node that is running, over a folder whose name Java would not understand without help."""
    if not real():
        pytest.skip(REAL_ONLY)
    one = Node(tmp_path_factory.mktemp("apache") / "sổ địa chính", LC_ALL="C")
    one.start()
    yield one
    one.stop()
