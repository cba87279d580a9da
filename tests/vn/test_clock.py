"""A clock runs as it was set, for everyone who holds it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from vn.clock import VN, Clock, ClockSetting

NOON = datetime(2025, 7, 1, 12, tzinfo=VN)


def clock(setting: ClockSetting | None = None) -> Clock:
    return Clock(setting, real=lambda: NOON.astimezone(UTC))


def test_a_real_clock_shows_the_present_in_viet_nam():
    before = datetime.now(UTC)
    now = Clock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(hours=7)


def test_an_offset_clock_runs_ahead_of_the_real_one():
    assert clock(ClockSetting("offset", 3600)).now() == NOON + timedelta(hours=1)


def test_a_frozen_clock_stands_still_and_shows_viet_nams_time():
    frozen = Clock(ClockSetting("frozen", at=datetime(2025, 6, 30, 17, 30, tzinfo=UTC)))
    assert frozen.now() == frozen.now()
    assert frozen.now().isoformat() == "2025-07-01T00:30:00+07:00"


def test_jumping_makes_a_real_clock_an_offset_one_and_jumps_add_up():
    moved = clock()
    moved.jump(timedelta(days=1))
    moved.jump(timedelta(hours=2))
    assert moved.setting() == ClockSetting("offset", 93_600)
    assert moved.now() == NOON + timedelta(days=1, hours=2)


def test_jumping_all_the_way_back_makes_it_real_again():
    moved = clock(ClockSetting("offset", 60))
    moved.jump(timedelta(seconds=-60))
    assert moved.setting() == ClockSetting()


def test_a_frozen_clock_jumps_and_stays_frozen():
    frozen = clock(ClockSetting("frozen", at=NOON))
    frozen.jump(timedelta(minutes=5))
    assert frozen.setting() == ClockSetting("frozen", at=NOON + timedelta(minutes=5))


def test_listeners_hear_of_every_change_until_they_are_taken_off():
    heard: list[datetime] = []
    moved = clock()
    off = moved.on_change(lambda: heard.append(moved.now()))
    moved.set(ClockSetting("offset", 1))
    moved.jump(timedelta(seconds=1))
    off()
    off()
    moved.set(ClockSetting())
    assert heard == [NOON + timedelta(seconds=1), NOON + timedelta(seconds=2)]


def test_no_jump_is_lost_when_several_threads_jump():
    moved = clock()
    threads = [threading.Thread(target=lambda: [moved.jump(timedelta(seconds=1)) for _ in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert moved.setting().offset_seconds == 800


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "frozen"},
        {"mode": "real", "at": NOON},
        {"mode": "frozen", "at": datetime(2025, 7, 1)},
        {"mode": "real", "offset_seconds": 5},
        {"mode": "frozen", "at": NOON, "offset_seconds": 5},
        {"mode": "fast"},
    ],
)
def test_a_setting_that_contradicts_itself_is_refused(wrong):
    with pytest.raises(ValueError, match=r"clock|time zone"):
        ClockSetting(**wrong)
