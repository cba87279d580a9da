"""The node's configuration as a function of where it listens: one KRaft node that is broker and controller."""

from collections.abc import Mapping

__all__ = ["LOG", "LOGGING", "as_address", "server_properties"]

LOG = "log"
"""The folder of the log, below the state folder in which the node runs: a path of the user's could hold what such files cannot say."""

LOGGING = """\
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = server.log
appender.file.filePattern = server.log.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c: %m%n
appender.file.policies.type = Policies
appender.file.policies.start.type = OnStartupTriggeringPolicy
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 2
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
"""


def as_address(host: str, port: int) -> str:
    """HOST:PORT as clients write it: IPv6 in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def server_properties(*, host: str, port: int, controller_port: int, advertised: tuple[str, int] | None = None) -> str:
    """The text of `server.properties`; clients reach the node at host:port only, or are told another address; its controller listens
    on loopback.
    """
    address = as_address(host, port)
    return _text(
        {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
            "listeners": f"PLAINTEXT://{address},CONTROLLER://127.0.0.1:{controller_port}",
            "advertised.listeners": f"PLAINTEXT://{as_address(*advertised) if advertised else address}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": LOG,
            **_ONE_NODE,
            **_LIKE_THE_EMBEDDED,
        }
    )


_ONE_NODE = {
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "3",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "3",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "3",
}
_LIKE_THE_EMBEDDED = {
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "100",  # Kafka waits 3 s before every first join
    "log.retention.ms": "-1",  # a state folder keeps what it has until it is removed
}


def _text(properties: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in properties.items())
