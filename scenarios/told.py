"""Names in a script: what is captured where, what names it, and whether that was captured before and is of the right kind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from scenarios.places import Complaint
from scenarios.scalars import Ref
from scenarios.scenario import Scenario, Step
from scenarios.sites import Cursor, Site, sites
from scenarios.tree import Node, scalars
from vn.near import suggestion

__all__ = ["names"]

ROW = "row"
CAPTURES = {
    "submit": "dossier",
    "pay": "payment",
    "send": "message",
    "expect": "message",
    "any-of": "message",
    "refused": "answer",
    "call": "answer",
    "state": "answer",
    "decide": "answer",
    "withdraw": "answer",
    "supplement": "answer",
    "fault": "fault",
    "reply": "fault",
}
"""What `as` captures, by the word of the step."""
VALUES = {"person": ("identity", "name", "phone"), "parcel": ("commune", "map-sheet", "number", "certificate", "path")}
"""What a script can look into by the name of a person or parcel, e.g. `{an./identity}`."""
USES = {
    "submit": {"from": "person", "to": "person", "parcel": "parcel"},
    "decide": {"dossier": "dossier", "attempt": "payment"},
    "pay": {"dossier": "dossier"},
    "withdraw": {"dossier": "dossier"},
    "supplement": {"dossier": "dossier"},
    "send": {"like": "message", "about": "dossier"},
    "heal": {"fault": "fault"},
    "fired": {"fault": "fault"},
    "expect": {"about": "dossier", "after": ""},
    "never": {"about": "dossier"},
    "refused": {"message": "message"},
    "state": {"parcel": "parcel", "dossier": "dossier", "holder": "person"},
}
"""Which fields of a step name something, and of what kind; "" is any."""


@dataclass
class _Names:
    """What is captured so far: the kind of each name, and the repeats in which it holds."""

    lost: frozenset[str]
    kinds: dict[str, str] = field(default_factory=dict)
    repeats: dict[str, tuple[str | int, ...]] = field(default_factory=dict)

    def capture(self, name: str, kind: str, cursor: Cursor, repeats: tuple[str | int, ...] = ()) -> Iterator[Complaint]:
        if name == ROW:
            yield cursor.says("'row' stands for the row of a table; take another name")
        elif name in self.kinds:
            yield cursor.says(f"{name!r} is captured already, as a {self.kinds[name]}")
        else:
            self.kinds[name], self.repeats[name] = kind, repeats

    def use(self, name: str, kind: str, cursor: Cursor, *, key: bool = False) -> Iterator[Complaint]:
        if name in self.lost:
            return
        if name not in self.kinds:
            fit = [each for each, found in self.kinds.items() if kind in ("", found)]
            yield cursor.says(f"no {kind or 'message or dossier'} was captured as {name!r} before{suggestion(name, fit)}", key=key)
        elif kind not in ("", self.kinds[name]):
            yield cursor.says(f"{name!r} is a {self.kinds[name]}, not a {kind}", key=key)

    def leave(self, repeats: tuple[str | int, ...]) -> None:
        """Forget what was captured in repeats that have ended."""
        for name in [name for name, held in self.repeats.items() if held != repeats[: len(held)]]:
            del self.kinds[name], self.repeats[name]


def names(scenario: Scenario, tree: Node, lost: frozenset[str] = frozenset()) -> list[Complaint]:
    """Every name that is captured twice, not captured before it is used, or of the wrong kind."""
    held, every = _Names(lost), list(sites(scenario, tree))
    found = list(_given(scenario, held, Cursor(tree, ("given",))))
    for position, site in enumerate(every):
        held.leave(site.repeats)
        found += _used(site, held)
        found += _captured(site, held)
        if site.step.never and site.step.never.until is not None:
            found += _until(site.step.never.until, site.inside.at("until"), held, every[position + 1 :])
    return found


def _given(scenario: Scenario, held: _Names, cursor: Cursor) -> Iterator[Complaint]:
    given = scenario.given
    for n, person in enumerate(given.people):
        yield from held.capture(person.as_, "person", cursor.at("people", n, "as"))
    for n, person in enumerate(given.people):
        for name in person.related:
            yield from held.use(name, "person", cursor.at("people", n, "related", name), key=True)
    for n, parcel in enumerate(given.parcel):
        yield from held.capture(parcel.as_, "parcel", cursor.at("parcel", n, "as"))
        yield from _each(parcel.holder, "person", cursor.at("parcel", n, "holder"), held)
    for n, begun in enumerate(given.dossier):
        if begun.submit:
            yield from _fields(begun.submit, USES["submit"], cursor.at("dossier", n, "submit"), held)
        yield from held.capture(begun.as_, "dossier", cursor.at("dossier", n, "as"))


def _used(site: Site, held: _Names) -> Iterator[Complaint]:
    """Names in a step's own fields, then those in braces in any of its texts."""
    step = site.step
    yield from _fields(site.act, USES.get(step.word, {}), site.inside, held)
    for position, each in enumerate(step.any_of.of if step.any_of else ()):
        yield from _fields(each, USES["expect"], site.inside.at("of", position), held)
    if step.by_hand:
        yield from _fields(step.by_hand.until, USES["expect"], site.inside.at("until"), held)
    if step.fault and step.fault.on_hop:
        yield from _fields(step.fault.on_hop, {"about": "dossier"}, site.inside.at(step.fault.kind), held)
    if not step.repeat:
        yield from _references(site, held)


def _references(site: Site, held: _Names) -> Iterator[Complaint]:
    for path, scalar in scalars(site.inside.node):
        if path == ("body",) and site.step.send:
            continue  # whatever text it is
        for ref in Ref.all_in(scalar.text):
            cursor = site.inside.at(*path)
            if ref.name == ROW:
                yield cursor.says(f"{ref} stands for a value of a table, and there is none")
            else:
                yield from held.use(ref.name, "", cursor)
                yield from _inside(ref, held.kinds.get(ref.name, ""), cursor)


def _inside(ref: Ref, kind: str, cursor: Cursor) -> Iterator[Complaint]:
    known = VALUES.get(kind, ())
    if known and ref.pointer[1:] not in ("", *known):
        yield cursor.says(
            f"{ref}: a {kind} has no {ref.pointer[1:]!r}{suggestion(ref.pointer[1:], known) or '; it has ' + ', '.join(known)}"
        )


def _captured(site: Site, held: _Names) -> Iterator[Complaint]:
    step = site.step
    kind = CAPTURES.get(step.word)
    alternatives = [(each.as_, site.inside.at("of", n)) for n, each in enumerate(step.any_of.of)] if step.any_of else []
    if step.by_hand:
        alternatives.append((step.by_hand.until.as_, site.inside.at("until")))
        kind = "message"
    own = getattr(site.act, "as_", None)
    seen: set[str] = set()
    for name, cursor in [(own, site.inside), *alternatives]:
        if kind and name is not None and name not in seen:  # alternatives may capture under one name
            seen.add(name)
            yield from held.capture(name, kind, cursor.at("as"), site.repeats)


def _until(name: str, cursor: Cursor, held: _Names, later: Sequence[Site]) -> Iterator[Complaint]:
    if name in held.kinds:
        yield cursor.says(f"{name!r} was captured before, so that this holds for no time at all")
    elif name not in held.lost and name not in (coming := [one for site in later for one in _names_in(site.step)]):
        yield cursor.says(f"no later step captures {name!r}{suggestion(name, coming)}")


def _names_in(step: Step) -> Iterator[str]:
    shapes = [step.act, *(step.any_of.of if step.any_of else ()), *([step.by_hand.until] if step.by_hand else ())]
    yield from (shape.as_ for shape in shapes if getattr(shape, "as_", None))


def _fields(shape: Any, uses: dict[str, str], cursor: Cursor, held: _Names) -> Iterator[Complaint]:
    for key, kind in uses.items():
        named = getattr(shape, "from_" if key == "from" else key)
        if named is not None:
            yield from _each(named, kind, cursor.at(key), held)


def _each(named: Any, kind: str, cursor: Cursor, held: _Names) -> Iterator[Complaint]:
    """One name, or several in a list or as keys."""
    match named:
        case str():
            yield from held.use(named, kind, cursor)
        case dict():
            for name in named:
                yield from held.use(name, kind, cursor.at(name), key=True)
        case _:
            for position, name in enumerate(named):
                yield from held.use(name, kind, cursor.at(position))
