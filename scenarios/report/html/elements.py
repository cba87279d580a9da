"""Elements of a page, escaped by construction: whatever a message holds becomes text."""

from itertools import zip_longest
from xml.etree.ElementTree import Element, tostring

from scenarios.report.words import clean

__all__ = ["Child", "el", "page_bytes", "table"]

Child = Element | str | None
"""None is left out."""


def el(tag: str, *children: Child, **attributes: object) -> Element:
    """An element; `class_` is class, `stroke_width` is stroke-width; an attribute that is None is left out."""
    made = Element(tag)
    for name, value in attributes.items():
        if value is not None:
            made.set(name.rstrip("_").replace("_", "-"), clean(f"{value:.5g}" if isinstance(value, float) else str(value)))
    for child in children:
        if isinstance(child, Element):
            made.append(child)
        elif child:
            _say(made, clean(child))
    return made


def _say(parent: Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def table(columns: list[str], rows: list[Element], *, cards: bool = False) -> Element:
    """A table that scrolls by itself where the window is narrow, or becomes cards there; a column of numbers has its head above them."""
    classes = [cell.get("class") if cell.get("class") == "n" else None for cell in rows[0]] if rows else []
    heads = (el("th", column, scope="col", class_=kind) for column, kind in zip_longest(columns, classes[: len(columns)]))
    inner = el("table", el("thead", el("tr", *heads)), el("tbody", *rows))
    return el("div", inner, class_="cards" if cards else "wide", tabindex=None if cards else 0)


def page_bytes(root: Element) -> bytes:
    """The file."""
    made: bytes = tostring(root, encoding="utf-8", method="html")
    return b"<!doctype html>\n" + made + b"\n"
