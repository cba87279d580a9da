"""The example for Java as its reader has it: Maven, JUnit, plain Testcontainers, Apache's own client, and nothing of ours but the image."""

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.commands.options import environment
from tests.broker.clients.build import Missing, needed
from tests.broker.clients.conftest import ALL, left_out
from tests.containers.engine import ROOT, docker, run

pytestmark = pytest.mark.containers

OURS = "label=org.testcontainers.lang=java"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the example, so that Maven leaves nothing in the tree."""
    try:
        needed("java", "javac", "mvn")
    except Missing as error:
        left_out(f"the example for Java: {error}", all_needed=ALL)
    return Path(shutil.copytree(ROOT / "testing" / "java", tmp_path / "java", ignore=shutil.ignore_patterns("target")))


def there() -> set[str]:
    """Containers of Testcontainers for Java."""
    return set(docker("ps", "--all", "--quiet", "--filter", OURS).split())


def test_the_example_passes_without_a_second_image_and_leaves_nothing(project: Path, image: str) -> None:
    before = there()
    # where the tests themselves run in a container, Testcontainers would ask an image of its own for the engine's address
    host = environment().get("TESTCONTAINERS_HOST_OVERRIDE", "localhost")
    run("mvn", "-q", "-B", "-f", str(project), "test", LGSP_IMAGE=image, TESTCONTAINERS_HOST_OVERRIDE=host)
    (report,) = (project / "target" / "surefire-reports").glob("TEST-*.xml")
    suite = ElementTree.parse(report).getroot()
    assert [suite.get(each) for each in ("tests", "failures", "errors", "skipped")] == ["1", "0", "0", "0"]
    assert there() <= before
