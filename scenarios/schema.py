"""The JSON Schema of scenario files, from their shapes: editors complete with it and explain every key."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.contract import DIALECT
from scenarios.scenario import Scenario

__all__ = ["PATH", "ROW", "document", "text"]

PATH = Path(__file__).parent / "scenario.schema.json"
_ID = "urn:lgsp-sim:scenario:v1"
ROW = r"\{row\./"
_NOISE = ("title", "default")


def document() -> dict[str, Any]:
    """JSON Schema 2020-12. Where a row's value may stand (`{row./name}`), every word and number may be that text."""
    made = _plain(Scenario.model_json_schema(by_alias=True, mode="validation"))
    made["$defs"]["Title"]["additionalProperties"] = {"type": "null"}  # {vi: Hai lần, sau Tết}: the rest of a text, as YAML sees it
    made["$defs"]["Step"] |= {"minProperties": 1, "maxProperties": 1}
    return {"$schema": DIALECT, "$id": _ID, "title": "Scenario script of lgsp-sim", **made}


def text() -> str:
    """The document as it is committed."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def _plain(schema: Any) -> Any:
    """Without what only Python needs: titles made of names, `null` for what is left out."""
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    if "anyOf" in schema:
        kept = [each for each in schema["anyOf"] if each != {"type": "null"}]
        if len(kept) < len(schema["anyOf"]) and len(kept) == 1:
            return _plain({**kept[0], **{key: each for key, each in schema.items() if key != "anyOf"}})
        schema = {**schema, "anyOf": kept}
    made = {key: _inside(key, each) for key, each in schema.items() if key not in _NOISE}
    return _or_row(made)


def _inside(key: str, value: Any) -> Any:
    if key in ("properties", "$defs", "patternProperties"):
        return {name: _plain(each) for name, each in value.items()}
    return value if key in ("propertyNames", "required", "enum", "const") else _plain(value)


def _or_row(schema: dict[str, Any]) -> dict[str, Any]:
    if "pattern" in schema:
        return {**schema, "pattern": f"({schema['pattern']})|{ROW}"}
    if schema.get("type") in ("array", "object") and "properties" not in schema and "$ref" not in schema.get("items", ()):
        about = {key: each for key, each in schema.items() if key == "description"}
        return {**about, "anyOf": [{key: each for key, each in schema.items() if key not in about}, {"type": "string", "pattern": ROW}]}
    options = schema.get("enum") or ([schema["const"]] if "const" in schema else None)
    if options:
        rest = {key: each for key, each in schema.items() if key not in ("enum", "const", "type")}
        return {**rest, "anyOf": [{"enum": options}, {"type": "string", "pattern": ROW}]}
    return schema
