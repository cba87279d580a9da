"""Every path of a land dossier, each in a province of its own."""

import pytest

from tests.e2e.paths import Path, every_path
from tests.e2e.town import Town


@pytest.mark.parametrize("path", every_path(), ids=lambda path: path.__name__)
async def test_the_sentence_of_the_path_holds_at_all_agencies(path: Path, town: Town) -> None:
    await path(town)
