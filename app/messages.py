"""Reads what the exchange has written: journal, dead letters, one message, one case."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from app.entries import as_json, as_text
from app.settings import Settings
from app.state import meant
from bus import Admin, KafkaSettings, Place, Producer, Reader, Received, Space
from bus.dead_letters import DeadLetter, read, replay
from bus.journal import Entry, attempts
from vn.errors import LgspError, Unusable

__all__ = ["Archive", "Letter", "Shown"]


SILENT = 8.0  # seconds without an answer; an empty fetch is answered several times a second
CONNECT_WITHIN = 5.0  # seconds; whoever looks does not want to wait


@dataclass(frozen=True)
class Shown:
    """One message with its envelope, as it was sent, and what the exchange said about it."""

    headers: dict[str, str]
    payload: Any
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Letter:
    """A dead letter with the name it goes by in listings: partition-offset of the dead-letter topic."""

    name: str
    letter: DeadLetter


class Archive:
    """The topics of one space, for reading."""

    def __init__(self, reader: Reader, kafka: KafkaSettings, space: Space) -> None:
        self._reader = reader
        self._kafka = kafka
        self.space = space

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator["Archive"]:
        """That of the settings' broker, or of the exchange that runs from the state folder."""
        there = meant(settings)
        kafka = KafkaSettings(there.bootstrap, security=settings.security, connect_within=CONNECT_WITHIN, stalled_after=SILENT)
        async with Reader(kafka) as reader:
            yield cls(reader, kafka, Space(there.space))

    async def journal(self) -> list[Entry]:
        """One entry per attempt to bring a message to a recipient, in the order of time."""
        return sorted(await attempts(self._reader.everything(self.space.journal)), key=_when)

    async def follow(self, *, since_start: bool = False) -> AsyncIterator[Entry]:
        """Entries as they are written."""
        async for record in self._reader.follow(self.space.journal, since_start=since_start):
            yield orjson.loads(record.value or b"{}")

    async def message(self, message_id: str) -> Shown:
        """One message by its id."""
        entries = tuple(each for each in await self.journal() if each["messageId"] == message_id)
        if not entries:
            raise _NotThere(f"no message {message_id} in the journal of {self.space.name}; see: lgsp journal")
        record = await self._record(entries[0])
        if record is None:
            raise _NotThere(f"message {message_id} is no longer in {entries[0]['topic']}")
        return _shown(record, *entries)

    async def shown(self, entry: Entry) -> Shown:
        """The message of one entry; empty where it is no longer there."""
        record = await self._record(entry)
        return Shown({}, None, (entry,)) if record is None else _shown(record, entry)

    async def payload(self, entry: Entry) -> Any:
        """What the message of an entry says: JSON, text where it is none, None where it is no longer there."""
        record = await self._record(entry)
        return None if record is None else as_json(record.value)

    async def unread(self, members: Iterable[str], dossier: str) -> dict[str, int]:
        """Of these members, those with messages about a dossier in an inbox that nobody reads now, and how many."""
        async with Admin(self._kafka) as admin:
            groups = {member: await admin.group(self.space.group(member)) for member in members}
        found = {}
        for member, group in groups.items():
            if not group.members:
                waiting = self._reader.everything(self.space.inbox(member), since=group.committed)
                found[member] = len({_id(record) async for record in waiting if record.key == dossier.encode()})
        return {member: count for member, count in found.items() if count}

    async def delivered_again(self, entry: Entry) -> bool:
        """Whether what could not be applied lies once more in the same inbox, as a replay writes it past the exchange."""
        place = Place(entry["topic"], entry["partition"])
        later = self._reader.everything(place.topic, since={place: entry["offset"] + 1})
        return any([_id(record) == entry["messageId"] async for record in later if record.partition == place.partition])

    async def dead_letters(self) -> list[Letter]:
        """Every dead letter."""
        found = [
            Letter(f"{record.partition}-{record.offset}", read(record)) async for record in self._reader.everything(self.space.dead_letter)
        ]
        return sorted(found, key=lambda each: each.letter.timestamp)

    async def dead_letter(self, name: str) -> DeadLetter:
        """One of them, by its name."""
        partition, _, offset = name.partition("-")
        if not (partition.isdecimal() and offset.isdecimal()):
            raise Unusable(f"dead letter {name!r}: give its name as `lgsp dead-letters list` shows it, e.g. 3-0")
        record = await self._reader.at(Place(self.space.dead_letter, int(partition)), int(offset))
        if record is None:
            raise _NotThere(f"no dead letter {name}; see: lgsp dead-letters list")
        return read(record)

    async def replay(self, name: str) -> str:
        """Send a dead letter again; answers the topic it went to."""
        again = replay(await self.dead_letter(name), self.space)
        async with Producer(self._kafka) as producer:
            await producer.send_all([again])
        return again.topic

    async def _record(self, entry: Entry) -> Received | None:
        """What an entry is about, from where it was read."""
        return await self._reader.at(Place(entry["topic"], entry["partition"]), entry["offset"])


class _NotThere(LgspError):
    """What was named does not exist here; exit code 1."""


def _shown(record: Received, *entries: Entry) -> Shown:
    return Shown({name: as_text(value) for name, value in record.headers}, as_json(record.value), entries)


def _when(entry: Entry) -> tuple[int, int]:
    """At one instant, as journaled: what was delivered stands before the word that it could not be applied."""
    return entry["requestInTs"], entry["partition"]


def _id(record: Received) -> str:
    return as_text(dict(record.headers).get("ce_id"))
