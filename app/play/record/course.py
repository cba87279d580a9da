"""The course of a recording: acts in their order, each with all that followed from it before the next."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.play.record.heard import AT_ONCE, Heard
from app.play.record.written import Line

__all__ = ["Act", "Part", "clusters", "course"]


@dataclass(frozen=True)
class Act:
    """Something somebody did: when, the steps that do it again, and the first message that came of it.

    `answers`: (sender, cause) of what came of a decision taken by hand, which is not the doing of what it follows from.
    """

    at: datetime
    first: Heard
    steps: Sequence[Line]
    answers: Sequence[tuple[str, str | None]] = ()


@dataclass
class Part:
    """An act and what followed."""

    act: Act
    said: list[Heard] = field(default_factory=list)


def course(said: Sequence[Heard], acts: Iterable[Act]) -> list[Part]:
    """Every message stands with the act that it came of at once, or else with the last act before it.

    `said` is in its order; each act begins where its first message stands.
    """
    place = {each.id: number for number, each in enumerate(said)}
    parts = [Part(act) for act in sorted(acts, key=lambda act: place[act.first.id])]
    begins = [place[part.act.first.id] for part in parts]
    of: dict[str, Part] = {}
    by_id = {each.id: each for each in said}
    for number, each in enumerate(said):
        before = [part for part, start in zip(parts, begins, strict=True) if start <= number]
        if before:
            of[each.id] = _part(each, before, of, by_id)
            of[each.id].said.append(each)
    return parts


def _part(each: Heard, before: Sequence[Part], of: Mapping[str, Part], by_id: Mapping[str, Heard]) -> Part:
    if each.id == before[-1].act.first.id:
        return before[-1]
    for part in reversed(before):
        decided = each.dossier == part.act.first.dossier and (each.source, each.causation) in part.act.answers
        if decided and each.at - part.act.at <= AT_ONCE:
            return part
    cause = by_id.get(each.causation or "")
    if cause is not None and cause.id in of and each.at - cause.at <= AT_ONCE:
        return of[cause.id]
    return before[-1]


def clusters(part: Part) -> Iterator[list[Heard]]:
    """What came at one instant, in the order of time."""
    found: list[Heard] = []
    for each in part.said:
        if found and each.at - found[0].at > AT_ONCE:
            yield found
            found = []
        found.append(each)
    if found:
        yield found
