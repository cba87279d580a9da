"""What a receipt does to a notice: reconciliation, the order in which money fills the lines, interest for late payment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from vn.fidelity import Fact
from vn.money import half_up

LATE_RATE = Decimal("0.0003")  # a day; Luật Quản lý thuế 38/2019/QH14 art. 59, kept by Luật 108/2025/QH15 [C]

Outcome = Literal["part", "settled", "over", "repeated", "notice-cancelled"]


@dataclass(frozen=True)
class Reconciled:
    """What became of one receipt: `counted` of it to the notice, `paid` on the notice in all, what remains, what goes back."""

    outcome: Outcome
    counted: int
    paid: int
    remaining: int
    refundable: int


@dataclass(frozen=True)
class Owed:
    """A line of a notice as settlement sees it; `deadline` is the last day in time."""

    amount: int
    deadline: date


@dataclass(frozen=True)
class Paid:
    """Money that counts to a notice, in the order of payment."""

    amount: int
    on: date


@dataclass(frozen=True)
class Late:
    """A part of a line that was paid late: how much, how many days it is charged for, since when."""

    line: int
    amount: int
    deadline: date
    paid_on: date

    @property
    def days(self) -> int:
        """From the day after the deadline to the day before payment (a)."""
        return max(0, (self.paid_on - self.deadline).days - 1)

    @property
    def interest(self) -> int:
        """In whole đồng."""
        return late_interest(self.amount, self.days)


def reconcile(total: int, paid: int, amount: int, *, cancelled: bool = False, repeated: bool = False) -> Reconciled:
    """Count a receipt of `amount` to a notice of `total` on which `paid` is counted already."""
    if cancelled:
        return Reconciled("notice-cancelled", 0, 0, 0, amount)
    if repeated:
        return Reconciled("repeated", 0, paid, total - paid, amount)
    counted = min(amount, total - paid)
    over = amount - counted
    remaining = total - paid - counted
    outcome: Outcome = "over" if over else "part" if remaining else "settled"
    return Reconciled(outcome, counted, paid + counted, remaining, over)


def late_interest(amount: int, days: int) -> int:
    """Interest for late payment (tiền chậm nộp) in whole đồng."""
    return half_up(amount * days * LATE_RATE)


def late_parts(lines: Sequence[Owed], payments: Sequence[Paid]) -> list[Late]:
    """What was paid after its deadline: payments, oldest first, fill the lines, earliest deadline first."""
    owed = sorted(((line.deadline, order, line.amount) for order, line in enumerate(lines)), reverse=True)
    late: list[Late] = []
    for payment in sorted(payments, key=lambda each: each.on):
        left = payment.amount
        while left and owed:
            deadline, order, amount = owed.pop()
            part = min(left, amount)
            left -= part
            if part < amount:
                owed.append((deadline, order, amount - part))
            if payment.on > deadline:
                late.append(Late(order, part, deadline, payment.on))
    return [part for part in late if part.interest]


FACTS = (
    Fact("Interest asked for too early (receipts out of order)", "stands; the next notice asks for as much less", "", "simulator"),
    Fact(
        "Late interest",
        f"{LATE_RATE:.2%} a day, from deadline + 1 to the day before payment; none on interest",
        "Luật Quản lý thuế 38/2019/QH14 art. 59; Luật 108/2025/QH15",
        "secondary",
    ),
    Fact("Which line money goes to", "payments by day fill the line with the earliest deadline first", "", "assumption"),
    Fact(
        "A second receipt for a settled notice",
        "over; repeated where attempt or receipt number was seen",
        "",
        "assumption",
    ),
)
