"""What is inside a record batch, for whoever has to look: read and written with the client library, whichever codec packed it."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from cramjam import DecompressionError
from crc32c import crc32c

from bus.embedded.batch import CRC_FROM, MAGIC, header, placed

__all__ = ["Record", "UnreadableError", "records_in", "rewritten"]

_CRC: Final = struct.Struct(">I")
_LAST_DELTA: Final = struct.Struct(">i")
_LAST_DELTA_AT: Final = 23
_CODEC: Final = 0x07


class Record(NamedTuple):
    """One record; its timestamp in ms since 1970, a value of None is a tombstone."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()


class UnreadableError(ValueError):
    """The batch is whole, but what a client packed into it are no records."""


def records_in(content: bytes) -> Iterator[Record]:
    """Every record of one whole batch, with the offsets of its header. Raises UnreadableError."""
    try:
        for each in DefaultRecordBatch(content):
            yield Record(each.offset, each.timestamp, each.key, each.value, tuple(each.headers))
    except (DecompressionError, ValueError, IndexError, EOFError, OSError, RuntimeError, zlib.error) as error:
        raise UnreadableError(str(error)) from error


def rewritten(content: bytes, kept: Sequence[Record]) -> bytes:
    """The batch with some of its records, at least one; its offsets, its sequences and their ends are those it had."""
    old = header(content)
    builder = DefaultRecordBatchBuilder(
        magic=MAGIC,
        compression_type=old.attributes & _CODEC,
        is_transactional=int(old.transactional),
        producer_id=old.producer_id,
        producer_epoch=old.producer_epoch,
        base_sequence=old.base_sequence,
        batch_size=2**31 - 1,  # no bound: fewer records than came in
    )
    for each in kept:
        builder.append(each.offset - old.base_offset, each.timestamp, each.key, each.value, list(each.headers))
    new = placed(bytes(builder.build()), old.base_offset)
    _LAST_DELTA.pack_into(new, _LAST_DELTA_AT, old.last_delta)
    _CRC.pack_into(new, CRC_FROM - _CRC.size, crc32c(memoryview(new)[CRC_FROM:]))
    return bytes(new)
