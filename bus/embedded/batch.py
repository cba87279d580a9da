"""The header of a record batch, the only part of a batch the broker reads (Kafka's message format, magic 2)."""

import struct
from typing import Final, NamedTuple

from crc32c import crc32c
from kio.schema.errors import ErrorCode

HEADER: Final = struct.Struct(">qiibIhiqqqhii")
PREFIX: Final = 12
"""Bytes before what the batch's own length counts: base offset and length."""
CRC_FROM: Final = 21
MAGIC: Final = 2
NO_PRODUCER: Final = -1

_TRANSACTIONAL, _CONTROL = 0x10, 0x20
_PLACE: Final = struct.Struct(">qii")


class Batch(NamedTuple):
    """A batch header, field by field in wire order."""

    base_offset: int
    length: int
    leader_epoch: int
    magic: int
    crc: int
    attributes: int
    last_delta: int
    base_time: int
    max_time: int
    producer_id: int
    producer_epoch: int
    base_sequence: int
    records: int

    @property
    def size(self) -> int:
        return self.length + PREFIX

    @property
    def last_offset(self) -> int:
        return self.base_offset + self.last_delta

    @property
    def last_sequence(self) -> int:
        """Sequence of the last record; sequences wrap after 2^31 - 1."""
        return (self.base_sequence + self.last_delta) & 0x7FFFFFFF

    @property
    def transactional(self) -> bool:
        return bool(self.attributes & _TRANSACTIONAL)

    @property
    def control(self) -> bool:
        return bool(self.attributes & _CONTROL)


def header(buffer: bytes | memoryview, position: int = 0) -> Batch:
    """Read one header; the buffer holds at least `HEADER.size` bytes from the position."""
    return Batch._make(HEADER.unpack_from(buffer, position))


def sound(batch: Batch, content: bytes | memoryview) -> bool:
    """Whether this whole batch is what its checksum says."""
    return batch.magic == MAGIC and batch.length >= HEADER.size - PREFIX and crc32c(content[CRC_FROM : batch.size]) == batch.crc


def refusal(records: bytes | None, max_size: int, latest: int) -> ErrorCode:
    """Why Kafka would not append what a client produced; `none` when it would. `latest`: no record may be of a later millisecond."""
    if records is None or len(records) < HEADER.size:
        return ErrorCode.invalid_record if not records else ErrorCode.corrupt_message
    batch = header(records)
    if not 0 <= batch.magic <= MAGIC or batch.length < HEADER.size - PREFIX:
        return ErrorCode.corrupt_message
    if batch.magic < MAGIC or batch.size != len(records) or batch.control or batch.base_offset:
        return ErrorCode.invalid_record  # exactly one batch a partition; control batches and offsets are the broker's own
    if batch.size > max_size:
        return ErrorCode.message_too_large
    if not sound(batch, memoryview(records)):
        return ErrorCode.corrupt_message
    if batch.records < 1 or batch.last_delta != batch.records - 1 or (batch.producer_id != NO_PRODUCER and batch.base_sequence < 0):
        return ErrorCode.invalid_record
    if batch.max_time > latest:
        return ErrorCode.invalid_timestamp
    return ErrorCode.none


def placed(records: bytes, base_offset: int) -> bytearray:
    """The batch with the offset the log gives it; the checksum covers neither offset nor leader epoch."""
    copy = bytearray(records)
    _PLACE.pack_into(copy, 0, base_offset, len(records) - PREFIX, 0)
    return copy
