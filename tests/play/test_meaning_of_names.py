"""What names mean: `as` captures, `{n}` and `{n./pointer}` stand for it in every field that may hold them."""

import pytest

from tests.play.scripts import BY_HAND, Theatre, failure, passed, text_of
from tests.play.stage import at

SUBMIT = "- submit: {as: d, sample: transfer}"
FEE = "- expect: {as: n, contract: tax.payment-notice, to: dvc, about: d, where: {/kind: registration-fee}}"


async def test_a_reference_keeps_the_type_of_what_it_finds_and_inside_a_text_becomes_text(theatre: Theatre) -> None:
    passed(
        await theatre.play(
            f"""
{SUBMIT}
{FEE}
- expect: {{contract: tax.payment-notice, to: ilis, about: d, where: {{/total: "{{n./total}}", /notice: {{matches: ".*{{n./notice}}"}}}}}}
- state: {{as: s, at: dvc, path: "/ho-so/{{d}}", where: {{/MaHoSo: "{{d}}"}}}}
- state: {{at: dvc, dossier: d, where: {{/MaHoSo: "{{s./MaHoSo}}"}}}}
- call: {{as: c, at: dvc, path: "/ho-so/{{d}}"}}
- call: {{at: dvc, path: "/ho-so/{{c./MaHoSo}}"}}
"""
        )
    )


async def test_an_amount_and_a_notice_are_taken_from_a_message(theatre: Theatre) -> None:
    case = passed(
        await theatre.play(
            f"""
{SUBMIT}
{FEE}
- pay: {{as: p, dossier: d, notice: "{{n./notice}}", amount: "{{n./total}}"}}
- expect: {{contract: payment.receipt, to: tct, about: d, where: {{/amount: "{{n./total}}"}}}}
- send: {{as: again, from: tct, contract: tax.payment-notice, like: n, about: d, with: {{/total: "{{n./total}}"}}}}
"""
        )
    )
    assert case.verdict == "passed"


async def test_time_is_advanced_to_an_instant_that_a_message_names(theatre: Theatre) -> None:
    steps = f"""
{SUBMIT}
{FEE}
- advance: {{to: "{{n./lines/0/deadline}}"}}
- expect: {{contract: tax.payment-notice, to: dvc, about: d, by: "{{n./lines/0/deadline}}"}}
"""
    case = passed(await theatre.play(steps))
    notice = next(
        each.payload for each in case.messages if each.contract == "tax.payment-notice" and each.payload["kind"] == "registration-fee"
    )
    assert case.ended == at(f"{notice['lines'][0]['deadline']}T08:00")
    wrong = await theatre.play(steps.replace("/lines/0/deadline", "/kind"))
    assert failure(wrong).reason == "'registration-fee' is not an instant, and not a date"


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (f'{SUBMIT}\n{FEE}\n- call: {{at: dvc, path: "/ho-so/{{n./lines/7/deadline}}"}}', "has nothing at /lines/7/deadline"),
        (
            f"{SUBMIT}\n- expect: {{as: n, contract: tax.notice-cancelled, about: d, count: 0}}\n"
            '- call: {at: dvc, path: "/ho-so/{n./dossier}"}',
            "nothing was captured as 'n' by now",
        ),
        (
            f"{SUBMIT}\n- expect: {{as: n, contract: tax.notice-cancelled, about: d, count: 0}}\n"
            "- expect: {contract: tax.payment-notice, about: d, after: n, within: 1 hour}",
            "nothing was captured as 'n' by now",
        ),
    ],
)
async def test_a_reference_to_nothing_fails_its_step_and_says_so(steps: str, reason: str, theatre: Theatre) -> None:
    assert reason in failure(await theatre.play(steps)).reason


async def test_every_step_that_makes_something_captures_it(theatre: Theatre) -> None:
    passed(
        await theatre.play(
            """
- submit: {as: d, sample: transfer}
- decide: {as: accepted, at: land, dossier: d, action: accept}
- send: {as: m, from: tct, contract: tax.payment-notice, example: bad/line-amount-as-text, about: d}
- refused: {as: no, message: m, code: client.contract_violation, faults: [/lines/0/amount]}
- state: {as: s, at: dvc, dossier: d}
- call: {at: dvc, path: "/ho-so/{s./MaHoSo}"}
- call: {at: dvc, path: "/ho-so/{d}?x={no./code}-{no./faults/0/pointer}"}
- withdraw: {as: w, dossier: d}
- call: {at: dvc, path: "/ho-so/{w}"}
""",
            given=f"{{policies: {BY_HAND}}}",
        )
    )


async def test_rows_of_a_table_are_cases_with_their_own_values_also_in_names_of_faults(theatre: Theatre) -> None:
    cases = await theatre.all(
        text_of(
            """
- repeat:
    table:
      - {id: twice, copies: 2, fault: f-two}
      - {id: thrice, copies: 3, fault: f-three}
    steps:
      - fault: {as: "{row./fault}", duplicate: {contract: dossier.submitted, hop: exchange->ilis, copies: "{row./copies}"}}
      - submit: {as: d, sample: transfer}
      - expect: {contract: dossier.submitted, to: ilis, about: d, count: "{row./copies} deliveries"}
      - fired: {fault: "{row./fault}", exactly: 1}
"""
        )
    )
    assert [(each.id.partition("[")[2], each.verdict) for each in cases] == [("twice]", "passed"), ("thrice]", "passed")]
    assert [each.faults[0].name for each in cases] == ["f-two", "f-three"]


async def test_a_message_like_one_that_did_not_come_fails_the_step(theatre: Theatre) -> None:
    case = await theatre.play(
        """
- submit: {as: d, sample: transfer}
- expect: {as: n, contract: tax.notice-cancelled, about: d, count: at most 1}
- send: {from: tct, contract: tax.notice-cancelled, like: n}
"""
    )
    assert failure(case).reason == "nothing was captured as 'n' by now"


async def test_a_status_may_be_what_a_reference_finds(theatre: Theatre) -> None:
    steps = """
- submit: {as: d, sample: transfer}
- expect: {as: m, contract: dossier.status-changed, to: dvc, about: d, where: {/status: 6}}
- state: {at: dvc, dossier: d, status: "{m./status}"}
"""
    passed(await theatre.play(steps))


async def test_a_body_is_sent_as_it_is_whatever_looks_like_a_name_in_it(theatre: Theatre) -> None:
    steps = """
- submit: {as: d, sample: transfer}
- send: {as: m, from: tct, contract: tax.payment-notice, about: d, body: '{nobody}'}
- refused: {message: m, code: client.contract_violation}
"""
    passed(await theatre.play(steps))
