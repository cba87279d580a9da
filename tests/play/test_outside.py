"""A member that somebody else runs holds time back until it is settled."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.play.outside import Outside
from app.play.quiet import NotQuiet, quiet
from bus import Admin, Consumer, KafkaSettings, Space
from tests.play.stage import LONG, Played, at, played

TAX = "VN/GOV/G12.20/tct"
SETTLE = 0.5


@pytest.fixture
async def town(broker: str, space: Space, tmp_path: Path) -> AsyncIterator[Played]:
    """Without a tax adapter of ours."""
    async with played(broker, space.name, tmp_path, start=at("2026-03-02T09:00")) as running:
        await running.stop("tax-adapter")
        yield running


@pytest.fixture
async def outside(town: Played, kafka: KafkaSettings, space: Space) -> AsyncIterator[Outside]:
    async with Admin(kafka) as admin:
        yield Outside(TAX, admin, space, lambda: town.parts.counters.ends, group="theirs", settle=SETTLE)


async def test_a_member_outside_holds_time_back_until_its_group_has_read_its_inbox_and_it_has_been_silent(
    town: Played, outside: Outside, kafka: KafkaSettings, space: Space
) -> None:
    await quiet(town.parts, (outside,), within=LONG)
    await town.submit()
    with pytest.raises(NotQuiet, match=r"VN/GOV/G12\.20/tct \(outside\) has [12] messages in its inbox, which its group theirs has not"):
        await quiet(town.parts, (outside,), within=1.0)

    async with Consumer(kafka, [space.inbox(TAX)], group="theirs") as theirs:
        committed = False
        while not committed:
            taken = await theirs.take(100)
            committed = await theirs.commit({place: records[-1].offset + 1 for place, records in taken.items()})
        await town.parts.busy()
        assert await outside.busy() == f"{TAX} (outside) has moved less than 0.5 s ago"
        await quiet(town.parts, (outside,), within=LONG)
