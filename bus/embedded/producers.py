"""The ids that idempotent producers get."""

from typing import Final

from bus.embedded.journal import Journal

_BLOCK: Final = 1000
_KEY: Final = ("producer id", "next")


class ProducerIds:
    """Ids that no producer has had before; reserved in blocks, so that a killed broker never gives one twice."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._next = self._reserved = int(journal.get(_KEY) or 1)

    def take(self) -> int:
        if self._next == self._reserved:
            self._reserved += _BLOCK
            self._journal.write({_KEY: self._reserved})
        self._next += 1
        return self._next - 1
