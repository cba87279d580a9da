"""A province of its own for every test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bus import Space
from tests.e2e.town import Town


@pytest.fixture
async def town(broker: str, space: Space, tmp_path: Path) -> AsyncIterator[Town]:
    """All parts but the broker, in this process, on sockets and databases of this test alone."""
    async with Town(broker, space.name, tmp_path) as running:
        yield running
