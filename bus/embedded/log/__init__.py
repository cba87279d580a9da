"""The log of a partition: segments of record batches in files or in memory."""

from bus.embedded.log.markers import Marker
from bus.embedded.log.partition import Partition
from bus.embedded.log.segment import DamagedError

__all__ = ["DamagedError", "Marker", "Partition"]
