"""Which places of a payload a script may name, and which values it may expect there."""

from typing import Any

import pytest

from contracts import Catalogue
from scenarios.fields import impossible_value, unknown_field
from scenarios.scalars import Plain

CATALOGUE = Catalogue.load()


@pytest.mark.parametrize(
    ("contract", "pointer"),
    [("tax.payment-notice", "/lines/*/amount"), ("tax.slip-returned", "/faults/*/pointer"), ("tax.payment-notice", "/lines/0/amount")],
)
def test_any_element_of_a_list_may_be_named(contract: str, pointer: str) -> None:
    assert unknown_field(CATALOGUE.by_short(contract), pointer) is None


def test_a_star_stands_for_no_key_of_a_mapping() -> None:
    assert unknown_field(CATALOGUE.by_short("tax.payment-notice"), "/*/amount") is not None
    assert "did you mean '/lines/*/amount'?" in str(unknown_field(CATALOGUE.by_short("tax.payment-notice"), "/lines/*/amuont"))


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/kind", Plain("late-interest")),
        ("/kind", Plain("{row./kind}")),
        ("/kind", "{n./kind}"),
        ("/total", Plain("1_950_000_000")),
        ("/total", Plain("2.0")),
        ("/lines/*/amount", Plain("3")),
        ("/lines", [{"amount": Plain("3")}]),
        ("/lines/0", {"amount": Plain("3")}),
        ("/notice", "12"),
        ("/notice", Plain("12")),
        ("/nowhere", Plain("12")),
    ],
)
def test_what_a_payload_may_have_is_no_mistake(pointer: str, value: Any) -> None:
    assert impossible_value(CATALOGUE.by_short("tax.payment-notice"), pointer, value) is None


@pytest.mark.parametrize(
    ("contract", "pointer", "value", "why"),
    [
        ("tax.payment-notice", "/kind", Plain("late-intrest"), " has late-intrest at /kind; did you mean 'late-interest'?"),
        ("tax.payment-notice", "/kind", Plain("zzz"), " has zzz at /kind; there are registration-fee, personal-income-tax, land-use-fee, "),
        ("tax.payment-notice", "/total", Plain("many"), " has many at /total; it is of type integer"),
        ("tax.payment-notice", "/total", "5", ' has "5" at /total; it is of type integer'),
        ("tax.payment-notice", "/total", Plain("1.5"), " has 1.5 at /total; it is of type integer"),
        ("tax.payment-notice", "/notice", Plain("null"), " has null at /notice; it is of type string"),
        ("tax.payment-notice", "/lines", Plain("3"), " has 3 at /lines; it is of type array"),
        ("tax.payment-notice", "/kind", [Plain("late-interest")], ' has ["late-interest"] at /kind; did you mean'),
        ("dossier.status-changed", "/status", Plain("11"), " has 11 at /status; it is of type integer from 1 to 10"),
        ("dossier.status-changed", "/final", Plain("yes"), " has yes at /final; it is of type boolean"),
    ],
)
def test_what_no_payload_can_have_is_told_with_what_it_can(contract: str, pointer: str, value: Any, why: str) -> None:
    assert str(impossible_value(CATALOGUE.by_short(contract), pointer, value)).startswith(f"no payload of {contract}{why}")
