"""What an operator chooses about the embedded broker."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bus.embedded.listeners import Listener
from bus.embedded.syncing import Fsync


@dataclass(frozen=True, kw_only=True)
class BrokerSettings:
    """Where the broker listens and keeps its state; times are seconds, sizes bytes.

    Limits that Kafka has under another name carry that name in brackets.
    """

    listeners: Mapping[str, Listener] = field(default_factory=lambda: {"main": Listener()})
    """Where clients come in; the first is where the broker's own parts find it."""
    state: Path | None = None
    """Folder of the log; None keeps everything in memory and nothing after the end."""
    node_id: int = 1
    cluster_id: str = "lgsp-sim-embedded-00000"
    max_frame: int = 100 * 1024 * 1024
    """(socket.request.max.bytes)"""
    max_connections: int = 1000
    """One more is closed at once (max.connections; Kafka: no bound)."""
    queued_requests: int = 64 * 1024 * 1024
    """What all clients may have sent that is not answered; further requests are left unread (queued.max.request.bytes; Kafka: no bound)."""
    queued_answers: int = 48 * 1024 * 1024
    """What all clients may have asked for and not taken; beyond, fetches wait, and who takes nothing for two seconds is closed."""
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
    fsync: Fsync = "none"
    """When what was acknowledged is brought to the disk itself: left to the system, before the acknowledgement, or every `fsync_every`."""
    fsync_every: float = 1.0
    retention_check: float = 10.0
    """How often retention is looked after (log.retention.check.interval.ms; Kafka: 5 min)."""
    transaction_check: float = 10.0
    """How often overdue transactions are looked for (transaction.abort.timed.out.transaction.cleanup.interval.ms)."""
    faults: Path | None = None
    """A fault plan that is in force from the start (`docs/faults.md`)."""
    control: tuple[str, int] | None = None
    """Host and port of the HTTP address where faults are set at run time; None: there is no such address."""
