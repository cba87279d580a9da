"""Payment notices: what a duty becomes on paper, with budget codes, tranches, deadlines and number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from services.tax.duties import Due
from services.tax.settlement import LATE_RATE, Late, Owed
from services.tax.slip import Kind, SlipRef
from vn.calendar import deadline
from vn.fidelity import Fact
from vn.money import in_words
from vn.units import NEW_DIVISION

SUB_ITEMS = {  # tiểu mục and its name; TT 324/2016/TT-BTC as seen in messages [B]
    Kind.REGISTRATION_FEE: ("2801", "Lệ phí trước bạ nhà đất"),
    Kind.INCOME_TAX: ("1006", "Thuế thu nhập từ chuyển nhượng bất động sản, nhận thừa kế và nhận quà tặng là bất động sản"),
    Kind.LAND_USE_FEE: ("1401", "Đất được nhà nước giao"),
}
LATE_SUB_ITEMS = {  # (a)
    Kind.REGISTRATION_FEE: ("4944", "Tiền chậm nộp các khoản khác theo quy định của pháp luật do ngành thuế quản lý"),
    Kind.INCOME_TAX: ("4917", "Tiền chậm nộp thuế thu nhập cá nhân"),
    Kind.LAND_USE_FEE: ("4945", "Tiền chậm nộp các khoản khác điều tiết 100% ngân sách địa phương do ngành thuế quản lý"),
}
FORMS = {
    Kind.REGISTRATION_FEE: "01/TB-LPTB",
    Kind.INCOME_TAX: "03/TBT-BĐS-TNCN",
    Kind.LAND_USE_FEE: "01a/TB-TSDĐ",
    Kind.LATE_INTEREST: "01/TTN",
}
CHAPTER_DISTRICT, CHAPTER_COMMUNE = "757", "857"
FIRST_TERM, SECOND_TERM = 29, 90  # days after issue; seen in messages [B]
ACCOUNT = "7111"

State = Literal["open", "settled", "cancelled"]


@dataclass(frozen=True)
class Line:
    """One line: a budget sub-item (tiểu mục), or a tranche of it."""

    sub_item: str
    sub_item_name: str
    chapter: str
    base: int
    rate: Decimal
    amount: int
    deadline: date


@dataclass(frozen=True)
class Notice:
    """One notice: one taxpayer, one sub-item; `principal` is the kind of duty, also where the notice is for its late interest."""

    number: str
    dossier: str
    slip_number: str
    slip_revision: int
    kind: Kind
    principal: Kind
    ordinal: int
    of: int
    issued_on: date
    tax_office: str
    taxpayer: str
    lines: tuple[Line, ...]
    total: int
    cites: str | None = None
    state: State = "open"
    paid: int = 0
    settled_at: datetime | None = None

    @property
    def slip(self) -> SlipRef:
        """The slip it was assessed from."""
        return SlipRef(self.slip_number, self.slip_revision)

    @property
    def words(self) -> str:
        """The amount in words."""
        return in_words(self.total)

    @property
    def owed(self) -> list[Owed]:
        """Its lines, as settlement sees them."""
        return [Owed(line.amount, line.deadline) for line in self.lines]


@dataclass(frozen=True)
class Account:
    """Where the money goes."""

    account: str
    treasury: str
    treasury_name: str
    collector: str


def chapter(issued_on: date) -> str:
    """The budget chapter: households under the district until 30 June 2025, then under the commune (a)."""
    return CHAPTER_COMMUNE if issued_on >= NEW_DIVISION else CHAPTER_DISTRICT


def notice_number(notice: int, declaration: int, issued_on: date) -> str:
    """`LTB0000012-TK0000007/TB-CCT`: the running number of the notice and of the declaration, and the kind of office."""
    return f"LTB{notice:07d}-TK{declaration:07d}/TB-{'TCS' if issued_on >= NEW_DIVISION else 'CCT'}"


def account(tax_office: str, tax_office_name: str) -> Account:
    """The treasury beside the tax office, its codes made from the office's (a)."""
    place = tax_office_name.removeprefix("Chi cục Thuế ").removeprefix("Thuế cơ sở ")
    return Account(ACCOUNT, f"20{tax_office[-2:]}", f"Kho bạc Nhà nước {place}", f"10{tax_office}")


def lines_of(due: Due, issued_on: date) -> tuple[Line, ...]:
    """One line; the land-use fee in two tranches of one half each, the odd đồng in the second (NĐ 126/2020/NĐ-CP art. 18)."""
    sub_item, name = SUB_ITEMS[due.kind]
    first = due.amount // 2 if due.kind is Kind.LAND_USE_FEE else due.amount
    whole = Line(sub_item, name, chapter(issued_on), due.base, due.rate, first, deadline(issued_on, FIRST_TERM))
    rest = replace(whole, amount=due.amount - first, deadline=deadline(issued_on, SECOND_TERM))
    return tuple(line for line in (whole, rest) if line.amount)


def late_lines(principal: Kind, late: Sequence[Late], issued_on: date) -> tuple[Line, ...]:
    """One line for each part that was paid late."""
    sub_item, name = LATE_SUB_ITEMS[principal]
    until = deadline(issued_on, FIRST_TERM)
    return tuple(
        Line(sub_item, f"{name} ({part.days} ngày)", chapter(issued_on), part.amount, LATE_RATE, part.interest, until) for part in late
    )


FACTS = (
    Fact("Chapter", f"{CHAPTER_DISTRICT} until 30 June 2025, then {CHAPTER_COMMUNE}", "", "assumption"),
    Fact("Sub-items", ", ".join(f"{kind}: {code}" for kind, (code, _) in SUB_ITEMS.items()), "messages of running clients", "observed"),
    Fact("Sub-items of late interest", ", ".join(f"{kind}: {code}" for kind, (code, _) in LATE_SUB_ITEMS.items()), "", "assumption"),
    Fact("Payment deadline", f"issue + {FIRST_TERM} days, second tranche + {SECOND_TERM}", "sample notices", "observed"),
    Fact("Deadline of a late-interest notice", f"issue + {FIRST_TERM} days", "", "assumption"),
    Fact("Tranches of the land-use fee", "one half each, the odd đồng in the second", "NĐ 126/2020/NĐ-CP art. 18; sample", "observed"),
    Fact("Account of budget revenue", ACCOUNT, "messages of running clients", "observed"),
    Fact("Treasury (SHKB) and collector (MA_CQUAN_THU)", "20NN and 10NNNNN, made from the tax office's code", "", "simulator"),
    Fact("Number of a notice", notice_number(1, 1, date(2025, 6, 30)), "sample; TB-TCS from 1 July 2025 is ours", "observed"),
)
