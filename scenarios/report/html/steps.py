"""The steps of a case as a table, each failure explained under its step."""

from xml.etree.ElementTree import Element

from scenarios.report.html.elements import el, table
from scenarios.report.html.said import payload
from scenarios.report.words import hop, moment, seconds, short
from scenarios.verdicts import Case, Failure, StepDone, Verdict

__all__ = ["badge", "steps"]

MOST = 400
NEAREST = 2_000  # characters of a payload
MARKS = {Verdict.PASSED: "✓", Verdict.FAILED: "✗", Verdict.ERROR: "!", Verdict.NOT_RUN: "○", Verdict.INTERRUPTED: "■"}


def badge(verdict: Verdict) -> Element:
    """A mark and a word: nothing depends on colour."""
    return el("span", f"{MARKS[verdict]} {verdict.value}", class_=f"badge {verdict.name.lower().replace('_', '-')}")


def steps(case: Case) -> list[Element]:
    """All that did not pass, and as many others as there is room for; empty where none was played."""
    if not case.steps:
        return []
    passed = [step for step in case.steps if step.verdict is Verdict.PASSED]
    hidden = {id(step) for step in passed[MOST:]}
    shown = [step for step in case.steps if id(step) not in hidden]
    rows = [row for step in shown for row in _rows(step)]
    left_out = [el("p", f"{len(hidden)} more steps that passed are left out here.", class_="note")] if hidden else []
    return [table(["", "step", "", "from", "to", "real"], rows, cards=True), *left_out]


def _rows(step: StepDone) -> list[Element]:
    text = el("td", el("b", step.word), f" {step.text}", el("span", step.place, class_="place"), class_="main")
    times = (el("td", moment(each), class_="when") for each in (step.began, step.ended))
    row = el(
        "tr",
        el("td", str(step.number), class_="n"),
        text,
        el("td", badge(step.verdict)),
        *times,
        el("td", seconds(step.seconds), class_="n"),
    )
    if step.failure is None:
        return [row]
    return [row, el("tr", el("td"), el("td", _explained(step.failure), colspan=5, class_="main"), class_="why")]


def _explained(failure: Failure) -> Element:
    made = el("div", el("p", failure.reason, class_="reason"), class_="failure")
    told = el("dl")
    if failure.turn is not None:
        told.extend(
            [el("dt", "Whose turn it was"), el("dd", el("strong", failure.turn), f": {failure.turn_words}" if failure.turn_words else "")]
        )
    if failure.hop is not None:
        told.extend([el("dt", "Last hop"), el("dd", hop(failure.hop))])
    if failure.nearest is not None:
        near = failure.nearest
        way = f"{short(near.contract)}, {short(near.source)} → {short(near.recipient) or '-'}, {moment(near.at)}, id {near.id}"
        told.extend(
            [
                el("dt", "Nearest message" if failure.differences else "What came"),
                el("dd", way, el("details", el("summary", "payload"), el("pre", payload(near, NEAREST)))),
            ]
        )
    if failure.differences:
        told.extend([el("dt", "Where it differs"), el("dd", el("ul", *(el("li", each) for each in failure.differences)))])
    if len(told):
        made.append(told)
    return made
