"""All that one batch writes (deliveries, receipts, dead letters) and what the journal says once the broker has it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson

from bus.dead_letters import dead_letter
from bus.envelope import Message
from bus.journal import Entry, about, about_broken, failed
from bus.kafka.settings import Ack, Received, Record
from bus.members import EXCHANGE, Members
from bus.receipts import Original, Outcome, original, receipt
from bus.stages import Letter
from bus.topics import Space
from vn.errors import Refused

JOURNAL_HEADERS: list[tuple[str, bytes | None]] = [("content-type", b"application/json")]


class Outgoing:
    """Filled while a batch is judged; written in two steps, because the journal quotes the acknowledgements of the first.

    Everything keeps the partition number that it was read from: what is in order in an outbox stays in order in the inboxes,
    whichever partitioner the sender uses.
    """

    def __init__(self, space: Space, members: Members, partitions: Mapping[str, int]) -> None:
        self.records: list[Record] = []
        self._space = space
        self._members = members
        self._partitions = partitions
        self._entries: list[tuple[Entry, int | None, bool]] = []  # entry, position of its record, whether that is its place too

    def deliver(self, letter: Letter) -> None:
        """One inbox record per recipient; key, value and headers untouched."""
        record = letter.record
        headers = list(record.headers)
        entry = about(letter.message, record, self._space.name)
        for recipient in letter.recipients:
            inbox = self._space.inbox(recipient)
            self._entries.append((entry | {"recipient": recipient}, len(self.records), False))
            self.records.append(Record(inbox, record.key, record.value, headers, record.partition % self._partitions[inbox]))

    def take_in(self, letter: Letter) -> None:
        """A message for the exchange itself: nothing is delivered, the journal says that it came."""
        position = len(self.records) - 1 if self.records else None
        self._entries.append((about(letter.message, letter.record, self._space.name) | {"recipient": EXCHANGE}, position, False))

    def refuse(self, letter: Letter, fault: Refused, at: datetime) -> None:
        """A dead letter, and a receipt to the outbox's owner."""
        record = letter.record
        message: Message | None = letter.message
        entry = about(message, record, self._space.name) if message is not None else about_broken(record, self._space.name)
        self._bury(record, fault)
        self._entries.append((failed(entry, fault), None, False))
        self.answer("refused", original(message, record), record, to=letter.owner, at=at, fault=fault)

    def give_back(self, message: Message, record: Received, by: str, *, fault: Refused, at: datetime) -> None:
        """What `by` could not apply, though it was delivered to `record`'s place: a dead letter, and a receipt to who sent it."""
        self._bury(record, fault)
        entry = about(message, record, self._space.name) | {"recipient": by}
        quiet = Refused(fault.code, f"{by} could not apply it", fault.faults)  # the agency's own words may name people
        self._entries.append((failed(entry, quiet), None, False))
        if message.source != EXCHANGE and self._members.get(message.source):
            told = original(message, record)._replace(recipient=by)
            self.answer("undeliverable", told, record, to=message.source, at=at, fault=fault)

    def answer(self, outcome: Outcome, told: Original, record: Received, *, to: str, at: datetime, fault: Refused | None = None) -> None:
        """A receipt into a member's inbox, on the partition of what it answers."""
        message = receipt(outcome, told, record, at=at, fault=fault)
        inbox = self._space.inbox(to)
        entry = about(message, record, self._space.name) | {"recipient": to}
        self._entries.append((entry, len(self.records), True))
        partition = record.partition % self._partitions[inbox]
        self.records.append(Record(inbox, message.key, message.payload, [*message.to_headers()], partition))

    def journal(self, acks: Sequence[Ack]) -> list[Record]:
        """The journal's records, now that everything else is acknowledged."""
        topic, count = self._space.journal, self._partitions[self._space.journal]
        lines: list[Record] = []
        for entry, position, placed in self._entries:
            partition = entry["partition"] % count
            if position is not None:
                ack = acks[position]
                entry["requestOutTs"] = ack.timestamp
                if placed:
                    entry["topic"], entry["partition"], entry["offset"] = self.records[position].topic, ack.partition, ack.offset
            key = entry["subject"]
            lines.append(Record(topic, key.encode() if key else None, orjson.dumps(entry), JOURNAL_HEADERS, partition))
        return lines

    def _bury(self, record: Received, fault: Refused) -> None:
        letter = dead_letter(record, fault, self._space)
        self.records.append(letter._replace(partition=record.partition % self._partitions[letter.topic]))
