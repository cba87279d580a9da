"""What the payment platform does: one function per act, each inside one transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime

from services.kit import Reading, Transaction, Work
from services.payment import model
from services.payment.model import Attempt, Channel, Order, Outcome, Receipt, Reconciliation
from services.payment.shapes import ChungTu, ThatBai
from services.payment.store import ATTEMPTS, RECEIPTS, RECONCILIATIONS

PAYMENT, EXPIRY = "payment", "expiry"
FAIL = "fail"
DECISIONS = {PAYMENT: "Người nộp thanh toán giao dịch đã khởi tạo"}
OUTCOMES = {PAYMENT: {FAIL: "giao dịch đầu tiên của thông báo bị từ chối"}}
"""What chance may make of a decision, where a policy leaves something to it."""


def start(tx: Transaction, order: Order) -> Attempt:
    """Start an attempt; the same reference with the same content is the attempt it already is."""
    first = ATTEMPTS.seek(tx, order.reference)
    if first is not None:
        model.check_same(first, order)
        return first
    decided = tx.decide(PAYMENT, order.dossier, key=order.reference)
    attempt = model.start(order, tx.now, decided)
    tx.later(EXPIRY, order.dossier, attempt.expires_at, key=order.reference)
    ATTEMPTS.add(tx, attempt)
    return attempt


def pay(tx: Transaction, reference: str, channel: Channel | None) -> Receipt:
    """The payer pays; whoever clicks twice gets the one receipt."""
    attempt = ATTEMPTS.get(tx, reference)
    if attempt.state == "paid":
        return receipt_of(tx, attempt)
    paid = model.pay(attempt, tx.now)
    tx.complete(PAYMENT, attempt.dossier, key=reference)
    return _receipt(tx, paid, channel)


def fail(tx: Transaction, reference: str, reason: str) -> Attempt:
    """The payer or the bank breaks it off."""
    failed = model.fail(ATTEMPTS.get(tx, reference), tx.now, reason)
    tx.complete(PAYMENT, failed.dossier, key=reference)
    return _broken_off(tx, failed)


def reconcile(
    tx: Transaction, number: str, outcome: Outcome, *, reference: str, remaining: int, refundable: int, said_at: datetime
) -> Reconciliation:
    """Note what tax made of a receipt."""
    receipt = RECEIPTS.get(tx, number)
    model.check_receipt(receipt, reference)
    place = RECONCILIATIONS.count(tx, receipt=receipt.number) + 1
    said = Reconciliation(number, place, receipt.dossier, outcome, remaining, refundable, said_at)
    RECONCILIATIONS.add(tx, said)
    return said


def receipt_of(tx: Reading, paid: Attempt) -> Receipt:
    """The one receipt of a paid attempt."""
    return RECEIPTS.find(tx, reference=paid.reference)[0]


def reconciliations(tx: Reading, receipt: Receipt) -> list[Reconciliation]:
    """What tax said about a receipt, in order."""
    return RECONCILIATIONS.find(tx, receipt=receipt.number)


def payment_due(tx: Transaction, work: Work) -> None:
    """By policy the payer pays now."""
    attempt = ATTEMPTS.get(tx, work.key)
    if attempt.state != "started":
        return
    if tx.outcome(PAYMENT, work.subject) == FAIL and ATTEMPTS.count(tx, dossier=attempt.dossier, notice=attempt.notice) == 1:
        _broken_off(tx, model.fail(attempt, tx.now, "ngân hàng từ chối giao dịch"))
    else:
        _receipt(tx, model.pay(attempt, tx.now), None)


def expiry_due(tx: Transaction, work: Work) -> None:
    """The time to pay is over."""
    attempt = ATTEMPTS.get(tx, work.key)
    if attempt.state == "started":
        tx.drop(PAYMENT, attempt.dossier, key=attempt.reference)
        _broken_off(tx, model.expire(attempt, tx.now))


def _receipt(tx: Transaction, paid: Attempt, channel: Channel | None) -> Receipt:
    receipt = model.receipt(paid, tx.number("receipts"), channel or paid.order.channel, tx.now)
    ATTEMPTS.put(tx, paid)
    RECEIPTS.add(tx, receipt)
    tx.drop(EXPIRY, paid.dossier, key=paid.reference)
    tx.tell("CHUNG_TU", paid.dossier, ChungTu.of(receipt, paid.order))
    return receipt


def _broken_off(tx: Transaction, ended: Attempt) -> Attempt:
    ATTEMPTS.put(tx, ended)
    tx.drop(EXPIRY, ended.dossier, key=ended.reference)
    tx.tell("THAT_BAI", ended.dossier, ThatBai.of(ended, tx.now))
    return ended


WORK: Mapping[str, Callable[[Transaction, Work], None]] = {
    PAYMENT: payment_due,
    EXPIRY: expiry_due,
}
