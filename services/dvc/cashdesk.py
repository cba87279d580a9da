"""What the portal does about money: begins attempts, keeps what tax and treasury say, in whatever order it comes."""

from dataclasses import replace
from typing import Any

from services.dvc import model, money, shown
from services.dvc.money import Attempt, Notice
from services.dvc.store import (
    ATTEMPTS,
    CANCELLATIONS,
    DOSSIERS,
    NOTICES,
    RECEIPTS,
    RECONCILIATIONS,
    SETTLEMENTS,
    payments_of,
)
from services.dvc.taxwords import ChungTuThue, DoiSoatChungTu, HuyThongBao, KetQuaNghiaVu, ThanhToanThatBai, ThongBaoThue
from services.kit import Transaction
from vn.errors import NotAllowed, Unknown


def pay(tx: Transaction, code: str, number: str, asked: int | None) -> Attempt:
    """Begin an attempt to pay a notice, whole or in part."""
    dossier = DOSSIERS.get(tx, code)
    model.may_pay(dossier)
    notice = NOTICES.seek(tx, number)
    if notice is None or notice.dossier != code:
        raise Unknown("không có thông báo nộp tiền này trong hồ sơ")
    stands = money.standing(notice, payments_of(tx, code))
    amount = money.to_pay(notice, stands, asked)
    reference = money.reference(tx.now.date(), tx.number("attempts"))
    attempt = Attempt(reference, code, number, amount, "started", tx.now)
    ATTEMPTS.add(tx, attempt)
    tx.tell("THANH_TOAN", code, _order(notice, attempt, money.lines_for(notice, stands, amount)))
    return attempt


def notice(tx: Transaction, said: ThongBaoThue) -> None:
    """A payment notice has come."""
    _known(tx, said.MA_HSO)
    kept = NOTICES.seek(tx, said.SO_QUYET_DINH)
    if kept is not None and kept != said.notice():
        raise NotAllowed(f"thông báo {said.SO_QUYET_DINH} đã có với nội dung khác")
    NOTICES.put(tx, said.notice())


def cancellation(tx: Transaction, said: HuyThongBao) -> None:
    """A notice no longer stands, whether it has come or not."""
    _known(tx, said.MA_HSO)
    CANCELLATIONS.put(tx, said.cancellation())


def settlement(tx: Transaction, said: KetQuaNghiaVu) -> None:
    """All is settled, or nothing is due."""
    _known(tx, said.MA_HSO)
    SETTLEMENTS.put(tx, said.settlement())


def receipt(tx: Transaction, said: ChungTuThue) -> None:
    """Money has reached the treasury; the attempt it belongs to, if it was begun here, has ended well."""
    _known(tx, said.MA_HSO)
    RECEIPTS.put(tx, said.receipt())
    attempt = ATTEMPTS.seek(tx, said.MA_THAM_CHIEU)
    if attempt is not None:
        ATTEMPTS.put(tx, replace(attempt, state="paid", reason=None))


def reconciliation(tx: Transaction, said: DoiSoatChungTu) -> None:
    """What tax made of a receipt, which may still be on its way here."""
    _known(tx, said.MA_HSO)
    place = RECONCILIATIONS.count(tx, receipt=said.SO_CHUNG_TU) + 1
    RECONCILIATIONS.add(tx, said.reconciliation(place))


def failure(tx: Transaction, said: ThanhToanThatBai) -> None:
    """An attempt came to nothing; a receipt for it outweighs this."""
    _known(tx, said.MaHoSo)
    attempt = ATTEMPTS.get(tx, said.MaThamChieu)
    if attempt.state == "started":
        ATTEMPTS.put(tx, replace(attempt, state="expired" if said.KetQua == "HET_HAN" else "failed", reason=said.LyDo))


def _known(tx: Transaction, code: str) -> None:
    DOSSIERS.get(tx, code)
    tx.about(code)


def _order(notice: Notice, attempt: Attempt, lines: list[tuple[money.Line, int]]) -> dict[str, Any]:
    return {
        "MaHoSo": attempt.dossier,
        "SoThongBao": notice.number,
        "MaThamChieu": attempt.reference,
        "SoTien": attempt.amount,
        "DSKhoanNop": [{"MaNDKT": line.sub_item, "NoiDung": line.sub_item_name, "SoTien": part} for line, part in lines],
        "HoTenNguoiNop": notice.taxpayer_name,
        "SoNguoiNop": notice.taxpayer,
        "TaiKhoanThuNSNN": notice.account.account,
        "SHKB": notice.account.treasury,
        "KhoBac": notice.account.treasury_name,
        "MaCoQuanThu": notice.account.collector,
        "ThoiGianGD": shown.moment(attempt.started_at),
    }
