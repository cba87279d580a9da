"""What the members of a group of consumers have subscribed to, read from what they told each other."""

import struct
from typing import Final

from bus.embedded.groups.group import Group

CONSUMER: Final = "consumer"


def subscribed(group: Group) -> set[str]:
    """Names of topics; empty for a group of another kind, or where a client writes its metadata in its own way."""
    if group.protocol_type != CONSUMER:
        return set()
    names: set[str] = set()
    for member in group.members.values():
        for _protocol, metadata in member.protocols:
            names.update(_topics(metadata))
    return names


def _topics(metadata: bytes) -> list[str]:
    """ConsumerProtocolSubscription, any version: int16 version, then an array of strings, then what is not read here."""
    try:
        _version, count = struct.unpack_from(">hi", metadata)
        names, position = [], 6
        for _ in range(count):
            (length,) = struct.unpack_from(">h", metadata, position)
            names.append(metadata[position + 2 : position + 2 + length].decode())
            position += 2 + length
    except (struct.error, UnicodeDecodeError):
        return []
    return names
