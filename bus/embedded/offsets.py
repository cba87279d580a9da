"""The offsets that groups have committed, and those that will be when a transaction is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bus.embedded.journal import Journal, Key

MAX_METADATA: Final = 4096
"""Bytes of text beside an offset (offset.metadata.max.bytes)."""
_OVERTAKEN: Final = -1
"""Stands for a pending offset after which the group has committed another one, outside of the transaction."""


@dataclass(frozen=True)
class Committed:
    """Where a group goes on, with the text it left there."""

    offset: int
    metadata: str = ""
    leader_epoch: int = -1


NOTHING: Final = Committed(-1)


class Offsets:
    """Committed offsets by group, topic and partition, kept in the journal alone.

    Pending ones have the producer's id as one more key; what of them still stands is the journal's to say too, since a topic
    takes its offsets with it.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._pending: dict[Key, set[int]] = defaultdict(set)  # producer ids by the key of the offset
        for key, _value in journal.of("pending"):
            self._pending[_key(key[1], key[2], int(key[3]))].add(int(key[4]))

    def commit(self, group: str, offsets: Mapping[tuple[str, int], Committed]) -> None:
        """Keep all of them or none."""
        changes: dict[Key, Any] = {_key(group, *place): [at.offset, at.metadata, at.leader_epoch] for place, at in offsets.items()}
        overtaken = [each for key in changes if key in self._pending for each in self._standing(key)]
        self._journal.write({**changes, **{key: [_OVERTAKEN, "", -1] for key in overtaken}})

    def get(self, group: str, topic: str, partition: int) -> Committed:
        found = self._journal.get(_key(group, topic, partition))
        return Committed(*found) if found else NOTHING

    def of(self, group: str) -> Iterator[tuple[str, int]]:
        """Where the group has committed something."""
        return ((key[2], int(key[3])) for key, _value in self._journal.of("offset") if key[1] == group)

    def groups(self) -> set[str]:
        """Those with an offset, be it pending."""
        return {key[1] for kind in ("offset", "pending") for key, _value in self._journal.of(kind)}

    def forget(self, group: str, places: Iterable[tuple[str, int]] | None = None) -> None:
        """What a group has committed there, or is about to; everywhere without `places`."""
        pending = [key for key in self._pending if key[1] == group]
        keys = [*(_key(group, *place) for place in self.of(group)), *pending] if places is None else [_key(group, *each) for each in places]
        dropped = [each for key in keys if key in self._pending for each in self._standing(key)]
        self._journal.write(dict.fromkeys((*keys, *dropped)))

    # ---- in transactions

    def propose(self, group: str, producer_id: int, offsets: Mapping[tuple[str, int], Committed]) -> None:
        """Commit them when the producer's transaction is committed."""
        keys = {_key(group, *place): [at.offset, at.metadata, at.leader_epoch] for place, at in offsets.items()}
        self._journal.write({_pending_key(key, producer_id): value for key, value in keys.items()})
        for key in keys:
            self._pending[key].add(producer_id)

    def unstable(self, group: str, topic: str, partition: int) -> bool:
        """Whether a transaction may still change what the group has committed there."""
        key = _key(group, topic, partition)
        return key in self._pending and bool(self._standing(key))

    def settled(self, producer_id: int, *, commit: bool) -> Mapping[Key, Any]:
        """What the end of the producer's transaction means for the journal, for its one last write."""
        changes: dict[Key, Any] = {}
        for key in list(self._pending):
            pending = _pending_key(key, producer_id)
            if pending in self._standing(key):
                changes[pending] = None
                value = self._journal.get(pending)
                if commit and value[0] != _OVERTAKEN:
                    changes[key] = value
        return changes

    def _standing(self, key: Key) -> list[Key]:
        """What the journal still has of the pending ones; the others are forgotten here too."""
        standing = {each for each in self._pending[key] if self._journal.get(_pending_key(key, each)) is not None}
        if standing:
            self._pending[key] = standing
        else:
            del self._pending[key]
        return [_pending_key(key, each) for each in standing]


def _key(group: str, topic: str, partition: int) -> Key:
    return ("offset", group, topic, str(partition))


def _pending_key(key: Key, producer_id: int) -> Key:
    return ("pending", *key[1:], str(producer_id))
