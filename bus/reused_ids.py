"""Remembers which content an id was used for, per partition, for a while: an id that comes again for other content is a mistake."""

from collections.abc import Iterable

from bus.envelope import Message
from vn.fidelity import Fact

REMEMBERED = 1000  # at least the last so many accepted ids of a partition, at most twice as many

_Window = tuple[dict[str, int], dict[str, int]]


class ReusedIds:
    """A bounded window per partition; two halves take turns, so that forgetting costs nothing."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._windows: dict[tuple[str, int], _Window] = {}

    def first_or_equal(self, place: tuple[str, int], message: Message) -> bool:
        """Whether the id is new here or was used for the same contract, recipient and payload; remembers it then."""
        recent, older = self._windows.get(place) or self._windows.setdefault(place, ({}, {}))
        content = hash((message.type, message.recipient, message.payload))
        known = recent.get(message.id)
        if known is None:
            known = older.get(message.id)
        if known is not None:
            return known == content
        recent[message.id] = content
        if len(recent) >= self._remembered:
            self._windows[place] = ({}, recent)
        return True

    def forget(self, places: Iterable[tuple[str, int]]) -> None:
        """Forget partitions that another exchange has taken over."""
        for place in places:
            self._windows.pop(place, None)


FACTS = (Fact("How long an id is remembered", f"the last {REMEMBERED} to {2 * REMEMBERED} accepted ids of a partition", "", "simulator"),)
