"""What is inside a record batch, for whoever has to look: read with the client library's own reader, whichever codec packed it."""

from collections.abc import Iterator
from typing import NamedTuple

from aiokafka.record.default_records import DefaultRecordBatch
from cramjam import DecompressionError

__all__ = ["Record", "UnreadableError", "records_in"]


class Record(NamedTuple):
    """One record; its timestamp in ms since 1970, a value of None is a tombstone."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


class UnreadableError(ValueError):
    """The batch is whole, but what a client packed into it are no records."""


def records_in(content: bytes) -> Iterator[Record]:
    """Every record of one whole batch, with the offsets of its header. Raises UnreadableError."""
    try:
        for each in DefaultRecordBatch(content):
            yield Record(each.offset, each.timestamp, each.key, each.value)
    except (DecompressionError, ValueError, IndexError, EOFError, OSError, RuntimeError) as error:
        raise UnreadableError(str(error)) from error
