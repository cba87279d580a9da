"""A Kafka broker for one machine: it speaks the Kafka protocol to any client, and keeps its log in files or in memory."""

from bus.embedded.listeners import Listener
from bus.embedded.server import serve
from bus.embedded.settings import BrokerSettings
from bus.embedded.syncing import Fsync

__all__ = ["BrokerSettings", "Fsync", "Listener", "serve"]
