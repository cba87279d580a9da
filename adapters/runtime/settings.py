"""How patient an adapter is: tries, waits and bounds, as one frozen value of plain numbers."""

from dataclasses import dataclass, field

from bus import Operating

CLOSING = 1.2  # s: the last commit, two Kafka clients, also when the broker is gone


@dataclass(frozen=True)
class Backoff:
    """Seconds to wait before try 2, 3, ...: doubling from `first` up to `most`."""

    first: float = 0.2
    most: float = 10.0

    def wait(self, failures: int) -> float:
        """Seconds to wait after this many failures in a row (1 or more)."""
        return min(self.first * 2.0 ** min(failures - 1, 30), self.most)


@dataclass(frozen=True)
class Settings:
    """All times in seconds."""

    tries: int = 3  # of a message that the agency does not take, before it is reported as not deliverable
    backoff: Backoff = field(default_factory=Backoff)
    unknown_for: float = 30.0  # how long a dossier may be unknown to the agency (404)
    call_timeout: float = 10.0  # one call of the agency, from connecting to the last byte
    feed_wait: float = 4.0  # long poll of the feed; with the next it is how long an agency can be frozen before health is red
    feed_grace: float = 5.0  # beyond that, until the answer is there
    feed_limit: int = 100
    in_flight: int = 64  # messages being given to the agency at one time
    span: int = 1000  # records of one partition taken and not yet committed
    span_bytes: int = 16 * 1024 * 1024  # the same in bytes of their payloads, whichever comes first
    commit_every: float = 0.05
    poll: float = 0.5  # longest wait for the inbox before the loop looks after health
    patience: float = 5.0  # with the broker, before health turns red
    topics_within: float = 60.0  # for the exchange to make the topics at the start
    stop_within: float = 0.8  # what the agency has in its hands may finish for so long when partitions go to somebody else
    instance: int | None = 0  # static member of the consumer group, taken back at once after a kill; None: a new member at every start
    operating: Operating = field(default_factory=Operating)

    @property
    def drains_within(self) -> float:
        """How long what is in flight may take at the end: the drain, but for what letting go of Kafka takes."""
        return max(self.operating.drain - CLOSING, self.operating.drain / 2)
