"""The exported files."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import contracts
from bus import Space
from contracts import FAMILY, Catalogue
from contracts.export import MEMBERS, documents, export

HERE = Path(contracts.__file__).parent
VENDOR = Path(__file__).parent / "vendor"


@pytest.fixture(scope="module")
def asyncapi() -> Any:
    return json.loads((HERE / "asyncapi.json").read_text(encoding="utf-8"))


def test_the_committed_files_are_what_the_models_export() -> None:
    wanted = documents()
    assert {f"schemas/{path.name}" for path in (HERE / "schemas").iterdir()} | {"asyncapi.json"} == set(wanted)
    for name, text in wanted.items():
        assert (HERE / name).read_text(encoding="utf-8") == text, f"{name}: run `make export`"


def test_an_export_writes_every_file_into_a_new_folder(tmp_path: Path) -> None:
    export(tmp_path / "new")
    assert {str(path.relative_to(tmp_path / "new")) for path in (tmp_path / "new").rglob("*.json")} == set(documents())


def test_every_schema_is_json_schema_2020_12_and_closed() -> None:
    for declared in FAMILY:
        schema: dict[str, Any] = dict(declared.contract.schema)
        jsonschema_rs.meta.validate(schema)
        objects = [inner for inner in (schema, *schema.get("$defs", {}).values()) if inner.get("type") == "object"]
        assert objects, declared.name
        assert all(inner["additionalProperties"] is False for inner in objects), declared.name


def test_a_tag_of_a_union_must_be_on_the_wire() -> None:
    schema = Catalogue.load().by_short("land.transfer-slip").schema
    assert all("form" in schema["$defs"][name]["required"] for name in ("TransferSlip12", "TransferSlip19"))
    assert "kind" in schema["$defs"]["Individual"]["required"]


def test_the_asyncapi_document_is_valid_against_asyncapis_own_schema(asyncapi: Any) -> None:
    published = json.loads((VENDOR / "asyncapi-3.0.0.json").read_text(encoding="utf-8"))
    validator = jsonschema_rs.Draft7Validator(published, offline=True)
    assert [(error.instance_path, error.message[:200]) for error in validator.iter_errors(asyncapi)] == []
    assert not validator.is_valid(asyncapi | {"channels": {"a": {"adress": "b"}}})


def test_every_contract_is_sent_by_its_senders_and_received_by_its_recipients(asyncapi: Any) -> None:
    shorts = {member: short for short, member in MEMBERS.items()}
    for contract in Catalogue.load():
        told = {name for name in asyncapi["operations"] if name.endswith(f".{contract.short}")}
        senders = {shorts[each] for each in contract.senders if each in shorts} if "*" not in contract.senders else set(MEMBERS)
        recipients = {shorts[each] for each in contract.recipients if each in shorts} if "*" not in contract.recipients else set(MEMBERS)
        assert told == {f"{each}.send.{contract.short}" for each in senders} | {f"{each}.receive.{contract.short}" for each in recipients}


def test_the_channels_are_the_topics_that_the_exchange_makes(asyncapi: Any) -> None:
    space = Space()
    wanted = {name: (space.outbox(member), space.inbox(member)) for name, member in MEMBERS.items()}
    for name, (outbox, inbox) in wanted.items():
        for box, topic in (("outbox", outbox), ("inbox", inbox)):
            channel = asyncapi["channels"][f"{name}.{box}"]
            assert channel["address"] == channel["bindings"]["kafka"]["topic"] == topic
            assert channel["bindings"]["kafka"]["partitions"] == 6
            assert channel["bindings"]["kafka"]["bindingVersion"] == "0.5.0"


def test_examples_of_the_document_are_messages_that_would_pass(asyncapi: Any) -> None:
    catalogue = Catalogue.load()
    headers = jsonschema_rs.Draft202012Validator(asyncapi["components"]["schemas"]["CloudEvent"], validate_formats=True)
    for type_, message in asyncapi["components"]["messages"].items():
        contract = catalogue.get(type_)
        assert contract is not None
        assert len(message["examples"]) >= 2
        for example in message["examples"]:
            assert catalogue.faults(contract, example["payload"]) == []
            assert headers.is_valid(example["headers"])
            assert example["headers"]["ce_type"] == type_
