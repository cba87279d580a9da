"""The log of a partition: segments of record batches in files or in memory."""
