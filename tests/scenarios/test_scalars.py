"""What is written means what it says, by the place where it stands."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from scenarios.scalars import Count, Plain, Ref
from tests.scenarios.scripts import HEAD, SUBMIT, complaints, scripts, steps, wrong
from vn.spans import CalendarDays, Elapsed, WorkingDays


@pytest.mark.parametrize("word", ["05765", "020123456701", "15:00", "no", "1_950_000_000", "1e3", "2026-02-09"])
def test_a_text_is_the_very_word_that_was_written(tmp_path: Path, word: str) -> None:
    said = steps(tmp_path, SUBMIT, f"- withdraw: {{dossier: d1, reason: {word}}}").scenario.steps[1].withdraw
    assert said is not None
    assert said.reason == word


@pytest.mark.parametrize("word", ["05765", "020123456701", "15:00", "no", "1_950_000_000"])
def test_what_nothing_types_stays_as_it_was_written_with_or_without_quotes(tmp_path: Path, word: str) -> None:
    where = f"where: {{/notice: {word}, /dossier: '{word}'}}"
    said = steps(tmp_path, f"- expect: {{contract: tax.payment-notice, {where}}}").scenario.steps[0].expect
    assert said is not None
    assert [(type(each.is_), each.is_) for each in said.where.values()] == [(Plain, word), (str, word)]


def test_a_name_may_be_a_word_that_yaml_once_took_for_a_boolean(tmp_path: Path) -> None:
    assert steps(tmp_path, "- submit: {as: no, sample: transfer}", "- pay: {dossier: no, all: true}").scenario.steps[0].act.as_ == "no"


def test_amounts_areas_shares_spans_counts_and_instants_are_exact(tmp_path: Path) -> None:
    script = scripts(
        tmp_path,
        """scenario: tried
title: {vi: Thử, en: Tried}
start: 2026-02-09
given: {people: [{as: an}, {as: binh}], parcel: {as: plot, holder: {an: 1/3, binh: 2/3}, area: 120.50}}
steps:
- submit: {as: d1, procedure: transfer, from: an, to: binh, parcel: plot, price: 1_950_000_000}
- expect: {contract: tax.payment-notice, count: exactly 2 deliveries, within: 2 working-days}
- expect: {contract: tax.payment-notice, count: 0, within: 30 calendar-days}
- expect: {contract: tax.payment-notice, within: 90 minutes}
- pay: {dossier: d1, notice: registration-fee, amount: "{d1./x}"}
""",
    )[0].scenario
    parcel = script.given.parcel[0]
    assert (parcel.area, parcel.holder) == (Decimal("120.50"), {"an": Fraction(1, 3), "binh": Fraction(2, 3)})
    assert script.start.isoformat() == "2026-02-09T08:00:00+07:00"
    assert script.start.date() == date(2026, 2, 9)
    expected = [step.expect for step in script.steps if step.expect]
    assert [each.within for each in expected] == [WorkingDays(2), CalendarDays(30), Elapsed(timedelta(minutes=90))]
    assert [each.count for each in expected] == [Count(2, "exactly", "deliveries"), Count(0, "exactly"), Count()]
    assert (script.steps[0].act.price, script.steps[4].act.amount) == (1_950_000_000, Ref("d1", "/x"))


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("- pay: {dossier: d1, all: yes}", "2:27: /steps/1/pay/all: not true or false; write true"),
        ("- pay: {dossier: d1, notice: x, amount: 5.5}", "2:41: /steps/1/pay/amount: not a whole number, e.g. 3 or 1_950_000_000"),
        ("- pay: {dossier: d1, notice: x, tranche: 10}", "2:42: /steps/1/pay/tranche: must be at most 9"),
        ("- advance: {by: 3 weeks}", "2:17: /steps/1/advance/by: not a span of time such as 2 working-days, 30 calendar-days, 3 hours"),
        ("- advance: {to: 15:00}", "2:17: /steps/1/advance/to: not an instant such as 2026-02-09T08:00"),
        ("- advance: {to: 2126-02-09}", "2:17: /steps/1/advance/to: "),
        ("- expect: {about: d1, count: many}", "2:30: /steps/1/expect/count: not a count such as 2, exactly 2 ids, at least 3 deliveries"),
        ("- expect: {about: D1}", "2:19: /steps/1/expect/about: is not a name: a letter of a-z"),
        ("- expect: {about: d1, where: {total: 1}}", "2:31: /steps/1/expect/where/total: is not a JSON Pointer such as /lines/0/amount"),
        ("- expect: {about: d1, where: {/total: {matches: '(a'}}}", "2:49: /steps/1/expect/where/~1total/matches: not a pattern (RE2)"),
        (
            "- expect: {about: d1, where: {/total: {near: 5}}}",
            "2:46: /steps/1/expect/where/~1total/near: must be a mapping, e.g. {key: value}",
        ),
        ("- by-hand: {say: Gọi, until: {about: d1}, limit: 2 working-days}", "2:50: /steps/1/by-hand/limit: real time is counted in hours"),
    ],
)
def test_a_value_that_cannot_stand_there_is_told_at_its_own_place(tmp_path: Path, step: str, said: str) -> None:
    found = wrong(tmp_path, SUBMIT, step)
    assert len(found) == 1, found
    assert found[0].startswith(said), found


def test_shares_that_are_no_whole_are_told_at_the_holder(tmp_path: Path) -> None:
    text = HEAD.replace("holder: an", "holder: {an: 1/2}") + SUBMIT
    assert complaints(tmp_path, text) == ["4:68: /given/parcel/holder: the holders' shares do not add up to 1"]
