"""The run as JSON and as CTRF."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs

from scenarios.report import ctrf, whole
from tests.scenarios.report import made

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reports.md"
STATUS = {"enum": ["passed", "failed", "skipped", "pending", "other"]}
CTRF: dict[str, Any] = {  # what the published schema of CTRF 0.0.0 asks of what we write
    "type": "object",
    "required": ["reportFormat", "specVersion", "results"],
    "properties": {
        "reportFormat": {"const": "CTRF"},
        "specVersion": {"pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$"},
        "generatedBy": {"type": "string"},
        "results": {
            "required": ["tool", "summary", "tests"],
            "properties": {
                "tool": {"required": ["name"], "properties": {"name": {"minLength": 1}, "version": {"type": "string"}}},
                "summary": {
                    "required": ["tests", "passed", "failed", "skipped", "pending", "other", "start", "stop"],
                    "additionalProperties": {"type": "integer"},
                },
                "tests": {
                    "items": {
                        "required": ["name", "status", "duration"],
                        "properties": {
                            "name": {"type": "string", "minLength": 1},
                            "status": STATUS,
                            "rawStatus": {"type": "string"},
                            "duration": {"type": "integer"},
                            "filePath": {"type": "string"},
                            "suite": {"minItems": 1, "items": {"type": "string"}},
                            "message": {"type": "string"},
                            "trace": {"type": "string"},
                            "steps": {
                                "items": {
                                    "required": ["name", "status"],
                                    "properties": {"name": {"type": "string"}, "status": STATUS},
                                    "additionalProperties": False,
                                }
                            },
                        },
                        "additionalProperties": False,
                    }
                },
                "environment": {"properties": {"extra": {"type": "object"}}, "additionalProperties": False},
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}


def names(value: Any, *, free: bool = False) -> set[str]:
    """Every name that is ours: keys of headers, payloads, figures and counts by status are not."""
    if isinstance(value, list):
        return {name for each in value for name in names(each, free=free)}
    if not isinstance(value, dict) or free:
        return set()
    inner = {name for key, each in value.items() for name in names(each, free=key in ("headers", "payload", "figures", "byStatus"))}
    return set(value) | inner


def test_every_name_is_in_camel_case_and_on_the_page_that_documents_them() -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = names(json.loads(whole.write(made.run(*made.ALL, made.NASTY))))
    assert [name for name in found if "_" in name or f"`{name}`" not in page] == []
    assert whole.FORMAT in page


def test_headers_payloads_and_figures_keep_the_names_they_came_with() -> None:
    case = json.loads(whole.write(made.run(made.FAILED)))["cases"][0]
    assert case["messages"][0]["headers"]["ce_id"] == "m1"
    assert case["messages"][0]["payload"] == made.MESSAGES[0].payload


def test_the_run_begins_with_its_format_exit_code_and_counts() -> None:
    run = json.loads(whole.write(made.run()))
    assert run["format"] == "lgsp-run/1"
    assert run["exitCode"] == 130
    assert run["counts"] == {"passed": 4, "failed": 2, "error": 1, "notRun": 1, "interrupted": 1}


def test_what_json_has_no_word_for_is_written_as_text() -> None:
    case = json.loads(whole.write(made.run(made.NASTY)))["cases"][0]
    assert case["messages"][1]["payload"] == "\\xff\x00{"
    assert case["row"] == made.HOSTILE
    assert whole.plain({"a": float("nan"), 1: (2.5, None, True)}) == {"a": "nan", "1": [2.5, None, True]}


def test_ctrf_is_as_its_schema_asks() -> None:
    report = json.loads(ctrf.write(made.run(*made.ALL, made.NASTY)))
    assert [error.message for error in jsonschema_rs.validator_for(CTRF).iter_errors(report)] == []


def test_ctrf_never_says_passed_of_what_was_not_run_or_was_interrupted() -> None:
    results = json.loads(ctrf.write(made.run()))["results"]
    assert {test["name"]: test["status"] for test in results["tests"]} == {
        "notice-delivered-twice": "passed",
        "register-after-payment": "failed",
        "lost-acknowledgement": "skipped",
        "relation-exempts[spouse]": "passed",
        "relation-exempts[parent]": "passed",
        "relation-exempts[friend]": "failed",
        "broken": "failed",
        "profile-langson-2024": "passed",
        "three-days-down": "other",
    }
    assert (results["summary"]["tests"], results["summary"]["failed"]) == (9, 3)
