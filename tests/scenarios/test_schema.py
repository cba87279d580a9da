"""The JSON Schema that editors use is committed, says what the shapes say, and takes every script that we take."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft202012Validator

from scenarios import schema
from scenarios.scenario import Scenario, Step
from tests.scenarios.scripts import HEAD, SUBMIT, scripts
from tests.scenarios.test_reading import ISSUE, TABLE
from tools.scenario_words import PAGE, page

SCRIPTS = sorted(path for path in schema.PATH.parent.rglob("*.y*ml") if path.name[0] != "_")
VALUES = """- call: {as: no, at: dvc, path: /x, status: 200, headers: {a: 1, b: true, c: ~}, body: {x: [1, 2.5, no]}}
- expect: {contract: tax.payment-notice, count: 2, where: {/total: 1_950_000_000, /lines/0/amount: {gt: 3, exists: true}}}
- pay: {dossier: d1, notice: 0123, amount: 5000}
- pay: {dossier: d1, notice: registration-fee, tranche: 1}
- withdraw: {dossier: "d1", reason: 1e3, refused: "true"}
- repeat: {table: [{list: [CCCD], flag: true, at: land, span: 1 hour}], steps: [
    {submit: {sample: gift, without: "{row./list}", refused: "{row./flag}"}}, {stop: "{row./at}"}, {advance: {by: "{row./span}"}}]}
"""


class Core(yaml.SafeLoader):
    """As editors read: numbers, booleans and null, but no dates, as YAML 1.2 has it."""


Core.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in each if not tag.endswith("timestamp")]
    for first, each in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def refusals(text: str) -> list[str]:
    value: Any = yaml.load(text, Core)
    return [f"{each.instance_path}: {each.message}" for each in Draft202012Validator(schema.document()).iter_errors(value)]


def test_the_committed_schema_and_page_say_what_the_shapes_say() -> None:
    assert schema.PATH.read_text(encoding="utf-8") == schema.text(), "run: make export"
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make export"


@pytest.mark.parametrize("text", [ISSUE, HEAD + SUBMIT, HEAD + SUBMIT + "\n" + TABLE, HEAD + SUBMIT + "\n" + VALUES])
def test_an_editor_takes_what_we_take_whatever_its_yaml_makes_of_the_words(tmp_path: Path, text: str) -> None:
    assert scripts(tmp_path, text)
    assert refusals(text) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.name))
def test_an_editor_takes_every_script_of_the_library(path: Path) -> None:
    assert refusals(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "step", ["submitt: {sample: gift}", "submit: {sampel: gift}", "advance: {by: 3 weeks}", "stop: lnd", "pay: {all: true}"]
)
def test_an_editor_marks_what_we_refuse(step: str) -> None:
    assert refusals(f"{HEAD}- {step}")


def test_every_shape_and_step_is_explained() -> None:
    shapes = json.loads(schema.PATH.read_text(encoding="utf-8"))["$defs"]
    assert [name for name, each in shapes.items() if not each.get("description")] == []
    assert set(shapes["Step"]["properties"]) == {str(field.alias) for field in Step.model_fields.values()}
    assert set(schema.document()["properties"]) == {str(field.alias) for field in Scenario.model_fields.values()}
