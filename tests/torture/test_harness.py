"""The harness on real processes: what was survived passes, and what an agency has lost or done otherwise is found."""

import sqlite3
from contextlib import closing

import pytest

from torture.case import Case
from torture.ground import Ground
from torture.kills import CASES as KILLS
from torture.plan import Plan
from torture.run import run
from torture.stories import PAID

PLAN = Plan(seed=1, short=True)


async def _forgets(ground: Ground) -> None:
    """Tax forgets that it has applied a message, and the portal a step of the dossier's history."""
    await ground.live(PAID[:1])
    await ground.shaken.at_rest()
    for agency, statement in (("tax", "delete from kit_applied where rowid = 1"), ("dvc", "delete from history where place = 2")):
        with closing(sqlite3.connect(ground.shaken.settings.state / f"{agency}.db")) as database, database:
            assert database.execute(statement).rowcount == 1


async def _never_comes_back(ground: Ground) -> None:
    await ground.shaken.stop("tax-adapter")
    ground.shaken.within = 1.0
    await ground.live(PAID[:1])


async def test_a_kill_is_survived_and_its_recovery_is_measured() -> None:
    [outcome] = await run([case for case in KILLS if case.name == "kill/exchange@land.transfer-slip"], PLAN, lambda _: None)
    assert outcome.held, (outcome.trouble, [str(each) for each in outcome.violations])
    assert (outcome.kills, outcome.dossiers) == (1, 1)
    [recovery] = outcome.recoveries
    assert recovery.rest is not None
    assert 0 < recovery.well < recovery.rest


@pytest.mark.slow
async def test_what_is_lost_is_found_and_what_never_comes_back_is_told_and_the_next_case_stands_on_new_ground() -> None:
    cases = [Case("test", "forgets", _forgets, "", 1), Case("test", "away", _never_comes_back, "", 1)]
    forgets, away = await run(cases, PLAN, lambda _: None)
    assert {each.point for each in forgets.violations} == {1, 6, 7}
    assert any("an effect at VN/GOV/G12.20/tct" in str(each) for each in forgets.violations)
    assert any(each.about == "dvc/tables/history" for each in forgets.violations)
    assert not away.violations
    assert away.trouble is not None
    assert "AssertionError" in away.trouble
