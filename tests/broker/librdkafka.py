"""librdkafka, the client below those of Python, .NET, Go and PHP, in a few words."""

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from tests.broker.process import BrokerProcess

WITHIN = 30.0


def admin(broker: BrokerProcess) -> AdminClient:
    return AdminClient({"bootstrap.servers": broker.address})


def made(broker: BrokerProcess, name: str, partitions: int = 3) -> str:
    client = admin(broker)  # kept until the answer is there: without it the request is broken off
    client.create_topics([NewTopic(name, partitions, 1)])[name].result(WITHIN)
    return name


def produced(broker: BrokerProcess, topic: str, values: list[str]) -> None:
    producer = Producer({"bootstrap.servers": broker.address, "enable.idempotence": True})
    for value in values:
        producer.produce(topic, value.encode() * 20, key=value.encode())
    assert producer.flush(WITHIN) == 0
