"""Control batches: the one record that says in each partition how a transaction ended."""

import struct
from typing import Final, NamedTuple

from crc32c import crc32c

from bus.embedded.batch import CRC_FROM, HEADER, MAGIC, PREFIX, Batch

_CONTROL: Final = 0x30
"""Attributes: transactional, control, not compressed."""
_KEY: Final = struct.Struct(">hh")
_VALUE: Final = struct.Struct(">hi")
_VERSION: Final = 0
_ABORT, _COMMIT = 0, 1
_NO_SEQUENCE: Final = -1
_CRC: Final = struct.Struct(">I")
_CRC_AT: Final = CRC_FROM - _CRC.size
_KEY_AT: Final = HEADER.size + 5
"""Behind the record's length, attributes, two deltas and the key's length, a byte each."""


class Marker(NamedTuple):
    """The end of one producer's transaction in a partition; `timestamp` in ms since 1970."""

    producer_id: int
    producer_epoch: int
    committed: bool
    coordinator_epoch: int
    timestamp: int

    def batch(self) -> bytes:
        """The control batch; its base offset is the log's to give."""
        key = _KEY.pack(_VERSION, _COMMIT if self.committed else _ABORT)
        value = _VALUE.pack(_VERSION, self.coordinator_epoch)
        record = bytes((0, 0, 0, 2 * len(key))) + key + bytes((2 * len(value),)) + value + b"\0"  # lengths as zigzag varints
        content = bytearray(HEADER.size) + bytes((2 * len(record),)) + record
        times, length = (self.timestamp, self.timestamp), len(content) - PREFIX
        HEADER.pack_into(content, 0, 0, length, 0, MAGIC, 0, _CONTROL, 0, *times, self.producer_id, self.producer_epoch, _NO_SEQUENCE, 1)
        _CRC.pack_into(content, _CRC_AT, crc32c(memoryview(content)[CRC_FROM:]))
        return bytes(content)


def marker_of(batch: Batch, content: bytes | memoryview) -> Marker | None:
    """What a control batch says; None when it is none, or of a kind that this broker does not write."""
    if not batch.control or len(content) < _KEY_AT + _KEY.size + 1 + _VALUE.size:
        return None
    _version, kind = _KEY.unpack_from(content, _KEY_AT)
    _version, coordinator_epoch = _VALUE.unpack_from(content, _KEY_AT + _KEY.size + 1)
    if kind not in {_ABORT, _COMMIT}:
        return None
    return Marker(batch.producer_id, batch.producer_epoch, kind == _COMMIT, coordinator_epoch, batch.max_time)
