"""The wheels of a lock for a machine that is not this one: which it takes, which the lock has for it, fetching them by pip."""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import sys_tags

from vn.errors import BadEnvironment, CannotConnect, Unusable

__all__ = ["KNOWN", "Pin", "Target", "build", "fetch", "here", "pins"]

KNOWN = "manylinux_2_28_x86_64, manylinux_2_28_aarch64, macosx_13_0_arm64, win_amd64"
PLATFORM = re.compile(
    r"(?P<linux>manylinux|musllinux)_(?P<major>\d+)_(?P<minor>\d+)_(x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64)"
    r"|(?P<macos>macosx)_\d+_\d+_(x86_64|arm64)|(?P<windows>win)(?:32|_(amd64|arm64))"
)
OLDER_NAMES = {"manylinux1": "manylinux_2_5", "manylinux2010": "manylinux_2_12", "manylinux2014": "manylinux_2_17"}
SYSTEMS = {"linux": ("linux", "Linux", "posix"), "macos": ("darwin", "Darwin", "posix"), "windows": ("win32", "Windows", "nt")}


@dataclass(frozen=True)
class Target:
    """A machine: its platform tag (the newest that it takes) and its Python, as in `3.12`."""

    platform: str
    python: str

    def __str__(self) -> str:
        return f"{self.platform}, Python {self.python}"

    @property
    def machine(self) -> str:
        """Its processor, as its wheels call it."""
        matched = PLATFORM.fullmatch(self.platform)
        return next((each for each in matched.groups()[-1:0:-1] if each), "") if matched else ""

    def tags(self) -> list[str]:
        """Every platform tag of Linux that it takes, newest first; those of macOS pip knows itself."""
        matched = PLATFORM.fullmatch(self.platform)
        if not matched or not matched["linux"]:
            return [self.platform]
        kind, machine = matched["linux"], self.machine
        oldest = 5 if kind == "manylinux" else 0
        versions = [f"{kind}_{matched['major']}_{minor}" for minor in range(int(matched["minor"]), oldest - 1, -1)]
        older = [name for name, version in OLDER_NAMES.items() if version in versions]
        return [f"{each}_{machine}" for each in (*versions, *reversed(older))]

    def environment(self) -> dict[str, str]:
        """The environment markers (PEP 508) there; pip knows only those of where it runs."""
        matched = PLATFORM.fullmatch(self.platform)
        system = next(name for name in SYSTEMS if matched and matched[name])
        names = ("sys_platform", "platform_system", "os_name")
        return dict(zip(names, SYSTEMS[system], strict=True)) | {
            "platform_machine": self.machine.upper() if system == "windows" else self.machine,
            "platform_release": "",
            "platform_version": "",
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.0",
            "platform_python_implementation": "CPython",
        }


@dataclass(frozen=True)
class Pin:
    """A line of a lock: `name==version`, and the hashes of its files."""

    named: str
    hashes: tuple[str, ...]

    def __str__(self) -> str:
        return " \\\n".join([self.named, *(f"    --hash=sha256:{each}" for each in self.hashes)]) + "\n"


def here() -> Target:
    """This machine."""
    named = next((tag.platform for tag in sys_tags() if PLATFORM.fullmatch(tag.platform)), sys.platform)
    return Target(named, "{}.{}".format(*sys.version_info))


def pins(lock: str, target: Target) -> list[Pin]:
    """Those of a lock that the target needs."""
    found = []
    for line in lock.replace("\\\n", "").splitlines():
        text, *hashes = line.split("--hash=sha256:")
        needed = Requirement(text.strip())
        if needed.marker is None or needed.marker.evaluate(target.environment()):
            found.append(Pin(f"{needed.name}{needed.specifier}", tuple(each.strip() for each in hashes)))
    return found


def fetch(wanted: Sequence[Pin], target: Target, folder: Path) -> None:
    """Downloads the wheel of each; raises Unusable that names every one that has none for the target."""
    left = {each.named: each for each in wanted}
    missing: list[str] = []
    how = ["--no-deps", "--only-binary=:all:", "--implementation=cp", f"--python-version={target.python}", "--require-hashes"]
    how += [f"--platform={tag}" for tag in target.tags()]
    listed = folder.parent / "wanted.txt"
    while left:
        listed.write_text("".join(map(str, left.values())), encoding="utf-8")
        done = _pip("download", *how, f"--dest={folder}", f"--requirement={listed}")
        if done.returncode == 0:
            break
        none = re.search(r"No matching distribution found for (\S+)", done.stderr)  # pip ends at the first
        if not none or none[1] not in left or _cut_off(done):
            raise _why(done)
        missing.append(none[1])
        del left[none[1]]
    if missing:
        raise Unusable("\n".join(f"no wheel of {name} for {target}" for name in missing))


def build(trees: Sequence[Path], folder: Path) -> None:
    """Makes the wheels of source trees."""
    done = _pip("wheel", "--no-deps", f"--wheel-dir={folder}", *map(str, trees))
    if done.returncode:
        raise _why(done)


def _pip(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    how = ("--disable-pip-version-check", "--no-input", "--retries=1")
    return subprocess.run([sys.executable, "-m", "pip", command, "--quiet", *how, *arguments], capture_output=True, text=True, check=False)


def _cut_off(done: subprocess.CompletedProcess[str]) -> bool:
    return "connection broken" in done.stderr


def _why(done: subprocess.CompletedProcess[str]) -> Unusable:
    """What pip could not do, in one line."""
    if _cut_off(done):
        return CannotConnect("no index of packages answers; `pip config list` shows where pip looks for one")
    said = [line.removeprefix("ERROR: ").strip() for line in done.stderr.splitlines() if line.strip()]
    return BadEnvironment(f"pip: {next((line for line in said if 'DO NOT MATCH' in line), said[-1] if said else done.returncode)}")
