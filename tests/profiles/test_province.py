"""A profile is played: its figures add up, and one seed has one history, whatever carries it."""

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.commands.options import environment
from app.profiles.profile import Profile, load
from app.profiles.province import play
from app.settings import Settings
from scenarios.verdicts import Case, Verdict

RECEIVED = 40


def small() -> Profile:
    """The pilot with forty dossiers in one month, followed for six weeks."""
    whole = load("langson-2024")
    period = whole.period.model_copy(update={"last": date(2024, 9, 13)})
    published = whole.published.model_copy(update={"received": RECEIVED, "slips": 12, "noticed": 11, "finished": 21})
    return whole.model_copy(
        update={"period": period, "published": published, "months": whole.months.model_copy(update={"shares": {"2024-08": 100}})}
    )


async def played(settings: Settings, *, seed: int = 7, exchanges: int = 1) -> Case:
    profile = small().model_copy(update={"seed": seed})
    case = await play(profile, settings, environment(), exchanges=exchanges)
    assert case.verdict is Verdict.PASSED, case.reason
    return case


@pytest.fixture(scope="module")
def settings(broker: str) -> Settings:
    return Settings(bootstrap=broker, state=Path("not-used"))


async def test_figures_add_up_and_a_broker_of_its_own_with_three_exchange_processes_makes_the_same_history(settings: Settings):
    case = await played(settings)
    figures_add_up(case)
    every_day_is_counted(case)
    assert not [code for code in case.figures["refusals"] if code.startswith(("client.", "server.", "adapter."))]
    assert all(case.figures["memory"][name]["flat"] for name in ("runner", "exchange"))
    assert (await played(replace(settings, bootstrap=None), exchanges=3)).digest == case.digest


def figures_add_up(case: Case) -> None:
    """What the profile is calibrated to is called an input."""
    assert [each["kind"] for each in case.figures["compared"]] == ["input"] * 4 + ["result"]
    assert all(each["source"] for each in case.figures["compared"])
    rows = {each["what"].partition(" / ")[2]: each for each in case.figures["compared"]}
    received, slips = rows["dossiers received"]["ours"], rows["dossiers with a slip"]["ours"]
    noticed, finished = rows["dossiers answered by tax"]["ours"], rows["dossiers finished"]["ours"]
    assert received == RECEIVED == case.figures["dossiers"]
    assert received >= slips >= noticed > 0
    last = case.course[-1].by_status
    assert sum(last.values()) == received
    assert last[3] + last[10] <= finished <= last[3] + last[10] + last.get(9, 0) + last.get(8, 0)
    assert case.figures["messages"] >= 3 * received


def every_day_is_counted(case: Case) -> None:
    """And no dossier is lost from one to the next."""
    counts = [sum(point.by_status.values()) for point in case.course]
    assert counts == sorted(counts)
    assert len(case.course) == 44


@pytest.mark.slow
async def test_the_same_seed_has_the_same_history_and_another_seed_another(settings: Settings):
    first = await played(settings)
    assert (await played(settings)).digest == first.digest
    assert (await played(settings, seed=8)).digest != first.digest


async def test_a_run_that_is_stopped_says_how_far_it_came(settings: Settings):
    stop = asyncio.Event()

    def progress(done: float, _: str) -> None:
        if done > 0.2:
            stop.set()

    case = await play(small(), settings, environment(), progress=progress, stop=stop)
    assert case.verdict is Verdict.INTERRUPTED
    assert "2024-08" in case.reason
    assert 0 < len(case.course) < 44
    assert case.digest == ""
