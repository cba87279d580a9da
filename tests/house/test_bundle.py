"""What the archive for closed networks is made of: which wheels a machine takes, which lines of a lock it needs, equal bytes."""

from pathlib import Path

import pytest

from tools.bundle import BESIDE, GUIDE, LISTS, beside, faults, pack, project, required
from tools.wheels import Pin, Target, here, pins

ROOT = Path(__file__).resolve().parents[2]
LOCK = """uvloop==0.23.0 ; sys_platform != 'win32' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:cc
backport==1 ; python_full_version < '3.12' and platform_machine == 'x86_64' \\
    --hash=sha256:dd
"""


@pytest.mark.parametrize(
    ("platform", "python", "names"),
    [
        ("manylinux_2_28_x86_64", "3.11", ["uvloop==0.23.0", "backport==1"]),
        ("manylinux_2_28_x86_64", "3.12", ["uvloop==0.23.0"]),
        ("macosx_13_0_arm64", "3.11", ["uvloop==0.23.0"]),
        ("win_amd64", "3.11", ["colorama==0.4.6"]),
    ],
)
def test_a_machine_gets_the_lines_of_a_lock_that_are_meant_for_it_wherever_they_are_read(
    platform: str, python: str, names: list[str]
) -> None:
    found = pins(LOCK, Target(platform, python))
    assert [each.named for each in found] == names
    assert all(each.hashes for each in found)


def test_a_linux_takes_wheels_for_every_older_one_under_both_kinds_of_names() -> None:
    tags = Target("manylinux_2_28_aarch64", "3.12").tags()
    assert tags[0] == "manylinux_2_28_aarch64"
    assert {"manylinux_2_17_aarch64", "manylinux2014_aarch64"} < set(tags)
    assert "manylinux2014_x86_64" not in Target("manylinux_2_12_x86_64", "3.12").tags()
    assert Target("win_amd64", "3.12").tags() == ["win_amd64"]


def test_this_machine_is_one_that_an_archive_can_be_made_for() -> None:
    assert faults(here()) == []


def test_all_that_is_wrong_with_a_target_is_told() -> None:
    assert len(faults(Target("linux", "3"))) == 2
    assert faults(Target("win_amd64", "3.14")) != []


@pytest.mark.parametrize("target", [Target("manylinux_2_28_x86_64", "3.11"), Target("win_amd64", "3.13")], ids=str)
def test_what_two_locks_pin_they_pin_alike_and_every_line_of_theirs_has_hashes(target: Target) -> None:
    locked = [pins((ROOT / lock).read_text(encoding="utf-8"), target) for lock, _ in LISTS.values()]
    assert all(each.hashes for lock in locked for each in lock)
    ours, testing = (dict(each.named.split("==") for each in lock) for lock in locked)
    assert {"testcontainers", "urllib3"} < testing.keys()
    assert {name: ours[name] for name in ours.keys() & testing.keys()} == {name: testing[name] for name in ours.keys() & testing.keys()}


def test_a_list_holds_the_sums_of_the_wheels_that_are_there_and_ours_asks_for_the_extras(tmp_path: Path) -> None:
    version = project(".")["version"]
    for name in (f"lgsp_sim-{version}-py3-none-any.whl", "A_b-1.0-py3-none-any.whl"):
        (tmp_path / name).write_bytes(b"")
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert required(tmp_path, [Pin("a-b==1.0", ("aa",))], ".") == (
        f"a-b==1.0 \\\n    --hash=sha256:{nothing}\nlgsp-sim[postgres,tracing]=={version} \\\n    --hash=sha256:{nothing}\n"
    )


def test_equal_files_make_equal_archives_whenever_they_were_written_and_in_whatever_order(tmp_path: Path) -> None:
    made = []
    for number, names in enumerate((["b", "wheels/a"], ["wheels/a", "b"])):
        files = {name: tmp_path / f"{number}-{name.replace('/', '-')}" for name in names}
        for name, path in files.items():
            path.write_text(name)
            path.chmod(0o600 + 0o044 * number)
        pack(tmp_path / f"{number}.tar", "top", files)
        made.append((tmp_path / f"{number}.tar").read_bytes())
    assert made[0] == made[1]
    assert b"  wheels/a\n" in made[0]


def test_every_kind_of_file_that_goes_with_it_is_there_and_the_page_is_in_it_once_more_at_the_top() -> None:
    assert [pattern for pattern in BESIDE if not list(ROOT.glob(pattern))] == []
    names = dict(beside())
    assert names["install.md"] == names[GUIDE] == ROOT / GUIDE
    assert {"docker-compose.yml", "compose/postgres/agencies.sh", "contracts/asyncapi.json"} < set(names)
    assert sum(name.startswith("scenarios/") for name in names) > 60
