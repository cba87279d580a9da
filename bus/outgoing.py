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
        self._inboxes = {member: space.inbox(member) for member in members.ids}
        self._delivered: list[tuple[Message, Received, str, int]] = []  # message, where it was read, recipient, position in `records`
        self._told: list[tuple[Entry, str, int]] = []  # a receipt's entry, its inbox, its position
        self._others: list[tuple[Entry, int]] = []  # what was not delivered, and the partition it was read from

    def deliver(self, letter: Letter) -> None:
        """One inbox record per recipient; key, value and headers untouched."""
        record, message, records = letter.record, letter.message, self.records
        headers = [*record.headers]
        for recipient in letter.recipients:
            inbox = self._inboxes[recipient]
            self._delivered.append((message, record, recipient, len(records)))
            records.append(Record(inbox, record.key, record.value, headers, record.partition % self._partitions[inbox]))

    def take_in(self, letter: Letter, now_ms: int) -> None:
        """A message for the exchange itself: nothing is delivered, the journal says that it came."""
        entry = about(letter.message, letter.record, self._space.name, recipient=EXCHANGE, out=now_ms)
        self._others.append((entry, letter.record.partition))

    def refuse(self, letter: Letter, fault: Refused, at: datetime) -> None:
        """A dead letter, and a receipt to the outbox's owner."""
        record = letter.record
        message: Message | None = letter.message
        entry = about(message, record, self._space.name) if message is not None else about_broken(record, self._space.name)
        self._bury(record, fault, entry)
        self.answer("refused", original(message, record), record, to=letter.owner, at=at, fault=fault)

    def give_back(self, message: Message, record: Received, by: str, *, fault: Refused, at: datetime) -> None:
        """What `by` could not apply, though it was delivered to `record`'s place: a dead letter, and a receipt to who sent it."""
        self._bury(record, fault, about(message, record, self._space.name, recipient=by), told=f"{by} could not apply it")
        if message.source != EXCHANGE and self._members.get(message.source):
            told = original(message, record)._replace(recipient=by)
            self.answer("undeliverable", told, record, to=message.source, at=at, fault=fault)

    def answer(self, outcome: Outcome, told: Original, record: Received, *, to: str, at: datetime, fault: Refused | None = None) -> None:
        """A receipt into a member's inbox, on the partition of what it answers."""
        message = receipt(outcome, told, record, at=at, fault=fault)
        inbox = self._inboxes[to]
        self._told.append((about(message, record, self._space.name, recipient=to), inbox, len(self.records)))
        partition = record.partition % self._partitions[inbox]
        self.records.append(Record(inbox, message.key, message.payload, [*message.to_headers()], partition))

    def journal(self, acks: Sequence[Ack]) -> list[Record]:
        """The journal's records, now that everything else is acknowledged."""
        space, topic, count = self._space.name, self._space.journal, self._partitions[self._space.journal]
        dumps, headers = orjson.dumps, JOURNAL_HEADERS
        lines = [
            Record(
                topic,
                record.key,
                dumps(about(message, record, space, recipient=recipient, out=acks[position].timestamp)),
                headers,
                record.partition % count,
            )
            for message, record, recipient, position in self._delivered
        ]
        for entry, inbox, position in self._told:
            partition, offset, timestamp = acks[position]
            entry.update(requestInTs=timestamp, requestOutTs=timestamp, topic=inbox, partition=partition, offset=offset)
            lines.append(Record(topic, entry["subject"].encode(), dumps(entry), headers, partition % count))
        for entry, partition in self._others:
            key = entry["subject"]
            lines.append(Record(topic, key.encode() if key else None, dumps(entry), headers, partition % count))
        return lines

    def _bury(self, record: Received, fault: Refused, entry: Entry, *, told: str | None = None) -> None:
        """`told` takes the place of an agency's own words in the journal: they may name people."""
        letter = dead_letter(record, fault, self._space)
        self.records.append(letter._replace(partition=record.partition % self._partitions[letter.topic]))
        self._others.append((failed(entry, Refused(fault.code, told, fault.faults) if told else fault), record.partition))
