"""Consumer groups by Kafka's classic protocol."""

from bus.embedded.groups.coordinator import Coordinator
from bus.embedded.groups.group import Group, State, Who
from bus.embedded.groups.member import Join, Joined, Synced
from bus.embedded.groups.subscription import CONSUMER, subscribed

__all__ = ["CONSUMER", "Coordinator", "Group", "Join", "Joined", "State", "Synced", "Who", "subscribed"]
