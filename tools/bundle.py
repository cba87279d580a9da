"""Writes one archive with all that lgsp-sim needs in a network without the internet (docs/closed-networks.md): `python -m tools.bundle`."""

import argparse
import gzip
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, parse_wheel_filename

from tools.wheels import KNOWN, PLATFORM, Pin, Target, build, fetch, here, pins
from vn.errors import BadEnvironment, CannotConnect, Unusable

ROOT = Path(__file__).resolve().parents[1]
IMAGE = "lgsp-sim:latest"
EXTRAS = "[postgres,tracing]"
LISTS = {  # a list of wheels to install: the lock that it comes from, and the tree of ours that it ends with
    "requirements.txt": ("requirements-image.lock", "."),
    "requirements-testing.txt": ("requirements-testing.lock", "testing"),
}
GUIDE = "docs/closed-networks.md"
BESIDE = (
    *("*.md", "LICENSE", "docker-compose.yml", "compose/**/*", "docs/**/*", "testing/README.md", "contracts/**/*.json"),
    *("scenarios/**/*.yaml", "scenarios/README.md", "scenarios/scenario.schema.json"),
)
WHEN = 1_580_601_600  # 2020-02-02, the time of all files, as hatchling gives it to those in a wheel
ENGINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}  # a machine, as an engine calls it
MIB = 2**20


def faults(target: Target) -> list[str]:
    """What is wrong with a target, each with what would be right."""
    found = []
    if not PLATFORM.fullmatch(target.platform):
        found.append(f"unknown platform {target.platform!r}; there are {KNOWN}, ...")
    needed = project(".")["requires-python"]
    if not re.fullmatch(r"3\.\d+", target.python) or target.python not in SpecifierSet(needed):
        found.append(f"Python {target.python!r}: lgsp-sim needs {needed}")
    return found


def project(folder: str) -> dict[str, Any]:
    """What the pyproject.toml of a tree of ours says about it."""
    return dict(tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"])


def required(folder: Path, wanted: Sequence[Pin], own: str) -> str:
    """A list for `pip install --require-hashes`: wheels of the folder, at the end ours, which asks for the others."""
    wheels = {parse_wheel_filename(path.name)[:2]: path for path in folder.glob("*.whl")}
    hashes = {f"{name}=={version}": sum_of(path) for (name, version), path in wheels.items()}
    said = project(own)
    ours = f"{said['name']}{EXTRAS if own == '.' else ''}=={said['version']}"
    lines = []
    for named in (*(each.named for each in wanted), ours):
        name, _, version = named.partition("==")
        lines.append(str(Pin(named, (hashes[f"{canonicalize_name(name.partition('[')[0])}=={version}"],))))
    return "".join(lines)


def pack(archive: Path, top: str, files: Mapping[str, Path]) -> None:
    """A tar of the files below `top` with their sums: ordered by name, without times and owners; equal files make equal bytes."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as tar:
        sums = Path(folder, "SHA256SUMS")
        sums.write_bytes("".join(f"{sum_of(path)}  {name}\n" for name, path in sorted(files.items())).encode())
        for name, path in sorted({**files, sums.name: sums}.items()):
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size, entry.mtime = path.stat().st_size, WHEN
            with path.open("rb") as source:
                tar.addfile(entry, source)


def sum_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def images(names: Sequence[str], machine: str, *, asked: bool) -> list[str]:
    """Those of the engine that go into the archive; raises Unusable with all that keeps one out."""
    if not names:
        tell("without an image, as asked")
        return []
    if docker("version") is None:
        if asked:
            raise CannotConnect(f"no Docker engine answers, so there is no image {' '.join(names)}; IMAGE= leaves it out")
        tell("without an image: no Docker engine answers")
        return []
    found = []
    for name in names:
        built, fits = docker("image", "inspect", "--format", "{{.Architecture}}", name), ENGINES.get(machine)
        how = f"docker build --tag {name} ." if "lgsp-sim" in name else f"docker pull {name}"
        if built is None:
            found.append(f"the engine has no image {name}: {how}; or IMAGE= to leave it out")
        elif fits and built != fits:
            found.append(f"image {name} is for {built}, the archive for {fits}: build or pull it there; or IMAGE= to leave it out")
    if found:
        raise Unusable("\n".join(found))
    return list(names)


def docker(*arguments: str) -> str | None:
    """What the engine says; None where it says no, or where there is none."""
    try:
        done = subprocess.run(("docker", *arguments), capture_output=True, text=True, check=False)
    except OSError:
        return None
    return None if done.returncode else done.stdout.strip()


def save(names: Sequence[str], file: Path) -> None:
    """What `docker load` reads, compressed."""
    with (
        subprocess.Popen(("docker", "save", *names), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as saving,
        file.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
    ):
        assert saving.stdout is not None
        assert saving.stderr is not None
        shutil.copyfileobj(saving.stdout, packed, MIB)
        said = saving.stderr.read().decode(errors="replace").strip()
    if saving.returncode:
        raise BadEnvironment(f"docker save: {said or saving.returncode}")


def bundle(target: Target, image: str | None, output: Path) -> Path:
    """Makes the archive, and its sum beside it."""
    wrong, saved = faults(target), []
    try:
        saved = images((IMAGE if image is None else image).split(), target.machine, asked=image is not None)
    except Unusable as error:
        if not wrong:
            raise
        wrong.append(str(error))
    if wrong:
        raise Unusable("\n".join(wrong))
    top = f"lgsp-sim-{project('.')['version']}-cp{target.python.replace('.', '')}-{target.platform}"
    archive = output / f"{top}.tar"
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        files = dict(made(Path(folder), target, saved)) | dict(beside())
        pack(Path(folder, archive.name), top, files)
        shutil.move(Path(folder, archive.name), archive)
    archive.with_name(f"{archive.name}.sha256").write_bytes(f"{sum_of(archive)}  {archive.name}\n".encode())
    return archive


def made(folder: Path, target: Target, saved: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """What is not in the tree, by its name in the archive: wheels, the lists of them, images."""
    wheels = folder / "wheels"
    wheels.mkdir()
    wanted = {name: pins((ROOT / lock).read_text(encoding="utf-8"), target) for name, (lock, _) in LISTS.items()}
    everything = {each.named: each for listed in wanted.values() for each in listed}
    tell(f"fetching {len(everything)} wheels for {target}")
    fetch(list(everything.values()), target, wheels)
    tell("building those of lgsp-sim and lgsp-testing")
    build([ROOT / own for _, own in LISTS.values()], wheels)
    yield from ((f"wheels/{path.name}", path) for path in wheels.iterdir())
    for name, listed in wanted.items():
        (folder / name).write_bytes(required(wheels, listed, LISTS[name][1]).encode())
        yield name, folder / name
    if saved:
        tell(f"saving {' '.join(saved)}")
        save(saved, folder / "images.tar.gz")
        yield "images.tar.gz", folder / "images.tar.gz"


def beside() -> Iterator[tuple[str, Path]]:
    """What is in the tree, by its name in the archive."""
    yield "install.md", ROOT / GUIDE
    for pattern in BESIDE:
        for path in ROOT.glob(pattern):
            name = path.relative_to(ROOT)
            if path.is_file() and not any(part.startswith((".", "__")) for part in name.parts):
                yield name.as_posix(), path


def tell(line: str) -> None:
    """A line about where we are."""
    sys.stdout.write(f"bundle: {line}\n")
    sys.stdout.flush()


def complain(about: str, code: int) -> int:
    """Says what is wrong, a line each; hands on the exit code."""
    sys.stderr.writelines(f"bundle: {line}\n" for line in about.splitlines())
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    ours = here()
    parser = argparse.ArgumentParser(prog="python -m tools.bundle", description="One archive for networks without the internet.")
    parser.add_argument("--platform", default=ours.platform, help=f"platform tag of the machine there, as {KNOWN}; else of this one")
    parser.add_argument("--python-version", default=ours.python, help="its Python, as in 3.12; else this one")
    parser.add_argument("--image", help=f"images of the engine, with spaces between; '' for none; else {IMAGE} where an engine is")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="folder of the archive; else dist")
    said = parser.parse_args(arguments)
    try:
        archive = bundle(Target(said.platform, said.python_version), said.image, said.output)
    except Unusable as error:
        return complain(str(error), error.exit_code)
    except OSError as error:
        return complain(f"{error.filename}: {error.strerror}", BadEnvironment.exit_code)
    except KeyboardInterrupt:
        return 130
    tell(f"{archive}, {archive.stat().st_size / MIB:.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
