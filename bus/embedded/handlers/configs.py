"""Reading and changing the settings of topics."""

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Call
from bus.embedded.handlers.topics import settings_of
from bus.embedded.protocol import Tree
from bus.embedded.topics import Topic, valid_name, wrong_settings

_TOPIC: Final = 2
_BROKER: Final = 4
_SET: Final = 0
_DELETE: Final = 1
_APPEND: Final = 2
_SUBTRACT: Final = 3
_LISTS: Final = {"cleanup.policy"}
_STRING, _INT, _LONG, _DOUBLE, _LIST = 2, 3, 5, 6, 7
_TYPES: Final = {
    **dict.fromkeys(("index.interval.bytes", "max.message.bytes", "min.insync.replicas", "segment.bytes", "segment.index.bytes"), _INT),
    **dict.fromkeys(("cleanup.policy", "leader.replication.throttled.replicas", "follower.replication.throttled.replicas"), _LIST),
    "compression.type": _STRING,
    "message.timestamp.type": _STRING,
    "min.cleanable.dirty.ratio": _DOUBLE,
}
"""What kind of value a setting takes; all others are numbers of 64 bits."""
_Config = dict[str, str | None]


async def describe_configs(call: Call) -> Tree:
    """A topic's settings; a broker has none that a client could see or change."""
    return {"results": [_described(call, each) for each in call.body.resources]}


async def alter_configs(call: Call) -> Tree:
    """What is given replaces all that was set."""
    return {"responses": [_alter(call, each, _given) for each in call.body.resources]}


async def incremental_alter_configs(call: Call) -> Tree:
    """What is given is set, or goes back to its default."""
    return {"responses": [_alter(call, each, _changed) for each in call.body.resources]}


def _described(call: Call, asked: Any) -> Tree:
    found = _topic(call, asked)
    named = {"resource_type": asked.resource_type, "resource_name": asked.resource_name}
    if asked.resource_type == _BROKER and asked.resource_name in {"", str(call.broker.settings.node_id)}:
        return {**named, "error_code": ErrorCode.none, "error_message": None, "configs": []}
    if not isinstance(found, Topic):
        return {**named, "error_code": found[0], "error_message": found[1], "configs": []}
    wanted = asked.configuration_keys
    configs = [
        {**each, "config_type": _TYPES.get(each["name"], _LONG), "synonyms": [], "documentation": None}
        for each in settings_of(found)
        if wanted is None or each["name"] in wanted
    ]
    return {**named, "error_code": ErrorCode.none, "error_message": None, "configs": configs}


def _alter(call: Call, asked: Any, change: Callable[[Topic, Any], _Config | str]) -> Tree:
    found = _topic(call, asked)
    named = {"resource_type": asked.resource_type, "resource_name": asked.resource_name}
    if not isinstance(found, Topic):
        return {**named, "error_code": found[0], "error_message": found[1]}
    if wrong := _misspoken(asked):
        return {**named, "error_code": ErrorCode.invalid_request, "error_message": wrong}
    config = change(found, asked)
    if wrong := config if isinstance(config, str) else wrong_settings(config):
        return {**named, "error_code": ErrorCode.invalid_config, "error_message": wrong}
    if not call.body.validate_only and not isinstance(config, str):
        call.broker.topics.configure(found, {name: value for name, value in config.items() if value is not None})
    return {**named, "error_code": ErrorCode.none, "error_message": None}


def _topic(call: Call, asked: Any) -> Topic | tuple[ErrorCode, str]:
    if asked.resource_type != _TOPIC:
        return ErrorCode.invalid_request, "this broker has settings of topics only"
    if not valid_name(asked.resource_name):
        return ErrorCode.invalid_topic_exception, "no topic can have this name"
    found = call.broker.topics.get(asked.resource_name)
    return found or (ErrorCode.unknown_topic_or_partition, f"there is no topic {asked.resource_name}")


def _misspoken(asked: Any) -> str | None:
    """What no setting could make right."""
    if twice := [name for name, count in Counter(each.name for each in asked.configs).items() if count > 1]:
        return f"Error due to duplicate config keys: {', '.join(twice)}"
    unset = [each.name for each in asked.configs if each.value is None and getattr(each, "config_operation", _SET) != _DELETE]
    return f"Null value not supported for: {', '.join(unset)}" if unset else None


def _given(_topic: Topic, asked: Any) -> _Config:
    return {each.name: each.value for each in asked.configs}


def _changed(topic: Topic, asked: Any) -> _Config | str:
    """The topic's settings after the changes; a text where one cannot be made."""
    config: _Config = dict(topic.config)
    for each in asked.configs:
        if each.config_operation == _DELETE:
            config.pop(each.name, None)
        elif each.config_operation == _SET:
            config[each.name] = each.value
        elif each.name not in _LISTS or each.config_operation not in {_APPEND, _SUBTRACT}:
            return f"Can't append to or subtract from {each.name}: it is no list"
        else:
            old, named = topic.setting(each.name).split(","), each.value.split(",")
            kept = [value for value in old if value not in named]
            config[each.name] = ",".join(
                [*old, *(value for value in named if value not in old)] if each.config_operation == _APPEND else kept
            )
    return config
