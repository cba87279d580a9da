"""Which messages answer to an expectation: by id or delivery, for each addressee, at each stage, up to an instant, each only once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from app.play.meeting import at_the_end, fits, met, unlike
from app.play.watch import Delivery, Seen
from bus import Place
from scenarios.expectations import Expect
from tests.play.stage import at

NINE, TEN = at("2026-03-02T09:00"), at("2026-03-02T10:00")


def seen(
    id_: str, *, to: str | None = "ilis", deliveries: Sequence[datetime] = (NINE,), taken: bool = False, code: str | None = ""
) -> Seen:
    """A message about d, delivered at these instants; `code` None: not judged yet."""
    made = Seen(NINE, 0, id_, "tax.payment-notice", "tct", to, "d", {"ce_type": "x"}, {"total": 5})
    made.deliveries = [Delivery(when, order, Place("in", 0), order, taken=taken) for order, when in enumerate(deliveries)]
    if code is not None:
        made.entry, made.judged_at = {"succeeded": not code, "faultCode": code}, NINE  # type: ignore[typeddict-item]
    return made


def expect(**said: Any) -> Expect:
    """As a script says it."""
    return Expect.model_validate({"contract": "tax.payment-notice", **said})


def counted(act: Expect, *seens: Seen, by: datetime | None = None) -> tuple[bool, dict[str, int]]:
    """Whether it is met, and by how many for each addressee."""
    found = met(act, seens, by=by)
    return found.holds, dict(found.counted)


def spend(act: Expect, *seens: Seen) -> None:
    """What answers to it answers to nothing else."""
    found = met(act, seens, by=None)
    assert found.holds
    for each in found.deliveries:
        each.answers = True


@pytest.mark.parametrize(
    ("count", "holds"),
    [
        ("2", True),
        ("exactly 1", False),
        ("at least 2", True),
        ("at least 3", False),
        ("at most 1", False),
        ("at most 2", True),
        ("0", False),
    ],
)
def test_ids_are_counted_as_the_script_says(count: str, holds: bool) -> None:
    assert counted(expect(count=count), seen("a"), seen("b")) == (holds, {"ilis": 2})


def test_a_message_that_comes_twice_is_one_id_and_two_deliveries() -> None:
    twice = seen("a", deliveries=(NINE, TEN))
    assert counted(expect(count="1"), twice) == (True, {"ilis": 1})
    assert counted(expect(count="2 deliveries"), twice) == (True, {"ilis": 2})


def test_a_count_holds_for_each_addressee() -> None:
    both = seen("a"), seen("a", to="dvc"), seen("b", to="dvc")
    assert counted(expect(count="1"), *both) == (False, {"ilis": 1, "dvc": 2})
    assert counted(expect(count="at least 1"), *both) == (True, {"ilis": 1, "dvc": 2})


def test_nothing_is_as_many_as_none_or_at_most_some() -> None:
    assert [counted(expect(count=count))[0] for count in ("0", "at most 3", "1", "at least 1")] == [True, True, False, False]
    assert [at_the_end(expect(count=count)) for count in ("0", "at most 3", "1", "at least 1")] == [True, True, False, False]


def test_two_expectations_take_one_id_each_and_a_third_finds_none() -> None:
    messages = seen("a"), seen("b")
    spend(expect(), *messages)
    assert [each.deliveries[0].answers for each in messages] == [True, False]
    spend(expect(), *messages)
    assert counted(expect(), *messages) == (False, {})


def test_no_more_are_used_up_than_were_expected() -> None:
    messages = seen("a"), seen("b"), seen("c")
    spend(expect(count="at least 2"), *messages)
    assert counted(expect(), *messages) == (True, {"ilis": 1})


def test_the_second_delivery_of_an_id_that_has_answered_is_no_id_but_still_a_delivery() -> None:
    twice = seen("a", deliveries=(NINE, TEN))
    spend(expect(), twice)
    assert counted(expect(), twice) == (False, {})
    assert counted(expect(count="1 delivery"), twice) == (True, {"ilis": 1})


def test_only_what_came_in_time_counts() -> None:
    assert counted(expect(), seen("a", deliveries=(TEN,)), by=NINE) == (False, {})
    assert counted(expect(), seen("a", deliveries=(TEN,)), by=TEN) == (True, {"ilis": 1})
    assert counted(expect(count="1 delivery"), seen("a", deliveries=(NINE, TEN)), by=NINE) == (True, {"ilis": 1})


def test_each_stage_asks_for_what_it_names() -> None:
    undelivered, refused, unjudged = (
        seen("a", deliveries=()),
        seen("b", to=None, deliveries=(), code="client.expired"),
        seen("c", code=None),
    )
    taken = seen("d", taken=True)
    assert counted(expect(at="accepted"), undelivered) == (True, {"ilis": 1})
    assert counted(expect(at="accepted"), refused) == (False, {})
    assert counted(expect(at="accepted"), unjudged) == (False, {})
    assert counted(expect(), undelivered) == (False, {})
    assert counted(expect(at="taken"), seen("e")) == (False, {})
    assert counted(expect(at="taken"), taken) == (True, {"ilis": 1})


def test_what_is_not_named_does_not_matter_and_everything_unlike_is_told() -> None:
    act = expect(**{"from": "tct", "to": "dvc", "where": {"/total": 6}, "headers": {"ce_type": "y"}})
    told = unlike(act, seen("a"), "e")
    assert [each.partition(":")[0] for each in told] == ["to", "about", "/total", "header /ce_type"]
    assert not fits(act, seen("a"), "e")
    assert fits(expect(), seen("a"), None)
    assert not fits(Expect.model_validate({"contract": "payment.receipt"}), seen("a"), None)
