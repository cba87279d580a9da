"""A plan as it is given, checked as a whole: every fault at once, each with its place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from kio.index import load_request_schema
from pydantic import ValidationError

from bus.embedded.faults.rules import ACTIONS, APIS, ERRORS, Corrupt, Expel, HoldBack, Pause, Rebalance, Rule, Stop, StoreTwice, When
from bus.embedded.handlers import HANDLERS
from vn.errors import Fault, NotAllowed, Unusable
from vn.lines import Lined, read_json, read_yaml
from vn.near import suggestion
from vn.pointer import pointer, steps

_MOST: Final = 1000
_GROUP_FIELDS: Final = frozenset(("group_id", "groups", "groups_names", "group_ids", "coordinator_keys"))
_GROUP_APIS: Final = frozenset(
    name for name, api in APIS.items() if _GROUP_FIELDS & {each.name for each in fields(load_request_schema(api, HANDLERS[api].last))}
)
Where = tuple[str | int, ...]
Found = Iterator[tuple[Where, str]]


def read_plan(path: Path, *, at_start: bool = True) -> tuple[Rule, ...]:
    """The rules of a YAML or JSON file, to be in force from the start or later. Raises Unusable with every fault, file, line and rule."""
    file = read_json(path) if path.suffix == ".json" else read_yaml(path)
    try:
        return checked(file.value, at_start=at_start)
    except NotAllowed as error:
        raise Unusable("\n".join(_told(file, fault) for fault in error.faults)) from None


def checked(value: Any, *, at_start: bool = False, taken: Iterable[str] = ()) -> tuple[Rule, ...]:
    """The rules that a list of mappings says. Raises NotAllowed with every fault, pointing into the list.

    `at_start`: there is nothing yet that could be done at once. `taken`: names that other rules have.
    """
    rules: list[Rule] = []
    faults: list[Fault] = []
    if not isinstance(value, list):
        raise NotAllowed("a fault plan is a list of rules", [Fault("", "must be a list of rules")])
    if len(value) > _MOST:
        raise NotAllowed("too many rules", [Fault("", f"holds {len(value)} rules; {_MOST} at most")])
    names = set(taken)
    for position, content in enumerate(value):
        rule, found = _rule(content, at_start=at_start)
        name = content.get("name") if isinstance(content, dict) else None
        if isinstance(name, str) and name in names:
            found.append((("name",), f"another rule is named {name!r}"))
        elif isinstance(name, str):
            names.add(name)
        faults += [Fault(pointer((position, *where)), reason) for where, reason in found]
        rules += [rule] if rule else []
    if faults:
        raise NotAllowed(f"{len(faults)} fault(s) in the plan", faults)
    return tuple(rules)


def _rule(content: Any, *, at_start: bool) -> tuple[Rule | None, list[tuple[Where, str]]]:
    if not isinstance(content, dict):
        return None, [((), "must be a mapping")]
    model, found = _model(content)
    if model is None:
        found += [((key,), f"{key!r} is missing") for key in ("name",) if key not in content]
        return None, found
    try:
        rule = model.model_validate(content)
    except ValidationError as error:
        return None, [_said(each, model) for each in error.errors(include_url=False)]
    return rule, list(_at_odds(rule, at_start=at_start))


def _model(content: Mapping[str, Any]) -> tuple[type[Rule] | None, list[tuple[Where, str]]]:
    """Which model a rule is of, by its stage and action."""
    missing = [((key,), f"{key!r} is missing") for key in ("stage", "action") if key not in content]
    if missing:
        return None, list(missing)
    stage, action = str(content["stage"]), str(content["action"])
    if stage not in ACTIONS:
        return None, [(("stage",), f"no stage is named {stage!r}{suggestion(stage, ACTIONS)}; there are {', '.join(ACTIONS)}")]
    known = ACTIONS[stage]
    if action not in known:
        others = [each for each, actions in ACTIONS.items() if action in actions]
        hint = f"; it is one of stage {' and '.join(others)}" if others else suggestion(action, known)
        return None, [(("action",), f"stage {stage!r} has no action {action!r}{hint}; it has {', '.join(known)}")]
    return known[action], []


def _said(error: Mapping[str, Any], model: type[Rule]) -> tuple[Where, str]:
    """One of pydantic's complaints in our words."""
    where, kind, given = tuple(error["loc"]), error["type"], error["input"]
    last = str(where[-1]) if where else ""
    if kind == "extra_forbidden":
        shape = (When if len(where) > 1 else model).model_fields
        known = [field.alias or name for name, field in shape.items()]
        return where, f"unknown key {last!r}{suggestion(last, known)}; here stand {', '.join(known)}"
    if kind == "missing":
        return where, f"{last!r} is missing"
    if kind == "value_error" and last in ("api", "error"):
        return where, f"{error['ctx']['error']}{suggestion(str(given), APIS if last == 'api' else ERRORS)}"
    if kind == "string_pattern_mismatch":
        return where, f"{given!r} is no name: letters, digits, '.', '_' and '-', 64 at most"
    return where, f"{error['msg'][0].lower()}{error['msg'][1:]} (given: {given!r})"


def _at_odds(rule: Rule, *, at_start: bool) -> Found:
    """What is wrong between the parts of a rule that are each right."""
    when = rule.when
    if when is not None and not when.model_fields_set:
        yield ("when",), "is empty; leave it out for every request, or say which"
    if when is not None and when.key is not None and when.api not in (None, "Produce"):
        yield ("when", "key"), "only what is produced has keys: leave out api, or say Produce"
    if isinstance(rule, StoreTwice | HoldBack | Corrupt) and when is not None:
        if when.api not in (None, "Produce"):
            yield ("when", "api"), "the log stage is about what is produced: leave it out, or say Produce"
        if when.group is not None:
            yield ("when", "group"), "a batch that is stored belongs to no group"
    if not isinstance(rule, Expel | Rebalance | Pause | Stop):
        return
    if when is None:
        yield from _at_once(rule, at_start=at_start)
    elif isinstance(rule, Expel | Rebalance) and rule.group is None and when.group is None and when.api not in _GROUP_APIS:
        yield ("group",), "is missing: in which group, where the request that triggers this is of none?"


def _at_once(rule: Rule, *, at_start: bool) -> Found:
    if at_start:
        yield ("when",), "is missing: at the start there is nothing that could be done at once; say at which request"
    elif isinstance(rule, Expel | Rebalance) and rule.group is None:
        yield ("group",), "is missing: without 'when' this is done at once; in which group?"
    elif isinstance(rule, Pause) and rule.topic is None:
        yield ("topic",), "is missing: without 'when' this is done at once; on which topic?"
    for key in ("skip", "times", "probability", "seed"):
        if key in rule.model_fields_set:
            yield (key,), "means nothing without 'when'"


def _told(file: Lined, fault: Fault) -> str:
    """A fault with file, line, and the number and name of its rule."""
    first, *inside = steps(fault.pointer) or [""]
    if not first:
        return f"{file.path}:{file.line(())}: {fault.reason}"
    position = int(first)
    content = file.value[position]
    name = f" ({content['name']})" if isinstance(content, dict) and isinstance(content.get("name"), str) else ""
    place = f"{file.path}:{file.line((position, *inside))}"
    return f"{place}: rule {position + 1}{name}: {'.'.join(inside) + ': ' if inside else ''}{fault.reason}"
