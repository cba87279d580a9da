"""What `expect` means: terms, counts, stages, and that each delivery answers to one expectation only."""

from tests.play.scripts import Theatre, failure, passed
from tests.play.stage import at

TWO_DAYS = "{policies: {tax: {notice-after: 2 working-days}}}"
SUBMIT = "- submit: {as: d, sample: transfer}"


async def test_the_clock_moves_to_the_match_and_not_to_the_end_of_the_term(theatre: Theatre) -> None:
    case = passed(
        await theatre.play(
            f"""
{SUBMIT}
- expect: {{contract: tax.payment-notice, to: dvc, about: d, within: 5 working-days}}
""",
            given=TWO_DAYS,
        )
    )
    assert case.ended is not None
    assert at("2026-03-04T09:00") <= case.ended <= at("2026-03-04T17:00")
    (term,) = case.deadlines
    assert (term.began, term.due, term.met) == (at("2026-03-02T09:00"), at("2026-03-09T17:00"), case.ended)


async def test_where_nothing_comes_the_clock_stops_at_the_end_of_the_term(theatre: Theatre) -> None:
    case = await theatre.play(
        f"""
{SUBMIT}
- expect: {{contract: tax.payment-notice, to: dvc, about: d, within: 1 working-day}}
""",
        given=TWO_DAYS,
    )
    assert case.ended == at("2026-03-03T17:00")
    assert case.deadlines[0].met is None
    assert "by 03/03/2026 17:00, found 0" in failure(case).reason
