"""Settings: which there are, with what values, and what is said to wrong ones."""

from typing import Any

from tests.broker.differences.asking import Asker, Probe

BROKER, TOPIC, LOGGER = 4, 2, 8
SET, DELETE, APPEND, SUBTRACT = range(4)


async def settings(ask: Asker) -> dict[str, str]:
    """Every setting of a topic that sets none."""
    asked = [{"resource_type": TOPIC, "resource_name": ask.topic, "configuration_keys": None}]
    answer = await ask.ask(32, 4, resources=asked, include_synonyms=False, include_documentation=False)
    return {each.name: each.value or "(empty)" for each in sorted(answer.results[0].configs, key=lambda each: str(each.name))}


async def types(ask: Asker) -> dict[str, str]:
    """Of what kind the value of each setting is."""
    asked = [{"resource_type": TOPIC, "resource_name": ask.topic, "configuration_keys": None}]
    answer = await ask.ask(32, 4, resources=asked, include_synonyms=False, include_documentation=False)
    return {each.name: f"type {each.config_type}" for each in sorted(answer.results[0].configs, key=lambda each: str(each.name))}


async def origin(ask: Asker) -> str:
    """Of a value that was set on the topic; a setting that is not there is left out."""
    found = await beside(ask, "retention.ms", "no.such.setting")
    return ", ".join(f"source {each.config_source}, {'' if each.read_only else 'not '}read only" for each in found)


async def synonyms(ask: Asker) -> str:
    found = await beside(ask, "retention.ms")
    return ", ".join(f"{one.name} of source {one.source}" for each in found for one in each.synonyms) or "none"


async def documentation(ask: Asker) -> str:
    return " ".join("there" if each.documentation else "none" for each in await beside(ask, "retention.ms"))


async def beside(ask: Asker, *names: str) -> Any:
    topic = await ask.fresh(retention_ms="7200000")
    asked = [{"resource_type": TOPIC, "resource_name": topic, "configuration_keys": list(names)}]
    return (await ask.ask(32, 4, resources=asked, include_synonyms=True, include_documentation=True)).results[0].configs


def described(kind: int, name: str | None) -> Probe:
    async def ask_it(ask: Asker) -> str:
        asked = [{"resource_type": kind, "resource_name": name, "configuration_keys": None}]
        return await ask.codes(32, 4, resources=asked, include_synonyms=False, include_documentation=False)

    return ask_it


async def some_of_the_broker(ask: Asker) -> dict[str, str]:
    names = ["auto.create.topics.enable", "log.retention.hours", "message.max.bytes", "num.partitions", "group.max.session.timeout.ms"]
    asked = [{"resource_type": BROKER, "resource_name": "1", "configuration_keys": names}]
    answer = await ask.ask(32, 4, resources=asked, include_synonyms=False, include_documentation=False)
    return {each.name: each.value for each in answer.results[0].configs}


def changed(*changes: tuple[str, int, str | None], kind: int = TOPIC, name: str | None = None) -> Probe:
    """By IncrementalAlterConfigs."""
    configs = [{"name": key, "config_operation": operation, "value": value} for key, operation, value in changes]

    async def ask_it(ask: Asker) -> str:
        asked = [{"resource_type": kind, "resource_name": ask.topic if name is None else name, "configs": configs}]
        return await ask.codes(44, 1, resources=asked, validate_only=True)

    return ask_it


def replaced(*configs: tuple[str, str | None], kind: int = TOPIC, name: str | None = None) -> Probe:
    """By AlterConfigs."""

    async def ask_it(ask: Asker) -> str:
        given: list[dict[str, Any]] = [{"name": key, "value": value} for key, value in configs]
        asked = [{"resource_type": kind, "resource_name": ask.topic if name is None else name, "configs": given}]
        return await ask.codes(33, 2, resources=asked, validate_only=True)

    return ask_it


PROBES: dict[str, Probe] = {
    "DescribeConfigs, topic:": settings,
    "DescribeConfigs, broker:": some_of_the_broker,
    "DescribeConfigs, kind of value:": types,
    "DescribeConfigs: where a value comes from": origin,
    "DescribeConfigs: synonyms of a setting": synonyms,
    "DescribeConfigs: documentation of a setting": documentation,
    "DescribeConfigs: a topic that is not there": described(TOPIC, "nowhere"),
    "DescribeConfigs: a name no topic can have": described(TOPIC, "a b"),
    "DescribeConfigs: a broker that is not there": described(BROKER, "7"),
    "DescribeConfigs: a broker whose id is no number": described(BROKER, "one"),
    "DescribeConfigs: all brokers": described(BROKER, ""),
    "DescribeConfigs: the broker's loggers": described(LOGGER, "1"),
    "DescribeConfigs: a resource of no kind": described(77, "x"),
    "IncrementalAlterConfigs: a setting": changed(("retention.ms", SET, "7200000")),
    "IncrementalAlterConfigs: back to its default": changed(("retention.ms", DELETE, None)),
    "IncrementalAlterConfigs: an unknown setting": changed(("no.such.setting", SET, "1")),
    "IncrementalAlterConfigs: an unknown setting back to its default": changed(("no.such.setting", DELETE, None)),
    "IncrementalAlterConfigs: a wrong value": changed(("retention.ms", SET, "soon")),
    "IncrementalAlterConfigs: no value": changed(("retention.ms", SET, None)),
    "IncrementalAlterConfigs: appended to a list": changed(("cleanup.policy", APPEND, "compact")),
    "IncrementalAlterConfigs: taken from a list": changed(("cleanup.policy", SUBTRACT, "compact")),
    "IncrementalAlterConfigs: appended to a number": changed(("retention.ms", APPEND, "1")),
    "IncrementalAlterConfigs: an operation that is none": changed(("retention.ms", 9, "1")),
    "IncrementalAlterConfigs: the same setting twice": changed(("retention.ms", SET, "1"), ("retention.ms", SET, "2")),
    "IncrementalAlterConfigs: a topic that is not there": changed(("retention.ms", SET, "1"), name="nowhere"),
    "IncrementalAlterConfigs: a broker that is not there": changed(("log.retention.ms", SET, "1"), kind=BROKER, name="7"),
    "IncrementalAlterConfigs: a resource of no kind": changed(("x", SET, "1"), kind=77, name="x"),
    "AlterConfigs: a setting": replaced(("retention.ms", "7200000")),
    "AlterConfigs: an unknown setting": replaced(("no.such.setting", "1")),
    "AlterConfigs: a wrong value": replaced(("retention.ms", "soon")),
    "AlterConfigs: no value": replaced(("retention.ms", None)),
    "AlterConfigs: a topic that is not there": replaced(("retention.ms", "1"), name="nowhere"),
}
