"""Makes, lists and removes topics; looks at groups."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, cast

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import GroupIdNotFound, KafkaError, NoError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from bus.kafka.settings import FORBIDDEN, TROUBLE, KafkaSettings, Place, connect, log
from bus.topics import Topic
from vn.errors import BadEnvironment, CannotConnect

POLL = 0.1


@dataclass(frozen=True)
class Group:
    """A consumer group: how many read in it now, and the offset that each place goes on from; a place nobody has read is not named."""

    members: int
    committed: Mapping[Place, int]


class Admin:
    """The topics and groups of a broker; `async with` it."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._client: AIOKafkaAdminClient | None = None

    async def __aenter__(self) -> Self:
        self._client = await connect(self._start, self._settings)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._client is not None:
            await self._client.close()

    async def topics(self) -> dict[str, int]:
        """Every topic with its number of partitions."""
        found = await connect(self._usable.describe_topics, self._settings)
        return {topic["topic"]: len(topic["partitions"]) for topic in found if not topic["error_code"]}

    async def ensure(self, plan: Iterable[Topic]) -> tuple[str, ...]:
        """Make what is missing and wait until it can be used; the names of what was made. Another maker at the same time does no harm."""
        plan = tuple(plan)
        there = await self.topics()
        missing = [topic for topic in plan if topic.name not in there]
        for topic in plan:
            if there.get(topic.name, topic.partitions) != topic.partitions:
                log.warning("a topic has another number of partitions than planned", topic=topic.name, partitions=there[topic.name])
        if missing:
            new = [NewTopic(each.name, each.partitions, self._settings.replication, topic_configs=dict(each.config)) for each in missing]
            answer = await connect(lambda: self._usable.create_topics(new), self._settings)
            _raise(answer.topic_errors, but=TopicAlreadyExistsError)
        await self.wait_for([topic.name for topic in plan], within=self._settings.connect_within)
        return tuple(topic.name for topic in missing)

    async def wait_for(self, names: Sequence[str], *, within: float) -> None:
        """Return once every topic is there with its leaders; parts that do not make topics wait for them."""
        deadline = time.monotonic() + within
        while missing := await self._missing(names):
            if time.monotonic() > deadline:
                raise CannotConnect(f"the topics are not there after {within:g} s: {', '.join(missing)}; is the exchange running?")
            await asyncio.sleep(POLL)

    async def delete(self, names: Sequence[str]) -> None:
        """Remove topics with all they hold; one that is not there is no error."""
        if names:
            answer = await connect(lambda: self._usable.delete_topics(list(names)), self._settings)
            _raise(answer.topic_error_codes, but=UnknownTopicOrPartitionError)

    async def group(self, name: str) -> Group:
        """A consumer group; one that never was has no members and has committed nothing."""
        found = await connect(lambda: self._described(name), self._settings)
        offsets = await connect(lambda: self._usable.list_consumer_group_offsets(name), self._settings)
        _, _, _, _, _, members, *_ = found
        return Group(len(members), {Place(*place): each.offset for place, each in offsets.items() if each.offset >= 0})

    async def _described(self, name: str) -> Sequence[Any]:
        """As the coordinator answers; raises KafkaError while it is loading or elsewhere."""
        (found,) = [group for answer in await self._usable.describe_consumer_groups([name]) for group in answer.groups]
        error = for_code(found[0])
        if error not in (NoError, GroupIdNotFound):
            raise error(name)
        return cast(Sequence[Any], found)

    async def _missing(self, names: Sequence[str]) -> list[str]:
        try:
            found = await self._usable.describe_topics()
        except TROUBLE:
            return list(names)
        ready = {t["topic"] for t in found if t["partitions"] and all(p["leader"] >= 0 for p in t["partitions"])}
        return [name for name in names if name not in ready]

    @property
    def _usable(self) -> AIOKafkaAdminClient:
        assert self._client is not None, "enter the admin first"
        return self._client

    async def _start(self) -> AIOKafkaAdminClient:
        client = AIOKafkaAdminClient(**self._settings.common())
        try:
            await client.start()
        except BaseException:
            await client.close()
            raise
        return client


def refused(topic: str, error: type[KafkaError], message: str | None = None) -> BadEnvironment:
    """What the broker says about a topic that it does not make, change or remove."""
    advice = "; `lgsp topics acls` prints the rights that this user needs" if error in FORBIDDEN else f" ({message})" if message else ""
    return BadEnvironment(f"the broker refuses topic {topic}: {error.__name__}{advice}")


def _raise(answers: Iterable[Sequence[object]], *, but: type[KafkaError]) -> None:
    for name, code, *_ in answers:
        error = for_code(code)
        if error.errno and error is not but:
            raise refused(str(name), error)
