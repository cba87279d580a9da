"""Reading and changing the settings of topics."""

from collections import Counter
from typing import Any, Final

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Call
from bus.embedded.handlers.topics import settings_of
from bus.embedded.protocol import Tree
from bus.embedded.topic_settings import SETTINGS, listed, wrong_settings
from bus.embedded.topics import Topic, valid_name

_TOPIC: Final = 2
_BROKER: Final = 4
_SET, _DELETE, _APPEND, _SUBTRACT = range(4)
_VERB: Final = {_APPEND: "APPEND to", _SUBTRACT: "SUBTRACT from"}


async def describe_configs(call: Call) -> Tree:
    """A topic's settings; a broker has none that a client could see or change."""
    return {"results": [_described(call, each) for each in call.body.resources]}


async def alter_configs(call: Call) -> Tree:
    """What is given replaces all that was set."""
    return {"responses": [_alter(call, each, lambda _topic, each: _given(each)) for each in call.body.resources]}


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
    configs = [{**each, "synonyms": [], "documentation": None} for each in settings_of(found) if wanted is None or each["name"] in wanted]
    return {**named, "error_code": ErrorCode.none, "error_message": None, "configs": configs}


def _alter(call: Call, asked: Any, change: Any) -> Tree:
    found = _misspoken(asked) or _topic(call, asked)
    named = {"resource_type": asked.resource_type, "resource_name": asked.resource_name}
    if not isinstance(found, Topic):
        return {**named, "error_code": found[0], "error_message": found[1]}
    try:
        config = change(found, asked)
        wrong = wrong_settings(config)
    except _NoListError as error:
        wrong = str(error)
    if wrong:
        return {**named, "error_code": ErrorCode.invalid_config, "error_message": wrong}
    if not call.body.validate_only:
        call.broker.topics.configure(found, {name: value for name, value in config.items() if value is not None})
    return {**named, "error_code": ErrorCode.none, "error_message": None}


def _misspoken(asked: Any) -> tuple[ErrorCode, str] | None:
    """What no topic and no setting could make right."""
    if asked.resource_type != _TOPIC:
        return None
    if twice := [name for name, count in Counter(each.name for each in asked.configs).items() if count > 1]:
        return ErrorCode.invalid_request, f"Error due to duplicate config keys: {', '.join(twice)}"
    unset = [each.name for each in asked.configs if each.value is None and getattr(each, "config_operation", _SET) != _DELETE]
    return (ErrorCode.invalid_request, f"Null value not supported for: {', '.join(unset)}") if unset else None


def _topic(call: Call, asked: Any) -> Topic | tuple[ErrorCode, str]:
    if asked.resource_type != _TOPIC:
        return ErrorCode.invalid_request, "this broker has settings of topics only"
    if not valid_name(asked.resource_name):
        return ErrorCode.invalid_topic_exception, "no topic can have this name"
    found = call.broker.topics.get(asked.resource_name)
    return found or (ErrorCode.unknown_topic_or_partition, f"there is no topic {asked.resource_name}")


def _given(asked: Any) -> dict[str, str | None]:
    return {each.name: each.value for each in asked.configs}


def _changed(topic: Topic, asked: Any) -> dict[str, str | None]:
    config: dict[str, str | None] = dict(topic.config)
    for each in asked.configs:
        if each.config_operation in _VERB:
            config[each.name] = _relisted(topic, each)
        else:
            config[each.name] = each.value if each.config_operation == _SET else None
    return config


def _relisted(topic: Topic, asked: Any) -> str:
    """The list with the items given, or without them."""
    if asked.name in SETTINGS and not SETTINGS[asked.name].is_list:
        raise _NoListError(f"Can't {_VERB[asked.config_operation]} key {asked.name} because its type is not LIST.")
    items, given = listed(topic.setting(asked.name)) if asked.name in SETTINGS else [], listed(asked.value or "")
    if asked.config_operation == _APPEND:
        return ",".join((*items, *(item for item in given if item not in items)))
    return ",".join(item for item in items if item not in given)


class _NoListError(ValueError):
    """Something was to be added to a setting that has one value."""
