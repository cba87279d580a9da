"""Every way of being secure that Kafka has, from end to end; and what is said where it fails."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import psutil
import pytest

from bus import Admin, Consumer, KafkaSettings, Place, Producer, Reader, Record, Space, Topic
from tests.apache.certificates import SECRET
from tests.apache.secured import Secured, password
from tests.app.lgsp import COMMAND, WITHIN, Up, around, lgsp
from tests.support import eventually

CANNOT_CONNECT = 11
WRONG = "falsch-4711"
QUICK = 10.0  # well under the 15 s for which a broker that is away is waited for
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")

Chosen = Callable[[Secured], KafkaSettings]
GOOD: dict[str, Chosen] = {
    "SSL": lambda node: node.tls(),
    "SSL with our certificate": lambda node: node.tls("MTLS", node.certificates.member),
    "SSL with our certificate and a locked key": lambda node: secure(node.tls("MTLS", node.certificates.locked), key_password=SECRET),
    "SSL without a look at the host name": lambda node: secure(node.tls("ELSEWHERE"), check_host=False),
    **{
        f"{protocol} {mechanism}": lambda node, protocol=protocol, mechanism=mechanism: node.sasl("admin", mechanism, protocol)  # type: ignore[misc]
        for protocol in ("SASL_PLAINTEXT", "SASL_SSL")
        for mechanism in MECHANISMS
    },
}
PLAIN_SASL = "SASL_PLAINTEXT"
BAD: dict[str, tuple[Chosen, str]] = {
    **{
        f"wrong password, {mechanism}": (
            lambda node, mechanism=mechanism: secure(node.sasl("ilis", mechanism), password=WRONG),  # type: ignore[misc]
            f"refuses the user 'ilis' with {mechanism}: wrong name or password",
        )
        for mechanism in MECHANISMS
    },
    "unknown user": (lambda node: secure(node.sasl(), username="nobody"), "refuses the user 'nobody'"),
    "wrong mechanism": (lambda node: at(node, "SCRAM_ONLY", node.sasl("ilis", "PLAIN", PLAIN_SASL)), "PLAIN here, but SCRAM-SHA-512"),
    "unknown authority": (lambda node: secure(node.tls(), ca=node.certificates.another), "from an authority that is none of"),
    "no authority": (lambda node: secure(node.tls(), ca=None), "none of those of this system: set LGSP_KAFKA_SSL_CA"),
    "wrong host name": (lambda node: node.tls("ELSEWHERE"), "has a certificate for another host"),
    "the broker's certificate has expired": (
        lambda node: node.tls("OUTDATED"),
        "has a certificate that is not valid now (certificate has exp",
    ),
    "no certificate of ours": (lambda node: node.tls("MTLS"), "wants a certificate of ours: set LGSP_KAFKA_SSL_CERT"),
    "certificate of a stranger": (lambda node: node.tls("MTLS", node.certificates.stranger), "from no authority that the broker trusts"),
    "expired certificate": (lambda node: node.tls("MTLS", node.certificates.expired), "it has expired on "),
    "PLAINTEXT on SSL": (lambda node: KafkaSettings(node.addresses["SSL"]), "speaks TLS on this port: set"),
    "PLAINTEXT on SASL_SSL": (lambda node: KafkaSettings(node.addresses["SASL_SSL"]), "speaks TLS on this port: set"),
    "PLAINTEXT on SASL_PLAINTEXT": (lambda node: KafkaSettings(node.addresses[PLAIN_SASL]), "asks for a user name and a password"),
    "SSL on PLAINTEXT": (lambda node: at(node, "PLAINTEXT", node.tls()), "speaks no TLS on this port: set"),
    "SSL on SASL_SSL": (lambda node: at(node, "SASL_SSL", node.tls()), "PROTOCOL=SASL_SSL, LGSP_KAFKA_SASL_MECHANISM (it knows"),
    "SASL_PLAINTEXT on PLAINTEXT": (
        lambda node: at(node, "PLAINTEXT", node.sasl(protocol=PLAIN_SASL)),
        "asks for no user name on this port",
    ),
    "SASL_PLAINTEXT on SASL_SSL": (lambda node: at(node, "SASL_SSL", node.sasl(protocol=PLAIN_SASL)), "PROTOCOL=SASL_SSL, or name"),
    "SASL_SSL on SASL_PLAINTEXT": (lambda node: at(node, PLAIN_SASL, node.sasl()), "PROTOCOL=SASL_PLAINTEXT, or name"),
    "SASL_SSL on SSL": (lambda node: at(node, "SSL", node.sasl()), "asks for no user name on this port"),
}


def secure(kafka: KafkaSettings, **others: object) -> KafkaSettings:
    """The same, but for this."""
    return replace(kafka, security=replace(kafka.security, **others))  # type: ignore[arg-type]


def at(node: Secured, listener: str, kafka: KafkaSettings) -> KafkaSettings:
    """The same, said to another listener."""
    return replace(kafka, bootstrap=node.addresses[listener])


@pytest.mark.parametrize("way", GOOD)
async def test_what_is_written_is_read_and_committed_by_every_way_of_being_secure(way: str, locked: Secured, space: Space) -> None:
    kafka, topic, group = GOOD[way](locked), space.journal, space.exchange_group
    async with Admin(kafka) as admin, Producer(kafka) as producer, Reader(kafka) as reader:
        await admin.ensure([Topic(topic, 1)])
        (ack,) = await producer.send_all([Record(topic, b"k", b"v", [], 0)])
        found = await reader.at(Place(topic, 0), ack.offset)
        assert found is not None
        assert found.value == b"v"
        async with Consumer(kafka, [topic], group=group) as consumer:
            await eventually(lambda: _took(consumer))
            assert await consumer.commit({Place(topic, 0): ack.offset + 1})
        assert (await admin.group(group)).committed == {Place(topic, 0): ack.offset + 1}


async def _took(consumer: Consumer) -> bool:
    return bool(await consumer.take(10, within=0.1))


@pytest.mark.parametrize("case", BAD)
def test_a_refusal_is_one_line_with_its_reason_at_once_and_without_a_secret(case: str, locked: Secured, tmp_path: Path) -> None:
    made, reason = BAD[case]
    began = time.monotonic()
    said = lgsp("journal", state=tmp_path, variables={**locked.variables(made(locked)), "LGSP_LOG_LEVEL": "debug"})
    assert (said.code, said.out) == (CANNOT_CONNECT, ""), said.err
    assert said.err.startswith("lgsp: the broker at 127.0.0.1:")
    assert said.err.count("\n") == 1
    assert reason in said.err
    assert time.monotonic() - began < QUICK
    assert not any(secret in said.err for secret in (WRONG, SECRET, *map(password, ("admin", "ilis"))))


@pytest.mark.parametrize("command", ["exchange", "up"])
def test_a_part_and_everything_end_at_once_where_the_password_is_wrong(command: str, locked: Secured, tmp_path: Path) -> None:
    variables = {**locked.variables(secure(locked.sasl("exchange"), password=WRONG)), "LGSP_LOG_LEVEL": "debug"}
    began = time.monotonic()
    said = lgsp(command, state=tmp_path, variables=variables)
    assert (said.code, said.out) == (CANNOT_CONNECT, ""), said.err
    assert said.err.splitlines()[-1].startswith("lgsp: the broker at 127.0.0.1:")
    assert "refuses the user 'exchange'" in said.err
    assert WRONG not in said.err
    assert time.monotonic() - began < 2 * QUICK  # of which Python takes its part to start


def test_an_exchange_starts_by_command_with_its_secret_in_a_file_and_no_output_or_log_has_it(locked: Secured, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(password("admin") + "\n", encoding="utf-8")
    variables = locked.variables(locked.sasl()) | {"LGSP_KAFKA_SASL_PASSWORD_FILE": str(tmp_path / "secret"), "LGSP_SPACE": "by-command"}
    del variables["LGSP_KAFKA_SASL_PASSWORD"]
    process = subprocess.Popen(
        [*COMMAND, "exchange"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=around(tmp_path / "state", **variables, LGSP_LOG_LEVEL="debug"),
    )
    assert process.stdout is not None
    ready = process.stdout.readline()
    assert ready.startswith("exchange ready on http://")
    assert httpx.get(f"{ready.split()[-1]}/_lgsp/health").json()["status"] == "ok"
    assert password("admin") not in " ".join(_arguments(process.pid))
    process.terminate()
    out, err = process.communicate(timeout=WITHIN)
    assert process.returncode == 0, err
    assert password("admin") not in out + err


def _arguments(pid: int) -> list[str]:
    return psutil.Process(pid).cmdline()


def test_everything_runs_as_one_user_and_only_who_moves_messages_knows_the_password(locked: Secured, tmp_path: Path) -> None:
    secret = password("admin")
    with Up(tmp_path / "state", **locked.variables(locked.sasl()), LGSP_SPACE="everything", LGSP_LOG_LEVEL="debug") as up:
        _, *parts = up.everything()
        knowing = {each.cmdline()[3] for each in parts if secret in each.environ().values()}
        assert knowing == {"exchange", "adapter"}
        assert {each.cmdline()[3] for each in parts} == {"exchange", "adapter", "serve"}
        assert not any(secret in word for each in up.everything() for word in each.cmdline())
        up.interrupt()
    assert secret not in up.told
    assert [log.name for log in (tmp_path / "state" / "logs").iterdir() if secret in log.read_text(encoding="utf-8")] == []
