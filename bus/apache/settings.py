"""What an operator chooses about a node of Apache Kafka."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class ApacheSettings:
    """Where the node listens, keeps its log, and finds Java and the jars; times are seconds."""

    state: Path
    """Folder of the log; it outlives the node."""
    cache: Path
    """Folder of the jars, one below it for each version; shared by all states of a user."""
    host: str = "127.0.0.1"
    """The one address that clients are told, unless another is advertised; so 0.0.0.0 cannot be it."""
    port: int = 0
    advertised: tuple[str, int] | None = None
    """Host and port that clients are told in its place; must lead here by the time the node starts."""
    java_home: Path | None = None
    """Where Java is (JAVA_HOME); None: the one on the PATH."""
    heap: str = "512m"
    """(-Xmx)"""
    ready_within: float = 60.0
    stop_within: float = 8.0
    """A node that has not ended by then is killed; its log is checked at the next start."""
    fetch_within: float = 600.0
    """For the jars, once."""
