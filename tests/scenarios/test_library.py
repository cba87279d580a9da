"""The library of scenarios: every file can be read, every case holds, and its index is that of its files."""

import os
import re
from collections.abc import AsyncIterator

import pytest

from app.play.fitness import Means, why_not
from app.play.setting import Setting
from scenarios.reading import Script
from scenarios.verdicts import Verdict
from tests.naive.played import library, played, setting
from tools.scenario_index import INDEX, page

GROUPS = {"flow", "deadlines", "money", "faults", "rights", "dirty-data"}
SEEN_IN_REAL_SYSTEMS = {1, 2, 3, 4, 5, 6, 10}
"""Faults by their numbers in the list that the field has given us."""
_SEEN = re.compile(r"Faults? (\d+(?: and \d+)*) of real systems")


@pytest.fixture(scope="module")
async def shared(chosen: str | None) -> AsyncIterator[Setting]:
    async with setting(chosen) as made:
        yield made


@pytest.fixture(scope="module")
def chosen() -> str | None:
    """The broker that the run of tests was given; None: one of our own, that lies on demand."""
    return os.environ.get("LGSP_KAFKA_BOOTSTRAP")  # noqa: TID251 - which broker the same tests run against


@pytest.mark.parametrize("script", library(), ids=lambda each: each.id)
async def test_a_case_of_the_library_passes_or_says_why_this_broker_cannot_play_it(script: Script, shared: Setting) -> None:
    (case,) = await played([script], shared)
    cannot = why_not(script, Means(own_broker=shared.broker is not None, somebody=False))
    assert (case.verdict, case.reason) == ((Verdict.NOT_RUN, cannot) if cannot else (Verdict.PASSED, ""))
    if cannot:
        assert "LGSP_KAFKA_BOOTSTRAP names another" in cannot


def test_with_a_broker_of_our_own_nothing_of_the_library_is_left_out() -> None:
    assert [each.id for each in library() if why_not(each, Means(own_broker=True, somebody=False))] == []


def test_every_group_teaches_something_and_every_file_says_what_in_both_languages() -> None:
    assert {each.path.parent.name for each in library()} == GROUPS
    for each in library():
        said = each.scenario
        assert each.path.stem == said.scenario, "a file has the name of its scenario"
        assert len(said.about) > 80, f"{said.scenario}: what must an adapter do?"
        assert said.title.vi != said.title.en


def test_each_fault_that_was_seen_in_real_systems_is_a_scenario_that_says_so() -> None:
    said = [_SEEN.match(" ".join(each.scenario.about.split())) for each in library()]
    assert {int(number) for found in said if found for number in found[1].split(" and ")} == SEEN_IN_REAL_SYSTEMS


def test_the_index_is_that_of_the_files() -> None:
    assert INDEX.read_text(encoding="utf-8") == page(), "run make export"
