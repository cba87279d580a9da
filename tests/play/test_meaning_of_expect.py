"""What `expect` means: terms, counts, stages, and that each delivery answers to one expectation only."""

import pytest

from scenarios.verdicts import Case
from tests.play.scripts import Theatre, failure, passed
from tests.play.stage import at

TWO_DAYS = "{policies: {tax: {notice-after: 2 working-days}}}"
SUBMIT = "- submit: {as: d, sample: transfer}"
NOTICE = "contract: tax.payment-notice, to: dvc, about: d"
MATCHED = at("2026-03-04T09:00")


def lines(*steps: str) -> str:
    """A list of steps."""
    return "\n".join(steps)


def stopped_at_the_match(case: Case) -> None:
    """On the second working day, when the notices came."""
    assert case.ended is not None
    assert case.ended.date() == MATCHED.date()


async def test_the_clock_moves_to_the_match_and_not_to_the_end_of_the_term(theatre: Theatre) -> None:
    case = passed(await theatre.play(lines(SUBMIT, f"- expect: {{{NOTICE}, within: 5 working-days}}"), given=TWO_DAYS))
    stopped_at_the_match(case)
    (term,) = case.deadlines
    assert (term.began, term.due, term.met) == (at("2026-03-02T09:00"), at("2026-03-09T17:00"), case.ended)


async def test_where_nothing_comes_the_clock_stops_at_the_end_of_the_term(theatre: Theatre) -> None:
    case = await theatre.play(lines(SUBMIT, f"- expect: {{as: n, {NOTICE}, within: 1 working-day}}"), given=TWO_DAYS)
    assert case.ended == at("2026-03-03T17:00")
    assert [each.met for each in case.deadlines] == [None]
    assert "by 2026-03-03 17:00:00, found 0" in failure(case).reason


async def test_without_a_term_time_does_not_move(theatre: Theatre) -> None:
    case = await theatre.play(lines(SUBMIT, f"- expect: {{{NOTICE}}}"), given=TWO_DAYS)
    assert case.ended == at("2026-03-02T09:00")
    assert "by now, found 0" in failure(case).reason
    assert case.deadlines == ()


async def test_a_term_runs_from_the_end_of_the_step_before_or_from_when_what_it_names_was_captured(theatre: Theatre) -> None:
    steps = lines(SUBMIT, "- advance: {by: 1 working-day}", "- expect: {%s, within: 1 working-day%s}")
    stopped_at_the_match(passed(await theatre.play(steps % (NOTICE, ""), given=TWO_DAYS)))
    late = await theatre.play(steps % (NOTICE, ", after: d"), given=TWO_DAYS)
    assert "by 2026-03-03 17:00:00" in failure(late).reason
    assert late.deadlines[0].began == at("2026-03-02T09:00")


async def test_by_is_a_term_that_ends_at_an_instant_and_is_told_as_one(theatre: Theatre) -> None:
    case = passed(await theatre.play(lines(SUBMIT, f"- expect: {{{NOTICE}, by: 2026-03-06T12:00}}"), given=TWO_DAYS))
    stopped_at_the_match(case)
    assert [each.due for each in case.deadlines] == [at("2026-03-06T12:00")]
    short = await theatre.play(lines(SUBMIT, f"- expect: {{{NOTICE}, by: 2026-03-03T12:00}}"), given=TWO_DAYS)
    assert short.ended == at("2026-03-03T12:00")
    failure(short)


async def test_what_came_before_the_step_counts_if_it_came_in_time(theatre: Theatre) -> None:
    steps = lines(SUBMIT, "- advance: {by: 20 calendar-days}", "- expect: {%s, after: d, within: %s}")
    case = passed(await theatre.play(steps % (NOTICE, "5 working-days"), given=TWO_DAYS))
    assert case.ended == at("2026-03-22T09:00")
    assert [each.met and each.met.date() for each in case.deadlines] == [MATCHED.date()]
    late = await theatre.play(steps % (NOTICE, "1 working-day"), given=TWO_DAYS)
    assert any("after the term" in each for each in failure(late).differences)


@pytest.mark.parametrize(
    ("count", "holds", "moves_to"),
    [
        ("2", True, "2026-03-02"),
        ("exactly 2 ids", True, "2026-03-02"),
        ("exactly 1", False, "2026-03-03"),
        ("3", False, "2026-03-03"),
        ("at least 1", True, "2026-03-02"),
        ("at least 3", False, "2026-03-03"),
        ("at most 2", True, "2026-03-03"),
        ("at most 1", False, "2026-03-03"),
        ("exactly 0", False, "2026-03-03"),
        ("2 deliveries", True, "2026-03-02"),
    ],
)
async def test_counts_hold_and_what_only_the_end_of_the_term_can_tell_waits_for_it(
    count: str, holds: bool, moves_to: str, theatre: Theatre
) -> None:
    case = await theatre.play(lines(SUBMIT, f"- expect: {{{NOTICE}, count: {count}, within: 1 working-day}}"))
    assert (case.verdict == "passed", f"{case.ended:%Y-%m-%d}") == (holds, moves_to), case.reason
    if not holds:
        assert "found 2" in failure(case).reason


async def test_a_count_holds_for_each_addressee(theatre: Theatre) -> None:
    steps = lines(SUBMIT, "- expect: {contract: tax.payment-notice, about: d, count: %s}")
    case = passed(await theatre.play(steps % "2"))
    assert {each.recipient for each in case.messages if each.contract == "tax.payment-notice"} == {"dvc", "ilis"}
    assert "found 2 to dvc, 2 to ilis" in failure(await theatre.play(steps % "4")).reason.replace(
        "2 to ilis, 2 to dvc", "2 to dvc, 2 to ilis"
    )


async def test_each_delivery_answers_to_one_expectation_only(theatre: Theatre) -> None:
    each = f"- expect: {{{NOTICE}}}"
    passed(await theatre.play(lines(SUBMIT, each, each)))
    assert "it answers to another expectation" in failure(await theatre.play(lines(SUBMIT, each, each, each))).differences


async def test_an_id_that_comes_twice_is_one_id_and_two_deliveries(theatre: Theatre) -> None:
    twice = "- fault: {as: dup, duplicate: {contract: tax.payment-notice, hop: exchange->dvc}}"
    passed(await theatre.play(lines(twice, SUBMIT, f"- expect: {{{NOTICE}, count: exactly 2 ids}}")))
    passed(await theatre.play(lines(twice, SUBMIT, f"- expect: {{{NOTICE}, count: exactly 4 deliveries}}")))
    one = f"- expect: {{{NOTICE}, count: at least 1 id}}"
    spent = await theatre.play(lines(twice, SUBMIT, one, one, one))
    assert [step.verdict for step in spent.steps] == ["passed"] * 4 + ["failed"]
    failure(spent)


async def test_accepted_is_what_the_exchange_says_and_taken_what_the_group_has_committed(theatre: Theatre) -> None:
    steps = lines(
        SUBMIT,
        "- expect: {contract: dossier.submitted, to: ilis, about: d, at: accepted}",
        "- expect: {contract: dossier.submitted, to: ilis, about: d, at: taken, within: 1 working-day}",
    )
    assert passed(await theatre.play(steps)).ended == at("2026-03-02T09:00")
    case = await theatre.play(lines("- stop: ilis-adapter", steps))
    assert case.ended == at("2026-03-03T17:00")
    found = failure(case)
    assert "it was not taken" in found.differences
    assert found.hop is not None
    assert found.hop.seen == "delivered"
    passed(await theatre.play(lines("- stop: ilis-adapter", steps.replace("taken", "delivered"))))


async def test_any_of_is_met_by_the_first_that_comes_and_captures_its_message(theatre: Theatre) -> None:
    case = passed(
        await theatre.play(
            lines(
                SUBMIT,
                "- any-of:",
                "    of:",
                "      - {contract: land.register-updated, about: d}",
                f"      - {{as: n, {NOTICE}, within: 3 working-days}}",
                "    as: first",
                "- expect: {contract: tax.payment-notice, to: ilis, about: d, where: {/notice: '{first./notice}'}}",
            ),
            given=TWO_DAYS,
        )
    )
    stopped_at_the_match(case)
    none = await theatre.play(
        lines(SUBMIT, "- any-of:", f"    - {{{NOTICE}, within: 1 working-day}}", "    - {contract: land.register-updated, about: d}"),
        given=TWO_DAYS,
    )
    assert "; nor expected at least 1 ids of land.register-updated" in failure(none).reason
