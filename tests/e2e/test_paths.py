"""Every path of a land dossier, one after the other in one province."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.e2e.paths import Path, every_path
from tests.e2e.town import Town


@pytest.fixture(scope="module")
async def town(broker: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """All parts but the broker, in this process: starting them takes longer than most paths."""
    async with Town(broker, f"paths-{uuid4().hex[:6]}", tmp_path_factory.mktemp("paths")) as running:
        yield running


@pytest.mark.parametrize("path", every_path(), ids=lambda path: path.__name__)
async def test_the_sentence_of_the_path_holds_at_all_agencies(path: Path, town: Town) -> None:
    await path(town)
