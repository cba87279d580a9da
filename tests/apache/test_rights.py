"""The rights that `lgsp topics acls` prints, on a broker with the standard authorizer: enough for all work, and no more."""

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.conn import create_conn
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
    for_code,
)
from aiokafka.protocol.fetch import FetchRequest

from app import parts
from app.samples import sample
from app.settings import ADAPTERS, AGENCIES, SERVICE_OF, Settings
from bus import Admin, Consumer, KafkaSettings, Producer, Record, Space, Topic
from bus.apache.jars import version
from bus.apache.tools import maven, run
from tests.apache.secured import Secured
from tests.app.lgsp import lgsp
from tests.broker.raw import Raw
from tests.support import eventually
from vn.errors import BadEnvironment

DVC, ILIS = "VN/GOV/H37.10/dvc", "VN/GOV/H37.15/ilis"
USER_OF = {"dvc": "dvc", "ilis": "ilis", "tax": "tct", "payment": "payplat"}  # adapter -> its member's user
DESCRIBE, CREATE, EVERYTHING = 29, 30, 1
RESOURCES = {"topic": 2, "group": 3}
PATTERNS = {"literal": 3, "prefixed": 4}
OPERATIONS = {"All": 2, "Read": 3, "Write": 4, "Create": 5, "Describe": 8}
ALLOW = 3
WITHIN = 30.0
DENIED = (ClusterAuthorizationFailedError, GroupAuthorizationFailedError, TopicAuthorizationFailedError)


def rights(space: Space, *options: str) -> list[dict[str, Any]]:
    said = lgsp(
        "topics", "acls", "--json", "--principal", "lgsp=User:exchange", *options, state=Path(), variables={"LGSP_SPACE": space.name}
    )
    return said.objects


async def give(node: Secured, told: list[dict[str, Any]]) -> None:
    creations = [
        {
            "resource_type": RESOURCES[each["resourceType"]],
            "resource_name": each["name"],
            "resource_pattern_type": PATTERNS[each["patternType"]],
            "principal": each["principal"],
            "host": "*",
            "operation": OPERATIONS[operation],
            "permission_type": ALLOW,
        }
        for each in told
        for operation in each["operations"]
    ]
    async with Raw(node.addresses["PLAINTEXT"]) as raw:
        answer = await raw.ask(CREATE, 2, creations=creations)
    assert {each.error_code.name for each in answer.results} == {"none"}


async def given(node: Secured, space: Space) -> set[tuple[object, ...]]:
    """The rights that the broker knows of a space."""
    anything = {"resource_type_filter": EVERYTHING, "resource_name_filter": None, "pattern_type_filter": EVERYTHING}
    anyone = {"principal_filter": None, "host_filter": None, "operation": EVERYTHING, "permission_type": EVERYTHING}
    async with Raw(node.addresses["PLAINTEXT"]) as raw:
        answer = await raw.ask(DESCRIBE, 2, **anything, **anyone)
    return {
        (each.resource_type, each.resource_name, each.pattern_type, acl.principal, acl.host, acl.operation, acl.permission_type)
        for each in answer.resources
        for acl in each.acls
        if each.resource_name.startswith(f"{space.name}.")
    }


@pytest.fixture
async def ruled(locked: Secured, space: Space) -> Space:
    """A space whose topics are there and whose rights are given; its records and rights are nobody else's."""
    async with Admin(locked.sasl("admin")) as admin:
        await admin.ensure(space.plan([DVC, ILIS]))
    told = rights(space)
    await give(locked, told)
    wanted = sum(len(each["operations"]) for each in told)

    async def known() -> bool:
        return len(await given(locked, space)) == wanted

    await eventually(known)
    return space


async def test_a_member_writes_its_outbox_and_reads_its_inbox(locked: Secured, ruled: Space) -> None:
    ilis = locked.sasl("ilis")
    async with Producer(locked.sasl("exchange")) as exchange, Producer(ilis) as producer:
        await exchange.send_all([Record(ruled.inbox(ILIS), b"k", b"for ilis", [])])
        assert len(await producer.send_all([Record(ruled.outbox(ILIS), b"k", b"from ilis", [])])) == 1
    async with Consumer(ilis, [ruled.inbox(ILIS)], group=ruled.group(ILIS)) as consumer:

        async def taken() -> bool:
            records = await consumer.take(10, within=0.1)
            positions = {place: found[-1].offset + 1 for place, found in records.items()}
            return bool(records) and await consumer.commit(positions)

        await eventually(taken)


FOREIGN: dict[str, Callable[[Space], str]] = {
    "another's outbox": lambda space: space.outbox(DVC),
    "another's inbox": lambda space: space.inbox(DVC),
    "the journal": lambda space: space.journal,
    "the dead letters": lambda space: space.dead_letter,
}


@pytest.mark.parametrize("what", [*FOREIGN, "its own inbox"])
async def test_a_member_writes_nothing_else(what: str, locked: Secured, ruled: Space) -> None:
    topic = {**FOREIGN, "its own inbox": lambda space: space.inbox(ILIS)}[what](ruled)
    assert await _refused(lambda: _write(locked.sasl("ilis"), topic))


async def test_what_a_member_may_read_can_be_fetched(locked: Secured, ruled: Space) -> None:
    await _read(locked.sasl("ilis"), ruled.inbox(ILIS))


@pytest.mark.parametrize("what", [*FOREIGN, "its own outbox"])
async def test_a_member_reads_nothing_else(what: str, locked: Secured, ruled: Space) -> None:
    topic = {**FOREIGN, "its own outbox": lambda space: space.outbox(ILIS)}[what](ruled)
    assert await _refused(lambda: _read(locked.sasl("ilis"), topic))


async def test_a_member_is_in_no_other_group_makes_no_topic_and_deletes_none(locked: Secured, ruled: Space) -> None:
    async with Admin(locked.sasl("ilis")) as admin:
        assert {name for name in await admin.topics() if name.startswith(f"{ruled.name}.")} == {ruled.outbox(ILIS), ruled.inbox(ILIS)}
        with pytest.raises(BadEnvironment, match=r"does not allow this user what is asked \(Group"):
            await admin.group(ruled.group(DVC))
        with pytest.raises(BadEnvironment, match=r"Authorization.*lgsp topics acls"):
            await admin.ensure([Topic(f"{ruled.name}.mine", 1)])
        with pytest.raises(BadEnvironment, match="Authorization"):
            await admin.delete([ruled.outbox(ILIS)])


async def test_a_user_without_any_right_is_told_so_at_once(locked: Secured, ruled: Space) -> None:
    with pytest.raises(BadEnvironment, match=r"does not allow this user what is asked \(Cluster.*lgsp topics acls"):
        async with Producer(locked.tls("MTLS", locked.certificates.nobody)):
            pass


async def _refused(act: Callable[[], Awaitable[object]]) -> bool:
    with pytest.raises(DENIED):
        await asyncio.wait_for(act(), WITHIN)
    return True


async def _write(kafka: KafkaSettings, topic: str) -> None:
    producer = AIOKafkaProducer(**kafka.common(), enable_idempotence=True)
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"v", partition=0)
    finally:
        await producer.stop()


async def _read(kafka: KafkaSettings, topic: str) -> None:
    """One fetch: a consumer of aiokafka's asks for ever for offsets that it may not see."""
    told = kafka.common()
    host, _, port = told.pop("bootstrap_servers")[0].rpartition(":")
    connection = await create_conn(host, int(port), **told)
    try:
        answer = await connection.send(FetchRequest(100, 1, 1000, 0, [(topic, [(0, 0, 1000)])]))
    finally:
        connection.close()
    (_topic, ((_partition, code, *_),)), *_ = answer.topics
    if code:
        raise for_code(code)


async def test_an_exchange_and_four_adapters_each_with_its_own_user_pass_messages(locked: Secured, space: Space, tmp_path: Path) -> None:
    await give(locked, rights(space))
    base = Settings(state=tmp_path, space=space.name)

    def as_user(user: str) -> Settings:
        return replace(base, security=locked.sasl(user).security)

    async with AsyncExitStack() as stack:
        bootstrap = locked.addresses["SASL_SSL"]
        exchange = await stack.enter_async_context(parts.exchange(as_user("exchange"), bootstrap))
        urls = {name: await stack.enter_async_context(parts.agency(base, name)) for name in AGENCIES}
        adapters = [
            await stack.enter_async_context(parts.adapter(as_user(USER_OF[name]), name, bootstrap=bootstrap, url=urls[SERVICE_OF[name]]))
            for name in ADAPTERS
        ]
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
        register = await stack.enter_async_context(httpx.AsyncClient(base_url=urls["land"], timeout=30))
        answer = await client.post(f"{urls['dvc']}/ho-so", json=await sample("transfer", seed=1, land=register, on=date.today()))
        case = f"{urls['dvc']}/ho-so/{answer.json()['MaHoSo']}"

        async def noticed() -> list[Any]:
            return list((await client.get(case)).json()["ThongBaoThue"])

        notice, *_ = await eventually(noticed, within=60)
        (await client.post(f"{case}/thanh-toan", json={"SoThongBao": notice["SoThongBao"]})).raise_for_status()

        async def receipted() -> bool:
            return bool((await client.get(case)).json()["ChungTu"])

        await eventually(receipted, within=60)
        for url in (exchange, *adapters):
            assert (await client.get(f"{url}/_lgsp/health")).json()["status"] == "ok"


async def test_kafkas_own_tool_takes_the_calls_as_they_are_printed(locked: Secured, space: Space, tmp_path: Path) -> None:
    """Three of them, of each kind one; each starts a Java of its own."""
    program = await maven()
    copy = ("org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy", f"-Dartifact=org.apache.kafka:kafka-tools:{version()}")
    await run(program, "-B", "-q", *copy, f"-DoutputDirectory={tmp_path}", within=timedelta(minutes=3).total_seconds(), folder=tmp_path)
    variables = {"LGSP_SPACE": space.name, "LGSP_KAFKA_BOOTSTRAP": locked.addresses["PLAINTEXT"]}
    calls = [shlex.split(each) for each in lgsp("topics", "acls", state=tmp_path, variables=variables).out.splitlines()]
    told = rights(space, "--principal", "lgsp=User:lgsp")
    chosen = [0, 2, next(i for i, each in enumerate(told) if len(each["operations"]) > 1)]
    *java, classes = locked.java
    for number in chosen:
        name, *arguments = calls[number]
        assert name == "kafka-acls"
        await run(*java, f"{tmp_path}/*:{classes}", "org.apache.kafka.tools.AclCommand", *arguments, within=60)
    by_tool = await given(locked, space)
    assert len(by_tool) == sum(len(told[number]["operations"]) for number in chosen)
    await give(locked, [told[number] for number in chosen])
    assert await given(locked, space) == by_tool
