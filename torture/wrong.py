"""A message that keeps to no contract, said in the land office's name: it must be refused, whatever else goes on."""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from bus import Message, Record, Space
from contracts import ILIS, TCT

__all__ = ["wrong"]


def wrong(space: Space, dossier: str) -> Record:
    """For the outbox of the land office; its id is the dossier's."""
    message = Message(
        id=str(uuid5(NAMESPACE_URL, f"wrong/{dossier}")),
        source=ILIS,
        type="vn.gov.land.slip-cancelled.v1",
        subject=dossier,
        time=datetime.now(UTC),
        payload=b'{"dossier": 1}',
        recipient=TCT,
    )
    return Record(space.outbox(ILIS), message.key, message.payload, list(message.to_headers()))
