"""`lgsp-testing` as its user has it: installed alone, used in a `with`, gone afterwards, however the test ends."""

import contextlib
import signal
import socket
import subprocess
import threading
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.commands.options import environment
from tests.containers.engine import ROOT, docker, run

pytestmark = pytest.mark.containers

LABEL = "label=lgsp-sim.testing"
WITHIN = 90.0
ELSEWHERE = "127.0.0.2"  # not taken for this machine by anybody
DOSSIER = """
    code = lgsp.submit(lgsp.sample("transfer"))
    notice = lgsp.wait_for(contract="tax.payment-notice", about=code)
    assert notice["payload"]["dossier"] == code
    assert lgsp.url("land").endswith("/land") and lgsp.bootstrap_server()
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with lgsp-testing and what it needs, and nothing of ours."""
    folder = tmp_path_factory.mktemp("alone")
    venv.create(folder, with_pip=True)
    found = folder / "bin" / "python"
    run(str(found), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(ROOT / "testing"))
    return found


def script(body: str, *arguments: str) -> str:
    return f"from lgsp_testing import LgspContainer, NothingCame, Refused\nwith LgspContainer({', '.join(arguments)}) as lgsp:\n{body}"


def told(python: Path, code: str, image: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The script run to its end."""
    around = {name: value for name, value in environment().items() if not name.startswith("LGSP_")} | {"LGSP_IMAGE": image}
    return subprocess.run(
        [python, "-c", code], env=around | variables, capture_output=True, text=True, timeout=WITHIN, cwd=python.parent, check=False
    )


def left() -> list[str]:
    """Our containers that are still there."""
    return docker("ps", "--all", "--quiet", "--filter", LABEL).split()


def test_a_dossier_is_handed_in_and_its_notice_awaited_with_nothing_of_ours_installed(python: Path, image: str) -> None:
    done = told(python, script(DOSSIER), image)
    assert (done.returncode, done.stderr) == (0, "")
    assert left() == []
    assert "fastapi" not in run(str(python), "-m", "pip", "list").stdout


def test_what_does_not_come_and_what_is_refused_is_told_with_its_reasons(python: Path, image: str) -> None:
    body = """
    try:
        lgsp.wait_for(contract="tax.no-obligation", timeout=0.5)
    except NothingCame as error:
        print(error)
    try:
        lgsp.submit({"ChuHoSo": 7})
    except Refused as error:
        print(error.status, error)
    try:
        lgsp.wait_for(contract="tax.no-obligaton")
    except Refused as error:
        print(error)
    lgsp.reset()
    1 / 0
"""
    done = told(python, script(body, "without='ilis'"), image)
    assert "ZeroDivisionError" in done.stderr
    assert left() == []
    nothing, refused, misspelt = done.stdout.splitlines()
    assert nothing == "no message contract=tax.no-obligation within 0.5 s; there came: nothing"
    assert refused.startswith("422 422: ")
    assert "/LoaiThuTuc: bắt buộc phải có" in refused
    assert "did you mean 'tax.no-obligation'?" in misspelt


@pytest.mark.parametrize("ended", [signal.SIGINT, signal.SIGKILL])
def test_ctrl_c_leaves_nothing_and_prune_removes_what_a_kill_leaves(python: Path, image: str, ended: signal.Signals) -> None:
    body = "    print('up', flush=True)\n    import time; time.sleep(600)\n"
    around = {name: value for name, value in environment().items() if not name.startswith("LGSP_")} | {"LGSP_IMAGE": image}
    with subprocess.Popen(
        [python, "-c", script(body)], env=around, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        assert len(left()) == 1
        process.send_signal(ended)
        process.wait(WITHIN)
    if ended == signal.SIGKILL:
        pruned = run(str(python.parent / "lgsp-testing"), "prune")
        assert pruned.stdout.startswith("removed ")
    assert left() == []


def test_it_comes_from_a_private_registry_by_its_prefix(python: Path, image: str) -> None:
    docker("tag", image, f"registry.example/team/{image}")
    try:
        done = told(python, script("    print(lgsp.image)"), image, TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX="registry.example/team/")
        assert done.stdout == f"registry.example/team/{image}\n", done.stderr
    finally:
        docker("rmi", f"registry.example/team/{image}")


def test_an_engine_at_a_remote_address_is_reached_by_it(python: Path, image: str) -> None:
    with engine_over_tcp() as address:
        done = told(
            python,
            script(f"{DOSSIER}    print(lgsp.bootstrap_server().rpartition(':')[0])"),
            image,
            DOCKER_HOST=f"tcp://{address}",
        )
    assert (done.returncode, done.stdout) == (0, f"{ELSEWHERE}\n"), done.stderr


def test_no_engine_is_one_line(python: Path) -> None:
    done = run(str(python.parent / "lgsp-testing"), "prune", check=False, DOCKER_HOST="tcp://127.0.0.1:9")
    assert done.returncode == 11
    assert done.stderr.startswith("lgsp-testing: no Docker engine answers")
    assert done.stderr.count("\n") == 1


@contextlib.contextmanager
def engine_over_tcp() -> Iterator[str]:
    """The engine's socket, also at an address of the network."""
    listening = socket.create_server((ELSEWHERE, 0))

    def pump(one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := one.recv(65_536):
                other.sendall(piece)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listening.accept()
                engine = socket.socket(socket.AF_UNIX)
                engine.connect("/var/run/docker.sock")
                threading.Thread(target=pump, args=(client, engine), daemon=True).start()
                threading.Thread(target=pump, args=(engine, client), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield "{}:{}".format(*listening.getsockname())
    finally:
        listening.close()
