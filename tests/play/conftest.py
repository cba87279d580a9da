"""What plays the small scripts of these tests."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.play.broker import Broker
from tests.play.scripts import Theatre


@pytest.fixture(scope="session")
def theatre(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Theatre:
    """On the broker of this test run, whichever that is."""
    return Theatre(tmp_path_factory.mktemp("scripts"), bootstrap=broker)


@pytest.fixture(scope="module")
async def own_theatre(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Theatre]:
    """On a broker of its own that lies on demand."""
    async with Broker.of(dict(os.environ)) as broker:  # noqa: TID251 - for a process
        yield Theatre(Path(tmp_path_factory.mktemp("scripts")), broker=broker)
