"""What the jobs in ci/ run on the image, as far as it can run without GitLab, GitHub and Jenkins."""

import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from tests.containers.engine import ROOT, run

pytestmark = pytest.mark.containers

CI = ROOT / "ci"
SCRIPT = "scenarios/flow/transfer-to-the-register.yaml"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Of somebody who has one scenario script."""
    (tmp_path / "scenarios").mkdir()
    shutil.copy(ROOT / SCRIPT, tmp_path / "scenarios")
    tmp_path.chmod(0o777)  # as GitLab's runner leaves it
    return tmp_path


def on_gitlab(repository: Path, image: str) -> None:
    job = yaml.safe_load((CI / "gitlab-ci.yml").read_text(encoding="utf-8"))["scenarios"]
    variables = [f"--env={name}={value}" for name, value in job["variables"].items()]
    place = ("--volume", f"{repository}:/builds/member", "--workdir", "/builds/member", "--entrypoint", "sh")
    run("docker", "run", "--rm", *variables, *place, image, "-ec", "\n".join(job["script"]))


def on_github(repository: Path, image: str) -> None:
    jobs = yaml.safe_load((CI / "github-actions.yml").read_text(encoding="utf-8"))["jobs"]
    (step,) = (step["run"] for step in jobs["scenarios"]["steps"] if "run" in step)
    run("sh", "-ec", f"cd {repository}\n{step}", LGSP_IMAGE=image)


def on_jenkins(repository: Path, image: str) -> None:
    first = re.search(r"sh '''(.*?)'''", (CI / "Jenkinsfile").read_text(encoding="utf-8"), re.DOTALL)
    assert first
    run("sh", "-ec", f"cd {repository}\n{first[1]}", LGSP_IMAGE=image)


@pytest.mark.parametrize("played", [on_gitlab, on_github, on_jenkins])
def test_the_job_plays_the_scenario_scripts_of_a_repository_and_leaves_its_reports(played, repository: Path, image: str) -> None:
    played(repository, image)
    suites = ElementTree.parse(repository / "scenarios.xml").getroot()
    assert [case.get("name") for case in suites.iter("testcase")] == ["transfer-to-the-register"]
    assert list(suites.iter("failure")) == []
    assert "<html" in (repository / "scenarios.html").read_text(encoding="utf-8")
