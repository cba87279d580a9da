"""Messages of the land dossier that keep to their contracts."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bus import Members, Message

EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"
LGSP = "VN/GOV/H37.10/lgsp"
DVC = "VN/GOV/H37.10/dvc"
ILIS = "VN/GOV/H37.15/ilis"
TCT = "VN/GOV/G12.20/tct"
PAYPLAT = "VN/GOV/G12.18/payplat"

_numbers = itertools.count(1)


def example(contract: str, name: str) -> Any:
    """The payload of an example."""
    return orjson.loads((EXAMPLES / contract / f"{name}.json").read_bytes())


def slip_cancelled(**changed: Any) -> Message:
    """The land office cancels a slip; addressed to nobody, so to all with the right: the tax authority."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "id": f"cancel-{number}",
        "source": ILIS,
        "type": "vn.gov.land.slip-cancelled.v1",
        "subject": "H37.15-250812-0007",
        "time": datetime(2025, 8, 20, 4, 0, tzinfo=UTC),
        "payload": orjson.dumps(example("land.slip-cancelled", "good-withdrawn")),
        "correlation_id": "case-7",
    }
    return Message(**fields | changed)


def notice(**changed: Any) -> Message:
    """The tax authority's payment notice: to the land office and to the portal."""
    payload = orjson.dumps(example("tax.payment-notice", "good-income-tax"))
    return slip_cancelled(**{"source": TCT, "type": "vn.gov.tax.payment-notice.v1", "payload": payload} | changed)


@dataclass(frozen=True)
class Kept:
    """A record as it would be read."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


def kept(message: Message, topic: str = "s.outbox.VN.GOV.H37.15.ilis") -> Kept:
    """A message as it would be read from an outbox."""
    return Kept(topic, 3, 17, 1_700_000_000_000, message.key, message.payload, tuple(message.to_headers()))


def with_status(folder: Path, short: str, status: str) -> Members:
    """The register with another status for one member."""
    path = folder / "members.yaml"
    entries = [
        f"  - {{id: {each.id}, short: {each.short}, name: {{vi: a, en: b}}, status: {status if each.short == short else 'active'}}}"
        for each in Members.read()
    ]
    path.write_text("\n".join(["members:", *entries]), encoding="utf-8")
    return Members.read(path)
