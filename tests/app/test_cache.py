"""What was fetched is kept where the user's system keeps such things."""

from pathlib import Path

import pytest

from app.settings import Settings


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"LGSP_CACHE": "/c", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, Path("/c")),
        ({"XDG_CACHE_HOME": "/x", "HOME": "/h"}, Path("/x/lgsp-sim")),
        ({"HOME": "/h"}, Path("/h/.cache/lgsp-sim")),
        ({"LOCALAPPDATA": "/local", "USERPROFILE": "/u"}, Path("/local/lgsp-sim")),
        ({}, None),
    ],
)
def test_the_folder_of_what_was_fetched_follows_the_system_unless_it_is_named(environ: dict[str, str], folder: Path | None) -> None:
    assert Settings.read(environ).cache == folder
