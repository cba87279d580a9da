"""The drivers, built once from their sources into the cache folder; what is needed for it is looked up first."""

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.commands.options import environment
from app.settings import Settings
from bus.apache import jars
from bus.apache.tools import run

HERE = Path(__file__).parent
WITHIN = 600.0
Command = tuple[str | Path, ...]


class Missing(Exception):
    """A tool that builds or runs a driver is not installed here."""


async def java() -> Command:
    """Apache's own client, compiled against the jars that Maven fetches."""
    needed("java", "javac", "mvn")
    source = HERE / "java"
    with locked():
        classes = await jars.fetched(cache(), within=WITHIN, pom=source / "pom.xml")
        path = f"{classes.absolute()}{os.sep}*"
        made = await built("java", [source / "Driver.java"], lambda into: compiled(path, source / "Driver.java", into))
    flags = (
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xshare:auto",
        "-Xmx256m",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    )  # a short life: no time for the big compiler
    return ("java", *flags, "-cp", f"{made}{os.pathsep}{path}", "Driver")


async def go() -> Command:
    """franz-go."""
    needed("go")
    source = HERE / "go"

    async def make(into: Path) -> None:
        await run("go", "build", "-o", into / "driver", ".", within=WITHIN, folder=source)

    with locked():
        return (await built("go", sorted(source.glob("*.*")), make) / "driver",)


async def node() -> Command:
    """KafkaJS."""
    needed("node", "npm")
    source = HERE / "node"
    files = sorted(path for path in source.iterdir() if path.is_file())

    async def make(into: Path) -> None:
        for path in files:
            shutil.copy(path, into)
        await run("npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", within=WITHIN, folder=into)

    with locked():
        return ("node", await built("node", files, make) / "driver.mjs")


async def aiokafka() -> Command:
    return (sys.executable, "-m", "tests.broker.clients.python.aiokafka_driver")


async def librdkafka() -> Command:
    return (sys.executable, "-m", "tests.broker.clients.python.librdkafka_driver")


CLIENTS: dict[str, Callable[[], Awaitable[Command]]] = {
    "aiokafka": aiokafka,
    "librdkafka": librdkafka,
    "java": java,
    "kafkajs": node,
    "franz-go": go,
}


def needed(*programs: str) -> None:
    if absent := [each for each in programs if shutil.which(each) is None]:
        raise Missing(f"{', '.join(absent)} not installed")


def cache() -> Path:
    """Where the product keeps what it fetched, and the drivers with it."""
    folder = Settings.read(environment()).cache
    assert folder is not None, "set LGSP_CACHE to a folder"
    folder.mkdir(parents=True, exist_ok=True)
    return folder.absolute()


@contextmanager
def locked() -> Iterator[None]:
    """One builder at a time; the others find what it built. Windows builds twice, and the first one stays."""
    with (cache() / "clients.lock").open("w") as file:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


async def built(name: str, sources: list[Path], make: Callable[[Path], Awaitable[None]]) -> Path:
    """The folder of what `make` makes of the sources; whole or not there."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    folder = cache() / f"client-{name}-{digest}"
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="building-", ignore_cleanup_errors=True) as scratch:
            made = Path(scratch) / "made"
            made.mkdir()
            await make(made)
            made.rename(folder)
    return folder


async def compiled(path: str, source: Path, into: Path) -> None:
    await run("javac", "-cp", path, "-d", into, source, within=WITHIN)
