"""Consumer groups by Kafka's new protocol (KIP-848): the broker assigns, and every member comes to its part at its own pace."""

from bus.embedded.groups.consumer.group import ConsumerGroup
from bus.embedded.groups.consumer.member import JOINS, Beat, Beaten, Member, Part, Place, Refusal, by_topic
from bus.embedded.groups.consumer.requests import refusal_of

__all__ = ["JOINS", "Beat", "Beaten", "ConsumerGroup", "Member", "Part", "Place", "Refusal", "by_topic", "refusal_of"]
