"""What the other steps mean: never, refused, state, by hand, faults, parts that stop and start, time, repeats and limits."""

import asyncio

import pytest

from scenarios.verdicts import Verdict
from tests.play.scripts import BY_HAND, Theatre, failure, passed, text_of
from tests.play.stage import at

SUBMIT = "- submit: {as: d, sample: transfer}"
NOTICE = "contract: tax.payment-notice, to: dvc, about: d"
EACH_DAY = "{policies: {tax: {notice-after: 1 working-day}}}"


# never


async def test_never_holds_from_its_place_on(theatre: Theatre) -> None:
    never = f"- never: {{{NOTICE}}}"
    assert failure(await theatre.play(f"{SUBMIT}\n{never}")).reason.startswith("tax.payment-notice to dvc about d (H37.")
    passed(await theatre.play(f"{SUBMIT}\n- expect: {{{NOTICE}, count: 2}}\n{never}"))


async def test_never_ends_when_what_it_names_is_captured_and_no_earlier(theatre: Theatre) -> None:
    steps = f"""
{SUBMIT}
- never: {{{NOTICE}, until: accepted}}
- expect: {{as: accepted, contract: dossier.submitted, to: ilis, about: d, after: d, within: %s}}
- expect: {{{NOTICE}, count: 2, within: 3 working-days}}
"""
    passed(await theatre.play(steps % "1 hour", given=EACH_DAY))
    held = f"{SUBMIT}\n- never: {{{NOTICE}, until: late}}\n- advance: {{by: 3 working-days}}\n- state: {{as: late, at: dvc, dossier: d}}"
    case = await theatre.play(held, given=EACH_DAY)
    assert failure(case).reason.endswith(f"must not come ({case.steps[1].place}), and came at 2026-03-03 17:00:00")
    assert len(case.steps) == 3


async def test_never_is_broken_by_the_second_delivery_of_what_came_before(theatre: Theatre) -> None:
    case = await theatre.play(
        f"""
- fault: {{as: late, duplicate: {{contract: dossier.submitted, hop: exchange->ilis}}}}
- fault: {{as: slow, delay: {{contract: dossier.submitted, hop: exchange->ilis, by: 2 hours, times: 1}}}}
{SUBMIT}
- expect: {{contract: dossier.submitted, to: ilis, about: d}}
- never: {{contract: dossier.submitted, to: ilis, about: d}}
- advance: {{by: 3 hours}}
"""
    )
    assert "came at 2026-03-02 11:00:00" in failure(case).reason


# refused, state


async def test_refused_wants_the_code_and_the_places_that_it_names(theatre: Theatre) -> None:
    steps = """
- submit: {as: d, sample: transfer}
- send: {as: m, from: tct, contract: tax.payment-notice, example: bad/line-amount-as-text, about: d}
- refused: {message: m, code: %s, faults: [%s]}
"""
    passed(await theatre.play(steps % ("client.contract_violation", "/lines/0/amount")))
    found = failure(await theatre.play(steps % ("client.expired", "/total")))
    assert found.differences == ["code: expected client.expired, found client.contract_violation", "fault at /total: expected, not found"]


async def test_what_is_not_refused_says_where_it_is(theatre: Theatre) -> None:
    steps = """
- submit: {as: d, sample: transfer}
- stop: exchange
- send: {as: m, from: tct, contract: tax.payment-notice, about: d}
- refused: {message: m, code: client.expired}
"""
    found = failure(await theatre.play(steps, given=f"{{policies: {BY_HAND}}}"))
    assert found.hop is not None
    assert (found.hop.seen, found.turn) == ("sent", "exchange")


async def test_a_state_is_looked_at_when_all_is_at_rest(theatre: Theatre) -> None:
    steps = """
- submit: {as: d, procedure: transfer, from: an, to: binh, parcel: plot, price: 1_000_000_000}
- pay: {dossier: d, all: true}
- state: {at: land, parcel: plot, holder: %s}
"""
    given = "{people: [{as: an}, {as: binh}], parcel: {as: plot, holder: an}}"
    passed(await theatre.play(steps % "binh", given=given))
    assert failure(await theatre.play(steps % "an", given=given)).differences == ["holder: expected an, found binh"]


# somebody by hand


async def test_by_hand_goes_on_when_the_message_comes_that_somebody_has_caused(theatre: Theatre) -> None:
    asked: list[str] = []

    async def officer(what: str) -> None:
        asked.append(what)

    steps = f"""
{SUBMIT}
- by-hand: {{say: "Xem {{d}}", until: {{as: m, contract: dossier.submitted, to: ilis, about: d}}, limit: 30 seconds}}
- call: {{at: dvc, path: "/ho-so/{{m./dossier}}"}}
"""
    passed(await theatre.play(steps, ask=officer))
    assert [each.startswith("Xem H37.") for each in asked] == [True]


async def test_by_hand_waits_no_longer_than_its_limit_in_real_time(theatre: Theatre) -> None:
    case = await theatre.play("- by-hand: {say: Chờ, until: {contract: tax.payment-notice}, limit: 1 second}")
    assert "within 1 s of real time, found 0" in failure(case).reason


# faults


async def test_a_fault_that_never_fires_fails_the_scenario_unless_it_may(theatre: Theatre) -> None:
    idle = "- fault: {as: f, lose: {contract: tax.notice-cancelled, hop: exchange->ilis}%s}\n- advance: {by: 1 hour}"
    assert failure(await theatre.play(idle % "")).reason == "armed and never fired: f"
    passed(await theatre.play(idle % ", may-not-fire: true"))
    reply = "- reply: {as: f, at: land, path: /nie, status: 500}\n- advance: {by: 1 hour}"
    assert failure(await theatre.play(reply)).reason == "armed and never fired: f"


@pytest.mark.parametrize(
    ("bound", "holds"), [("", True), (", exactly: 1", True), (", at-least: 2", False), (", at-most: 0", False), (", at-most: 1", True)]
)
async def test_fired_counts_by_now(bound: str, holds: bool, theatre: Theatre) -> None:
    case = await theatre.play(
        f"""
- fault: {{as: f, duplicate: {{contract: dossier.submitted, hop: exchange->ilis}}}}
{SUBMIT}
- fired: {{fault: f{bound}}}
"""
    )
    assert (case.verdict is Verdict.PASSED) == holds
    if not holds:
        assert failure(case).reason.startswith("fault f has fired 1 times: expected at ")


async def test_a_fault_is_used_up_after_its_times_or_ends_where_it_is_healed(theatre: Theatre) -> None:
    passed(
        await theatre.play(
            """
- fault: {as: once, duplicate: {contract: dossier.submitted, hop: exchange->ilis, times: 1}}
- submit: {as: a, sample: transfer}
- submit: {as: b, sample: transfer}
- expect: {contract: dossier.submitted, to: ilis, about: a, count: 2 deliveries}
- expect: {contract: dossier.submitted, to: ilis, about: b, count: 1 delivery}
- fault: {as: ever, duplicate: {contract: dossier.submitted, hop: exchange->ilis}}
- submit: {as: c, sample: transfer}
- expect: {contract: dossier.submitted, to: ilis, about: c, count: 2 deliveries}
- heal: ever
- submit: {as: e, sample: transfer}
- expect: {contract: dossier.submitted, to: ilis, about: e, count: 1 delivery}
- fired: {fault: ever, exactly: 1}
"""
        )
    )


# parts and time


PARTS = ("exchange", "dvc", "land", "tax", "payment", "dvc-adapter", "ilis-adapter", "tax-adapter", "payment-adapter")


async def test_every_part_is_stopped_and_started_and_nothing_is_lost(theatre: Theatre) -> None:
    around = "\n".join(f"- stop: {part}\n- advance: {{by: 1 hour}}\n- start: {part}" for part in PARTS)
    passed(await theatre.play(f"{SUBMIT}\n{around}\n- expect: {{{NOTICE}, count: 2}}"))


@pytest.mark.parametrize(
    ("said", "reached"),
    [
        ("to: 2026-03-05T10:30", "2026-03-05T10:30"),
        ("to: 2026-03-05", "2026-03-05T08:00"),
        ("by: 2 working-days", "2026-03-10T09:00"),
        ("by: 2 calendar-days", "2026-03-08T09:00"),
        ("by: 3 hours", "2026-03-06T12:00"),
        ("by: 10 minutes", "2026-03-06T09:10"),
        ("by: 5 seconds", "2026-03-06T09:00:05"),
    ],
)
async def test_time_is_advanced_to_an_instant_or_by_a_span_where_days_keep_the_hour(said: str, reached: str, theatre: Theatre) -> None:
    start = "2026-03-02T09:00" if said.startswith("to") else "2026-03-06T09:00"
    assert passed(await theatre.play(f"- advance: {{{said}}}", start=start)).ended == at(reached)


async def test_a_real_clock_and_a_faster_one_take_their_time(theatre: Theatre) -> None:
    real = passed(await theatre.play("- advance: {by: 2 seconds}", speed="real"))
    assert real.steps[0].seconds >= 1.5
    assert real.digest == ""
    faster = passed(await theatre.play(f"{SUBMIT}\n- advance: {{by: 1 minute}}\n- expect: {{{NOTICE}}}", speed="60x"))
    assert faster.steps[1].seconds >= 0.9
    assert faster.ended == at("2026-03-02T09:01")


# repeats and includes


async def test_runs_of_a_repeat_have_names_faults_and_nevers_of_their_own(theatre: Theatre) -> None:
    steps = """
- repeat:
    times: 2
    every: 1 hour
    steps:
      - fault: {as: f, duplicate: {contract: dossier.submitted, hop: exchange->ilis, times: 1}}
      - submit: {as: d, sample: transfer}
      - expect: {contract: dossier.submitted, to: ilis, about: d, count: 2 deliveries}
      - fired: {fault: f, exactly: 1}
      - expect: {as: n, contract: tax.payment-notice, to: dvc, about: d, where: {/kind: registration-fee}}
      - pay: {as: p, dossier: d, notice: "{n./notice}"}
      - never: {contract: %s, about: d}
    then: {finished: exactly 2}
- advance: {by: 1 working-day}
"""
    case = passed(await theatre.play(steps % "land.register-updated"))
    assert sorted(each.name for each in case.faults) == ["1.f", "2.f"]
    broken = failure(await theatre.play(steps % "payment.receipt"))
    assert "payment.receipt about d (H37." in broken.reason


async def test_a_repeat_in_a_repeat_is_played_on_the_same_clock(theatre: Theatre) -> None:
    case = passed(
        await theatre.play(
            """
- repeat:
    times: 2
    every: 1 calendar-day
    steps:
      - repeat:
          times: 2
          every: 1 hour
          steps:
            - submit: {as: d, sample: transfer}
            - expect: {contract: dossier.submitted, to: ilis, about: d}
"""
        )
    )
    begun = sorted(each.at for each in case.messages if each.contract == "dossier.submitted")
    assert begun == [at(f"2026-03-0{day}T{hour}:00") for day in (2, 3) for hour in ("09", "10")]


async def test_then_judges_all_runs_together(theatre: Theatre) -> None:
    steps = f"""
- repeat:
    times: 2
    every: 1 working-day
    steps:
      - submit: {{as: d, sample: transfer}}
      - expect: {{{NOTICE}, within: 5 working-days}}
    then: {{%s}}
"""
    passed(await theatre.play(steps % "finished: 2, p95: 2 working-days, stuck-longer-than: 2 working-days", given=EACH_DAY))
    found = failure(await theatre.play(steps % "finished: at most 1, p95: 1 hour, stuck-longer-than: 1 hour", given=EACH_DAY))
    for said in ("expected at most 1 of 2 runs to finish, found 2", "p95: only 0 of 2", "2 of 2 runs took longer than 1 hour"):
        assert said in found.reason


async def test_an_included_file_stands_in_the_place_of_its_step(theatre: Theatre) -> None:
    (theatre.folder / "_begin.yaml").write_text(f"{SUBMIT}\n- expect: {{as: n, {NOTICE}}}\n")
    passed(await theatre.play('- include: _begin.yaml\n- call: {at: dvc, path: "/ho-so/{n./dossier}"}'))


# limits


async def test_a_scenario_that_never_ends_is_ended_by_its_limit_in_virtual_time(theatre: Theatre) -> None:
    steps = (
        f"{SUBMIT}\n- advance: {{by: 1 calendar-day}}\n- expect: {{contract: land.register-updated, about: d, within: 300 calendar-days}}"
    )
    case = await theatre.play(steps, more="limits: {virtual: 30 calendar-days}")
    assert (case.verdict, len(case.steps)) == (Verdict.ERROR, 3)
    assert "(limits.virtual)" in case.reason
    assert case.messages


async def test_a_scenario_that_never_ends_is_ended_by_its_limit_in_real_time(theatre: Theatre) -> None:
    steps = f"{SUBMIT}\n- by-hand: {{say: Chờ, until: {{contract: land.register-updated}}}}"
    case = await theatre.play(steps, more="limits: {real: 4 seconds}")
    assert (case.verdict, case.reason) == (Verdict.ERROR, "it did not end within 4 s of real time (limits.real): ended in step 2")
    assert case.messages


async def test_time_that_would_run_backwards_is_an_error_where_only_the_run_can_know(theatre: Theatre) -> None:
    steps = f"{SUBMIT}\n- expect: {{{NOTICE}, within: 9 working-days}}\n- advance: {{to: 2026-03-02T10:00}}"
    case = await theatre.play(steps, given=EACH_DAY)
    assert case.verdict is Verdict.ERROR
    assert "time cannot run backwards: it is 2026-03-03 17:00:00" in case.reason


async def test_an_interrupted_scenario_keeps_what_was_done(theatre: Theatre) -> None:
    stop = asyncio.Event()

    async def ask(_: str) -> None:
        stop.set()

    case = await theatre.play(f"{SUBMIT}\n- by-hand: {{say: Chờ, until: {{contract: land.register-updated}}}}", stop=stop, ask=ask)
    assert (case.verdict, case.reason) == (Verdict.INTERRUPTED, "interrupted in step 2")
    assert [each.verdict for each in case.steps] == [Verdict.PASSED, Verdict.INTERRUPTED]
    (again,) = await theatre.all(text_of(SUBMIT), stop=stop)
    assert (again.verdict, again.reason) == (Verdict.INTERRUPTED, "interrupted while it was set up")


async def test_while_the_network_is_cut_time_cannot_pass_and_the_step_says_what_to_do(own_theatre: Theatre) -> None:
    case = await own_theatre.play("- fault: {as: f, cut: {}}\n- advance: {by: 1 hour}")
    assert (case.verdict, len(case.steps)) == (Verdict.ERROR, 2)
    assert "heal the cut before" in case.reason


async def test_a_script_of_real_time_takes_its_time_at_any_speed(theatre: Theatre) -> None:
    case = passed(await theatre.play("- advance: {by: 2 seconds}", more="real-time: true"))
    assert case.steps[0].seconds >= 1.5
    assert case.digest == ""


async def test_what_is_expected_while_the_network_is_cut_fails_at_once(own_theatre: Theatre) -> None:
    case = await own_theatre.play(f"{SUBMIT}\n- fault: {{as: f, cut: {{}}}}\n- expect: {{{NOTICE}, count: 9}}")
    assert failure(case).reason.startswith("expected exactly 9 ids of tax.payment-notice")
