"""Which places of a payload a script may name."""

import pytest

from contracts import Catalogue
from scenarios.fields import unknown_field

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
