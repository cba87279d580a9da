"""The scenario's clock: jumps from due instant to due instant, overtakes nothing, and says clearly when it cannot go on."""

import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.play.clock import ScenarioClock, Speed
from app.play.quiet import NotQuiet
from bus import Space
from tests.play.stage import Played, Said, at, played, slow
from vn.errors import Unusable

BEFORE_TET = at("2026-02-13T09:00")  # a Friday; the next working day is Monday the 23rd
NOTICE = "vn.gov.tax.payment-notice.v1"


@pytest.fixture
async def town(broker: str, space: Space, tmp_path: Path) -> AsyncIterator[Played]:
    async with played(broker, space.name, tmp_path, start=BEFORE_TET) as running:
        yield running


async def test_a_notice_due_after_two_working_days_over_tet_comes_at_that_instant_and_no_sooner(town: Played) -> None:
    await town.policy("tax", assess={"workingDays": 2})
    dossier = await town.submit()

    assert await town.go(at("2026-02-24T16:59:59")) == at("2026-02-24T16:59:59")
    assert (await town.case(dossier))["ThongBaoThue"] == []

    last = town.clock.now
    assert await town.clock.advance(at("2026-03-02T09:00"), until=lambda: town.clock.now > last) == at("2026-02-24T17:00")
    assert await town.notices(dossier)
    assert {said[0] for said in await town.history() if said[1] == NOTICE} == {"2026-02-24T17:00:00+07:00"}


async def test_every_part_stands_at_the_scenarios_time_also_one_that_is_started_later(town: Played) -> None:
    await town.stop("ilis-adapter")
    await town.stop("land")
    await town.go(at("2026-02-25T08:30"))
    await town.province.start("land")
    await town.province.start("ilis-adapter")
    shown = {part: (await town.get(part, "/_lgsp/clock"))["at"] for part in town.running}
    assert set(shown.values()) == {"2026-02-25T08:30:00+07:00"}
    assert len(shown) == 9


async def test_a_stopped_adapter_does_not_hold_time_up_and_catches_up_at_the_new_time(town: Played) -> None:
    await town.stop("tax-adapter")
    dossier = await town.submit()
    await town.go(at("2026-02-26T10:00"))
    assert (await town.case(dossier))["ThongBaoThue"] == []

    await town.province.start("tax-adapter")
    await town.clock.quiet()
    assert {said[0] for said in await town.history() if said[1] == NOTICE} == {"2026-02-26T10:00:00+07:00"}


async def test_an_adapter_whose_agency_is_stopped_goes_on_trying_and_does_not_hold_time_up(town: Played) -> None:
    form = await town.form()
    await town.stop("land")
    await town.hand_in(form)
    await town.go(at("2026-02-26T10:00"))
    await town.province.start("land")
    await town.clock.quiet()
    accepted = {said[0] for said in await town.history() if said[1] == "vn.gov.land.transfer-slip.v1"}
    assert accepted == {"2026-02-26T10:00:00+07:00"}


async def life(town: Played, hours: int, *, restless: bool = False) -> list[Said]:
    """Dossiers handed in over a week, an hour at a time, and the history until all notices are there.

    Land accepts and tax assesses at once, at whatever hour that is; only the slip takes days.
    """
    await town.policy("land", slip={"workingDays": 2})
    for hour in range(hours):
        if hour % 20 == 0:
            await town.submit(seed=hour + 1)
        if restless and hour % 25 == 24:  # in the middle of whatever it does
            part = ("ilis-adapter", "tax-adapter", "exchange", "dvc-adapter")[hour // 25 % 4]
            await town.stop(part)
            await town.province.start(part)
        await town.go(town.at + timedelta(hours=1))
    await town.go(town.at + timedelta(days=20))
    return await town.history()


@pytest.mark.parametrize("hours", [40, pytest.param(200, marks=pytest.mark.slow)])
async def test_many_jumps_overtake_no_message_whatever_is_slow_or_killed_and_the_same_is_said_at_the_same_instants(
    hours: int, broker: str, space: Space, tmp_path: Path
) -> None:
    async with played(broker, space.name, tmp_path / "calm", start=BEFORE_TET) as calm:
        expected = await life(calm, hours)
    async with played(broker, f"{space.name}-b", tmp_path / "slow", start=BEFORE_TET) as shaken:
        async with slow(shaken, "tax", most=0.03), slow(shaken, "ilis", most=0.05), slow(shaken, "dvc", most=0.04):
            assert await life(shaken, hours, restless=True) == expected
        assert shaken.clock.jumps > hours
    assert len({said[4] for said in expected if said[1] == NOTICE}) == hours // 20


async def test_a_part_that_does_not_come_to_rest_is_named_with_what_it_does(town: Played) -> None:
    stuck = Stuck()
    clock = ScenarioClock(town.parts, stuck, start=BEFORE_TET, within=0.3)
    with pytest.raises(NotQuiet, match=r"not at rest after 0\.3 s: the relay holds 2 messages"):
        await clock.advance(at("2026-02-14T09:00"))
    assert clock.now == BEFORE_TET


class Stuck:
    """A participant that holds the clock back, and one that waits for an instant."""

    def __init__(self, why: str | None = "the relay holds 2 messages", due: datetime | None = None) -> None:
        self.why, self.due = why, due
        self.turned: list[datetime] = []

    async def busy(self) -> str | None:
        return self.why

    async def next_due(self) -> datetime | None:
        return self.due

    async def turn(self, now: datetime) -> None:
        self.turned.append(now)
        if self.due is not None and now >= self.due:
            self.due = None


async def test_time_stops_at_the_due_instant_of_every_participant(town: Played) -> None:
    waits = Stuck(None, at("2026-02-15T03:04:05"))
    clock = ScenarioClock(town.parts, waits, start=BEFORE_TET)
    await clock.advance(at("2026-02-16T00:00"))
    assert waits.turned == [at("2026-02-15T03:04:05"), at("2026-02-16T00:00")]


async def test_a_jump_over_nothing_costs_hundredths_of_a_second_of_the_processor(town: Played) -> None:
    await town.clock.quiet()
    began = time.process_time()  # of parts and clock together; what others do on this machine does not count
    for _ in range(50):
        await town.go(town.at + timedelta(days=1))
    assert town.clock.jumps == 50
    assert time.process_time() - began < 50 * 0.06  # 0.01 to 0.02 each


async def test_time_that_runs_backwards_or_past_the_limit_is_refused_with_both_instants(town: Played) -> None:
    with pytest.raises(Unusable, match="backwards: it is 2026-02-13 09:00:00, and the scenario wants to go to 2026-02-13 08:00:00"):
        await town.clock.advance(at("2026-02-13T08:00"))
    with pytest.raises(Unusable, match="2031-03-01 00:00:00 is after 2031-02-14 09:00:00, where this scenario must have ended"):
        await town.clock.advance(at("2031-03-01T00:00"))
    assert town.clock.now == BEFORE_TET


async def test_at_60x_no_more_than_sixty_scenario_seconds_pass_in_a_real_one(broker: str, space: Space, tmp_path: Path) -> None:
    async with played(broker, space.name, tmp_path, start=BEFORE_TET, speed=Speed.read("60x")) as town:
        began = time.monotonic()
        assert await town.go(BEFORE_TET + timedelta(seconds=90)) == BEFORE_TET + timedelta(seconds=90)
        assert time.monotonic() - began >= 1.5
        assert (await town.get("tax", "/_lgsp/clock"))["at"] == "2026-02-13T09:01:30+07:00"


async def test_on_a_real_clock_advancing_waits_while_the_parts_clocks_run(broker: str, space: Space, tmp_path: Path) -> None:
    async with played(broker, space.name, tmp_path, start=BEFORE_TET, speed=Speed.read("real")) as town:
        began = time.monotonic()
        reached = await town.clock.advance(town.clock.now + timedelta(seconds=1))
        assert time.monotonic() - began >= 1
        shown = await town.get("tax", "/_lgsp/clock")
        assert shown["mode"] == "offset"
        assert abs((datetime.fromisoformat(shown["now"]) - reached).total_seconds()) < 1


@pytest.mark.parametrize("said", ["fast", "0x", "60", "-1x", "", "1e3x"])
def test_a_speed_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(Unusable, match="say max, real, or"):
        Speed.read(said)
