"""Good payloads of tax.* and payment.*."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from world import (
    BUYER,
    CHANGE,
    CHANGE_SLIP,
    CHANGED,
    CHILD,
    GIFT,
    GIFT_SLIP,
    GIVEN,
    GIVER,
    HEAD,
    PEOPLE,
    PRICE,
    SALE,
    SALE_SLIP,
    SELLERS,
    at,
)

import contracts as c
from vn.calendar import deadline
from vn.money import half_up, in_words
from vn.people import Person

ISSUED = date(2025, 8, 19)
FEE_NOTICE, TAX_NOTICE = "LTB4900412-TK0000001/TB-TCS", "LTB4900412-TK0000002/TB-TCS"
ACCOUNT = c.BudgetAccount(account="7111", treasury="0711", treasury_name="Kho bạc Nhà nước Lạng Sơn", collector="1054389")
FEE, TAX = half_up(Fraction(PRICE, 200)), half_up(Fraction(PRICE, 100))
ATTEMPT, AGAIN, RECEIPT = "04050000000412001", "04050000000412002", "C1-02/NS-250822-0000318"


def notice(number: str, kind: c.NoticeKind, payer: Person, lines: tuple[c.NoticeLine, ...], **more: Any) -> c.PaymentNotice:
    total = sum(each.amount for each in lines)
    return c.PaymentNotice(
        dossier=SALE,
        slip=SALE_SLIP,
        notice=number,
        kind=kind,
        of=3,
        issuer="Thuế cơ sở 1 tỉnh Lạng Sơn",
        taxpayer=payer.personal_id,
        taxpayer_name=payer.name,
        lines=lines,
        total=total,
        total_in_words=in_words(total),
        account=ACCOUNT,
        **more,
    )


def line(code: str, name: str, base: int, rate: str, *, amount: int, day: date) -> c.NoticeLine:
    return c.NoticeLine(sub_item=code, sub_item_name=name, chapter="857", base=base, rate=Decimal(rate), amount=amount, deadline=day)


def duty(kind: c.NoticeKind, who: Person, ground: str) -> c.Duty:
    return c.Duty(kind=kind, taxpayer=who.personal_id, ground=ground)


def notices() -> Iterator[tuple[str, c.Payload]]:
    kind, seller = c.NoticeKind, next(each for each in PEOPLE.people if each == SELLERS[0])
    due = deadline(ISSUED, 29)
    fee = line("2801", "Lệ phí trước bạ nhà đất", PRICE, "0.005", amount=FEE, day=due)
    tax = line("1006", "Thuế thu nhập cá nhân từ chuyển nhượng bất động sản", PRICE // 2, "0.02", amount=TAX, day=due)
    interest = half_up(Fraction(TAX * 3 * 4, 10_000))
    late = line("4917", "Tiền chậm nộp", TAX, "0.0003", amount=interest, day=deadline(date(2025, 9, 23), 29))
    yield "tax.payment-notice/registration-fee", notice(FEE_NOTICE, kind.REGISTRATION_FEE, BUYER, (fee,), ordinal=1, issued_on=ISSUED)
    yield "tax.payment-notice/income-tax", notice(TAX_NOTICE, kind.INCOME_TAX, seller, (tax,), ordinal=2, issued_on=ISSUED)
    more = {"ordinal": 3, "issued_on": date(2025, 9, 23), "cites": TAX_NOTICE}
    yield "tax.payment-notice/late-interest", notice("LTB4900412-TK0000009/TB-TCS", kind.LATE_INTEREST, seller, (late,), **more)
    spouse = "Khoản 1 Điều 4 Luật Thuế thu nhập cá nhân số 04/2007/QH12"
    fault = c.FaultAt(pointer="/parcels/0/valuation/tablePrice", reason="giá đất không đúng vị trí theo bảng giá")
    other = c.FaultAt(pointer="/deferral/landUseFee", reason="chưa hỗ trợ ghi nợ")
    yield "tax.slip-returned/one-fault", c.SlipReturned(dossier=SALE, slip=SALE_SLIP, faults=(fault,), returned_at=at(date(2025, 8, 18), 9))
    yield "tax.slip-returned/two-faults", c.SlipReturned(dossier=GIFT, slip=GIFT_SLIP, faults=(fault, other), returned_at=at(GIVEN, 15))
    for name, number, reason in (
        ("slip-cancelled", FEE_NOTICE, "Phiếu chuyển thông tin đã hủy."),
        ("issued-in-error", TAX_NOTICE, "Ban hành nhầm người nộp thuế."),
    ):
        yield (
            f"tax.notice-cancelled/{name}",
            c.NoticeCancelled(dossier=SALE, notice=number, reason=reason, cancelled_at=at(date(2025, 8, 20), 14)),
        )
    exempt = (duty(kind.INCOME_TAX, GIVER, spouse), duty(kind.REGISTRATION_FEE, CHILD, "Khoản 10 Điều 10 Nghị định 10/2022/NĐ-CP"))
    yield (
        "tax.no-obligation/gift-to-a-child",
        c.NoObligation(dossier=GIFT, slip=GIFT_SLIP, duties=exempt, confirmed_at=at(date(2025, 5, 27), 10)),
    )
    once = (duty(kind.LAND_USE_FEE, HEAD, "Điều 10 Nghị quyết 254/2025/QH15"),)
    yield "tax.no-obligation/change-of-purpose", c.NoObligation(dossier=CHANGE, slip=CHANGE_SLIP, duties=once, confirmed_at=at(CHANGED, 16))


def payments() -> Iterator[tuple[str, c.Payload]]:
    pays: dict[str, Any] = {"dossier": SALE, "notice": FEE_NOTICE}
    payer: dict[str, Any] = {"payer": BUYER.personal_id, "payer_name": BUYER.name}
    text = "Lệ phí trước bạ nhà đất"
    half, first = FEE // 2, at(date(2025, 8, 22), 8, 40)
    for name, attempt, amount in (("whole", ATTEMPT, FEE), ("in-part", AGAIN, half)):
        lines = (c.PaymentLine(sub_item="2801", text=text, amount=amount),)
        yield (
            f"payment.requested/{name}",
            c.PaymentRequested(**pays, **payer, attempt=attempt, amount=amount, lines=lines, account=ACCOUNT, requested_at=first),
        )
    for outcome, reason in (("failed", "Tài khoản không đủ số dư."), ("expired", "Quá thời gian chờ thanh toán.")):
        failed = c.PaymentFailed(**pays, attempt=ATTEMPT, outcome=outcome, reason=reason, failed_at=at(date(2025, 8, 22), 8, 55))
        yield f"payment.failed/{outcome}", failed
    for name, attempt, receipt, amount, channel in (
        ("whole", ATTEMPT, RECEIPT, FEE, "dvcqg"),
        ("in-part", AGAIN, "C1-02/NS-250822-0000319", half, "bank"),
    ):
        paid = c.PaymentReceipt(
            **pays, **payer, attempt=attempt, receipt=receipt, amount=amount, paid_at=at(date(2025, 8, 22), 8, 42), channel=channel
        )
        yield f"payment.receipt/{name}", paid
    for outcome, amount, paid_so_far, remaining, refundable in (
        ("settled", FEE, FEE, 0, 0),
        ("part", half, half, FEE - half, 0),
        ("notice-cancelled", FEE, 0, 0, FEE),
    ):
        reconciled = c.ReceiptReconciled(
            **pays,
            receipt=RECEIPT,
            attempt=ATTEMPT,
            outcome=outcome,
            amount=amount,
            paid=paid_so_far,
            remaining=remaining,
            refundable=refundable,
            reconciled_at=at(date(2025, 8, 22), 9),
        )
        yield f"tax.receipt-reconciled/{outcome}", reconciled
    settled = c.SettledNotice(notice=FEE_NOTICE, amount=FEE, settled_at=first)
    taxed = c.SettledNotice(notice=TAX_NOTICE, amount=TAX, settled_at=first)
    for name, each in (("one-notice", (settled,)), ("two-notices", (settled, taxed))):
        done: dict[str, Any] = {"notices": each, "total": sum(one.amount for one in each), "completed_at": at(date(2025, 8, 25), 9)}
        yield f"tax.obligation-completed/{name}", c.ObligationCompleted(dossier=SALE, slip=SALE_SLIP, **done)
