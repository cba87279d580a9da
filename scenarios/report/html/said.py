"""Messages as a reader thinks of them: one, with all its recipients; and how many of them a page can hold."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scenarios.report.whole import plain
from scenarios.verdicts import Case, Message, Verdict

__all__ = ["PAYLOAD", "TEXTS", "Key", "Said", "chosen", "nearest", "payload", "said", "with_texts"]

Key = tuple[str, str]
"""Source and id."""
TEXTS = 900_000  # bytes of headers and payloads on one page
PAYLOAD = 12_000  # characters of one payload


@dataclass(frozen=True)
class Said:
    """One message with its copies, one for each recipient."""

    copies: Sequence[Message]

    @property
    def first(self) -> Message:
        """What all copies have in common stands here."""
        return self.copies[0]

    @property
    def key(self) -> Key:
        """What it is known by."""
        return self.first.source, self.first.id

    @property
    def odd(self) -> bool:
        """Refused, delivered again, or not taken: what a reader looks for."""
        return any(each.code or each.deliveries != 1 or not each.taken for each in self.copies)


def said(messages: Iterable[Message]) -> list[Said]:
    """In the order of the scenario's time."""
    found: dict[Key, list[Message]] = {}
    for each in sorted(messages, key=lambda message: message.at):
        found.setdefault((each.source, each.id), []).append(each)
    return [Said(copies) for copies in found.values()]


def nearest(case: Case) -> frozenset[Key]:
    """The messages that came nearest to what a step expected."""
    return frozenset((step.failure.nearest.source, step.failure.nearest.id) for step in case.steps if step.failure and step.failure.nearest)


def chosen(all_: Sequence[Said], limit: int, wanted: frozenset[Key] = frozenset()) -> list[Said | int]:
    """At most so many: the odd and the wanted with what stands beside them, the first and the last; a number for those left out between."""
    if len(all_) <= limit:
        return list(all_)
    keep: set[int] = set()
    marked = [index for index, each in enumerate(all_) if each.key in wanted] + [index for index, each in enumerate(all_) if each.odd]
    ends = [index for pair in zip(range(limit), range(len(all_) - 1, -1, -1), strict=False) for index in pair]
    near = [beside for index in marked[: limit // 4] for beside in (index, index - 1, index + 1) if 0 <= beside < len(all_)]
    for index in (*near, *ends):
        if len(keep) < limit:
            keep.add(index)
    made: list[Said | int] = []
    before = -1
    for index in sorted(keep):
        if index > before + 1:
            made.append(index - before - 1)
        made.append(all_[index])
        before = index
    return made


def with_texts(cases: Sequence[Case], listed: Mapping[int, Sequence[Said]]) -> Mapping[int, frozenset[Key]]:
    """Whose headers and payload the page has room for, by the case's place: those of cases that did not pass come first."""
    left = TEXTS
    found: dict[int, frozenset[Key]] = {}
    for place in sorted(listed, key=lambda index: cases[index].verdict is Verdict.PASSED):
        keys = []
        for each in listed[place]:
            headers = (f"{name}: {value}\n" for name, value in each.first.headers.items())
            left -= len("".join([payload(each.first), *headers]).encode(errors="replace"))
            if left > 0:
                keys.append(each.key)
        found[place] = frozenset(keys)
    return found


def payload(message: Message, most: int = PAYLOAD) -> str:
    """As text; a long one is cut, and says so."""
    value = plain(message.payload)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
    return text if len(text) <= most else f"{text[:most]}\n... {len(text) - most} characters more"
