"""What an operator chooses about the embedded broker."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class BrokerSettings:
    """Where the broker listens and keeps its state; times are seconds, sizes bytes.

    Limits that Kafka has under another name carry that name in brackets.
    """

    host: str = "127.0.0.1"
    port: int = 0
    state: Path | None = None
    """Folder of the log; None keeps everything in memory and nothing after the end."""
    advertised_host: str | None = None
    """What clients are told to connect to; None: the address on which each of them already came in."""
    advertised_port: int | None = None
    node_id: int = 1
    cluster_id: str = "lgsp-sim-embedded-00000"
    max_frame: int = 100 * 1024 * 1024
    """(socket.request.max.bytes)"""
    idle: float = 600.0
    """A connection that asks nothing for so long is closed (connections.max.idle.ms)."""
    initial_rebalance_delay: float = 0.1
    """How long an empty group waits for more members (group.initial.rebalance.delay.ms; Kafka: 3 s)."""
    first_join: float = 300.0
    """How long a new member may wait for its first answer before it counts as gone (group.new.member.join.timeout.ms)."""
    min_session: float = 6.0
    """(group.min.session.timeout.ms)"""
    max_session: float = 1800.0
    """(group.max.session.timeout.ms)"""
    group_check: float = 600.0
    """How often groups are looked for that have neither members nor offsets (offsets.retention.check.interval.ms)."""
    consumer_session: float = 45.0
    """How long a silent member of a group by the new protocol still counts (group.consumer.session.timeout.ms)."""
    consumer_heartbeat: float = 5.0
    """How often such a member is told to speak (group.consumer.heartbeat.interval.ms)."""
    segment: int = 16 * 1024 * 1024
    """Size at which a partition's log begins a new file (log.segment.bytes); retention forgets whole files."""
    retention_check: float = 10.0
    """How often retention is looked after (log.retention.check.interval.ms; Kafka: 5 min)."""
