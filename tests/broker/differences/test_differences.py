"""The table of differences in docs/brokers.md cannot lie: each broker is asked again what it says of it."""

import os

import pytest

from tests.broker.chosen import EMBEDDED
from tests.broker.differences import table


@pytest.fixture(scope="session")
def broker(chosen_broker: str) -> str:
    return chosen_broker


KNOWN = EMBEDDED or os.environ.get("LGSP_TEST_BROKER") == "apache"  # noqa: TID251 - which broker the same tests run against


@pytest.mark.skipif(not KNOWN, reason="the table is about the embedded broker and the one that LGSP_TEST_BROKER=apache starts")
@pytest.mark.parametrize("section", list(table.SECTIONS))
async def test_a_broker_answers_what_the_table_says_of_it(broker: str, section: str) -> None:
    column = table.EMBEDDED if EMBEDDED else table.APACHE
    written = table.said(table.read(table.PAGE.read_text(encoding="utf-8")), section, column)
    assert await table.column(broker, section) == written, "say `make differences` where this is meant"


def test_every_difference_has_a_reason() -> None:
    found = table.read(table.PAGE.read_text(encoding="utf-8"))
    rows = [(name, row) for section in table.SECTIONS for name, row in found[section].items()]
    assert [name for name, row in rows if row[table.EMBEDDED] != row[table.APACHE] and not table.why(name)] == []


def test_the_page_is_as_the_table_is_written() -> None:
    page = table.PAGE.read_text(encoding="utf-8")
    assert table.written(page, table.read(page)) == page, "say `make differences`"
