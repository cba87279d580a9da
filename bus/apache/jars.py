"""The jars of Apache Kafka: fetched once with Maven, then kept in a folder that is whole or not there."""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path

import structlog

from bus.apache.tools import Failed, maven, run
from vn.errors import BadEnvironment

__all__ = ["fetched", "place", "version"]

log = structlog.get_logger("bus.apache")
_POM = files("bus.apache") / "pom.xml"


def version() -> str:
    """Of Apache Kafka, as the pom says."""
    return re.findall(r"<kafka\.version>(.+?)<", _POM.read_text(encoding="utf-8"))[0]  # type: ignore[no-any-return]


def place(cache: Path, pom: Path | None = None) -> Path:
    """The folder of the jars; another pom, be it for its log library, has another folder."""
    return cache / f"kafka-{version()}-{hashlib.sha256((pom or _POM).read_bytes()).hexdigest()[:8]}"


async def fetched(cache: Path, *, within: float, pom: Path | None = None) -> Path:
    """The folder with the jars, fetched if it is not there (43 MB). Raises BadEnvironment: no Maven, no network, not writable.

    Another `pom` names other jars, of the same version of Kafka (`${kafka.version}`).
    """
    folder = place(cache, pom)
    if folder.is_dir():
        return folder
    program = await maven()
    log.info("fetching Apache Kafka's jars, once", into=str(folder))
    try:
        with _scratch(cache) as scratch:
            await _copy(program, scratch / "jars", pom=pom or _POM, within=within)
            _settle(scratch / "jars", folder)
    except OSError as error:
        raise BadEnvironment(f"the jars cannot be kept in {cache}: {error.strerror}; choose another folder with LGSP_CACHE") from error
    return folder


@contextmanager
def _scratch(cache: Path) -> Iterator[Path]:
    """A folder beside the one that the jars will be in, so that they come there all at once."""
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache.absolute(), prefix="fetching-", ignore_cleanup_errors=True) as name:
        yield Path(name)


async def _copy(program: str, into: Path, *, pom: Traversable, within: float) -> None:
    with as_file(pom) as file:
        shutil.copy(file, into.parent / "pom.xml")  # Maven may write beside it
    goal = ("dependency:copy-dependencies", f"-DoutputDirectory={into}", "-DincludeScope=runtime", f"-Dkafka.version={version()}")
    try:
        await run(program, "--batch-mode", "--quiet", "-Dstyle.color=never", *goal, within=within, folder=into.parent)
    except Failed as error:
        why = next((line.removeprefix("[ERROR] ") for line in error.output.splitlines() if line.startswith("[ERROR] ")), str(error))
        raise BadEnvironment(f"Maven cannot fetch Apache Kafka: {why[:300]}") from error


def _settle(made: Path, folder: Path) -> None:
    try:
        made.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another process was quicker
            raise
