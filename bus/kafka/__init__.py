"""The one door to Kafka: aiokafka enters here and nowhere else."""

from bus.kafka.admin import Admin, Group
from bus.kafka.consumer import Consumer, Taken
from bus.kafka.follower import Follower
from bus.kafka.producer import Producer
from bus.kafka.reader import Reader
from bus.kafka.settings import Ack, Backoff, KafkaSettings, Place, Received, Record
from bus.kafka.topics import TopicAdmin

__all__ = [
    "Ack",
    "Admin",
    "Backoff",
    "Consumer",
    "Follower",
    "Group",
    "KafkaSettings",
    "Place",
    "Producer",
    "Reader",
    "Received",
    "Record",
    "Taken",
    "TopicAdmin",
]
