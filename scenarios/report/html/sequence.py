"""The sequence diagram of a case: lifelines of the members, one arrow for each message and recipient."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import Element

from scenarios.report.html.elements import el
from scenarios.report.html.said import Key, Said, chosen, said
from scenarios.report.words import moment, short, told
from scenarios.verdicts import Case, Message

__all__ = ["sequence"]

MEMBERS = ("dvc", "exchange", "ilis", "tct", "payplat")
MOST_LINES = 9
LEFT, BETWEEN, TOP = 150, 172, 34
ROW, NOTE = 52, 26
WORDS = 44  # characters of a name that a label has room for


def sequence(case: Case, rows: int, wanted: frozenset[Key]) -> Element | None:
    """At most so many messages; None where there are none."""
    if not case.messages:
        return None
    picture = _Picture(_lines(case), wanted)
    events: list[tuple[datetime, int, Said | str]] = [(each.first.at, 1, each) for each in _drawn(case, rows, wanted, picture)]
    events += [(when, 0, f"fault {fault.name} ({fault.kind}) fires: {on}") for fault in case.faults for when, on in fault.fired[:rows]]
    gaps = picture.gaps
    for when, _, what in sorted(events, key=lambda event: event[:2]):
        picture.day(when)
        if isinstance(what, str):
            picture.note(what, "fault")
            continue
        if left_out := gaps.get(what.key):
            picture.note(f"{left_out} messages are not drawn", "fold")
        picture.message(what)
    return picture.svg(f"{len(case.messages)} messages of {case.id} between {', '.join(picture.lines)}")


def _drawn(case: Case, rows: int, wanted: frozenset[Key], picture: "_Picture") -> list[Said]:
    """Those with room; what is folded is noted before the message that follows it."""
    drawn: list[Said] = []
    gap = 0
    for each in chosen(said(case.messages), rows, wanted):
        if isinstance(each, int):
            gap = each
            continue
        if gap:
            picture.gaps[each.key] = gap
        drawn.append(each)
        gap = 0
    return drawn


def _lines(case: Case) -> Sequence[str]:
    """The five that there always are, and whoever else takes part or pretends to."""
    others = {_line(name) for each in case.messages for name in (each.source, each.recipient or "") if name}
    return (*MEMBERS, *sorted(others - set(MEMBERS)))[:MOST_LINES]


def _line(member: str) -> str:
    name = short(member) or member
    return "exchange" if name == "lgsp" else name


@dataclass
class _Picture:
    """What is drawn so far, from the top down."""

    lines: Sequence[str]
    wanted: frozenset[Key]
    y: int = TOP
    today: str = ""
    shapes: list[Element] = field(default_factory=list)
    gaps: dict[Key, int] = field(default_factory=dict)

    def x(self, line: str) -> int:
        """Where a lifeline stands; the last one stands for those that had no room."""
        return LEFT + BETWEEN * (self.lines.index(line) if line in self.lines else len(self.lines) - 1)

    @property
    def width(self) -> int:
        return LEFT + BETWEEN * (len(self.lines) - 1) + 90

    def day(self, when: datetime) -> None:
        """A line where a new day begins."""
        day = moment(when)[:10]
        if day != self.today:
            self.note(day, "day")
            self.today = day

    def note(self, text: str, kind: str) -> None:
        """A row with words only."""
        below = self.y + NOTE - 5
        self.shapes.append(el("line", x1=8, x2=self.width - 8, y1=below, y2=below, class_=f"rule {kind}"))
        self.shapes.append(el("text", _cut(text, 110), x=12, y=below - 5, class_=kind))
        self.y += NOTE

    def message(self, what: Said) -> None:
        """From the source to the exchange, and from it to each recipient."""
        first, hub = what.first, self.x("exchange")
        source = self.x(_line(first.source))
        inward = self.y + 22
        outward = inward if source == hub else inward + 13
        words = _cut(told(first), WORDS) + (" (nearest to what was expected)" if what.key in self.wanted else "")
        group = el("g", el("title", f"{first.contract}, id {first.id}"), class_="near" if what.key in self.wanted else "m")
        if what.key in self.wanted:
            group.append(el("rect", x=4, y=self.y + 2, width=self.width - 8, height=ROW - 4, rx=4))
        group.append(el("text", moment(first.at)[11:], x=12, y=self.y + 26, class_="time"))
        recipients = [each for each in what.copies if each.recipient is not None and self.x(_line(each.recipient)) != hub]
        places = [source, hub, *(self.x(_line(each.recipient or "")) for each in recipients)]
        group.append(el("text", words, x=min(places) + 8, y=self.y + 15))
        if source != hub:
            group.append(_arrow(source, hub, inward, "refused" if first.code and first.recipient is None else ""))
        for each in what.copies:
            if each.code:
                group.append(el("text", f"✗ {_cut(each.code, 40)}", x=hub + 8, y=outward + 5, class_="bad"))
        for each in recipients:
            self._deliver(group, hub, outward, each)
        self.shapes.append(group)
        self.y += ROW

    def _deliver(self, group: Element, hub: int, y: int, copy: Message) -> None:
        to, deliveries, taken = self.x(_line(copy.recipient or "")), copy.deliveries, copy.taken
        group.append(_arrow(hub, to, y, "" if taken else "open"))
        words = (f"×{deliveries}" if deliveries != 1 else "") + ("" if taken else " not taken")
        if words:
            side = -1 if to > hub else 1
            group.append(el("text", words.strip(), x=to + 14 * side, y=y + 13, class_="warn", text_anchor="end" if side < 0 else "start"))

    def svg(self, words: str) -> Element:
        """The whole, with the lifelines behind."""
        heads = []
        for line in self.lines:
            x = self.x(line)
            heads.append(el("line", x1=x, x2=x, y1=26, y2=self.y, class_="life"))
            heads.append(el("text", _cut(line, 20), x=x, y=18, class_="head", text_anchor="middle"))
        box = f"0 0 {self.width} {self.y + 8}"
        drawn = el(
            "svg", *heads, *self.shapes, viewBox=box, width=self.width, height=self.y + 8, role="img", aria_label=words, class_="sequence"
        )
        return el("div", drawn, class_="wide", tabindex=0)


def _arrow(start: int, end: int, y: int, kind: str) -> Element:
    """A head that is filled where the message was taken, hollow where it was not."""
    back = end + (9 if end < start else -9)
    return el("path", d=f"M{start},{y}H{end}M{end},{y}L{back},{y - 4}V{y + 4}Z", class_=f"arrow {kind}".strip())


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
