"""`lgsp-testing` as its user has it: installed alone, used in a `with`, gone afterwards, however the test ends."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import venv
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from uuid import uuid4

import pytest

from app.commands.options import environment
from tests.containers.engine import ROOT, docker, inspected, run
from tests.support import served

pytestmark = pytest.mark.containers

LABEL = "lgsp-sim.testing"
MARK = f"lgsp-test-{uuid4().hex[:8]}"  # of this run, so that another run's containers are not taken for ours
WITHIN = 90.0
ELSEWHERE = "127.0.0.2"  # not taken for this machine by anybody
DOSSIER = """
    code = lgsp.submit(lgsp.sample("transfer"))
    notice = lgsp.wait_for(contract="tax.payment-notice", about=code)
    assert notice["payload"]["dossier"] == code
    assert lgsp.pay(code) == 2
    assert lgsp.wait_for(contract="land.register-updated", about=code)
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
    """Of a user who writes a label of their own, too."""
    made = f"LgspContainer({', '.join(arguments)}).with_kwargs(labels={{'{MARK}': 'yes'}})"
    return f"from lgsp_testing import LgspContainer, NothingCame, Refused\nwith {made} as lgsp:\n{body}"


def told(python: Path, code: str, image: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The script run to its end."""
    around = {name: value for name, value in environment().items() if not name.startswith("LGSP_")} | {"LGSP_IMAGE": image}
    return subprocess.run(
        [python, "-c", code], env=around | variables, capture_output=True, text=True, timeout=WITHIN, cwd=python.parent, check=False
    )


def left() -> list[str]:
    """Names of our containers that are still there, with our label and the user's."""
    marks = ("--filter", f"label={LABEL}", "--filter", f"label={LABEL}.host", "--filter", f"label={MARK}")
    return docker("ps", "--all", "--format", "{{.Names}}", *marks).split()


def prune(python: Path) -> str:
    """What it says."""
    return run(str(python.parent / "lgsp-testing"), "prune").stdout


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
    body = "    print('up', flush=True)\n    import signal; signal.pause()\n"
    around = {name: value for name, value in environment().items() if not name.startswith("LGSP_")} | {"LGSP_IMAGE": image}
    with subprocess.Popen(
        [python, "-c", script(body)], env=around, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        (name,) = left()
        assert f"kept {name}: process {process.pid}, which started it, still runs; --all removes it\n" in prune(python)
        process.send_signal(ended)
        process.wait(WITHIN)
    assert left() == ([name] if ended == signal.SIGKILL else [])
    assert (f"removed {name}\n" in prune(python)) == (ended == signal.SIGKILL)
    assert left() == []


def test_what_another_host_has_started_is_kept(python: Path, image: str) -> None:
    docker("create", "--name", MARK, "--label", f"{LABEL}=1", "--label", f"{LABEL}.host=elsewhere.example", image)
    try:
        assert f"kept {MARK}: it was started on elsewhere.example; --all removes it\n" in prune(python)
        assert inspected(MARK)["State"]["Status"] == "created"
    finally:
        docker("rm", "--force", "--volumes", MARK)


def test_all_at_an_engine_is_removed_where_that_is_asked_for(python: Path) -> None:
    with engine_with({"ours": str(os.getpid()), "theirs": "1"}) as (address, removed):
        kept = run(str(python.parent / "lgsp-testing"), "prune", DOCKER_HOST=address)
        assert (kept.stdout.count("kept "), removed) == (2, [])
        done = run(str(python.parent / "lgsp-testing"), "prune", "--all", DOCKER_HOST=address)
    assert done.stdout == "removed ours\nremoved theirs\n"
    assert removed == ["ours", "theirs"]


def test_what_does_not_start_is_told_with_its_last_lines_and_leaves_nothing(python: Path, image: str) -> None:
    done = told(python, script("    pass\n", "without='nobody'"), image)
    assert "lgsp_testing.errors.NotReady: lgsp-sim: it ended at once (exited)" in done.stderr
    assert "nobody" in done.stderr.partition("NotReady")[2]
    assert left() == []


def test_two_that_start_at_once_leave_the_cleaner_of_others_as_it_was(python: Path, image: str) -> None:
    body = f"""
from concurrent.futures import ThreadPoolExecutor
from lgsp_testing import LgspContainer
from testcontainers.core.config import testcontainers_config
both = [LgspContainer().with_kwargs(labels={{'{MARK}': 'yes'}}) for _ in range(2)]
with ThreadPoolExecutor(2) as threads:
    list(threads.map(LgspContainer.start, both))
print(testcontainers_config.ryuk_disabled)
for each in both:
    each.stop()
"""
    done = told(python, body, image, TESTCONTAINERS_RYUK_DISABLED="false")
    assert (done.returncode, done.stdout) == (0, "False\n"), done.stderr
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


STAND_IN = """
from lgsp_testing import *
import lgsp_testing.container as inside
class Elsewhere(LgspContainer):
    def url(self, part=""):
        return "{address}"
lgsp = Elsewhere()
def told(call):
    try:
        print(call())
    except LgspTestingError as error:
        print(type(error).__name__, error)
"""


def test_messages_that_the_exchange_has_cut_are_no_answer(python: Path, image: str) -> None:
    with answering({"messages": [{}] * 2, "total": 1001}) as (address, _):
        done = told(python, STAND_IN.format(address=address) + "told(lgsp.messages)", image)
    assert done.stdout == "TooMany 1001 messages fit, the exchange gives 2 at once; ask for a contract, a dossier or an outcome\n"


def test_who_waits_longer_than_the_exchange_does_asks_again(python: Path, image: str) -> None:
    nothing, one = {"messages": [], "total": 0}, {"messages": [{"payload": 7}], "total": 1}
    with answering(nothing, one) as (address, asked):
        done = told(python, STAND_IN.format(address=address) + "told(lambda: lgsp.wait_for(about='H37', timeout=3600))", image)
    assert done.stdout == "{'payload': 7}\n", done.stderr
    assert asked == ["/_lgsp/messages?about=H37&wait=600.0"] * 2


def test_nobody_at_an_address_is_told_with_the_address(python: Path, image: str) -> None:
    done = told(python, STAND_IN.format(address="http://127.0.0.1:9") + "told(lgsp.reset)", image)
    assert done.stdout.startswith("NoAnswer POST http://127.0.0.1:9/_lgsp/reset: "), done.stderr


def test_one_who_accepts_and_never_answers_does_not_hold_the_start_up(python: Path, image: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = "http://{}:{}".format(*silent.getsockname())
        short = f"inside.READY_WITHIN, inside.READY_ANSWER_WITHIN = 0.5, 0.2\nlgsp.with_kwargs(labels={{'{MARK}': 'yes'}})\n"
        done = told(python, STAND_IN.format(address=address) + short + "told(lgsp.start)", image)
    assert done.stdout.startswith("NotReady lgsp-sim: its broker does not start (running)"), done.stderr
    assert left() == []


class Json(BaseHTTPRequestHandler):
    """Somebody who answers in JSON."""

    def reply(self, answer: object) -> None:
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextlib.contextmanager
def answering(*answers: object) -> Iterator[tuple[str, list[str]]]:
    """Somebody who gives these answers one after the other, and what was asked."""
    remaining, asked = list(answers), list[str]()

    class Handler(Json):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.reply(remaining.pop(0))

    with served(Handler) as address:
        yield f"http://{address}", asked


@contextlib.contextmanager
def engine_with(processes: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """As much of an engine as prune asks: containers by name with the process that started each, elsewhere; and what was removed."""
    removed = list[str]()

    class Handler(Json):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path.endswith("/version"):
                self.reply({"ApiVersion": "1.41"})
            elif path.endswith("/containers/json"):
                self.reply([{"Id": name} for name in processes])
            else:
                name = path.split("/")[-2]
                labels = {LABEL: processes[name], f"{LABEL}.host": "elsewhere.example"}
                self.reply({"Id": name, "Name": f"/{name}", "Config": {"Labels": labels}})

        def do_DELETE(self) -> None:
            removed.append(self.path.partition("?")[0].rpartition("/")[2])
            self.reply({})

    with served(Handler) as address:
        yield f"tcp://{address}", removed


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
