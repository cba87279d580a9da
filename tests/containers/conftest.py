"""The image, built once for a run, and everything of docker-compose.yml, started once."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.commands.options import environment
from tests.containers.engine import run
from tests.containers.project import Project, TownOutside

NAME = "lgsp-sim:test"


@pytest.fixture(scope="session")
def image() -> str:
    """The name of the image: LGSP_IMAGE, or one built from this tree on PYTHON_IMAGE."""
    found = run("docker", "version", check=False)
    assert found.returncode == 0, f"these tests need a Docker engine: {found.stderr.strip()}"
    given = environment()
    if "LGSP_IMAGE" in given:
        return given["LGSP_IMAGE"]
    base = ("--build-arg", f"PYTHON_IMAGE={given['PYTHON_IMAGE']}") if "PYTHON_IMAGE" in given else ()
    run("docker", "build", "--network", "host", *base, "--tag", NAME, ".")
    return NAME


@pytest.fixture(scope="module")
def project(image: str) -> Iterator[Project]:
    """All services of docker-compose.yml, healthy; nothing of it is left afterwards."""
    with Project(image) as running:
        yield running


@pytest.fixture(scope="module")
async def town(project: Project, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TownOutside]:
    """The same, as citizens and officers see it over the published ports."""
    folder: Path = tmp_path_factory.mktemp("outside")
    async with TownOutside(project.urls, project.bootstrap, folder) as seen:
        yield seen
