"""Who we are to Kafka is read once: what makes no sense together is told together, and no secret is ever said."""

from pathlib import Path

import pytest
import trustme

from app.settings import Settings
from tests.apache.certificates import Certificates
from tests.app.lgsp import NOBODY, lgsp
from vn.errors import Unusable

USAGE, NOBODY_THERE = 2, 11
SECRET = "geheim-7Q"
SASL = {
    "LGSP_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
    "LGSP_KAFKA_SASL_MECHANISM": "SCRAM-SHA-256",
    "LGSP_KAFKA_SASL_USERNAME": "ilis",
    "LGSP_KAFKA_SASL_PASSWORD": SECRET,
}
TLS = {"LGSP_KAFKA_SECURITY_PROTOCOL": "SSL"}


def refused(variables: dict[str, str]) -> list[str]:
    with pytest.raises(Unusable) as caught:
        Settings.read(variables)
    assert SECRET not in str(caught.value)
    return str(caught.value).split("; ")


def test_without_a_word_it_is_plaintext() -> None:
    assert Settings.read({}).security.common() == {"security_protocol": "PLAINTEXT"}


def test_a_user_and_a_password_reach_the_client_and_no_text() -> None:
    read = Settings.read(SASL)
    assert read.security.common() == {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-256",
        "sasl_plain_username": "ilis",
        "sasl_plain_password": SECRET,
    }
    assert SECRET not in repr(read)
    assert SECRET not in repr(read.environ())


def test_a_secret_in_a_file_is_its_text_without_the_line_end(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f" {SECRET} \r\n", encoding="utf-8")
    variables = {**SASL, "LGSP_KAFKA_SASL_PASSWORD": "", "LGSP_KAFKA_SASL_PASSWORD_FILE": f"{tmp_path}/secret"}
    assert Settings.read(variables).security.password == f" {SECRET} "


def test_a_password_may_begin_and_end_with_a_blank() -> None:
    assert Settings.read({**SASL, "LGSP_KAFKA_SASL_PASSWORD": f" {SECRET} "}).security.password == f" {SECRET} "


@pytest.mark.parametrize(
    ("variables", "faults"),
    [
        ({"LGSP_KAFKA_SECURITY_PROTOCOL": "TLS"}, ["LGSP_KAFKA_SECURITY_PROTOCOL: 'TLS' is none of PLAINTEXT, SSL"]),
        (
            {"LGSP_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"},
            ["LGSP_KAFKA_SECURITY_PROTOCOL=SASL_PLAINTEXT needs LGSP_KAFKA_SASL_MECHANISM"],
        ),
        ({**SASL, "LGSP_KAFKA_SASL_MECHANISM": "GSSAPI"}, ["LGSP_KAFKA_SASL_MECHANISM: 'GSSAPI' is none of PLAIN, SCRAM"]),
        ({"LGSP_KAFKA_SASL_PASSWORD": SECRET}, ["LGSP_KAFKA_SASL_PASSWORD: there is no SASL in LGSP_KAFKA_SECURITY_PROTOCOL=PLAINTEXT"]),
        ({**SASL, **TLS}, ["LGSP_KAFKA_SASL_MECHANISM, LGSP_KAFKA_SASL_USERNAME, LGSP_KAFKA_SASL_PASSWORD: there is no SASL in"]),
        ({**SASL, "LGSP_KAFKA_SSL_CA": "ca.pem"}, ["LGSP_KAFKA_SSL_CA: there is no TLS in LGSP_KAFKA_SECURITY_PROTOCOL=SASL_PLAINTEXT"]),
        ({**SASL, "LGSP_KAFKA_SASL_PASSWORD_FILE": "f"}, ["LGSP_KAFKA_SASL_PASSWORD and LGSP_KAFKA_SASL_PASSWORD_FILE are both set"]),
        ({**TLS, "LGSP_KAFKA_SSL_KEY": "k"}, ["LGSP_KAFKA_SSL_KEY: of no use without LGSP_KAFKA_SSL_CERT"]),
        (
            {**TLS, "LGSP_KAFKA_SSL_CA": "no.pem", "LGSP_KAFKA_SSL_CERT": "no.crt", "LGSP_KAFKA_SSL_KEY": "no.key"},
            [
                "LGSP_KAFKA_SSL_CA: no.pem: No such file",
                "LGSP_KAFKA_SSL_CERT: no.crt: no such file",
                "LGSP_KAFKA_SSL_KEY: no.key: no such file",
            ],
        ),
        (
            {**TLS, "LGSP_KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM": "false"},
            ["LGSP_KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM: 'false' is none of https, none"],
        ),
        ({"LGSP_KAFKA_SASL_PASWORD": SECRET}, ["LGSP_KAFKA_SASL_PASWORD: no such variable"]),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(variables: dict[str, str], faults: list[str], tmp_path: Path) -> None:
    said = "; ".join(refused(variables))
    assert [fault for fault in faults if fault not in said] == []


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    said = refused({**TLS, "LGSP_LOG": "xml", "LGSP_KAFKA_SSL_CA": "no.pem", "LGSP_KAFKA_SASL_USERNAME": "ilis"})
    assert [each.partition(":")[0] for each in said[:2]] == ["LGSP_LOG", "LGSP_KAFKA_SASL_USERNAME"]
    assert said[-1].startswith("LGSP_KAFKA_SSL_CA")


@pytest.mark.parametrize(("content", "reason"), [(None, "No such file"), (b"", "is empty"), (b"\xff", "is not UTF-8 text")])
def test_a_file_of_a_secret_that_is_none_is_named(content: bytes | None, reason: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    variables = {**SASL, "LGSP_KAFKA_SASL_PASSWORD": "", "LGSP_KAFKA_SASL_PASSWORD_FILE": f"{tmp_path}/secret"}
    (fault,) = refused(variables)
    assert fault.startswith(f"LGSP_KAFKA_SASL_PASSWORD_FILE: {tmp_path}/secret")
    assert reason in fault


def test_a_file_that_holds_no_certificate_or_the_wrong_key_is_named(tmp_path: Path) -> None:
    authority = trustme.CA()
    for name in ("one", "other"):
        authority.issue_cert(name).private_key_pem.write_to_path(tmp_path / f"{name}.key")
    mine = authority.issue_cert("mine")
    mine.cert_chain_pems[0].write_to_path(tmp_path / "mine.crt")
    (tmp_path / "nothing.pem").write_text("nothing", encoding="utf-8")
    variables = {
        **TLS,
        "LGSP_KAFKA_SSL_CA": f"{tmp_path}/nothing.pem",
        "LGSP_KAFKA_SSL_CERT": f"{tmp_path}/mine.crt",
        "LGSP_KAFKA_SSL_KEY": f"{tmp_path}/one.key",
    }
    assert refused(variables) == [
        f"LGSP_KAFKA_SSL_CA: {tmp_path}/nothing.pem holds no certificate in PEM",
        f"LGSP_KAFKA_SSL_KEY: {tmp_path}/one.key is not the key of the certificate {tmp_path}/mine.crt",
    ]


@pytest.mark.parametrize("command", ["up", "demo", "broker", "broker --apache"])
def test_our_own_broker_is_plaintext_and_says_so(command: str, tmp_path: Path) -> None:
    said = lgsp(*command.split(), state=tmp_path, variables=SASL)
    assert (said.code, said.out) == (USAGE, ""), said.err
    assert said.err.startswith("lgsp: LGSP_KAFKA_SECURITY_PROTOCOL: our own broker knows PLAINTEXT only; set LGSP_KAFKA_BOOTSTRAP")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("security", [SASL, TLS])
def test_our_own_broker_called_with_security_is_found_out_at_once(security: dict[str, str], broker: str, tmp_path: Path) -> None:
    said = lgsp("journal", state=tmp_path, variables={**security, "LGSP_KAFKA_BOOTSTRAP": broker})
    assert said.code == NOBODY_THERE
    assert "asks for no user name on this port" in said.err or "speaks no TLS on this port" in said.err


def test_where_nobody_answers_security_changes_nothing(tmp_path: Path) -> None:
    said = lgsp("journal", state=tmp_path, variables={**TLS, "LGSP_KAFKA_BOOTSTRAP": NOBODY})
    assert said.code == NOBODY_THERE
    assert said.err.startswith(f"lgsp: no Kafka broker answers at {NOBODY}")


@pytest.mark.parametrize(
    ("given", "reason"), [({}, "is needed for the key"), ({"LGSP_KAFKA_SSL_KEY_PASSWORD": SECRET}, "does not open the key")]
)
def test_a_locked_key_is_named_where_its_password_is_missing_or_wrong(given: dict[str, str], reason: str, tmp_path: Path) -> None:
    cert, key = Certificates(tmp_path).locked
    said = refused({**TLS, "LGSP_KAFKA_SSL_CERT": str(cert), "LGSP_KAFKA_SSL_KEY": str(key), **given})
    assert said[0].startswith("LGSP_KAFKA_SSL_KEY_PASSWORD: ")
    assert reason in said[0]
    assert len(said) == 1
