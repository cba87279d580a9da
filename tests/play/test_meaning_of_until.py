"""What `until` of a `never` counts, and whose turn it is where an agency decides on a later day."""

from tests.play.scripts import Theatre, failure, passed

SUBMIT = "- submit: {as: d, sample: transfer}"
PAY = "- pay: {dossier: d, all: true}"
NEVER = "- never: {contract: land.register-updated, about: d, until: done}"


async def test_what_follows_from_the_captured_message_at_its_instant_does_not_count(theatre: Theatre) -> None:
    done = "- expect: {as: done, contract: tax.obligation-completed, to: ilis, about: d}"
    passed(await theatre.play("\n".join((SUBMIT, NEVER, PAY, done))))


async def test_what_came_before_the_captured_message_counts(theatre: Theatre) -> None:
    done = "- expect: {as: done, contract: dossier.status-changed, to: dvc, about: d, where: {/status: 9}}"
    never = "- never: {contract: tax.obligation-completed, about: d, until: done}"
    case = await theatre.play("\n".join((SUBMIT, never, PAY, done)))
    assert failure(case).reason.startswith("tax.obligation-completed about d (")


async def test_a_decision_that_falls_due_later_is_named_with_its_day_and_what_was_applied_is_taken(theatre: Theatre) -> None:
    late = "- expect: {contract: tax.payment-notice, to: dvc, about: d, within: 1 working-day}"
    case = await theatre.play("\n".join((SUBMIT, late)), given="{policies: {tax: {notice-after: 5 working-days}}}")
    found = failure(case)
    assert found.hop is not None
    assert found.hop.seen == "taken"
    assert found.turn == "simulator"
    assert found.turn_words == "the tax authority's: decision `assess` falls due at 2026-03-09 17:00:00"
