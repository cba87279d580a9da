"""Being at rest: what each part still has to do follows from the counters, and two equal rounds are needed."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.play.counters import Counters, Progress, progress
from app.play.parts import Parts
from app.play.quiet import quiet
from bus import KafkaSettings, Members, Place, Space
from tests.play.stage import LONG, Played, at, played

SPACE, LAND = Space("s"), "VN/GOV/H37.15/ilis"
OUT, IN, OTHER = Place(SPACE.outbox(LAND), 0), Place(SPACE.inbox(LAND), 3), Place(SPACE.inbox("VN/GOV/G12.20/tct"), 0)
STILL: Mapping[str, Progress] = {
    "exchange": Progress(positions={OUT: 7}),
    "land": Progress(fed=4, acknowledged=4),
    "ilis-adapter": Progress(member=LAND, positions={IN: 5}),
}
REST = Counters(SPACE, STILL, {OUT: 7, IN: 5, OTHER: 0})


def changed(part: str, **now: Any) -> Counters:
    return replace(REST, parts={**STILL, part: replace(STILL[part], **now)})


def reasons(counters: Counters) -> list[str]:
    return [why for part in counters.parts if (why := counters.busy(part))]


BUSY = [
    pytest.param(changed("land", due=2), "land has 2 piece(s) of work due", id="work"),
    pytest.param(changed("land", fed=6), "ilis-adapter has 2 feed entries of land to carry out", id="feed"),
    pytest.param(replace(REST, ends={OUT: 9, IN: 5}), "exchange has 2 messages to settle", id="outbox"),
    pytest.param(changed("exchange", in_flight=3), "exchange has 3 messages to settle", id="carried by the exchange"),
    pytest.param(replace(REST, ends={OUT: 7, IN: 6}), "ilis-adapter has 1 messages to settle", id="inbox"),
    pytest.param(changed("ilis-adapter", positions={}), "ilis-adapter has 5 messages to settle", id="inbox not assigned yet"),
    pytest.param(changed("ilis-adapter", in_flight=1), "ilis-adapter has 1 messages to settle", id="given to the agency"),
    pytest.param(replace(REST, parts={**STILL, "land": None}), "land does not answer", id="silent"),
]


@pytest.mark.parametrize(("counters", "why"), BUSY)
def test_a_part_is_busy_while_any_channel_into_it_is_not_settled(counters: Counters, why: str) -> None:
    assert reasons(REST) == []
    assert reasons(counters) == [why]


def without(counters: Counters, *parts: str, outside: tuple[str, ...] = ()) -> Counters:
    return replace(counters, parts={part: each for part, each in counters.parts.items() if part not in parts}, outside=outside)


FULL = replace(changed("land", fed=6), ends={OUT: 9, IN: 6, OTHER: 8})


def test_what_waits_for_a_stopped_part_is_nobodys_work() -> None:
    assert len(reasons(FULL)) == 3
    assert reasons(without(FULL, "ilis-adapter")) == ["exchange has 2 messages to settle"]
    assert reasons(without(FULL, "ilis-adapter", "exchange")) == []
    assert reasons(without(FULL, "exchange", "land")) == []


def test_an_agency_that_somebody_else_runs_is_there() -> None:
    assert reasons(without(FULL, "exchange", "land", outside=("land",))) == ["ilis-adapter has 1 messages to settle"]
    assert reasons(without(FULL, "exchange", "ilis-adapter", outside=("ilis-adapter",))) == [
        "ilis-adapter has 2 feed entries of land to carry out"
    ]


def test_what_one_exchange_has_settled_stays_settled_when_another_goes_on_with_it() -> None:
    shared = {**STILL, "exchange": Progress(positions={OUT: 3}), "exchange-2": Progress(positions={OUT: 7})}
    assert reasons(replace(REST, parts=shared)) == []


def test_the_next_due_instant_is_the_earliest_of_all_agencies() -> None:
    early, late = at("2026-02-13T17:00"), at("2026-02-24T17:00")
    both = replace(REST, parts={"land": Progress(next=late), "tax": Progress(next=early), "dvc": Progress(), "payment": None})
    assert both.next_due == early
    assert both.due_by(early) == {"tax"}
    assert both.due_by(late) == {"tax", "land"}
    assert REST.next_due is None


START = at("2026-03-02T09:00")


@pytest.fixture
async def town(broker: str, space: Space, tmp_path: Path) -> AsyncIterator[Played]:
    async with played(broker, space.name, tmp_path, start=START) as running:
        yield running


async def test_every_running_part_tells_how_far_it_has_come(town: Played) -> None:
    await town.policy("tax", assess={"workingDays": 2})
    await town.submit()
    await town.clock.quiet()
    said = {part: progress(await town.get(part, "/_lgsp/info")) for part in town.running}
    space = Space(town.settings.space)
    assert sum(said["exchange"].positions.values()) == sum(said[agency].fed for agency in ("dvc", "land", "tax", "payment")) > 0
    assert {place.topic for place in said["ilis-adapter"].positions} == {space.inbox(LAND)}
    assert sum(said["ilis-adapter"].positions.values()) > 0
    assert said["tax"].next == datetime.fromisoformat("2026-03-04T17:00:00+07:00")
    assert {each.clock for each in said.values()} == {START}


async def test_a_part_that_came_back_at_another_time_is_turned_before_anything_is_called_at_rest(town: Played) -> None:
    async with Parts(
        lambda: {part: town.url(part) for part in town.running},
        KafkaSettings(town.settings.bootstrap or ""),
        Space(town.settings.space),
        Members.read(None).ids,
    ) as parts:
        await parts.turn(START)
        await town.put("exchange", "/_lgsp/clock", {"mode": "real"})
        assert await parts.busy() == "exchange stood at another time"
        await quiet(parts, within=LONG)
        assert (await town.get("exchange", "/_lgsp/clock"))["at"] == START.isoformat()


async def test_what_moves_between_two_rounds_is_not_at_rest(town: Played) -> None:
    meddler = Meddler(town)
    await quiet(town.parts, (meddler,), within=LONG)
    assert (await town.case(meddler.dossier))["ThongBaoThue"]


class Meddler:
    """Hands a dossier in after the first round was found at rest."""

    dossier = ""

    def __init__(self, town: Played) -> None:
        self._town = town

    async def busy(self) -> str | None:
        if not self.dossier:
            self.dossier = await self._town.submit()
        return None
