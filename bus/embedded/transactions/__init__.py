"""Transactions: who may write under which transactional id, what was begun, and how it ended in every partition."""

from bus.embedded.transactions.coordinator import OFFSETS_TOPIC, Producing, Transactions, offsets_partition
from bus.embedded.transactions.state import NOBODY, Place, State, Transaction

__all__ = ["NOBODY", "OFFSETS_TOPIC", "Place", "Producing", "State", "Transaction", "Transactions", "offsets_partition"]
