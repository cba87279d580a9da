"""All paths one after the other in one town, three times: undisturbed, with everything delivered twice, with adapters that come and go."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bus import Space
from tests.e2e.paths import every_path
from tests.e2e.relay import Relay
from tests.e2e.restless import RestlessTown
from tests.e2e.town import Town
from tests.e2e.watch import effects
from tests.support import eventually

pytestmark = pytest.mark.slow  # minutes: `make test-slow`


@dataclass(frozen=True)
class Outcome:
    """What agencies know and what was said when all is over."""

    databases: dict[str, Any]
    said: Any


@pytest.fixture(scope="module")
async def calm(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Of the paths undisturbed."""
    async with Town(broker, "calm", tmp_path_factory.mktemp("calm")) as town:
        return await _all_paths(town)


async def test_what_is_delivered_twice_has_its_effect_once(broker: str, space: Space, tmp_path: Path, calm: Outcome) -> None:
    async with Town(broker, space.name, tmp_path) as town, Relay(broker, space.name) as relay:
        twice = await _all_paths(town, relay)
        assert relay.copied >= sum(calm.said.values())
    _same(twice, calm)


async def test_adapters_that_come_and_go_change_nothing(broker: str, space: Space, tmp_path: Path, calm: Outcome) -> None:
    async with RestlessTown(broker, space.name, tmp_path) as town:
        restless = await _all_paths(town)
        assert town.restarts > 0
    _same(restless, calm)


async def _all_paths(town: Town, relay: Relay | None = None) -> Outcome:
    for path in every_path():
        await path(town)
    if relay is not None:
        await eventually(relay.done)
    await town.at_rest()
    return Outcome(await town.databases(), effects(await town.journal()))


def _same(one: Outcome, other: Outcome) -> None:
    for name, database in other.databases.items():
        assert one.databases[name] == database, name
    assert one.said == other.said
