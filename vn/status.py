"""The statuses of a dossier as the national portal numbers them, and which may follow which."""

from collections.abc import Mapping
from enum import IntEnum

from vn.errors import NotAllowed
from vn.fidelity import Fact

__all__ = ["FACTS", "FOLLOWS", "NAMES", "Status", "forbidden", "named"]


class Status(IntEnum):
    """TrangThaiHoSo of DVCQG [B]; the portal sets 1, 7 and 10, the land office decides the rest."""

    NEW = 1
    ACCEPTED = 2
    NOT_ACCEPTED = 3
    IN_WORK = 4
    SUPPLEMENT = 5
    OBLIGATION = 6
    WITHDRAWAL = 7
    STOPPED = 8
    DONE = 9
    RETURNED = 10


NAMES: Mapping[Status, str] = {
    Status.NEW: "mới đăng ký",
    Status.ACCEPTED: "được tiếp nhận",
    Status.NOT_ACCEPTED: "không được tiếp nhận",
    Status.IN_WORK: "đang xử lý",
    Status.SUPPLEMENT: "yêu cầu bổ sung giấy tờ",
    Status.OBLIGATION: "yêu cầu thực hiện nghĩa vụ tài chính",
    Status.WITHDRAWAL: "công dân yêu cầu rút hồ sơ",
    Status.STOPPED: "dừng xử lý",
    Status.DONE: "đã xử lý xong",
    Status.RETURNED: "đã trả kết quả",
}

FOLLOWS: Mapping[Status, frozenset[Status]] = {
    Status.NEW: frozenset({Status.ACCEPTED, Status.NOT_ACCEPTED, Status.SUPPLEMENT, Status.WITHDRAWAL}),
    Status.ACCEPTED: frozenset({Status.IN_WORK, Status.WITHDRAWAL}),
    Status.NOT_ACCEPTED: frozenset(),
    Status.IN_WORK: frozenset({Status.SUPPLEMENT, Status.OBLIGATION, Status.WITHDRAWAL, Status.STOPPED, Status.DONE}),
    Status.SUPPLEMENT: frozenset({Status.ACCEPTED, Status.IN_WORK, Status.WITHDRAWAL, Status.STOPPED}),
    Status.OBLIGATION: frozenset({Status.IN_WORK, Status.WITHDRAWAL, Status.STOPPED}),
    Status.WITHDRAWAL: frozenset({Status.STOPPED}),  # and back to where it came from
    Status.STOPPED: frozenset({Status.IN_WORK}),  # where it was a pause
    Status.DONE: frozenset({Status.RETURNED}),
    Status.RETURNED: frozenset(),
}


def named(status: Status) -> str:
    """As people read it: 4 (đang xử lý)."""
    return f"{status.value} ({NAMES[status]})"


def forbidden(old: Status, new: Status, why: str = "") -> NotAllowed:
    """The error of a step that may not be taken; it names both states."""
    return NotAllowed(f"không thể chuyển từ trạng thái {named(old)} sang trạng thái {named(new)}" + (f": {why}" if why else ""))


FACTS = (
    Fact("Dossier statuses", ", ".join(f"{status.value} {name}" for status, name in NAMES.items()), "DVCQG, three code bases", "observed"),
    Fact(
        "Which status may follow which",
        "; ".join(f"{old.value}: {' '.join(str(new.value) for new in sorted(after)) or 'final'}" for old, after in FOLLOWS.items()),
        "",
        "assumption",
    ),
)
