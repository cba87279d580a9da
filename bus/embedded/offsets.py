"""The offsets that groups have committed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bus.embedded.journal import Journal, Key

MAX_METADATA: Final = 4096
"""Bytes of text beside an offset (offset.metadata.max.bytes)."""


@dataclass(frozen=True)
class Committed:
    """Where a group goes on, with the text it left there."""

    offset: int
    metadata: str = ""
    leader_epoch: int = -1


NOTHING: Final = Committed(-1)


class Offsets:
    """Committed offsets by group, topic and partition, kept in the journal alone."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def commit(self, group: str, offsets: Mapping[tuple[str, int], Committed]) -> None:
        """Keep all of them or none."""
        self._journal.write({_key(group, *place): [at.offset, at.metadata, at.leader_epoch] for place, at in offsets.items()})

    def get(self, group: str, topic: str, partition: int) -> Committed:
        found = self._journal.get(_key(group, topic, partition))
        return Committed(*found) if found else NOTHING

    def of(self, group: str) -> Iterator[tuple[str, int]]:
        """Where the group has committed something."""
        return ((key[2], int(key[3])) for key, _value in self._journal.of("offset") if key[1] == group)

    def groups(self) -> set[str]:
        return {key[1] for key, _value in self._journal.of("offset")}

    def forget(self, group: str, places: Iterable[tuple[str, int]] | None = None) -> None:
        """What a group has committed there; everywhere without `places`."""
        self._journal.write(dict.fromkeys(_key(group, *place) for place in (self.of(group) if places is None else places)))


def _key(group: str, topic: str, partition: int) -> Key:
    return ("offset", group, topic, str(partition))
