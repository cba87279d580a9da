"""The pure parts that reports are made of."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scenarios.report.html.figures import quantiles
from scenarios.report.html.said import chosen, nearest, said
from scenarios.report.html.timeline import late
from scenarios.report.words import counts, lasted, reason, short
from tests.scenarios.report import made


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3_661, "1 h 1 min"), (86_400, "1 d"), (86_400 + 60, "1 d"), (-7_200, "2 h"), (0.4, "0 s")],
)
def test_a_span_is_told_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert lasted(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("VN/GOV/H37.15/ilis", "ilis"),
        ("vn.gov.land.transfer-slip.v1", "land.transfer-slip"),
        ("vn.gov.land.transfer-slip.v2", "land.transfer-slip.v2"),
        (None, ""),
    ],
)
def test_members_and_contracts_are_told_by_their_short_names(name: str | None, words: str) -> None:
    assert short(name) == words


def test_copies_of_one_message_to_several_recipients_are_one_message() -> None:
    assert [len(each.copies) for each in said(made.MESSAGES)] == [1, 2, 1, 2, 1, 1, 1, 2, 1]


def test_of_many_messages_the_odd_the_first_and_the_last_are_kept_and_the_rest_is_counted() -> None:
    many = said(
        made.message(n, made.at(0, n), "dossier.submitted", made.DVC, made.ILIS, code="client.expired" if n == 500 else "")
        for n in range(1_000)
    )
    kept = chosen(many, 20)
    messages = [each for each in kept if not isinstance(each, int)]
    assert (messages[0], messages[-1]) == (many[0], many[-1])
    assert many[500] in messages
    assert len(messages) == 20
    assert len(messages) + sum(each for each in kept if isinstance(each, int)) == 1_000


def test_the_message_that_came_nearest_is_kept_however_plain_it_is() -> None:
    many = said(made.message(n, made.at(0, n), "tax.obligation-completed", made.TCT, made.ILIS) for n in range(200, 400))
    wanted = frozenset({(made.TCT, "m300")})
    assert many[100] in chosen(many, 12, wanted)
    assert nearest(made.FAILED) == frozenset({(made.TCT, "m9")})


def test_few_messages_are_all_kept() -> None:
    assert chosen(said(made.MESSAGES), 9) == said(made.MESSAGES)


def test_quantiles_of_a_list_are_values_of_it() -> None:
    assert quantiles([float(n) for n in range(101)]) == {"n": 101, "min": 0, "p25": 25, "p50": 50, "p75": 75, "p95": 95, "max": 100}
    assert quantiles([]) == {"n": 0, "min": 0, "p25": 0, "p50": 0, "p75": 0, "p95": 0, "max": 0}


def test_a_quantile_that_was_not_given_is_its_neighbour() -> None:
    assert quantiles({"n": 5, "p50": 10, "p95": 40}) == {"n": 5, "min": 10, "p25": 10, "p50": 10, "p75": 10, "p95": 40, "max": 40}


def test_a_term_is_kept_up_to_its_last_moment() -> None:
    kept = made.DEADLINES[0]
    assert not late(replace(kept, met=kept.due))
    assert late(replace(kept, met=kept.due + timedelta(seconds=1)))
    assert late(replace(kept, met=None))


def test_the_reason_of_a_failure_is_that_of_its_first_step() -> None:
    assert reason(made.FAILED) == f"step 5: {made.FAILURE.reason}"
    assert reason(made.PASSED) == ""


def test_counts_name_only_what_there_is() -> None:
    assert counts([made.PASSED, made.PASSED, made.NOT_RUN]) == "2 passed, 1 not run"
