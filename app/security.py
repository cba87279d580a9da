"""The variables that say who we are to a Kafka broker: read as a whole, so that what makes no sense together is told together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.reading import one_of, path
from bus.security import MECHANISMS, PROTOCOLS, KafkaSecurity
from vn.errors import Unusable

__all__ = ["OURS_IS_PLAIN", "VARIABLES", "read_security"]

PROTOCOL, MECHANISM = "LGSP_KAFKA_SECURITY_PROTOCOL", "LGSP_KAFKA_SASL_MECHANISM"
USERNAME, PASSWORD, PASSWORD_FILE = "LGSP_KAFKA_SASL_USERNAME", "LGSP_KAFKA_SASL_PASSWORD", "LGSP_KAFKA_SASL_PASSWORD_FILE"
CA, CERT, KEY = "LGSP_KAFKA_SSL_CA", "LGSP_KAFKA_SSL_CERT", "LGSP_KAFKA_SSL_KEY"
KEY_PASSWORD, KEY_PASSWORD_FILE = "LGSP_KAFKA_SSL_KEY_PASSWORD", "LGSP_KAFKA_SSL_KEY_PASSWORD_FILE"
HOST_CHECK = "LGSP_KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM"  # as Kafka's own clients call it

_SASL: Final = ("SASL", (MECHANISM, USERNAME, PASSWORD, PASSWORD_FILE), ("SASL_PLAINTEXT", "SASL_SSL"))
_TLS: Final = ("TLS", (CA, CERT, KEY, KEY_PASSWORD, KEY_PASSWORD_FILE, HOST_CHECK), ("SSL", "SASL_SSL"))
OURS_IS_PLAIN: Final = (
    f"{PROTOCOL}: our own broker knows PLAINTEXT only; set LGSP_KAFKA_BOOTSTRAP to the broker this is meant for, or unset it"
)
VARIABLES: Final = (PROTOCOL, *_SASL[1], *_TLS[1])


def read_security(environ: Mapping[str, str], faults: list[str]) -> KafkaSecurity:
    """What these variables say; every fault is added to `faults`, none of them with a secret in it."""
    before = len(faults)
    given = {name: environ[name] for name in VARIABLES if environ.get(name, "").strip()}
    given |= {name: text.strip() for name, text in given.items() if name not in (PASSWORD, KEY_PASSWORD)}
    protocol = one_of(PROTOCOL, given.get(PROTOCOL, "PLAINTEXT"), PROTOCOLS, faults)
    faults += _out_of_place(protocol, given) if len(faults) == before else ()
    found = KafkaSecurity(
        protocol=protocol,
        mechanism=one_of(MECHANISM, given[MECHANISM], MECHANISMS, faults) if MECHANISM in given else None,
        username=given.get(USERNAME),
        password=_secret(PASSWORD, PASSWORD_FILE, given, faults),
        ca=path(given.get(CA)),
        cert=path(given.get(CERT)),
        key=path(given.get(KEY)),
        key_password=_secret(KEY_PASSWORD, KEY_PASSWORD_FILE, given, faults),
        check_host=one_of(HOST_CHECK, given.get(HOST_CHECK, "https"), ("https", "none"), faults) == "https",
    )
    if found.encrypted:
        try:
            _ = found.context
        except Unusable as error:
            faults.append(str(error))
    return found


def _out_of_place(protocol: str, given: Mapping[str, str]) -> list[str]:
    """What is missing, and what would never be used."""
    faults = []
    for kind, names, used_by in (_SASL, _TLS):
        idle = [name for name in names if name in given]
        if idle and protocol not in used_by:
            faults.append(f"{', '.join(idle)}: there is no {kind} in {PROTOCOL}={protocol}; that is for {' and '.join(used_by)}")
    if protocol in _SASL[2]:
        missing = [name for name in (MECHANISM, USERNAME) if name not in given]
        missing += [f"{PASSWORD} or {PASSWORD_FILE}"] if PASSWORD not in given and PASSWORD_FILE not in given else []
        faults += [f"{PROTOCOL}={protocol} needs {', '.join(missing)}"] if missing else []
    alone = [name for name in (KEY, KEY_PASSWORD, KEY_PASSWORD_FILE) if name in given and CERT not in given]
    return faults + ([f"{', '.join(alone)}: of no use without {CERT}"] if alone and protocol in _TLS[2] else [])


def _secret(name: str, in_file: str, given: Mapping[str, str], faults: list[str]) -> str | None:
    """From the variable, or from the file that the other names; a line end after it is not part of it."""
    file = given.get(in_file)
    if file is None:
        return given.get(name)
    if name in given:
        faults.append(f"{name} and {in_file} are both set; keep one")
        return None
    try:
        secret = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        faults.append(f"{in_file}: {file} is not UTF-8 text")
        return None
    except OSError as error:
        faults.append(f"{in_file}: {file}: {error.strerror}")
        return None
    if not secret:
        faults.append(f"{in_file}: {file} is empty")
    return secret
