"""Contracts dropped into a folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from contracts import Catalogue
from vn.errors import Fault, Unusable

ABOUT = """\
name: civil.birth-notice
version: 1
owner: VN/GOV/H37.20/hotich
from: VN/GOV/H37.20/hotich
to: [VN/GOV/H37.10/dvc, "*"]
title: Thông báo khai sinh
schema: birth.json
"""
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"name": {"$ref": "#/$defs/name"}, "born": {"type": "string", "format": "date"}},
    "required": ["name"],
    "$defs": {"name": {"type": "string", "minLength": 1}},
}


def dropped(folder: Path, about: str = ABOUT, schema: Any = SCHEMA) -> Catalogue:
    (folder / "birth.yaml").write_text(about, encoding="utf-8")
    (folder / "birth.json").write_text(schema if isinstance(schema, str) else json.dumps(schema, indent=1), encoding="utf-8")
    return Catalogue.load(folder)


def complaint(folder: Path, about: str = ABOUT, schema: Any = SCHEMA) -> str:
    with pytest.raises(Unusable) as caught:
        dropped(folder, about, schema)
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(f"{folder}/", "")


def test_a_dropped_in_contract_is_validated_like_a_built_in_one(tmp_path: Path) -> None:
    catalogue = dropped(tmp_path)
    contract = catalogue.by_short("civil.birth-notice")
    assert contract.type == "vn.gov.civil.birth-notice.v1"
    assert contract.recipients == ("VN/GOV/H37.10/dvc", "*")
    assert contract.origin == str(tmp_path / "birth.yaml")
    assert contract.dataschema == "urn:lgsp-sim:contract:civil.birth-notice:v1"
    assert catalogue.faults(contract, {"name": "An"}) == []
    assert catalogue.faults(contract, {"name": "", "born": "hôm qua"}) == [
        Fault("/born", "is not a valid date"),
        Fault("/name", "is empty"),
    ]
    assert len(catalogue) == 19


def test_the_latest_version_is_meant_by_a_name_alone(tmp_path: Path) -> None:
    (tmp_path / "second.yaml").write_text(ABOUT.replace("version: 1", "version: 2"), encoding="utf-8")
    catalogue = dropped(tmp_path)
    assert catalogue.by_short("civil.birth-notice").version == 2
    assert catalogue.by_short("civil.birth-notice.v1").version == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("name: civil.birth-notice", "name: Birth"), "birth.yaml:1: name 'Birth' must be words of a-z"),
        (("version: 1", "version: one"), "birth.yaml:2: version must be a whole number from 1"),
        (("version: 1", "version: 1\nversion: 2"), "birth.yaml:3: 'version' is given twice"),
        (("owner: VN/GOV/H37.20/hotich", "owner: hotich"), "birth.yaml:3: owner must be a member id"),
        (('"*"]', "dvc]"), "birth.yaml:5: to must be a member id"),
        (("title:", "tittle:"), "birth.yaml:6: unknown key 'tittle'; did you mean 'title'?"),
        (("schema: birth.json", ""), "birth.yaml:1: 'schema' is missing"),
        (("schema: birth.json", "schema: other.json"), "other.json: cannot be read: No such file or directory"),
        (("version: 1", "version: [1"), "birth.yaml:"),
        ((ABOUT, "- a"), "birth.yaml:1: must be a mapping with name, version"),
        ((ABOUT, "&a [*a]"), "birth.yaml:1: must be a mapping"),
        (("civil.birth-notice", "land.transfer-slip"), "birth.yaml:1: contract land.transfer-slip version 1 is there already (built-in)"),
    ],
)
def test_what_is_wrong_in_the_yaml_file_is_told_with_its_line(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    assert complaint(tmp_path, ABOUT.replace(*change)).startswith(words)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ('{\n "type" "object"}', "birth.json:2: is not JSON: "),
        ('{\n "type": "object",\n\t"type": "array"}', "birth.json:3: 'type' is given twice"),
        ("[]", "birth.json:1: must be a JSON Schema, an object"),
        (
            SCHEMA | {"$schema": "http://json-schema.org/draft-07/schema#"},
            "birth.json:2: $schema must be https://json-schema.org/draft/2020-12",
        ),
        (
            SCHEMA | {"properties": {"name": {"type": "strin"}}},
            "birth.json:6: is not JSON Schema 2020-12: /properties/name/type: is none of",
        ),
        (SCHEMA | {"required": "name"}, "birth.json:"),
        (SCHEMA | {"properties": {"name": {"pattern": "("}}}, "birth.json:6: "),
        (
            SCHEMA | {"properties": {"a": {"$ref": "https://example.com/a.json"}}},
            "birth.json:6: $ref 'https://example.com/a.json' leads to nothing",
        ),
        (SCHEMA | {"properties": {"a": {"$ref": "file:///etc/passwd"}}}, "birth.json:6: $ref 'file:///etc/passwd' leads to nothing"),
        (SCHEMA | {"properties": {"a": {"$ref": "#/$defs/b"}}}, "birth.json:6: $ref '#/$defs/b' leads to nothing in this file"),
    ],
)
def test_what_is_wrong_in_the_schema_file_is_told_with_its_line(tmp_path: Path, schema: Any, words: str) -> None:
    assert complaint(tmp_path, schema=schema).startswith(words)


def test_two_files_cannot_hold_the_same_contract(tmp_path: Path) -> None:
    (tmp_path / "again.yaml").write_text(ABOUT, encoding="utf-8")
    assert complaint(tmp_path).startswith(
        f"birth.yaml:1: contract civil.birth-notice version 1 is there already ({tmp_path}".replace(f"{tmp_path}", "")
    )


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="no such folder of contracts"):
        Catalogue.load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "schema",
    [{"$ref": "#"}, {"allOf": [{"$ref": "#"}]}, {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}],
)
def test_a_schema_that_leads_back_to_itself_ends_the_validation_nevertheless(tmp_path: Path, schema: dict[str, Any]) -> None:
    catalogue = dropped(tmp_path, schema=schema)
    assert catalogue.faults(catalogue.by_short("civil.birth-notice"), {"a": [1]}) == []


def test_a_recursive_schema_validates_as_deep_as_json_may_be(tmp_path: Path) -> None:
    catalogue = dropped(tmp_path, schema={"type": "array", "items": {"$ref": "#"}})
    value: list[Any] = []
    for _ in range(63):
        value = [value]
    assert catalogue.faults(catalogue.by_short("civil.birth-notice"), value) == []
