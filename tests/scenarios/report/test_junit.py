"""JUnit: the rules of the schema that Jenkins' xUnit plugin checks with (junit-10), and what the verdicts become."""

from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from scenarios.report import junit
from scenarios.report.words import clean
from scenarios.verdicts import Case
from tests.scenarios.report import made

OUTCOME = ({"type", "message"}, set[str](), set[str]())
RULES = {  # element -> attributes it may have, those it must have, children it may have
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, set[str](), {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"},
        {"name", "tests", "failures", "errors"},
        {"properties", "testcase"},
    ),
    "properties": (set[str](), set[str](), {"property"}),
    "property": ({"name", "value"}, {"name", "value"}, set[str]()),
    "testcase": ({"name", "time", "classname", "group"}, {"name"}, {"failure", "error", "skipped"}),
    "failure": OUTCOME,
    "error": OUTCOME,
    "skipped": OUTCOME,
}


def broken(element: Element) -> list[str]:
    may, must, children = RULES[element.tag]
    found = [f"{element.tag} {name}" for name in set(element.attrib) - may | must - set(element.attrib)]
    found += [f"{element.tag}/{child.tag}" for child in element if child.tag not in children]
    return found + [fault for child in element if child.tag in RULES for fault in broken(child)]


def written(*cases: Case) -> Element:
    return fromstring(junit.write(made.run(*cases)))


def testcase(case: Case) -> Element:
    found = written(case).find("testsuite/testcase")
    assert found is not None
    return found


testcase.__test__ = False  # type: ignore[attr-defined]  # pytest takes it for a test


def test_only_elements_and_attributes_of_the_schema_are_written() -> None:
    assert broken(written(*made.ALL, made.NASTY)) == []


@pytest.mark.parametrize(
    ("case", "tag", "kind"),
    [
        (made.FAILED, "failure", "failed"),
        (made.ERROR, "error", "error"),
        (made.INTERRUPTED, "error", "interrupted"),
        (made.NOT_RUN, "skipped", "not run"),
    ],
    ids=lambda each: each.name if isinstance(each, Case) else str(each),
)
def test_whatever_did_not_pass_has_one_outcome_with_its_reason(case: Case, tag: str, kind: str) -> None:
    outcome = list(testcase(case))
    assert [(each.tag, each.get("type")) for each in outcome] == [(tag, kind)]
    assert outcome[0].get("message")


def test_a_case_that_passed_has_no_outcome() -> None:
    assert list(testcase(made.PASSED)) == []


def test_the_suite_counts_what_its_testcases_say() -> None:
    suite = written(*made.ALL)[0]
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "9",
        "failures": "2",
        "errors": "2",
        "skipped": "1",
    }


def test_a_failure_tells_reason_nearest_message_differences_last_hop_and_whose_turn_it_was() -> None:
    text = testcase(made.FAILED)[0].text or ""
    failure = made.FAILURE
    assert failure.hop is not None
    wanted = [failure.reason, "nearest: tax.obligation-completed", *failure.differences, failure.hop.words, failure.turn_words]
    assert [each for each in [*wanted, "member under test", "notice-delivered-twice.yaml:14"] if each not in text] == []


def test_a_row_of_a_table_is_a_testcase_named_after_its_row_under_the_path_of_its_file() -> None:
    rows = [(each.get("classname"), each.get("name")) for each in written(*made.TABLE).iter("testcase")]
    assert rows == [("scenarios.money.relation-exempts", f"relation-exempts[{row}]") for row in ("spouse", "parent", "friend")]


@pytest.mark.parametrize("path", ["/home/me/my.flows/late.yaml", "../my.flows/late.yaml", "./my.flows/late.yaml"])
def test_a_dot_in_a_folder_s_name_makes_no_package(path: str) -> None:
    assert str(testcase(replace(made.PASSED, path=Path(path))).get("classname")).endswith("my_flows.late")


def test_version_broker_and_seed_are_properties_of_the_suite() -> None:
    one = {each.get("name"): each.get("value") for each in written(made.PASSED).iter("property")}
    assert one == {"version": "0.1.0", "broker": "embedded", "seed": "7"}
    two = {each.get("name"): each.get("value") for each in written(made.PASSED, replace(made.FAILED, seed=8)).iter("property")}
    assert two == {"version": "0.1.0", "broker": "embedded", "seed notice-delivered-twice": "7", "seed register-after-payment": "8"}


def test_text_that_xml_may_not_hold_is_written_out() -> None:
    case = testcase(made.NASTY)
    assert case.get("name") == f"nasty[{clean(made.HOSTILE)}]"
    assert r"\x00\x1b[31m \ud800" in (case[0].text or "")
