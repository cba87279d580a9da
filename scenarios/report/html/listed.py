"""What a case had in it, listed: its messages with headers and payload, and the faults that fired."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from scenarios.report.html.elements import el, table
from scenarios.report.html.said import Key, Said, payload
from scenarios.report.words import moment, short, told
from scenarios.verdicts import Case, Fault

__all__ = ["faults", "messages"]

MOST_FIRED = 40


def messages(shown: Sequence[Said | int], texts: frozenset[Key]) -> list[Element]:
    """One line for each message, to be opened where the page had room for its text; a note says what is left out."""
    made = [el("p", f"… {each} messages …", class_="note") if isinstance(each, int) else _message(each, texts) for each in shown]
    folded = sum(each for each in shown if isinstance(each, int))
    bare = sum(isinstance(each, Said) and each.key not in texts for each in shown)
    left_out = [f"{folded} messages"] * bool(folded) + [f"headers and payloads of {bare} messages"] * bool(bare)
    if left_out:
        words = f"Left out to keep this page small: {', '.join(left_out)}. The JSON report has all that the run kept."
        made.insert(0, el("p", words, class_="note"))
    return made


def _message(each: Said, texts: frozenset[Key]) -> Element:
    first = each.first
    to = ", ".join(short(copy.recipient) or "-" for copy in each.copies)
    line = (
        el("span", moment(first.at), class_="when"),
        el("b", told(first)),
        el("span", f"{short(first.source)} → {to}"),
        *(el("span", mark, class_="bad" if bad else "warn") for mark, bad in _marks(each)),
    )
    if each.key not in texts:
        return el("p", *line, class_="message")
    facts = [f"id {first.id}", f"about {first.subject}", f"caused by {first.causation}" if first.causation else "the first of its case"]
    facts += [
        f"{short(copy.recipient) or 'refused'}: {copy.place or 'nowhere'}{'' if copy.taken else ', not taken'}" for copy in each.copies
    ]
    facts += [fault for copy in each.copies for fault in copy.faults]
    headers = "\n".join(f"{name}: {value}" for name, value in first.headers.items())
    body = (el("ul", *(el("li", fact) for fact in facts)), el("pre", headers), el("pre", payload(first)))
    return el("details", el("summary", *line), *body, class_="message")


def _marks(each: Said) -> list[tuple[str, bool]]:
    """What is odd about it, and whether that is bad."""
    made = [(f"✗ {copy.code}", True) for copy in each.copies if copy.code]
    for copy in each.copies:
        if copy.recipient is not None:
            made += [(f"{short(copy.recipient)} ×{copy.deliveries}", False)] * (copy.deliveries != 1)
            made += [(f"not taken by {short(copy.recipient)}", False)] * (not copy.taken)
    return made


def faults(case: Case) -> list[Element]:
    """When each fired and on what; one that never did says so."""
    if not case.faults:
        return []
    rows = [
        el("tr", el("td", each.name), el("td", each.kind), el("td", f"{len(each.fired)}×", class_="n"), _fired(each))
        for each in case.faults
    ]
    return [table(["fault", "kind", "fired", "when and on what"], rows)]


def _fired(fault: Fault) -> Element:
    if not fault.fired:
        return el("td", "✗ never", class_="bad")
    lines = [el("div", el("span", moment(at), class_="when"), f" {on}") for at, on in fault.fired[:MOST_FIRED]]
    more = len(fault.fired) - len(lines)
    return el("td", *lines, el("div", f"and {more} times more") if more else None)
