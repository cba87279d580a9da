"""One case on the page: what it asks, its steps, its messages drawn and listed, its terms, faults and figures."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from scenarios.report.html.course import course
from scenarios.report.html.elements import el
from scenarios.report.html.figures import compared, legs, others, refusals, timed
from scenarios.report.html.listed import faults, messages
from scenarios.report.html.said import Key, Said, nearest
from scenarios.report.html.sequence import sequence
from scenarios.report.html.steps import badge, steps
from scenarios.report.html.timeline import timeline
from scenarios.report.words import moment, seconds, spanned
from scenarios.verdicts import Case, Verdict

__all__ = ["anchor", "section"]


MARKS = "Hollow head: not taken by the recipient. ×2: so many records in its inbox. ✗: refused, with the code."


def anchor(place: int) -> str:
    """What links go to; the browser opens what is folded around it."""
    return f"case-{place + 1}"


def section(case: Case, place: int, *, rows: int, shown: Sequence[Said | int], texts: frozenset[Key]) -> Element:
    """Folded where it passed; `rows`: messages in the diagram, `shown`: messages listed, `texts`: those with headers and payload."""
    drawn = sequence(case, rows, nearest(case))
    parts: list[tuple[str, list[Element]]] = [
        ("Steps", steps(case)),
        ("Compared with what was published", compared(case.figures.get("compared", ()))),
        ("Dossiers by status", course(case.course, case.ended)),
        ("Time per leg", legs(timed(case.figures))),
        ("Refusals by code", refusals(case.figures.get("refusals", {}))),
        ("Figures", others(case.figures)),
        ("Terms", timeline(case)),
        ("Faults", faults(case)),
        ("Who said what to whom", [drawn, el("p", MARKS, class_="note")] if drawn is not None else []),
        ("Messages", messages(shown, texts) if shown else []),
    ]
    body = [each for title, elements in parts if elements for each in (el("h3", title), *elements)]
    opened = {} if case.verdict in (Verdict.PASSED, Verdict.NOT_RUN) else {"open": "open"}
    head = el("summary", badge(case.verdict), el("h2", case.id), el("span", case.title_vi, lang="vi", class_="title"))
    return el("details", head, el("div", *_intro(case), *body, id=anchor(place)), class_="case", **opened)


def _intro(case: Case) -> list[Element]:
    facts = (
        ("file", case.path.as_posix()),
        ("scenario's time", f"{moment(case.began)} to {moment(case.ended)} ({spanned(case)})" if case.began and case.ended else "-"),
        ("real", seconds(case.seconds)),
        ("seed", str(case.seed)),
        ("digest", case.digest or "-"),
    )
    made = [
        el("p", el("strong", case.title_vi, lang="vi"), el("br"), case.title_en),
        el("p", el("b", "What an adapter must do: "), case.about),
        el("dl", *(el("div", el("dt", name), el("dd", value)) for name, value in facts), class_="facts"),
    ]
    return [*made, el("p", case.reason, class_="reason")] if case.reason else made
