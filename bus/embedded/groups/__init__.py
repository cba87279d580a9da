"""Consumer groups: Kafka's classic protocol, by which members assign, and its new one (KIP-848), by which the broker does."""

from bus.embedded.groups.consumer import Beat, Beaten, ConsumerGroup, Part, Place, Refusal, by_topic
from bus.embedded.groups.coordinator import Coordinator
from bus.embedded.groups.group import Group, State
from bus.embedded.groups.kind import Kind, Who
from bus.embedded.groups.member import Join, Joined, Synced
from bus.embedded.groups.subscription import CONSUMER, subscribed

__all__ = [
    "CONSUMER",
    "Beat",
    "Beaten",
    "ConsumerGroup",
    "Coordinator",
    "Group",
    "Join",
    "Joined",
    "Kind",
    "Part",
    "Place",
    "Refusal",
    "State",
    "Synced",
    "Who",
    "by_topic",
    "subscribed",
]
