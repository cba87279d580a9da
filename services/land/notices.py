"""The payment notices that tax tells of: noted whatever the dossier's state, kept with the reason when cancelled."""

from dataclasses import replace

from services.kit import Transaction
from services.land import store
from services.land.acts import AUTOMATIC, load
from services.land.store import NOTICES, Notice
from services.land.tidings import HuyThongBaoThue, KetQuaThongBaoThue


def note(tx: Transaction, said: KetQuaThongBaoThue) -> str:
    """One or more notices of a slip."""
    dossier = load(tx, said.SoBienNhan)
    slip = store.slip_of(tx, dossier)
    current = slip is not None and slip.state == "sent" and (slip.number, slip.revision) == (said.SoPhieu, said.LanLap)
    for each in said.DanhSachThongBaoThue:
        known = NOTICES.seek(tx, each.SoThongBaoThue)
        body = each.model_dump(mode="json", exclude_none=True) | {"SoPhieu": said.SoPhieu, "LanLap": said.LanLap}
        NOTICES.put(tx, Notice(each.SoThongBaoThue, dossier.code, said.LanLap, body, known.cancelled if known else None))
        text = f"có thông báo thuế {each.SoThongBaoThue}" + ("" if current else ", của phiếu không còn hiệu lực")
        store.note(tx, dossier, AUTOMATIC, text)
    return "đã ghi nhận thông báo thuế"


def cancel(tx: Transaction, said: HuyThongBaoThue) -> str:
    """A notice no longer stands."""
    dossier = load(tx, said.SoBienNhan)
    known = NOTICES.seek(tx, said.SoThongBaoThue)
    notice = known or Notice(said.SoThongBaoThue, dossier.code, None, {"SoThongBaoThue": said.SoThongBaoThue})
    NOTICES.put(tx, replace(notice, cancelled=said.LyDo))
    store.note(tx, dossier, AUTOMATIC, f"thuế hủy thông báo {said.SoThongBaoThue}")
    return "đã ghi nhận hủy thông báo thuế"
