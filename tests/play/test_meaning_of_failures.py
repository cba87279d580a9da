"""A failed step says where the case stands and whose turn it is; a run tells its deadlines, its course, and a digest of its history."""

import re
from typing import Literal

import pytest

from app.case import UNSAID
from app.play.why import whose
from scenarios.report.words import explained
from scenarios.verdicts import Hop
from tests.play.scripts import BY_HAND, Theatre, failure, passed
from tests.play.stage import at
from tests.scenarios.report import made

SUBMIT = "- submit: {as: d, sample: transfer}"
REGISTER = "- expect: {contract: land.register-updated, to: dvc, about: d, within: 1 working-day}"


@pytest.mark.parametrize(
    ("steps", "given", "seen", "turn", "words"),
    [
        (f"- stop: exchange\n{SUBMIT}\n- expect: {{about: d, to: ilis}}", "", "sent", "exchange", "the exchange has not judged it"),
        (f"- stop: ilis-adapter\n{SUBMIT}\n{REGISTER}", "", "delivered", "simulator", "not taken by group"),
        (f"{SUBMIT}\n{REGISTER}", f"{{policies: {BY_HAND}}}", "taken", "simulator", "nothing since"),
        (f"- stop: dvc-adapter\n{SUBMIT}\n{REGISTER}", "", "nothing", "simulator", "was ever sent"),
        (
            f"{SUBMIT}\n- send: {{from: tct, contract: tax.payment-notice, example: bad/line-amount-as-text, about: d}}\n{REGISTER}",
            f"{{policies: {BY_HAND}}}",
            "refused",
            "simulator",
            "client.contract_violation (/lines/0/amount",
        ),
    ],
    ids=["sent", "delivered", "taken", "nothing", "refused"],
)
async def test_the_last_hop_says_how_far_it_came_and_whose_turn_it_is(
    steps: str, given: str, seen: str, turn: str, words: str, theatre: Theatre
) -> None:
    found = failure(await theatre.play(steps, given=given))
    assert found.hop is not None
    assert (found.hop.seen, found.turn) == (seen, turn)
    assert words in found.hop.words
    assert found.turn_words.startswith(
        {"sent": "the exchange's: ", "delivered": "ilis's: it has not taken", "taken": "the land office's: decision"}.get(seen, "")
    )
    assert found.turn_words
    assert all(len(each) < 400 for each in (found.reason, found.hop.words, found.turn_words))


async def test_a_never_says_where_it_stands_what_came_the_last_hop_and_whose_turn_it_is(theatre: Theatre) -> None:
    case = await theatre.play(
        f"""
{SUBMIT}
- never: {{contract: tax.payment-notice, to: dvc, about: d}}
- advance: {{by: 2 working-days}}
""",
        given="{policies: {tax: {notice-after: 1 working-day}}}",
    )
    found = failure(case)
    never, advance = (step.place for step in case.steps[1:])
    assert case.steps[-1].word == "advance"
    assert f"({never}), and came at 2026-03-03 17:00:00" in found.reason
    assert never != advance
    assert found.nearest is not None
    assert (found.nearest.contract, found.nearest.recipient) == ("tax.payment-notice", "dvc")
    assert found.hop is not None
    assert found.hop.seen == "taken"
    assert (found.turn, found.turn_words.partition(":")[0]) == ("simulator", "the citizen's")
    assert [line.partition(":")[0] for line in explained(found)[1:]] == ["it was", "last hop", "whose turn"]


async def test_a_never_that_only_the_end_breaks_is_told_at_its_own_place(theatre: Theatre) -> None:
    steps = "- never: {contract: tax.payment-notice, to: dvc}\n- stop: exchange\n- submit: {as: d, sample: transfer}\n- start: exchange"
    case = await theatre.play(steps)
    assert (case.steps[-1].word, case.steps[-1].place) == ("never", case.steps[0].place)
    assert failure(case).hop is not None


@pytest.mark.parametrize(
    ("seen", "words", "turn"),
    [
        ("taken", "the citizen's: 1 notice(s) to pay (1)", "simulator"),
        ("taken", f"the citizen's: 1 notice(s) to pay (1){UNSAID}", "member under test"),
        ("taken", "the citizen's: a supplement is asked for", "simulator"),
        ("delivered", "the citizen's: 1 notice(s) to pay (1)", "member under test"),
        ("taken", "on its way (status 4)", "member under test"),
        ("taken", "nobody's: result returned (status 10)", "nobody"),
    ],
)
def test_the_citizen_s_turn_is_not_that_of_the_member_outside_that_heard_last(
    seen: Literal["taken", "delivered"], words: str, turn: str
) -> None:
    message = made.message(1, at("2026-03-02T09:00"), "tax.payment-notice", "tct", "ilis")
    assert whose(Hop(seen, message), ["land", "ilis"], words) == turn


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (
            "contract: land.register-updated, to: dvc, about: d",
            "no land.register-updated came about the dossier; so far: 1 dossier.submitted",
        ),
        ("contract: land.register-updated, to: dvc", "no land.register-updated came; so far: 1 dossier.submitted"),
        (
            "contract: dossier.submitted, about: d, count: 2",
            "no other dossier.submitted came about the dossier; so far: 1 dossier.submitted",
        ),
    ],
)
async def test_where_nothing_more_came_of_a_contract_no_other_is_near_and_what_came_is_counted(
    wanted: str, said: str, theatre: Theatre
) -> None:
    found = failure(await theatre.play(f"{SUBMIT}\n- expect: {{{wanted}}}", given=f"{{policies: {BY_HAND}}}"))
    assert found.nearest is None
    assert found.differences == [f"contract: {said}"]
    assert found.hop is not None
    assert "dossier.submitted from dvc to ilis" in found.hop.words


async def test_every_instant_in_the_words_of_a_failure_has_one_form(theatre: Theatre) -> None:
    steps = f"{SUBMIT}\n- expect: {{contract: dossier.submitted, to: ilis, about: d, where: {{/procedure: gift}}, within: 1 working-day}}"
    words = "\n".join(explained(failure(await theatre.play(steps, given=f"{{policies: {BY_HAND}}}"))))
    said = re.findall(r"\b(?:by|ilis,|since) (\S+ [0-9:]+[0-9])", words)
    assert said == ["2026-03-03 17:00:00", "2026-03-02 09:00:00", "2026-03-02 09:00:00"], words


async def test_the_words_are_those_of_the_script_and_only_what_it_names_is_compared(theatre: Theatre) -> None:
    case = await theatre.play(
        f"""
{SUBMIT}
- expect: {{contract: tax.payment-notice, to: dvc, about: d, where: {{/kind: registration-fee, /total: 1}}}}
"""
    )
    found = failure(case)
    code = case.messages[0].subject
    assert found.reason == f"expected at least 1 ids of tax.payment-notice to dvc about d ({code}) by now, found 0"
    assert found.nearest is not None
    assert found.nearest.payload["kind"] == "registration-fee"
    (difference,) = found.differences
    assert difference.startswith("/total: expected 1, found ")
    names = {part for each in case.messages for part in _texts(each.payload, "Name")}
    assert names
    assert not any(name in " ".join([found.reason, *found.differences, found.turn_words]) for name in names)


def _texts(payload: object, ending: str) -> list[str]:
    """Every name of somebody in a payload."""
    if isinstance(payload, list):
        return [each for value in payload for each in _texts(value, ending)]
    if not isinstance(payload, dict):
        return []
    return [value for key, value in payload.items() if key.endswith(f"payer{ending}")] + [
        each for value in payload.values() for each in _texts(value, ending)
    ]


async def test_the_course_counts_dossiers_by_status_over_the_time_of_the_scenario(theatre: Theatre) -> None:
    case = passed(
        await theatre.play(
            f"""
{SUBMIT}
- submit: {{as: e, sample: transfer}}
- advance: {{by: 3 working-days}}
- pay: {{dossier: d, all: true}}
- expect: {{contract: land.register-updated, to: dvc, about: d}}
""",
            given="{policies: {tax: {notice-after: 1 working-day}}}",
        )
    )
    assert case.course[0].at == at("2026-03-02T09:00")
    assert [point.at for point in case.course] == sorted({point.at for point in case.course})
    assert {sum(point.by_status.values()) for point in case.course} <= {1, 2}
    assert sum(case.course[-1].by_status.values()) == 2
    assert [point.by_status[6] for point in case.course] == [2, 1]


async def test_the_same_seed_has_the_same_digest_on_every_broker_and_another_history_another(
    theatre: Theatre, own_theatre: Theatre
) -> None:
    steps = f"{SUBMIT}\n- pay: {{dossier: d, all: true}}\n- advance: {{by: 1 working-day}}"
    other = await theatre.play(f"{steps}\n- submit: {{as: e, sample: transfer}}")
    one, two, three = await theatre.play(steps), await theatre.play(steps), await own_theatre.play(steps)
    assert len(one.digest) == 64
    assert one.digest == two.digest == three.digest
    assert other.digest not in ("", one.digest)
