"""A script laid out for whoever looks through it: every step with the tree it was read from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scenarios.expectations import Message
from scenarios.places import Complaint, Place
from scenarios.scenario import Scenario, Step
from scenarios.tree import Node, spot
from vn.pointer import pointer

__all__ = ["Cursor", "Site", "messages", "sites"]

Where = tuple[str | int, ...]


@dataclass(frozen=True)
class Cursor:
    """A place in a script's tree, from which complaints about what is below are made."""

    tree: Node
    where: Where = ()

    def at(self, *path: str | int) -> "Cursor":
        """The place below."""
        return Cursor(self.tree, (*self.where, *path))

    @property
    def node(self) -> Node:
        """What stands here."""
        return spot(self.tree, self.where)[0]

    def says(self, reason: str, *, key: bool = False) -> Complaint:
        """The complaint about the value here, or about its key."""
        _, place, written = spot(self.tree, self.where, key=key)
        return Complaint(place, pointer(written), reason)

    @property
    def place(self) -> Place:
        """Of the value."""
        return spot(self.tree, self.where)[1]


@dataclass(frozen=True)
class Site:
    """A step, its place, and in how many repeats it stands (their positions)."""

    step: Step
    cursor: Cursor
    repeats: Where = ()

    @property
    def act(self) -> Any:
        """What stands under the step's word."""
        return self.step.act

    @property
    def inside(self) -> Cursor:
        """The place of what stands under the step's word."""
        return self.cursor.at(self.step.word)


def sites(scenario: Scenario, tree: Node) -> Iterator[Site]:
    """Every step in the order of the script; those of a repeat after the repeat itself."""
    yield from _sites(scenario.steps, Cursor(tree, ("steps",)), ())


def messages(site: Site) -> Iterator[tuple[Message, Cursor]]:
    """The messages that a step waits for or forbids."""
    step = site.step
    if step.expect:
        yield step.expect, site.inside
    if step.never:
        yield step.never, site.inside
    if step.by_hand:
        yield step.by_hand.until, site.inside.at("until")
    if step.any_of:
        yield from ((each, site.inside.at("of", position)) for position, each in enumerate(step.any_of.of))


def _sites(steps: list[Step], cursor: Cursor, repeats: Where) -> Iterator[Site]:
    for position, step in enumerate(steps):
        here = cursor.at(position)
        yield Site(step, here, repeats)
        if step.repeat:
            yield from _sites(step.repeat.steps, here.at("repeat", "steps"), (*repeats, position))
