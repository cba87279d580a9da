"""The member register: who takes part, under which name, and whether it may at present."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bus.listed import Entries, Entry
from vn.errors import Unusable
from vn.lines import read_yaml
from vn.near import suggestion

DEFAULT = Path(__file__).parent / "data" / "members.yaml"
EXCHANGE = "VN/GOV/H37.10/lgsp"  # sends receipts, hears of failed deliveries

_id = re.compile(r"[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9.]+/[a-z0-9-]+").fullmatch
_short = re.compile(r"[a-z][a-z0-9-]*").fullmatch
_NEEDED = ("id", "short", "name")
_OPTIONAL = ("publicKey", "status", "receipts", "contact")


@dataclass(frozen=True)
class Member:
    """One subsystem of an agency; `place` is the file and line that it comes from."""

    id: str
    short: str
    name_vi: str
    name_en: str
    public_key: str | None = None
    status: Literal["active", "suspended"] = "active"
    receipts: Literal["refusals", "all"] = "refusals"
    contact: str | None = None
    place: str = ""

    @property
    def active(self) -> bool:
        """Whether the exchange takes from it and delivers to it."""
        return self.status == "active"


class Members:
    """All members by id and by short name."""

    def __init__(self, members: tuple[Member, ...]) -> None:
        self._by_id = {member.id: member for member in members}
        self._by_short = {member.short: member for member in members}

    @classmethod
    def read(cls, path: Path | None = None) -> "Members":
        """The register in a file (the built-in one without); raises Unusable with every fault, each with file and line."""
        entries = Entries(read_yaml(path or DEFAULT), "members")
        found: dict[str, Member] = {}
        for entry in entries:
            member = _member(entry)
            if member is None:
                continue
            for other in found.values():
                if member.id == other.id or member.short == other.short:
                    entry.fault(f"{member.id} ({member.short}) is there already, at {other.place}")
            found[member.id] = member
        if EXCHANGE not in found:
            entries.fault(f"the exchange itself, {EXCHANGE}, is not a member", ("members",))
        entries.check()
        return cls(tuple(found.values()))

    def __iter__(self) -> Iterator[Member]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, id_: str) -> Member | None:
        """The member of that id."""
        return self._by_id.get(id_)

    def named(self, name: str) -> Member:
        """The member of that id or short name; raises Unusable with a suggestion."""
        member = self._by_id.get(name) or self._by_short.get(name)
        if member is None:
            raise Unusable(f"unknown member {name!r}{self.suggestion(name)}")
        return member

    def suggestion(self, name: str) -> str:
        """`; did you mean 'x'?` where a name of the register is near."""
        return suggestion(name, self._by_id if "/" in name else self._by_short)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all members but the exchange itself: those that have an outbox and an inbox."""
        return tuple(id_ for id_ in self._by_id if id_ != EXCHANGE)


def _member(entry: Entry) -> Member | None:
    if not entry.has(_NEEDED, _OPTIONAL):
        return None
    id_, short, name = entry["id"], entry["short"], entry["name"]
    if not isinstance(id_, str) or not _id(id_):
        entry.fault(f"id {id_!r} must be INSTANCE/CLASS/MEMBER/SUBSYSTEM, such as VN/GOV/H37.15/ilis", "id")
        return None
    if not isinstance(short, str) or not _short(short):
        entry.fault(f"short {short!r} must be a word of a-z, 0-9 and '-'", "short")
        return None
    if not isinstance(name, dict) or set(name) != {"vi", "en"} or not all(isinstance(text, str) and text for text in name.values()):
        entry.fault("name must have a text under 'vi' and one under 'en'", "name")
        return None
    for key, allowed in (("status", ("active", "suspended")), ("receipts", ("refusals", "all"))):
        if entry.content.get(key, allowed[0]) not in allowed:
            entry.fault(f"{key} {entry[key]!r} must be {' or '.join(allowed)}{suggestion(entry[key], allowed)}", key)
    return Member(
        id=id_,
        short=short,
        name_vi=name["vi"],
        name_en=name["en"],
        public_key=entry.content.get("publicKey"),
        status=entry.content.get("status", "active"),
        receipts=entry.content.get("receipts", "refusals"),
        contact=entry.content.get("contact"),
        place=entry.place,
    )
