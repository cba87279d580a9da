"""The seven points that must hold of every history, whatever was broken in it; pure.

1 what was acknowledged has its effect; 2 nothing has it twice; 3 order holds per dossier and sender; 4 what was refused has none;
5 committed offsets never go back; 6 feeds and inboxes are drained, and an inbox is its agency's effects; 7 the databases are those of a
run in which nothing happened.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from torture.differences import differences
from torture.history import Carried, History, Sent

__all__ = ["POINTS", "Violation", "judge"]

T = TypeVar("T", bound=Hashable)

POINTS = {
    1: "what was acknowledged has its effect",
    2: "nothing has its effect twice",
    3: "order holds per dossier and sender",
    4: "what was refused has no effect",
    5: "committed offsets never go back",
    6: "feeds and inboxes are drained, inboxes equal effects",
    7: "databases equal those of the undisturbed run",
}


@dataclass(frozen=True)
class Violation:
    """One point that does not hold: for which message or place, what was expected, what was found."""

    point: int
    about: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"({self.point}) {POINTS[self.point]}: {self.about}: expected {self.expected}, found {self.found}"


def judge(history: History) -> list[Violation]:
    """Every violation, in the order of the points; none is a run that was survived."""
    return [violation for check in _CHECKS for violation in check(history)]


def _acknowledged(history: History) -> Iterator[Violation]:
    for code in history.accepted:
        if code not in history.known:
            yield Violation(1, f"dossier {code}", "known to the portal, which told its citizen the code", "not there")
    sent = {(each.source, each.id) for each in history.sent}
    for entry in history.said:
        if entry.acknowledged and (entry.member, entry.id) not in sent:
            yield Violation(
                1, _about(entry.member, entry.id, entry.subject), "in the outbox, since its feed entry was acknowledged", "not there"
            )
    judged = {(each.source, each.id) for each in history.journal}
    for record in _first(history.sent, lambda each: (each.source, each.id)):
        if (record.source, record.id) not in judged:
            yield Violation(1, _about(record.source, record.id, record.subject), "a verdict in the journal", "none")
    there = {(each.recipient, each.source, each.id) for each in history.carried}
    done = {(each.member, each.source, each.id) for each in history.effects}
    back = _given_back(history)
    for verdict in dict.fromkeys(history.journal):
        key = (verdict.recipient or "", verdict.source, verdict.id)
        if verdict.code is not None or verdict.recipient is None or verdict.recipient == EXCHANGE:
            continue
        if key not in there:
            yield Violation(1, _about(verdict.source, verdict.id), f"in the inbox of {verdict.recipient}, as the journal says", "not there")
        elif key not in done and key not in back and verdict.source != EXCHANGE:
            yield Violation(1, _about(verdict.source, verdict.id), f"an effect at {verdict.recipient}", "none")


def _once(history: History) -> Iterator[Violation]:
    times = Counter((each.member, each.source, each.id, each.operation) for each in history.effects)
    for (member, source, id_, operation), count in times.items():
        if count > 1:
            yield Violation(2, _about(source, id_), f"one effect at {member} ({operation})", str(count))
    contents: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for record in history.sent:
        contents[record.source, record.id].add(record.digest)
    for (source, id_), digests in contents.items():
        if len(digests) > 1:
            yield Violation(2, _about(source, id_), "one content under this id", f"{len(digests)} different payloads in the outbox")


def _in_order(history: History) -> Iterator[Violation]:
    outbox = _by_dossier(_stored(history.sent), lambda each: (each.source, each.subject))
    if not history.stored_order:
        feed = _by_dossier(history.said, lambda each: (each.member, each.subject))
        for (member, subject), ids in feed.items():
            yield from _same_order(f"dossier {subject}, outbox of {member}", ids, outbox.get((member, subject), []), "the feed")
    inbox = _by_dossier(_stored(history.carried), lambda each: (each.recipient, each.source, each.subject))
    if not history.stored_order:
        for (recipient, source, subject), ids in inbox.items():
            where = f"dossier {subject}, {source} in the inbox of {recipient}"
            yield from _same_order(where, outbox.get((source, subject), []), ids, "the outbox")
    effects = _by_dossier(history.effects, lambda each: (each.member, each.source))
    subjects = {each.id: each.subject for each in history.carried}
    for (member, source), ids in _by_dossier(_stored(history.carried), lambda each: (each.recipient, each.source)).items():
        applied: defaultdict[str, list[str]] = defaultdict(list)
        for id_ in effects.get((member, source), []):
            if id_ in subjects:
                applied[subjects[id_]].append(id_)
        stored: defaultdict[str, list[str]] = defaultdict(list)
        for id_ in ids:
            stored[subjects[id_]].append(id_)
        for subject, got in applied.items():
            yield from _same_order(f"dossier {subject}, {source} at {member}", stored[subject], got, "the inbox")


def _refused(history: History) -> Iterator[Violation]:
    good = {(each.source, each.id) for each in history.journal if each.code is None}
    bad = {(each.source, each.id): each.code for each in history.journal if each.code is not None and each.recipient is None}
    for (source, id_), code in bad.items():
        if (source, id_) in good:
            continue  # sent again rightly after it was refused
        if (source, id_) not in history.dead:
            yield Violation(4, _about(source, id_), f"a dead letter ({code})", "none")
        for record in history.carried:
            if (record.source, record.id) == (source, id_):
                yield Violation(4, _about(source, id_), f"nothing delivered ({code})", f"a record in the inbox of {record.recipient}")
        for effect in history.effects:
            if (effect.source, effect.id) == (source, id_):
                yield Violation(4, _about(source, id_), f"no effect ({code})", f"{effect.operation} at {effect.member}")


def _forward(history: History) -> Iterator[Violation]:
    highest: dict[tuple[str, str, int], int] = {}
    for seen in history.committed:
        place = (seen.group, seen.topic, seen.partition)
        before = highest.get(place, -1)
        if seen.offset < before:
            yield Violation(5, f"{seen.group} in {seen.topic}/{seen.partition}", f"at least {before}", str(seen.offset))
        highest[place] = max(before, seen.offset)


def _drained(history: History) -> Iterator[Violation]:
    for member, count in history.unread.items():
        if count:
            yield Violation(6, f"feed of {member}", "read to its end", f"{count} entries unread")
    last = {(each.group, each.topic, each.partition): each.offset for each in history.committed}
    for (group, topic, partition), end in history.ends.items():
        if end and last.get((group, topic, partition)) != end:
            found = last.get((group, topic, partition), "nothing")
            yield Violation(6, f"{group} in {topic}/{partition}", f"committed up to the end, {end}", str(found))
    done = {(each.member, each.source, each.id) for each in history.effects}
    there = {(each.recipient, each.source, each.id): each for each in history.carried if not each.receipt}
    for key in there.keys() - done - _given_back(history):
        yield Violation(6, _about(key[1], key[2], there[key].subject), f"applied at {key[0]}, in whose inbox it lies", "no effect")
    for member, source, id_ in sorted(done - there.keys()):
        yield Violation(6, _about(source, id_), f"in the inbox of {member}, which has applied it", "not there")


def _equal(history: History) -> Iterator[Violation]:
    for name, form in history.calm.items():
        for place, expected, found in differences(form, history.databases.get(name)):
            yield Violation(7, f"{name}{place}", expected, found)


_CHECKS: tuple[Callable[[History], Iterator[Violation]], ...] = (_acknowledged, _once, _in_order, _refused, _forward, _drained, _equal)
EXCHANGE = "VN/GOV/H37.10/lgsp"


def _given_back(history: History) -> set[tuple[str, str, str]]:
    """What an agency would not take and its adapter has reported, as the journal has it."""
    return {(each.recipient, each.source, each.id) for each in history.journal if each.code is not None and each.recipient is not None}


def _about(source: str, id_: str, subject: str = "") -> str:
    return f"message {id_} of {source}" + (f", dossier {subject}" if subject else "")


def _first(items: Iterable[Any], key: Callable[[Any], T]) -> list[Any]:
    found: dict[T, Any] = {}
    for each in items:
        found.setdefault(key(each), each)
    return list(found.values())


def _stored(records: Iterable[Sent] | Iterable[Carried]) -> list[Any]:
    """In the order in which they lie; the exchange's own are in no one's order."""
    return sorted((each for each in records if each.source != EXCHANGE), key=lambda each: (each.partition, each.offset))


def _by_dossier(items: Iterable[Any], key: Callable[[Any], T]) -> dict[T, list[str]]:
    """The ids of each group, each where it stands first."""
    found: defaultdict[T, dict[str, None]] = defaultdict(dict)
    for each in items:
        found[key(each)].setdefault(each.id)
    return {group: list(ids) for group, ids in found.items()}


def _same_order(where: str, right: list[str], got: list[str], as_in: str) -> Iterator[Violation]:
    """Whether what both have stands in the same order; what is missing is for other points."""
    both = set(right) & set(got)
    one, other = [each for each in right if each in both], [each for each in got if each in both]
    for place, (expected, found) in enumerate(zip(one, other, strict=True), start=1):
        if expected != found:
            yield Violation(3, f"{where}: place {place} of {len(one)}", f"{expected}, as in {as_in}", found)
            return
