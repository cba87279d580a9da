"""One node of Apache Kafka with a listener for each way of being secure, users, and the standard authorizer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from app.commands.options import settings
from bus import Admin, KafkaSecurity, KafkaSettings
from bus.apache.jars import fetched
from bus.apache.properties import LOGGING, server_properties
from bus.apache.server import _LOGGING, _PROPERTIES, _free, _node
from bus.apache.tools import java, run
from tests.apache.certificates import Certificates

USERS = ("admin", "exchange", "dvc", "ilis", "tct", "payplat")
LISTENERS = {
    **dict.fromkeys(("SSL", "MTLS", "ELSEWHERE", "OUTDATED"), "SSL"),
    "SASL_PLAINTEXT": "SASL_PLAINTEXT",
    "SCRAM_ONLY": "SASL_PLAINTEXT",
    "SASL_SSL": "SASL_SSL",
}
READY_WITHIN = 90.0


def password(user: str) -> str:
    """A secret that is seen at once where it should not be."""
    return f"geheim-{user}-7Q"


@dataclass(frozen=True)
class Secured:
    """A node that runs: the address of each listener, by its name, and the certificates."""

    addresses: Mapping[str, str]
    certificates: Certificates
    java: tuple[str, ...]

    def tls(self, listener: str = "SSL", identity: tuple[Path, Path] | tuple[None, None] = (None, None)) -> KafkaSettings:
        """As a client that trusts the authority, with a certificate of its own or without."""
        return self._settings(listener, KafkaSecurity("SSL", ca=self.certificates.authority, cert=identity[0], key=identity[1]))

    def sasl(self, user: str = "admin", mechanism: str = "SCRAM-SHA-512", protocol: str = "SASL_SSL") -> KafkaSettings:
        """As a user with the right password."""
        ca = self.certificates.authority if protocol == "SASL_SSL" else None
        return self._settings(protocol, KafkaSecurity(protocol, mechanism=mechanism, username=user, password=password(user), ca=ca))

    def variables(self, kafka: KafkaSettings) -> dict[str, str]:
        """The same for a command."""
        security = kafka.security
        told = {
            "LGSP_KAFKA_BOOTSTRAP": kafka.bootstrap,
            "LGSP_KAFKA_SECURITY_PROTOCOL": security.protocol,
            "LGSP_KAFKA_SASL_MECHANISM": security.mechanism,
            "LGSP_KAFKA_SASL_USERNAME": security.username,
            "LGSP_KAFKA_SASL_PASSWORD": security.password,
            "LGSP_KAFKA_SSL_CA": security.ca,
            "LGSP_KAFKA_SSL_CERT": security.cert,
            "LGSP_KAFKA_SSL_KEY": security.key,
            "LGSP_KAFKA_SSL_KEY_PASSWORD": security.key_password,
            "LGSP_KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM": None if security.check_host else "none",
        }
        return {name: str(value) for name, value in told.items() if value is not None}

    def _settings(self, listener: str, security: KafkaSecurity) -> KafkaSettings:
        return KafkaSettings(self.addresses[listener], security=security)


@asynccontextmanager
async def secured(state: Path) -> AsyncIterator[Secured]:
    """Started, answering, and ended with the block."""
    certificates = Certificates(state)
    ports = {name: _free("127.0.0.1", 0) for name in ("PLAINTEXT", *LISTENERS)}
    base = dict(
        line.split("=", 1)
        for line in server_properties(host="127.0.0.1", port=ports["PLAINTEXT"], controller_port=_free("127.0.0.1", 0)).splitlines()
    )
    (state / _PROPERTIES).write_text("".join(f"{name}={value}\n" for name, value in _properties(base, ports).items()), encoding="ascii")
    (state / _LOGGING).write_text(LOGGING, encoding="ascii")
    cache = settings().cache
    assert cache is not None
    program = await java(None)
    classes = f"{(await fetched(cache, within=600)).absolute()}/*"
    scram = [
        f"{mechanism}=[name={user},password={password(user)},iterations=4096]"
        for user in USERS
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")
    ]
    tool = ("kafka.tools.StorageTool", "format", "-t", "AGVzdHRlc3R0ZXN0dGVzdA", "-c", _PROPERTIES)
    await run(*program, "-cp", classes, *tool, *(word for each in scram for word in ("--add-scram", each)), within=120, folder=state)
    async with _node((*program, "-Xmx512m", "-cp", classes), state, 8.0):
        addresses = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
        async with Admin(KafkaSettings(addresses["PLAINTEXT"], connect_within=READY_WITHIN)) as admin:
            await admin.group("lgsp-ready")
        yield Secured(addresses, certificates, (*program, "-cp", classes))


def _properties(base: Mapping[str, str], ports: Mapping[str, int]) -> dict[str, str]:
    more = ",".join(f"{name}://127.0.0.1:{ports[name]}" for name in LISTENERS)
    plain = " ".join(f'user_{user}="{password(user)}"' for user in USERS)
    logins = {
        "plain": f"org.apache.kafka.common.security.plain.PlainLoginModule required {plain};",
        "scram-sha-256": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
        "scram-sha-512": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
    }
    sasl = {
        f"listener.name.{name}.{mechanism}.sasl.jaas.config": login
        for name in ("sasl_plaintext", "sasl_ssl")
        for mechanism, login in logins.items()
    }
    return {
        **base,
        **{name: f"{base[name]},{more}" for name in ("listeners", "advertised.listeners")},
        "listener.security.protocol.map": ",".join(
            [base["listener.security.protocol.map"], *(f"{name}:{protocol}" for name, protocol in LISTENERS.items())]
        ),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS;User:admin",  # the listener without security, and the node itself
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        **sasl,
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": "server.pem",
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": "authority.pem",
        "ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/",
        "listener.name.mtls.ssl.client.auth": "required",
        "listener.name.scram_only.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.scram_only.scram-sha-512.sasl.jaas.config": logins["scram-sha-512"],
        "listener.name.elsewhere.ssl.keystore.location": "elsewhere.pem",
        "listener.name.outdated.ssl.keystore.location": "outdated.pem",
    }
