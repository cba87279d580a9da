"""The statuses of a dossier, and which may follow which."""

from enum import IntEnum

from vn.errors import NotAllowed
from vn.fidelity import Fact


class Status(IntEnum):
    """Dossier statuses of the national portal (DVCQG) [B]; the land office decides 2, 3, 4, 5, 6, 8, 9."""

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


NAMES = {
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

FOLLOWS: dict[Status, frozenset[Status]] = {
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
PAUSES = frozenset({Status.OBLIGATION, Status.STOPPED})  # their time is added to the due date [B]


def named(status: Status) -> str:
    """As officers read it: 4 (đang xử lý)."""
    return f"{status.value} ({NAMES[status]})"


def forbidden(old: Status, new: Status, why: str = "") -> NotAllowed:
    """The error of a step that may not be taken; it names both states."""
    return NotAllowed(f"không thể chuyển từ trạng thái {named(old)} sang trạng thái {named(new)}" + (f": {why}" if why else ""))


FACTS = (
    Fact("Dossier statuses", ", ".join(f"{status.value} {name}" for status, name in NAMES.items()), "DVCQG, three code bases", "observed"),
    Fact("Statuses whose time is added to the due date", "6 and 8; 5 after acceptance as well", "DVCQG (6, 8); 5 is ours", "observed"),
    Fact("A supplement that comes too late or is refused", "status 8, since no step leads from 5 to 3", "", "simulator"),
)
