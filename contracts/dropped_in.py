"""Contracts that an operator drops into a folder: a YAML file that says who and why, beside a JSON Schema that says what."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
from jsonschema_rs import Draft202012Validator

from contracts.contract import ANY, DIALECT, Contract
from contracts.faults import listed
from vn.errors import Unusable
from vn.lines import Lined, Where, read_json, read_yaml
from vn.near import suggestion

NAME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+")
MEMBER = re.compile(r"[^/\s]+(/[^/\s]+){3}")
KEYS = ("name", "version", "owner", "from", "to", "schema", "title", "purpose")
OPTIONAL = ("title", "purpose")
_NOT_SCHEMAS = ("const", "enum", "default", "examples")


def dropped_in(folder: Path, taken: Mapping[str, Contract]) -> list[Contract]:
    """The contracts of a folder, by file name; raises Unusable with file and line for the first thing that is wrong."""
    if not folder.is_dir():
        raise Unusable(f"{folder}: no such folder of contracts")
    found: dict[str, Contract] = {}
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        about = read_yaml(path)
        contract = _contract(about)
        other = taken.get(contract.type) or found.get(contract.type)
        if other:
            raise about.unusable(f"contract {other.name} version {other.version} is there already ({other.origin})", ("name",))
        found[contract.type] = contract
    return list(found.values())


def _contract(about: Lined) -> Contract:
    given = about.value
    if not isinstance(given, dict):
        raise about.unusable(f"must be a mapping with {', '.join(KEYS)}")
    for key in given:
        if key not in KEYS:
            raise about.unusable(f"unknown key {key!r}{suggestion(key, KEYS)}", (str(key),))
    for key in KEYS:
        if key not in given and key not in OPTIONAL:
            raise about.unusable(f"{key!r} is missing")
    name = _text(about, "name")
    if not NAME.fullmatch(name):
        raise about.unusable(f"name {name!r} must be words of a-z, 0-9 and '-' joined by '.', such as 'civil.birth-notice'", ("name",))
    version = given["version"]
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise about.unusable("version must be a whole number from 1", ("version",))
    return Contract(
        name=name,
        version=version,
        owner=_members(about, "owner")[0],
        title=_text(about, "title") if "title" in given else name,
        purpose=_text(about, "purpose") if "purpose" in given else "",
        senders=_members(about, "from"),
        recipients=_members(about, "to"),
        schema=_schema(about.path.parent / _text(about, "schema")),
        origin=str(about.path),
    )


def _text(about: Lined, key: str) -> str:
    value = about.value[key]
    if not isinstance(value, str) or not value.strip():
        raise about.unusable(f"{key} must be a text", (key,))
    return value


def _members(about: Lined, key: str) -> tuple[str, ...]:
    value = about.value[key]
    members = value if isinstance(value, list) and value else [value]
    for position, member in enumerate(members):
        if not isinstance(member, str) or not (member == ANY or MEMBER.fullmatch(member)):
            raise about.unusable(f"{key} must be a member id INSTANCE/CLASS/MEMBER/SUBSYSTEM, or {ANY!r}", (key, position))
    return tuple(members)


def _schema(path: Path) -> dict[str, Any]:
    schema = read_json(path)
    value = schema.value
    if not isinstance(value, dict):
        raise schema.unusable("must be a JSON Schema, an object")
    if value.get("$schema", DIALECT).rstrip("#") != DIALECT:
        raise schema.unusable(f"$schema must be {DIALECT}", ("$schema",))
    meta = Draft202012Validator({"$ref": DIALECT}, offline=True)
    errors = list(meta.iter_errors(value))
    if errors:
        first = min(errors, key=lambda error: schema.line(error.instance_path))
        raise schema.unusable(f"is not JSON Schema 2020-12: {listed([first], value)[0]}", first.instance_path)
    try:
        Draft202012Validator(value, validate_formats=True, offline=True)
    except jsonschema_rs.ValidationError as error:
        reason = str(error).partition("\n")[0]
        raise _unresolved(schema, reason) or schema.unusable(f"cannot be used: {reason}", error.instance_path) from error
    return value


def _unresolved(schema: Lined, reason: str) -> Unusable | None:
    """The complaint about the reference that `reason` speaks of: nothing is fetched, so it must stay inside the file."""
    for where, value in _objects(schema.value, ()):
        for keyword in ("$ref", "$dynamicRef"):
            target = str(value.get(keyword, ""))
            if any(part and part in reason for part in target.split("#", 1)):
                return schema.unusable(f"{keyword} {target!r} leads to nothing in this file, and nothing is fetched", (*where, keyword))
    return None


def _objects(value: object, where: Where) -> Iterator[tuple[Where, Mapping[str, Any]]]:
    if isinstance(value, dict):
        yield where, value
        for key, inner in value.items():
            if key not in _NOT_SCHEMAS:
                yield from _objects(inner, (*where, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _objects(inner, (*where, position))
