"""What was recorded of the library's scripts, played again: the same messages, and nobody's name."""

from pathlib import Path

import pytest

from app.play.fitness import Means, why_not
from scenarios.reading import Script
from tests.play.recording import identities, round_trip, scripts_in, told

LIBRARY = Path(__file__).parents[2] / "scenarios"
GROUPS = ("flow", "money", "deadlines")
SCRIPTS = [script for group in GROUPS for path in sorted((LIBRARY / group).glob("*.yaml")) for script in scripts_in(path)]
FEW = ("transfer-to-the-register", "slip-returned-and-corrected", "withdrawal-crosses-a-receipt")
"""The others, two runs each like these, belong to `make test-slow`."""


@pytest.mark.parametrize("script", [pytest.param(each, id=each.id, marks=() if each.id in FEW else pytest.mark.slow) for each in SCRIPTS])
async def test_the_draft_of_a_recorded_script_passes_with_the_same_messages_and_no_identity_of_it(
    script: Script, broker: str, tmp_path: Path
) -> None:
    if reason := why_not(script, Means(own_broker=False, somebody=False)):
        pytest.skip(reason)
    played = await round_trip(script, broker, tmp_path)
    assert told(played.again) == told(played.first) or played.draft.left_out
    assert [line for line in played.draft.left_out if line not in played.draft.text] == []
    assert sorted(each for each in identities(played.first) if each in played.draft.text) == []
