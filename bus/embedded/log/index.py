"""Where the batches of a segment lie, in steps of 32 KiB: in memory, and beside a closed file so that the next start need not read it."""

import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from typing import Final

from crc32c import crc32c

from bus.embedded.batch import Batch

EVERY: Final = 32 * 1024
"""Bytes of log per entry."""
_HEAD: Final = struct.Struct("<IqqqI")
"""Checksum of all behind it, size of the log, newest and oldest timestamp, entries."""


class Index:
    """Made by noting the batches in their order."""

    def __init__(self) -> None:
        self.newest = -1
        """The highest timestamp in ms."""
        self.oldest = -1
        """The highest timestamp of the first batch."""
        self._offsets = array("q")
        self._positions = array("q")
        self._times = array("q")  # highest timestamp before the entry

    def note(self, batch: Batch, position: int) -> None:
        if not self._positions or position - self._positions[-1] >= EVERY:
            self._offsets.append(batch.base_offset)
            self._positions.append(position)
            self._times.append(self.newest)
        self.oldest = batch.max_time if self.oldest < 0 else self.oldest
        self.newest = max(self.newest, batch.max_time)

    def before_offset(self, offset: int) -> int:
        """A position at or before the batch that holds the offset."""
        return self._at(bisect_right(self._offsets, offset) - 1)

    def before_time(self, timestamp: int) -> int:
        """A position at or before the first batch with a record at or after the timestamp."""
        return self._at(bisect_left(self._times, timestamp) - 1)

    def offset_at(self, position: int, otherwise: int) -> int:
        """The offset of the batch at the position of an entry."""
        index = bisect_right(self._positions, position) - 1
        return self._offsets[index] if index >= 0 and self._positions[index] == position else otherwise

    def to_bytes(self, size: int) -> bytes:
        """For the file beside a log of that size."""
        content = b"".join(_little(each).tobytes() for each in (self._offsets, self._positions, self._times))
        head = _HEAD.pack(0, size, self.newest, self.oldest, len(self._offsets))[4:]
        return struct.pack("<I", crc32c(head + content)) + head + content

    @classmethod
    def from_bytes(cls, content: bytes, size: int) -> "Index | None":
        """None where the bytes are not the index of a log of that size."""
        if len(content) < _HEAD.size or crc32c(content[4:]) != int.from_bytes(content[:4], "little"):
            return None
        _crc, of_size, newest, oldest, count = _HEAD.unpack_from(content)
        if of_size != size or len(content) != _HEAD.size + 24 * count:
            return None
        index = cls()
        index.newest, index.oldest = newest, oldest
        columns = (content[_HEAD.size + 8 * count * number :][: 8 * count] for number in range(3))
        index._offsets, index._positions, index._times = (_little(array("q", column)) for column in columns)
        return index

    def _at(self, entry: int) -> int:
        return self._positions[entry] if entry >= 0 else 0


def _little(values: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values
