"""The files in ci/ that others copy: what GitLab, GitHub and Jenkins would say at their first look."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.broker.clients.build import Missing, needed
from tests.broker.clients.conftest import ALL, left_out

CI = Path(__file__).parents[2] / "ci"
WITHIN = 120.0
GROOVY = "org.codehaus.groovy:groovy:2.4.21"  # what Jenkins runs


@pytest.mark.parametrize(("schema", "file"), [("gitlab-ci", "gitlab-ci.yml"), ("github-workflows", "github-actions.yml")])
def test_a_pipeline_conforms_to_the_schema_that_its_maker_publishes(schema: str, file: str) -> None:
    told(sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(CI / file))


def test_the_jenkinsfile_is_read_by_the_groovy_of_jenkins(tmp_path: Path) -> None:
    """Its syntax; what the steps are called, only a Jenkins knows."""
    try:
        needed("java", "mvn")
    except Missing as error:
        left_out(f"Jenkinsfile: {error}", all_needed=ALL)
    copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
    told("mvn", "-q", "-B", copy, f"-Dartifact={GROOVY}", f"-DoutputDirectory={tmp_path}", folder=tmp_path)
    (jar,) = tmp_path.glob("*.jar")
    compiler = "org.codehaus.groovy.tools.FileSystemCompiler"
    told("java", "-cp", str(jar), compiler, "-d", str(tmp_path / "classes"), str(CI / "Jenkinsfile"))
    assert (tmp_path / "classes" / "Jenkinsfile.class").exists()


def told(*command: str, folder: Path = CI) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=WITHIN, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
