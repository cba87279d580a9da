"""Why a broker does not take us, where another try would end the same: aiokafka tries on and keeps the reason to itself."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from aiokafka.conn import AIOKafkaConnection, create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    IncompatibleBrokerVersion,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
    for_code,
)
from aiokafka.protocol.admin import SaslHandShakeRequest

from bus.security import KafkaSecurity

__all__ = ["refusal"]

_WITHIN: Final = 5.0  # seconds for one look at one address
_PROTOCOL: Final = "LGSP_KAFKA_SECURITY_PROTOCOL"
_SILENT: Final = (KafkaError, OSError, TimeoutError, RuntimeError, NotImplementedError)


async def refusal(bootstrap: str, security: KafkaSecurity, *, within: float) -> str | None:
    """The reason and what to do, in one line without a secret; None where nobody answers within so many seconds, or nothing is refused."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within):
            for address in map(str.strip, bootstrap.split(",")):
                with contextlib.suppress(*_SILENT):
                    if reason := await _Look(address, security).reason():
                        return f"the broker at {address} {reason}"
    return None


class _Look:
    """One address, called as we were told to and, where that fails, in other ways."""

    def __init__(self, address: str, security: KafkaSecurity) -> None:
        host, _, port = address.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port) if port.isdecimal() else 9092
        self._security = security

    async def reason(self) -> str | None:
        security = self._security
        try:
            async with self._connected(security):
                return None if security.authenticated else await self._asks_for_sasl()
        except ssl.SSLCertVerificationError as error:
            return self._not_trusted(error)
        except SaslAuthenticationFailed:
            return (
                f"refuses the user {security.username!r} with {security.mechanism}: wrong name or password, or none for this mechanism; "
                "see LGSP_KAFKA_SASL_USERNAME and LGSP_KAFKA_SASL_PASSWORD or LGSP_KAFKA_SASL_PASSWORD_FILE"
            )
        except UnsupportedSaslMechanismError:
            offered = ", ".join(await self._offers() or ["others"])
            return f"does not know the mechanism {security.mechanism} here, but {offered}; see LGSP_KAFKA_SASL_MECHANISM"
        except (IllegalSaslStateError, IncompatibleBrokerVersion):
            return (
                f"asks for no user name on this port: set {_PROTOCOL}={security.protocol.removeprefix('SASL_')}, or name its port for SASL"
            )
        except _SILENT as error:
            told = error if isinstance(error, ssl.SSLError) else error.__cause__
            if isinstance(told, ssl.SSLError) and "ALERT" in (told.reason or ""):
                return self._our_certificate()
            return await self._speaks_otherwise()

    def _not_trusted(self, error: ssl.SSLCertVerificationError) -> str:
        """Of the broker's certificate: `verify_message` is OpenSSL's, and says host names, dates or a missing authority."""
        why = error.verify_message.rstrip(".")
        if "mismatch" in why:
            return (
                f"has a certificate for another host ({why}): call it by the name in its certificate; "
                "for a test, LGSP_KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM=none does without"
            )
        if "expired" in why or "not yet" in why:
            return f"has a certificate that is not valid now ({why}): it needs a new one, or this machine's clock is wrong"
        trusted = f"{self._security.ca} (LGSP_KAFKA_SSL_CA)" if self._security.ca else "those of this system"
        return f"has a certificate from an authority that is none of {trusted}: set LGSP_KAFKA_SSL_CA to the file of its authority ({why})"

    def _our_certificate(self) -> str:
        cert = self._security.cert
        if cert is None:
            return "wants a certificate of ours: set LGSP_KAFKA_SSL_CERT and LGSP_KAFKA_SSL_KEY, or name a port that wants none"
        if until := _expired(cert):
            return f"refuses our certificate {cert} (LGSP_KAFKA_SSL_CERT): it has expired on {until}"
        return f"refuses our certificate {cert} (LGSP_KAFKA_SSL_CERT): it is from no authority that the broker trusts, or was withdrawn"

    async def _asks_for_sasl(self) -> str | None:
        offered = await self._offers()
        if not offered:
            return None
        return (
            f"asks for a user name and a password: set {_PROTOCOL}={'SASL_SSL' if self._security.encrypted else 'SASL_PLAINTEXT'}, "
            f"LGSP_KAFKA_SASL_MECHANISM (it knows {', '.join(offered)}), LGSP_KAFKA_SASL_USERNAME and LGSP_KAFKA_SASL_PASSWORD"
        )

    async def _offers(self) -> list[str]:
        """The mechanisms of SASL on this port; none where it has no SASL."""
        bare = replace(self._security, protocol="SSL" if self._security.encrypted else "PLAINTEXT")
        async with self._connected(bare) as connection:
            answer = await connection.send(SaslHandShakeRequest("-"))
        return list(answer.enabled_mechanisms) if for_code(answer.error_code) is UnsupportedSaslMechanismError else []

    async def _speaks_otherwise(self) -> str | None:
        """TLS where we spoke plainly, or the reverse."""
        protocol = self._security.protocol
        if self._security.encrypted:
            async with self._connected(KafkaSecurity()):
                other = "SASL_PLAINTEXT" if self._security.authenticated else "PLAINTEXT or SASL_PLAINTEXT"
                return f"speaks no TLS on this port: set {_PROTOCOL}={other}, or name its port for {protocol}"
        anyone = ssl.create_default_context()
        anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE  # nothing is said to whoever that is
        async with asyncio.timeout(_WITHIN):
            _, writer = await asyncio.open_connection(self._host, self._port, ssl=anyone)
        writer.close()
        other = "SASL_SSL" if self._security.authenticated else "SSL or SASL_SSL"
        return f"speaks TLS on this port: set {_PROTOCOL}={other}, or name its port for {protocol}"

    @contextlib.asynccontextmanager
    async def _connected(self, security: KafkaSecurity) -> AsyncIterator[AIOKafkaConnection]:
        told: dict[str, Any] = security.common()
        connection = await create_conn(self._host, self._port, client_id="lgsp", request_timeout_ms=int(_WITHIN * 1000), **told)
        try:
            yield connection
        finally:
            connection.close()


def _expired(cert: Path) -> str | None:
    """The date on which a certificate ended; None where it has not, or cannot be read."""
    with contextlib.suppress(AttributeError, OSError, ValueError, KeyError):
        until: str = ssl._ssl._test_decode_cert(str(cert))["notAfter"]  # type: ignore[attr-defined]  # no other way without a library
        if ssl.cert_time_to_seconds(until) < time.time():
            return until
    return None
