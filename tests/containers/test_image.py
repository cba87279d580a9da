"""The image: small, with a user of its own who may write to the state folder alone, and each part runs from it."""

import time
from pathlib import Path

import pytest

from app.ports import assign
from app.settings import AGENCIES, Settings
from tests.containers.engine import Container, Ended, docker, healthy, inspected, kill, logs
from tests.containers.project import TownOutside
from tests.support import eventually

pytestmark = pytest.mark.containers

MIB = 2**20
READ_ONLY = ("--read-only", "--init")


def test_what_we_add_to_the_base_is_less_than_200_mib(image: str, capsys: pytest.CaptureFixture[str]):
    layers = [
        line.split("\t")
        for line in docker("history", "--no-trunc", "--human=false", "--format", "{{.Size}}\t{{.CreatedBy}}", image).splitlines()
    ]
    ours = layers[: next(number for number, (_, by) in enumerate(layers) if "org.opencontainers.image.title" in by)]
    added = sum(int(size) for size, _ in ours)
    with capsys.disabled():
        print(f"\n{image}: {inspected(image)['Size'] / MIB:.0f} MiB, of which {added / MIB:.0f} MiB above its base")
    assert 50 * MIB < added < 200 * MIB


def test_it_says_what_it_is_and_what_it_needs(image: str):
    config = inspected(image)["Config"]
    assert config["Labels"]["org.opencontainers.image.title"] == "lgsp-sim"
    assert config["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert set(config["ExposedPorts"]) == {"8080/tcp", "9092/tcp", "29092/tcp"}
    assert set(config["Volumes"]) == {"/var/lib/lgsp"}
    assert (config["User"], config["Entrypoint"], config["Cmd"]) == ("10001:10001", ["lgsp"], ["up", "--compact"])


def test_its_user_may_write_to_the_state_folder_alone(image: str):
    everybodys = "^/(dev|proc|tmp|var/tmp|run/lock|var/lock)(/|$)"
    tried = f"id -u; find / -xdev -writable -not -type l 2>/dev/null | grep -v -E '{everybodys}'"
    assert docker("run", "--rm", "--entrypoint", "sh", image, "-c", tried).split() == ["10001", "/var/lib/lgsp"]


def test_nothing_of_building_is_in_it_and_everything_is_compiled(image: str):
    tried = (
        "ls /opt/lgsp/bin /root/.cache /src 2>/dev/null; find /opt/lgsp/lib -name '*.py' | wc -l; find /opt/lgsp/lib -name '*.pyc' | wc -l"
    )
    *names, sources, compiled = docker("run", "--rm", "--user", "0", "--entrypoint", "sh", image, "-c", tried).split()
    assert "lgsp" in names
    assert not {"pip", "requirements-image.lock", "tests"} & set(names)
    assert int(compiled) > 0.99 * int(sources) > 1000


async def test_without_a_command_everything_runs_behind_one_address_and_keeps_its_state_over_a_kill(
    image: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    ports = assign(Settings(), ("http", "kafka"), {})
    published = ("--publish", f"127.0.0.1:{ports['http']}:8080", "--publish", f"127.0.0.1:{ports['kafka']}:29092")
    told = ("--env", f"LGSP_KAFKA_HOST_ADVERTISED=localhost:{ports['kafka']}")
    began = time.monotonic()
    with Container(image, options=(*READ_ONLY, *published, *told, "--restart", "unless-stopped")) as container:

        async def well() -> bool:
            return healthy(container)

        await eventually(well, within=60)
        with capsys.disabled():
            print(f"\neverything in one container healthy after {time.monotonic() - began:.1f} s")
        urls = {name: f"http://127.0.0.1:{ports['http']}/{name}" for name in AGENCIES}
        async with TownOutside(urls, f"localhost:{ports['kafka']}", tmp_path) as town:
            dossier = await town.submit()
            await town.notices(dossier)
            await kill(container)
            await town.pay_all(dossier)
            await town.status(dossier, 10)
            assert all(each["succeeded"] for each in await town.journal(dossier))


@pytest.mark.parametrize("agency", AGENCIES)
async def test_an_agency_runs_from_it_on_a_read_only_file_system_and_is_healthy(image: str, agency: str):
    port = ("--env", f"LGSP_{agency.upper()}_PORT=8080")
    with Container(image, "serve", agency, options=(*READ_ONLY, *port)) as container:

        async def well() -> bool:
            return healthy(container)

        await eventually(well, within=60)
        assert docker("exec", container, "lgsp", "wait", "http://127.0.0.1:8080") == "ready"
        docker("stop", container)
        assert inspected(container)["State"]["ExitCode"] == 0


@pytest.mark.parametrize(
    ("command", "code", "line"),
    [
        ("serve nobody", 2, "'nobody' is not one of 'dvc'"),
        ("exchange", 11, "lgsp: nothing runs from /var/lib/lgsp; start it with: lgsp up --state /var/lib/lgsp\n"),
        ("adapter ilis", 11, "lgsp: nothing runs from /var/lib/lgsp; start it with: lgsp up --state /var/lib/lgsp\n"),
    ],
)
def test_what_cannot_run_says_so_and_leaves_with_the_code_of_the_command_line(image: str, command: str, code: int, line: str):
    with Container(image, *command.split(), options=READ_ONLY) as container:
        assert docker("wait", container) == str(code)
        assert line in logs(container)


def test_waiting_for_the_health_of_what_has_ended_ends(image: str):
    with Container(image, "serve", "nobody", options=READ_ONLY) as container:
        docker("wait", container)
        with pytest.raises(Ended, match=f"{container} has ended with 2: Usage"):
            healthy(container)


def test_a_container_that_cannot_be_run_leaves_neither_itself_nor_its_volume(image: str):
    failing = Container(image, options=("--entrypoint", "no-such-program"))
    with pytest.raises(AssertionError, match="no-such-program"), failing:
        pass
    assert docker("ps", "--all", "--quiet", "--filter", f"name={failing.name}") == ""
    assert docker("volume", "ls", "--quiet", "--filter", f"name={failing.name}") == ""
