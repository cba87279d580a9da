"""Who we are to a Kafka broker, and how we know that it is the right one: protocol, SASL, certificates."""

import ssl
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from vn.errors import Unusable

__all__ = ["MECHANISMS", "NONE", "PROTOCOLS", "KafkaSecurity"]

PROTOCOLS: Final = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS: Final = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


@dataclass(frozen=True)
class KafkaSecurity:
    """One of Kafka's four security protocols with what it needs; secrets are never part of its text."""

    protocol: str = "PLAINTEXT"
    mechanism: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    """PEM file of the authorities that the broker's certificate may come from; None: those that the system trusts."""
    cert: Path | None = None
    """PEM file of our own certificate, with the chain above it."""
    key: Path | None = None
    """PEM file of its private key; None: it stands in `cert`."""
    key_password: str | None = field(default=None, repr=False)
    check_host: bool = True
    """Whether the certificate must be that of the host that was called."""

    @property
    def encrypted(self) -> bool:
        """Whether it travels in TLS."""
        return self.protocol in ("SSL", "SASL_SSL")

    @property
    def plain(self) -> bool:
        """Whether there is no security at all."""
        return self.protocol == "PLAINTEXT"

    @property
    def authenticated(self) -> bool:
        """Whether it says a user name and a password."""
        return self.protocol in ("SASL_PLAINTEXT", "SASL_SSL")

    def common(self) -> dict[str, Any]:
        """What every aiokafka client is given."""
        told: dict[str, Any] = {"security_protocol": self.protocol}
        if self.encrypted:
            told["ssl_context"] = self.context
        if self.authenticated:
            told |= {"sasl_mechanism": self.mechanism, "sasl_plain_username": self.username, "sasl_plain_password": self.password}
        return told

    @cached_property
    def context(self) -> ssl.SSLContext:
        """The TLS side of it, read once: a file that is renewed badly stops no part that runs.

        Raises Unusable where a file cannot be read or used, with every fault.
        """
        faults: list[str] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = self.check_host
        self._trust(context, faults)
        if self.cert is not None:
            self._identify(context, self.cert, faults)
        if faults:
            raise Unusable("; ".join(faults))
        return context

    def _trust(self, context: ssl.SSLContext, faults: list[str]) -> None:
        """The given authorities and no others, or those of the system."""
        if self.ca is None:
            context.load_default_certs()
            return
        try:
            context.load_verify_locations(self.ca)
        except ssl.SSLError:
            faults.append(f"LGSP_KAFKA_SSL_CA: {self.ca} holds no certificate in PEM")
        except OSError as error:
            faults.append(f"LGSP_KAFKA_SSL_CA: {self.ca}: {error.strerror}")

    def _identify(self, context: ssl.SSLContext, cert: Path, faults: list[str]) -> None:
        missing = [(name, path) for name, path in (("CERT", cert), ("KEY", self.key)) if path is not None and not path.is_file()]
        faults += [f"LGSP_KAFKA_SSL_{name}: {path}: no such file" for name, path in missing]
        if missing:
            return
        asked: list[None] = []

        def password() -> str:  # else OpenSSL asks for it on the terminal
            asked.append(None)
            return self.key_password or ""

        try:
            context.load_cert_chain(cert, self.key, password)
        except ssl.SSLError as error:
            faults.append(f"LGSP_KAFKA_SSL_{self._wrong_identity(error, locked=bool(asked))}")
        except OSError as error:
            faults.append(f"LGSP_KAFKA_SSL_CERT: {cert}: {error.strerror}")

    def _wrong_identity(self, error: ssl.SSLError, *, locked: bool) -> str:
        """Which variable is wrong, and why: OpenSSL's own words name neither."""
        key = self.key or self.cert
        if error.reason == "KEY_VALUES_MISMATCH":
            return f"KEY: {key} is not the key of the certificate {self.cert}"
        if locked:
            return f"KEY_PASSWORD: {'does not open the key' if self.key_password else 'is needed for the key'} {key}"
        return f"CERT: {self.cert}{f' and {key}' if self.key else ''} are no certificate with its private key in PEM"


NONE: Final = KafkaSecurity()
