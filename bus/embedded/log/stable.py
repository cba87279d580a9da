"""What a consumer of committed records is given: whole batches below the last stable offset, and which of them are void."""

from bus.embedded.batch import HEADER, PREFIX, header
from bus.embedded.log.aborted import AbortedTransaction
from bus.embedded.log.partition import Partition


def stable_part(records: bytes, partition: Partition) -> bytes:
    """Those of the batches read that lie below the last stable offset, which is always where a batch begins."""
    end = partition.last_stable
    if end == partition.end:
        return records
    position = 0
    while position + PREFIX <= len(records) and int.from_bytes(records[position : position + 8], "big") < end:
        position += PREFIX + int.from_bytes(records[position + 8 : position + PREFIX], "big")
    return records[:position]


def aborted_in(records: bytes, offset: int, partition: Partition) -> list[AbortedTransaction]:
    """The aborted transactions of which these batches, asked for from an offset on, may hold records."""
    if not partition.producers.aborted:
        return []
    end, position = offset, 0
    while position + HEADER.size <= len(records):
        batch = header(records, position)
        end, position = batch.last_offset + 1, position + batch.size
    return list(partition.producers.aborted.within(offset, end))


def stable_unread(offset: int, partition: Partition) -> int:
    """Bytes from the batch that holds the offset to the last stable offset."""
    return max(0, partition.unread(offset) - partition.unread(partition.last_stable))
