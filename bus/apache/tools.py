"""Runs a program to its end: Java and Maven, found and new enough, for what the node needs before it starts."""

import asyncio
import re
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from vn.errors import BadEnvironment

__all__ = ["Failed", "java", "maven", "run"]

_JAVA: Final = 17
_MAVEN: Final = (3, 6, 3)  # which the plugin that copies the jars asks for
_ANSWERS_WITHIN: Final = 30.0


class Failed(BadEnvironment):
    """A program ended with an error; `output` is all that it said."""

    def __init__(self, line: str, output: str = "") -> None:
        super().__init__(line)
        self.output = output


async def run(*command: str | Path, within: float, folder: Path | None = None) -> str:
    """What the program said, errors included; it is killed where the caller is cancelled. Raises Failed."""
    name = Path(command[0]).name
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=folder
        )
    except OSError as error:
        raise Failed(f"{command[0]} cannot be run: {error.strerror}") from error
    try:
        said = (await asyncio.wait_for(process.communicate(), within))[0].decode(errors="replace")
    except TimeoutError:
        raise Failed(f"{name} did not end within {within:g} s") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise Failed(f"{name} failed with exit code {process.returncode}", said)
    return said


async def java(home: Path | None) -> tuple[str, ...]:
    """How to call a Java that is new enough. Raises BadEnvironment."""
    advice = f"Apache Kafka needs Java {_JAVA} or newer on the PATH or in JAVA_HOME; without --apache no Java is needed"
    found = shutil.which("java", path=str(home / "bin") if home else None)
    if found is None:
        raise BadEnvironment(f"no Java {f'in JAVA_HOME={home}' if home else 'is installed'}: {advice}")
    version = _version(r'version "(?:1\.)?([0-9.]+)', await _asked(found, "-version", advice=advice))
    if version < (_JAVA,):
        raise BadEnvironment(f"{found} is Java {_text(version)}: {advice}")
    # Java reads the names of folders in the locale's encoding, and cannot open `/home/Nguyễn` in the C locale of a service
    return ("/usr/bin/env", "LC_ALL=C.UTF-8", found) if sys.platform == "linux" else (found,)


async def maven() -> str:
    """The path of a Maven that is new enough. Raises BadEnvironment."""
    advice = f"Maven {_text(_MAVEN)} or newer fetches Apache Kafka's jars, once; without --apache it is not needed"
    found = shutil.which("mvn")
    if found is None:
        raise BadEnvironment(f"no Maven is installed (mvn): {advice}")
    version = _version(r"Apache Maven ([0-9.]+)", await _asked(found, "--version", advice=advice))
    if version < _MAVEN:
        raise BadEnvironment(f"{found} is Maven {_text(version)}: {advice}")
    return found


async def _asked(program: str, flag: str, *, advice: str) -> str:
    try:
        return await run(program, flag, within=_ANSWERS_WITHIN)
    except Failed as error:
        raise BadEnvironment(f"{error}: {advice}") from error


def _version(pattern: str, text: str) -> tuple[int, ...]:
    """The numbers of a version; a text without one counts as oldest."""
    found: Sequence[str] = re.findall(pattern, text)
    return tuple(int(number) for number in found[0].split(".") if number) if found else (0,)


def _text(version: Sequence[int]) -> str:
    return ".".join(map(str, version))
