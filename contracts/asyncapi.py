"""All contracts as one AsyncAPI 3.0 document: every member's topics, what it may send and receive, headers, payloads, examples."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from contracts.contract import ANY, METADATA, Contract

EXAMPLES = Path(__file__).parent / "examples"
SPACE = "lgsp"  # the default; another space has the same topics under its own name
PARTITIONS = 6
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
BINDING = "0.5.0"
EXAMPLE_ID, EXAMPLE_TIME = "0198a1f0-5a3c-7d11-8c55-2f6b8e1d9a01", "2025-08-12T09:15:00+07:00"

DESCRIPTION = """\
Contracts of the simulated province. Operations are told from the member's side: a member sends to its outbox and receives
from its inbox; the exchange in between lets through what a contract and an access right allow. Messages are CloudEvents 1.0
in Kafka's binary mode: the payload is the record's value, the attributes are headers, the subject is the key.
A message with several addressees is one message without `ce_recipient`; each member with the right gets it in its inbox."""


def document(contracts: Sequence[Contract], members: Mapping[str, str]) -> dict[str, Any]:
    """The document; `members` are the ids of those who have topics, by short name."""
    boxes = [(short, member, box) for short, member in members.items() for box in ("outbox", "inbox")]
    held = {f"{short}.{box}": _held(contracts, member, box) for short, member, box in boxes}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "lgsp-sim", "version": "1.0.0", "description": DESCRIPTION, "license": {"name": "Apache-2.0"}},
        "defaultContentType": "application/json",
        "servers": {"local": {"host": "localhost:9092", "protocol": "kafka", "description": "The embedded broker, or any Kafka broker."}},
        "channels": {f"{short}.{box}": _channel(short, member, box, held[f"{short}.{box}"]) for short, member, box in boxes},
        "operations": dict(_operation(short, member, box, contract) for short, member, box in boxes for contract in held[f"{short}.{box}"]),
        "components": {
            "messages": {contract.type: _message(contract, members) for contract in contracts},
            "schemas": {"CloudEvent": HEADERS} | _schemas(contracts),
        },
    }


def _held(contracts: Iterable[Contract], member: str, box: str) -> list[Contract]:
    """What may stand in a member's topic; the exchange's own word is not in any outbox."""
    sides = ((contract, contract.senders if box == "outbox" else contract.recipients) for contract in contracts)
    return [contract for contract, side in sides if member in side or ANY in side]


def _channel(short: str, member: str, box: str, held: Iterable[Contract]) -> dict[str, Any]:
    topic = f"{SPACE}.{box}.{member.replace('/', '.')}"
    says = "What it sends; only it writes here." if box == "outbox" else "What it receives; only the exchange writes here."
    kafka = {
        "topic": topic,
        "partitions": PARTITIONS,
        "topicConfiguration": {"retention.ms": -1, "max.message.bytes": MAX_MESSAGE_BYTES},
        "bindingVersion": BINDING,
    }
    return {
        "address": topic,
        "title": f"{box} of {short}",
        "description": f"{member}: {says}",
        "servers": [{"$ref": "#/servers/local"}],
        "messages": {contract.type: {"$ref": f"#/components/messages/{contract.type}"} for contract in held},
        "bindings": {"kafka": kafka},
    }


def _operation(short: str, member: str, box: str, contract: Contract) -> tuple[str, dict[str, Any]]:
    sends, channel = box == "outbox", f"#/channels/{short}.{box}"
    group = {"groupId": {"type": "string", "const": f"{SPACE}.{member.replace('/', '.')}"}, "bindingVersion": BINDING}
    return f"{short}.{'send' if sends else 'receive'}.{contract.short}", {
        "action": "send" if sends else "receive",
        "title": contract.title,
        "summary": f"{short} {'says' if sends else 'hears'}: {contract.short}",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{contract.type}"}],
    } | ({} if sends else {"bindings": {"kafka": group}})


# --- messages ---

_MEMBER = {"type": "string", "pattern": "^/?[^/]+/[^/]+/[^/]+/[^/]+$", "maxLength": 256}
_ID = {"type": "string", "minLength": 1, "maxLength": 255}
HEADERS: dict[str, Any] = {
    "title": "CloudEvent",
    "description": "CloudEvents 1.0 in Kafka's binary mode; values are UTF-8. Further headers travel on untouched.",
    "type": "object",
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": _ID | {"description": "Unique per source, the same on a resend."},
        "ce_source": _MEMBER | {"pattern": "^/[^/]+/[^/]+/[^/]+/[^/]+$", "description": "The sending member, with a leading slash."},
        "ce_type": {"type": "string", "description": "The contract and its version."},
        "ce_subject": _ID | {"description": "What it is about, the dossier code; also the key of the record."},
        "ce_time": {"type": "string", "format": "date-time", "description": "When it was said."},
        "ce_recipient": _MEMBER | {"description": "The addressed member; absent on a message to all who have the right."},
        "ce_correlationid": _ID | {"description": "The case."},
        "ce_causationid": _ID | {"description": "The message that caused this one."},
        "ce_expirytime": {"type": "string", "format": "date-time", "description": "Not delivered after this."},
        "ce_dataschema": {"type": "string", "format": "uri", "description": "The JSON Schema of the payload."},
        "content-type": {"type": "string", "const": "application/json"},
        "traceparent": {"type": "string", "description": "W3C trace context, passed on unchanged."},
        "signature": {"type": "string", "description": "Detached JWS of the sender; travels untouched."},
    },
    "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "content-type"],
}


def _message(contract: Contract, members: Mapping[str, str]) -> dict[str, Any]:
    own = {"ce_type": {"type": "string", "const": contract.type}, "ce_dataschema": {"type": "string", "const": contract.dataschema}}
    return {
        "name": contract.type,
        "title": contract.title,
        "summary": contract.purpose.partition("\n")[0],
        "description": contract.purpose,
        "contentType": "application/json",
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "headers": {"allOf": [{"$ref": "#/components/schemas/CloudEvent"}, {"type": "object", "properties": own}]},
        "payload": {"$ref": f"#/components/schemas/{contract.type}"},
        "bindings": {"kafka": {"key": _ID | {"description": "The same as ce_subject."}, "bindingVersion": BINDING}},
        "examples": [_example(contract, path, members) for path in sorted((EXAMPLES / contract.short).glob("good-*.json"))],
    }


def _example(contract: Contract, path: Path, members: Mapping[str, str]) -> dict[str, Any]:
    payload = json.loads(path.read_text(encoding="utf-8"))
    sender = contract.senders[0] if contract.senders[0] != ANY else next(iter(members.values()))
    headers = {
        "ce_specversion": "1.0",
        "ce_id": EXAMPLE_ID,
        "ce_source": f"/{sender}",
        "ce_type": contract.type,
        "ce_subject": payload.get("dossier", EXAMPLE_ID),
        "ce_time": EXAMPLE_TIME,
        "ce_correlationid": EXAMPLE_ID,
        "ce_dataschema": contract.dataschema,
        "content-type": "application/json",
    }
    return {"name": path.stem.removeprefix("good-"), "summary": contract.title, "headers": headers, "payload": payload}


# --- schemas ---


def _schemas(contracts: Iterable[Contract]) -> dict[str, Any]:
    """Payloads and what they share, side by side; AsyncAPI's own schemas are of draft 7, of which ours use no more."""
    schemas: dict[str, Any] = {}
    for contract in contracts:
        body = {key: value for key, value in contract.schema.items() if key not in ("$schema", "$id", "$defs", METADATA)}
        for name, schema in {contract.type: body, **contract.schema.get("$defs", {})}.items():
            wanted = _moved(schema)
            if schemas.setdefault(name, wanted) != wanted:
                raise ValueError(f"two contracts mean different things by {name}")
    return schemas


def _moved(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _target(value) if key == "$ref" else _moved(value) for key, value in schema.items()}
    return [_moved(item) for item in schema] if isinstance(schema, list) else schema


def _target(reference: str) -> str:
    return reference.replace("#/$defs/", "#/components/schemas/")
