"""What was played is gone: a run of many scenarios needs no more memory than one."""

import gc

from fastapi import FastAPI

from tests.play.scripts import Theatre


def applications() -> int:
    """How many are held by anything."""
    gc.collect()
    return sum(isinstance(each, FastAPI) for each in gc.get_objects())


async def test_no_application_of_a_played_scenario_is_held(theatre: Theatre) -> None:
    before = applications()
    assert (await theatre.play("- submit: {as: d, sample: transfer}")).reason == ""
    assert applications() == before
