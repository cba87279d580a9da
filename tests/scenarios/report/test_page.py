"""The HTML page: well-formed, closed to what messages hold, without assets from elsewhere, of bounded size."""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from scenarios.report import html
from scenarios.report.words import clean
from scenarios.verdicts import Case, Point, StepDone, Verdict
from tests.scenarios.report import made

VOID = {"meta", "br"}


class Page(HTMLParser):
    """What a browser would see: elements opened and closed, attributes, text."""

    def __init__(self, *cases: Case) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.source = html.write(made.run(*cases)).decode()
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(*made.ALL, made.NASTY)


def test_every_element_is_closed_in_its_place(page: Page) -> None:
    assert page.open == []


def test_whatever_a_message_holds_is_text(page: Page) -> None:
    assert page.tags["script"] == 0
    assert clean(made.HOSTILE) in page.text
    assert [each for each in page.attributes if each[1].startswith("on")] == []
    assert re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", page.source) is None


def test_the_page_asks_for_nothing_from_elsewhere(page: Page) -> None:
    links = [value for _, name, value in page.attributes if name in ("href", "src", "srcset", "action", "data", "xlink:href")]
    assert links
    assert [link for link in links if not link.startswith("#")] == []
    style = page.source[page.source.index("<style>") : page.source.index("</style>")]
    assert re.findall(r"url\(|@import|https?:", style) == []
    assert {"link", "img", "iframe", "object", "embed"} & set(page.tags) == set()


def test_every_link_has_its_place_on_the_page(page: Page) -> None:
    places = [value for _, name, value in page.attributes if name == "id"]
    assert len(places) == len(set(places)) == len(made.ALL) + 1
    assert {value[1:] for _, name, value in page.attributes if name == "href"} == set(places)


def test_a_failure_stands_under_its_step_with_all_that_explains_it() -> None:
    text = Page(made.FAILED).text
    failure = made.FAILURE
    assert failure.hop is not None
    wanted = [
        failure.reason,
        *failure.differences,
        failure.hop.words,
        failure.turn_words,
        "member under test",
        "tax.obligation-completed, tct → ilis",
    ]
    assert [each for each in wanted if text.find(each, text.find("notice-delivered-twice.yaml:14")) < 0] == []


def test_titles_stand_in_both_languages_with_what_an_adapter_must_do() -> None:
    page = Page(made.PASSED)
    assert [each for each in (made.PASSED.title_vi, made.PASSED.title_en, made.PASSED.about) if each not in page.text] == []
    assert ("strong", "lang", "vi") in page.attributes


def test_the_diagram_marks_refusals_duplicates_and_what_was_not_taken_without_colour() -> None:
    source = Page(made.FAILED).source
    picture = source[source.index('class="sequence"') : source.index("<h3>Messages</h3>")]
    wanted = [
        "✗ client.contract_violation",
        "×2",
        "not taken",
        "fault dup (duplicate) fires",
        "nearest to what was expected",
        "2026-02-23",
        "dossier.status-changed 2<",
    ]
    assert [each for each in wanted if each not in picture] == []


def test_the_timeline_says_which_terms_were_broken_and_by_how_much() -> None:
    text = Page(made.FAILED).text
    wanted = ["3 terms", "2 broken", "✓ tax.payment-notice within 5", "5 d to spare", "1 d late", "did not come by 2026-02-24"]
    assert [each for each in wanted if each not in text] == []


def test_a_fault_that_never_fired_says_so() -> None:
    assert "✗ never" in Page(made.FAILED).text


def test_a_profile_shows_its_course_its_legs_its_refusals_and_what_was_only_calibrated_to() -> None:
    text = Page(made.profile()).text
    wanted = [
        "10 đã trả kết quả",
        "slip to notice",
        "client.contract_violation",
        "input: calibrated to, not validated by",
        "+15 (+0.7%)",
        "80,214",
    ]
    assert [each for each in wanted if each not in text] == []


def test_a_repeat_shows_how_many_runs_finished_and_how_long_they_took_not_each_of_them() -> None:
    figures = {"repeat": {"times": 100_000, "finished": 99_999, "seconds": [3_600.0 + n for n in range(99_999)]}}
    page = Page(replace(made.PASSED, figures=figures))
    assert [each for each in ("99,999 of 100,000", "a run of the repeat", "14 h 53 min") if each not in page.text] == []
    assert len(page.source) < 60_000


def test_every_picture_has_words_for_who_cannot_see_it(page: Page) -> None:
    assert page.tags["svg"] == sum(tag == "svg" and name == "aria-label" and bool(value) for tag, name, value in page.attributes) > 5


def test_thirty_scenarios_with_long_payloads_stay_under_two_megabytes() -> None:
    long = {"lines": [{"number": n, "text": "Quyền sử dụng đất " * 5} for n in range(60)]}
    messages = tuple(made.message(n, made.at(0, n), "land.transfer-slip", made.ILIS, made.TCT, payload=long) for n in range(60))
    source = html.write(made.run(*(replace(made.FAILED, name=f"case-{n}", messages=messages) for n in range(30))))
    assert 500_000 < len(source) < 2_000_000
    assert "headers and payloads of" in source.decode()


def test_a_run_of_80_000_messages_shows_the_odd_ones_and_says_what_it_leaves_out() -> None:
    page = Page(made.profile(messages=80_000))
    assert len(page.source.encode()) < 2_000_000
    assert "Left out to keep this page small: 78000 messages" in page.text
    assert "client.expired" in page.text
    assert "messages are not drawn" in page.text


def test_the_texts_of_cases_that_failed_come_before_those_of_cases_that_passed() -> None:
    heavy = {"text": "x" * 11_000}
    passed, failed = (
        replace(
            case, messages=tuple(made.message(n, made.at(0, n), f"{case.name}.v", made.ILIS, made.TCT, payload=heavy) for n in range(70))
        )
        for case in (made.PASSED, made.FAILED)
    )
    _, first, second = Page(passed, failed).source.split('<details class="case"')
    assert first.count("xxxxx\n") == 0
    assert second.count('<details class="message">') == 70 > first.count('<details class="message">') > 0


def test_of_a_hundred_thousand_steps_those_that_failed_are_all_there() -> None:
    steps = [replace(made.STEPS[0], number=n, text=f"run {n}") for n in range(3_000)]
    steps[2_500] = StepDone(2_500, "expect", "run 2500", "a.yaml:1", Verdict.FAILED, failure=made.FAILURE)
    text = Page(replace(made.FAILED, steps=tuple(steps))).text
    assert "run 2500" in text
    assert "2599 more steps that passed are left out here" in text


def test_the_course_goes_to_the_end_of_the_case_and_not_only_to_its_last_change() -> None:
    began = made.PASSED.began
    assert began is not None
    case = replace(made.PASSED, course=(Point(began, {1: 2}), Point(began + timedelta(1), {6: 2})), ended=began + timedelta(21))
    page = Page(case)
    (label,) = (value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label") and value.startswith("Dossiers"))
    assert label == "Dossiers by status from 2026-02-09 08:00:00 to 2026-03-02 08:00:00; at the end 2"
    areas = [value for tag, name, value in page.attributes if (tag, name) == ("path", "d")]
    assert any("L89.5,10.0 L680.0,10.0 " in each for each in areas), "level from the change on"
    assert any("L89.5,310.0 L89.5,10.0 " in each for each in areas), "and at once at the change"
