"""Apache Kafka itself as one node on this machine, from its jars: the same port, state folder and readiness line as the embedded broker."""

from bus.apache.server import serve
from bus.apache.settings import ApacheSettings

__all__ = ["ApacheSettings", "serve"]
