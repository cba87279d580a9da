"""Scripts for tests: written in a line or two, read as files, their complaints as `line:column: where: reason`."""

from functools import cache
from pathlib import Path

from app.known import known_of
from app.settings import Settings
from scenarios.known import Known
from scenarios.places import Unwritable
from scenarios.reading import Script, read

HEAD = """scenario: tried
title: {vi: Thử, en: Tried}
start: 2026-02-09T08:00
given: {people: [{as: an}, {as: binh}], parcel: {as: plot, holder: an}}
steps:
"""
FIRST = HEAD.count("\n") + 1
SUBMIT = "- submit: {as: d1, procedure: transfer, from: an, to: binh, parcel: plot, price: 1_950_000_000}"


@cache
def known() -> Known:
    """The built-in names."""
    return known_of(Settings.read({}))


def scripts(folder: Path, text: str) -> list[Script]:
    """What a file with this text says."""
    path = folder / "tried.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path, known())


def steps(folder: Path, *lines: str) -> Script:
    """A script of these steps, the first of which stands at line `FIRST`."""
    return scripts(folder, HEAD + "\n".join(lines) + "\n")[0]


def complaints(folder: Path, text: str) -> list[str]:
    """What is wrong with a file of this text, without the file's name; empty where nothing is."""
    try:
        scripts(folder, text)
    except Unwritable as error:
        return [str(each).removeprefix(f"{folder / 'tried.yaml'}:") for each in error.complaints]
    return []


def wrong(folder: Path, *lines: str) -> list[str]:
    """What is wrong with these steps; lines are counted from the first step."""
    found = [each.split(":", 1) for each in complaints(folder, HEAD + "\n".join(lines) + "\n")]
    return [f"{int(line) - FIRST + 1}:{rest}" for line, rest in found]
