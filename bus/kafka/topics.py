"""Looks at topics as they are, and makes them as they are planned; what would lose records only where that is wanted."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from aiokafka.admin import NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, NoError, UnknownTopicOrPartitionError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int8, Int16, Int32, Schema, String

from bus.drift import Difference, Found
from bus.kafka.admin import Admin, refused
from bus.kafka.settings import connect
from bus.topics import Topic

_TOPIC: Final = 2
_SET: Final = 0


class TopicAdmin(Admin):
    """An administrator who looks at topics in detail and changes them."""

    async def found(self, prefix: str) -> dict[str, Found]:
        """Every topic whose name begins so."""
        topics = [
            topic
            for topic in await connect(self._usable.describe_topics, self._settings)
            if topic["topic"].startswith(prefix) and not topic["error_code"]
        ]
        configs = await self._configs([topic["topic"] for topic in topics])
        return {
            topic["topic"]: Found(
                len(topic["partitions"]), min(len(each["replicas"]) for each in topic["partitions"]), configs[topic["topic"]]
            )
            for topic in topics
            if topic["topic"] in configs
        }

    async def mend(self, plan: Iterable[Topic], wanted: Sequence[Difference]) -> None:
        """Do what these differences ask for, whatever it loses; what is impossible is left. Raises BadEnvironment: the broker refuses."""
        missing = {each.topic for each in wanted if each.act == "create"}
        await self.ensure(topic for topic in plan if topic.name in missing)
        for each in wanted:
            if each.act == "grow" and each.planned is not None:
                await self._grow(each.topic, int(each.planned))
        await self._alter([each for each in wanted if each.act in ("alter", "lossy")])
        await self.delete([each.topic for each in wanted if each.act == "delete"])

    async def _configs(self, names: Sequence[str]) -> dict[str, dict[str, str]]:
        if not names:
            return {}
        asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        answers = await connect(lambda: self._usable.describe_configs(asked), self._settings)
        found: dict[str, dict[str, str]] = {}
        for answer in answers:
            for code, message, _kind, name, entries in answer.resources:
                if for_code(code) is UnknownTopicOrPartitionError:
                    continue  # deleted since it was listed
                _check(code, message, name)
                found[name] = {entry[0]: entry[1] for entry in entries}
        return found

    async def _grow(self, topic: str, partitions: int) -> None:
        try:
            await self._usable.create_partitions({topic: NewPartitions(partitions)})
        except KafkaError as error:
            raise refused(topic, type(error), str(error)) from error

    async def _alter(self, changes: Sequence[Difference]) -> None:
        if not changes:
            return
        asked = [
            (_TOPIC, topic, [(each.setting, _SET, each.planned) for each in changes if each.topic == topic])
            for topic in dict.fromkeys(each.topic for each in changes)
        ]
        answer = await connect(lambda: self._usable._send_request(_Alter(asked)), self._settings)
        for code, message, _kind, name in answer.responses:
            _check(code, message, name)


def _check(code: int, message: str | None, topic: str) -> None:
    error = for_code(code)
    if error is not NoError:
        raise refused(topic, error, message)


class _AlterResponse(Response):  # type: ignore[misc]  # aiokafka has no types, and not this request: its own takes other settings back
    API_KEY = 44
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("responses", Array(("code", Int16), ("message", String("utf-8")), ("kind", Int8), ("name", String("utf-8")))),
    )


class _AlterStruct(RequestStruct):  # type: ignore[misc]
    API_KEY = 44
    API_VERSION = 0
    RESPONSE_TYPE = _AlterResponse
    SCHEMA = Schema(
        (
            "resources",
            Array(
                ("kind", Int8),
                ("name", String("utf-8")),
                ("configs", Array(("name", String("utf-8")), ("operation", Int8), ("value", String("utf-8")))),
            ),
        ),
        ("validate_only", Boolean),
    )


class _Alter(Request[_AlterStruct]):  # type: ignore[misc]
    """IncrementalAlterConfigs."""

    API_KEY = 44

    def __init__(self, resources: Sequence[Any]) -> None:
        self._resources = resources

    def build(self, request_struct_class: type[_AlterStruct]) -> _AlterStruct:
        return request_struct_class(self._resources, False)
