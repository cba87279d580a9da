"""The archive for closed networks, used as its page says where no network is: each command is taken from the page itself."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from app.commands.options import environment
from tests.containers.engine import ROOT, docker, run
from tools.wheels import Target, fetch, pins
from vn.errors import Unusable

pytestmark = pytest.mark.containers

NOWHERE = "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"
ALONE = (("unshare", "--net"), ("unshare", "--net", "--map-root-user"))


def bundled(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What `make bundle` runs."""
    return run(sys.executable, "-m", "tools.bundle", *arguments, check=False)


def page(section: str) -> str:
    """The shell commands of a section of the page."""
    text = (ROOT / "docs" / "closed-networks.md").read_text(encoding="utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert blocks, f"no commands in {section}"
    return "".join(blocks)


def offline(folder: Path, commands: str) -> str:
    """Runs commands where nothing but loopback is: in a namespace of its own, else in a container without a network."""
    checked = f'cd {folder}\n! python3 -c "{NOWHERE}" 2>/dev/null || {{ echo there is a network; exit 1; }}\n{commands}'
    for alone in ALONE:
        if shutil.which(alone[0]) and run(*alone, "true", check=False).returncode == 0:
            path = f"{Path(sys.executable).parent}:{environment()['PATH']}"
            return run(*alone, "sh", "-euxc", f"ip link set lo up\n{checked}", PATH=path).stdout
    image = environment().get("PYTHON_IMAGE", "python:{}.{}-slim".format(*sys.version_info))
    ours = ("--user", f"{os.getuid()}:{os.getgid()}", "--env", "HOME=/tmp", "--volume", f"{folder}:{folder}")
    return docker("run", "--rm", "--network", "none", *ours, image, "sh", "-euxc", checked)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """LGSP_IMAGE; without it one that holds nothing, for the archive needs not be large to be an archive."""
    given = environment()
    if "LGSP_IMAGE" in given:
        yield given["LGSP_IMAGE"]
        return
    nothing, name = tmp_path_factory.mktemp("nothing") / "nothing.tar", f"lgsp-test-{uuid4().hex[:8]}:nothing"
    tarfile.open(nothing, "w").close()
    docker("import", str(nothing), name)
    yield name
    docker("rmi", "--force", name)


@pytest.fixture(scope="module")
def folder(image: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the archive is, for this machine."""
    found = tmp_path_factory.mktemp("closed")
    done = bundled("--image", image, "--output", str(found))
    assert (done.returncode, done.stderr) == (0, ""), done
    assert {path.suffix for path in found.iterdir()} == {".tar", ".sha256"}
    return found


def test_without_a_network_it_is_checked_unpacked_installed_and_a_dossier_reaches_the_register(folder: Path) -> None:
    said = offline(folder, page("Check and unpack") + page("Install") + "lgsp/bin/lgsp-testing --help\nrm -rf lgsp")
    assert "The register changed because the obligations were settled." in said
    assert "1 passed" in said


def test_its_image_is_loaded_from_it_alone(folder: Path, image: str) -> None:
    (archive,) = folder.glob("*.tar")
    with tarfile.open(archive) as tar:
        tar.extractall(folder / "image", [entry for entry in tar if entry.name.endswith("/images.tar.gz")], filter="data")
    (images,) = (folder / "image").rglob("images.tar.gz")
    if image.endswith(":nothing"):
        docker("rmi", image)
    said = run("sh", "-euxc", f"cd {images.parent}\n{page('The image')}").stdout
    assert image in said
    assert docker("image", "inspect", "--format", "{{.Os}}", image) == "linux"


def test_a_changed_archive_is_found_by_its_sum(folder: Path) -> None:
    (archive,) = folder.glob("*.tar")
    size = archive.stat().st_size
    with archive.open("ab") as file:
        file.write(b"?")
    said = run("sh", "-euc", f"cd {folder}\n{page('Check and unpack').splitlines()[0]}", check=False)
    os.truncate(archive, size)
    assert said.returncode == 1
    assert "FAILED" in said.stdout


def test_what_it_cannot_be_made_of_is_told_at_once_before_anything_is_fetched(tmp_path: Path) -> None:
    done = bundled("--platform=plan9_mips", "--python-version=2.7", "--image=lgsp-sim:never nobody:never", f"--output={tmp_path}")
    assert done.returncode == 2
    platform, python, ours, other = done.stderr.splitlines()
    assert platform.startswith("bundle: unknown platform 'plan9_mips'; there are manylinux_2_28_x86_64, ")
    assert python.startswith("bundle: Python '2.7': lgsp-sim needs ")
    assert ours == "bundle: the engine has no image lgsp-sim:never: docker build --tag lgsp-sim:never .; or IMAGE= to leave it out"
    assert other == "bundle: the engine has no image nobody:never: docker pull nobody:never; or IMAGE= to leave it out"
    assert list(tmp_path.iterdir()) == []


def test_every_wheel_that_a_platform_does_not_have_is_named_and_none_that_it_has(tmp_path: Path) -> None:
    machine = Target("win_arm64", "3.12")
    locked = pins((ROOT / "requirements-image.lock").read_text(encoding="utf-8"), Target("manylinux_2_28_x86_64", "3.12"))
    wanted = {each.named.partition("==")[0]: each for each in locked}
    with pytest.raises(Unusable) as told:
        fetch([wanted[name] for name in ("sniffio", "uvloop", "psycopg-binary")], machine, tmp_path / "wheels")
    assert str(told.value).splitlines() == [f"no wheel of {wanted[name].named} for {machine}" for name in ("uvloop", "psycopg-binary")]
