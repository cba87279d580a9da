"""The run as one HTML page for people: no script, no asset from elsewhere, light and dark, on paper too."""

from pathlib import Path
from xml.etree.ElementTree import Element

from scenarios.report.html.case import anchor, section
from scenarios.report.html.elements import el, page_bytes, table
from scenarios.report.html.said import chosen, nearest, said, with_texts
from scenarios.report.html.steps import badge
from scenarios.report.words import counts, moment, reason, seconds, spanned
from scenarios.verdicts import Case, Run, Verdict

__all__ = ["write"]

STYLE = Path(__file__).parent / "style.css"
DRAWN, LISTED = 1_600, 2_000  # messages in all diagrams and in all lists of a page
LEAST, MOST = 12, 80  # in one diagram


def write(run: Run) -> bytes:
    """The page; its size is bounded whatever the number of messages (it says what it leaves out)."""
    many = max(len(run.cases), 1)
    rows = min(max(DRAWN // many, LEAST), MOST)
    shown = {place: chosen(said(case.messages), max(LISTED // many, LEAST), nearest(case)) for place, case in enumerate(run.cases)}
    texts = with_texts(run.cases, {place: [each for each in found if not isinstance(each, int)] for place, found in shown.items()})
    sections = [section(case, place, rows=rows, shown=shown[place], texts=texts[place]) for place, case in enumerate(run.cases)]
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", f"Scenario run: {counts(run.cases)}"),
        el("style", STYLE.read_text(encoding="utf-8")),
    )
    body = el("body", _header(run), el("main", _summary(run), *sections))
    return page_bytes(el("html", head, body, lang="en"))


def _header(run: Run) -> Element:
    code = run.exit_code()
    verdict = Verdict.PASSED if code == 0 else Verdict.INTERRUPTED if code == 130 else Verdict.FAILED
    facts = (
        ("started", f"{moment(run.started)} (Viet Nam)"),
        ("took", seconds(run.seconds)),
        ("lgsp", run.version),
        ("broker", run.broker),
        ("host", run.host or "-"),
        ("exit code", str(code)),
    )
    told = el("dl", *(el("div", el("dt", name), el("dd", value)) for name, value in facts), class_="facts")
    return el("header", el("h1", "Scenario run ", badge(verdict)), el("p", counts(run.cases) + "."), told)


def _summary(run: Run) -> Element:
    rows = [_row(case, place) for place, case in enumerate(run.cases)]
    shown = table(["verdict", "scenario", "scenario's time", "real", "reason"], rows, cards=True)
    return el("section", el("h2", "Scenarios"), shown)


def _row(case: Case, place: int) -> Element:
    titles = (el("span", case.title_vi, lang="vi", class_="title"), el("span", case.title_en, class_="title"))
    name = el("td", el("a", case.id, href=f"#{anchor(place)}"), *titles, class_="main")
    real = el("td", seconds(case.seconds), class_="n")
    return el("tr", el("td", badge(case.verdict)), name, el("td", spanned(case)), real, el("td", reason(case), class_="main"))
