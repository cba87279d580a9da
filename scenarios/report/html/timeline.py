"""Terms of a case as bars on its time, what came as a tick, breaches marked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from scenarios.report.html.elements import el, table
from scenarios.report.words import lasted, moment
from scenarios.verdicts import Case, Deadline

__all__ = ["late", "timeline"]

WIDTH, SIDE, ROW = 960, 16, 46
MOST = 60
WORDS, LETTER = 80, 7.2  # of a term's name; how wide a letter is at most, about


def late(deadline: Deadline) -> bool:
    """It came after its term, or never."""
    return deadline.met is None or deadline.met > deadline.due


def timeline(case: Case) -> list[Element]:
    """The picture and the same as a table; of many, those that were broken come first. Empty where there are no terms."""
    if not case.deadlines:
        return []
    shown = sorted(case.deadlines, key=lambda each: (not late(each), each.began))[:MOST]
    shown.sort(key=lambda each: each.began)
    begin = min(each.began for each in shown)
    end = max(moment for each in shown for moment in (each.due, each.met) if moment is not None)
    scale = _Scale(begin, max(end, begin + timedelta(seconds=1)))
    shapes = [shape for place, each in enumerate(shown) for shape in _bar(each, 6 + place * ROW, scale)]
    height = 6 + len(shown) * ROW
    broken = sum(late(each) for each in case.deadlines)
    words = f"{len(case.deadlines)} {'term' if len(case.deadlines) == 1 else 'terms'} of {case.id}, {broken} broken"
    box = {"viewBox": f"0 0 {WIDTH} {height + 28}", "width": WIDTH, "height": height + 28}
    picture = el("svg", *scale.axis(height), *shapes, **box, role="img", aria_label=words, class_="timeline")
    left_out = len(case.deadlines) - len(shown)
    return [
        el("p", words + (f"; {left_out} that were kept are not drawn" if left_out else "") + "."),
        el("div", picture, class_="wide", tabindex=0),
        el("details", el("summary", "The same as a table"), _as_table(shown)),
    ]


class _Scale:
    """From instants to places on the line."""

    def __init__(self, begin: datetime, end: datetime) -> None:
        self.begin, self.span = begin, end - begin

    def x(self, at: datetime) -> float:
        """Where it stands."""
        return round(SIDE + (WIDTH - 2 * SIDE) * ((at - self.begin) / self.span), 1)

    def axis(self, height: int) -> list[Element]:
        """Five lines with their dates; the hours too where all is within a week."""
        digits = 16 if self.span < timedelta(days=7) else 10
        made = []
        for part in range(5):
            at = self.begin + self.span * part / 4
            anchor = "start" if part == 0 else "end" if part == 4 else "middle"
            made.append(el("line", x1=self.x(at), x2=self.x(at), y1=0, y2=height, class_="grid"))
            made.append(el("text", moment(at)[:digits], x=self.x(at), y=height + 18, class_="axis", text_anchor=anchor))
        return made


def _bar(deadline: Deadline, y: int, scale: _Scale) -> list[Element]:
    began, due = scale.x(deadline.began), scale.x(deadline.due)
    broken = late(deadline)
    words = f"{'✗' if broken else '✓'} {deadline.what[:WORDS]}: {_outcome(deadline)}"
    right = began + LETTER * len(words) > WIDTH - SIDE
    label = el(
        "text",
        words,
        x=WIDTH - SIDE if right else began,
        y=y + 14,
        text_anchor="end" if right else "start",
        class_="bad" if broken else "good",
    )
    made = [label, el("rect", x=began, y=y + 21, width=max(due - began, 2.0), height=12, rx=2, class_="term broken" if broken else "term")]
    if deadline.met is not None:
        met = scale.x(deadline.met)
        if broken:
            made.append(el("rect", x=due, y=y + 24, width=max(met - due, 1.0), height=6, class_="over"))
        made.append(el("line", x1=met, x2=met, y1=y + 17, y2=y + 37, class_="tick"))
    else:
        made.append(el("path", d=f"M{due - 5:g},{y + 22} l10,10 m0,-10 l-10,10", class_="cross"))
    return made


def _outcome(deadline: Deadline) -> str:
    if deadline.met is None:
        return f"did not come by {moment(deadline.due)[:16]}"
    word = "late" if late(deadline) else "to spare"
    return f"came {moment(deadline.met)[:16]}, {lasted(deadline.met - deadline.due)} {word}"


def _as_table(shown: Sequence[Deadline]) -> Element:
    rows = [
        el(
            "tr",
            el("td", "✗ broken" if late(each) else "✓ kept", class_="bad" if late(each) else "good"),
            *(el("td", text) for text in (each.what, moment(each.began), moment(each.due), moment(each.met) or "did not come")),
        )
        for each in shown
    ]
    return table(["", "term", "began", "due", "came"], rows)
