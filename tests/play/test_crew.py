"""What keeps a process of a run from beginning comes to whoever started it, as it is."""

import asyncio
from pathlib import Path

import pytest

from app.commands.worker import Silent
from app.known import known_of
from app.play.crew import spread
from app.play.options import Options
from app.settings import Settings
from scenarios.places import Unwritable
from scenarios.reading import Script, read
from tests.app.lgsp import around
from tests.play.scripts import text_of
from vn.errors import Unusable


def changed(path: Path, text: str | None) -> list[Script]:
    """A script that is gone, or another, by the time at which a process reads it."""
    path.write_text(text_of("- advance: {by: 1 second}"), encoding="utf-8")
    scripts = read(path, known_of(Settings()))
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    return scripts


async def played(path: Path, text: str | None) -> None:
    """By two processes."""
    scripts, environ = changed(path, text), around(path.parent / "state")
    await spread([*scripts, *scripts], Options(paths=(str(path),)), 2, environ, teller=Silent(), stop=asyncio.Event())


async def test_it_is_one_error_and_no_group_of_them(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="no such file"):
        await played(tmp_path / "gone.yaml", None)


async def test_it_keeps_every_complaint_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(Unwritable) as caught:
        await played(tmp_path / "wrong.yaml", "scenario: x\nsteps: []\n")
    assert {each.place.path.name for each in caught.value.complaints} == {"wrong.yaml"}
    assert len(caught.value.complaints) > 1
