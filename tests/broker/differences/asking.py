"""What a probe has at hand: one connection, a topic and a group, and a short way to say what the broker answered."""

import asyncio
import dataclasses
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

from kio.schema.errors import ErrorCode

from tests.broker.raw import Raw

Answers = str | Mapping[str, str]
Probe = Callable[["Asker"], Awaitable[Answers]]
"""One answer, or several under the names that the broker gave them."""
CLOSED = "closes the connection"
SOON = timedelta(seconds=5)
NOT_YET = {ErrorCode.coordinator_load_in_progress, ErrorCode.coordinator_not_available, ErrorCode.not_coordinator}
"""What Apache Kafka answers for a moment, and then no more."""


class Asker:
    """One connection to a broker; `topic` has one partition and nobody else's records."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.topic = self.unused()
        self.group = self.unused()
        self.topic_id = UUID(int=0)

    async def __aenter__(self) -> Self:
        self.raw = await Raw(self.address).__aenter__()
        self.topic_id = await self.made(self.topic)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.raw.__aexit__(*error)

    @staticmethod
    def unused() -> str:
        return f"probe-{uuid.uuid4().hex[:12]}"

    async def ask(self, api: int, version: int, **fields: Any) -> Any:
        """The answer; asked again while a coordinator is on its way."""
        while True:
            answer = await self.raw.ask(api, version, **fields)
            if not NOT_YET & set(codes(answer)):
                return answer
            await asyncio.sleep(0.05)

    async def codes(self, api: int, version: int, **fields: Any) -> str:
        """The error codes in the answer, `none` where there is no other."""
        return said(await self.ask(api, version, **fields))

    async def made(self, topic: str, **config: str) -> UUID:
        """A topic of one partition that takes records; its id."""
        configs = [{"name": name.replace("_", "."), "value": value} for name, value in config.items()]
        wanted = {"name": topic, "num_partitions": 1, "replication_factor": 1, "assignments": [], "configs": configs}
        answer = await self.ask(19, 7, topics=[wanted], timeout=SOON, validate_only=False)
        assert said(answer) == "none", answer
        async with asyncio.timeout(15):
            while (await self.raw.list_offsets(topic, -1)).error_code is not ErrorCode.none:
                pass  # its leader is on its way
        return UUID(str(answer.topics[0].topic_id))

    async def fresh(self, **config: str) -> str:
        """A topic of the probe's own."""
        name = self.unused()
        await self.made(name, **config)
        return name


def said(answer: Any) -> str:
    """Every error code but `none`, each once, in their order."""
    wrong = list(dict.fromkeys(code.name for code in codes(answer) if code is not ErrorCode.none))
    return ", ".join(wrong) or "none"


def codes(answer: Any) -> Iterator[ErrorCode]:
    """Whatever is called an error code, wherever it stands."""
    for field in dataclasses.fields(answer):
        value = getattr(answer, field.name)
        if field.name.endswith("error_code"):
            yield ErrorCode(value)
        for each in value if isinstance(value, tuple) else (value,):
            if dataclasses.is_dataclass(each):
                yield from codes(each)


async def answered(address: str, title: str, probe: Probe) -> dict[str, str]:
    """The rows of one probe: what it asked, and what the broker made of it."""
    async with Asker(address) as asker:
        try:
            answers = await probe(asker)
        except (asyncio.IncompleteReadError, ConnectionError):
            answers = CLOSED
    return {title: answers} if isinstance(answers, str) else {f"{title} {name}".strip(): value for name, value in answers.items()}
