"""What every act of the land office ends with: the dossier kept, the world told, the next decision planned."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from services.kit import Reading, Transaction
from services.land import checks, model, store
from services.land.checks import Findings
from services.land.model import Dossier
from services.land.register import Parcel
from services.land.shapes import Content
from services.land.store import CLAIMS, DOSSIERS, SLIPS, Claim
from vn.clock import VN
from vn.errors import Fault
from vn.status import NAMES, Status

AUTOMATIC = "Hệ thống thông tin đất đai"


def clock(moment: datetime) -> str:
    """An instant as the office writes it."""
    return moment.astimezone(VN).strftime("%d/%m/%Y %H:%M:%S")


def load(tx: Reading, code: str) -> Dossier:
    """The dossier; raises Unknown (404) while it is not here."""
    return DOSSIERS.get(tx, code)


def keep(tx: Transaction, dossier: Dossier) -> Dossier:
    """Keep it, and plan the one decision it now waits for in place of all others."""
    DOSSIERS.put(tx, dossier)
    wanted = model.waiting(dossier, store.slip_of(tx, dossier))
    planned = {work.kind for work in tx.work(subject=dossier.code)}
    for kind in planned - {wanted}:
        tx.drop(kind, dossier.code)
    if wanted is not None and wanted not in planned:
        tx.decide(wanted, dossier.code)
    return dossier


def say(tx: Transaction, dossier: Dossier, text: str, *, by: str = AUTOMATIC, missing: Iterable[Fault] = ()) -> None:
    """Tell the dossier's status as it stands, and why."""
    body = {
        "SoBienNhan": dossier.code,
        "TrangThai": int(dossier.status),
        "TenTrangThai": NAMES[dossier.status],
        "ThoiDiemXuLy": clock(tx.now),
        "NguoiXuLy": by,
        "NoiDungXuLy": text,
        "KetThuc": dossier.final,
        "DanhSachLoi": [{"Truong": fault.pointer, "LyDo": fault.reason} for fault in missing],
    }
    if dossier.due_at is not None and not dossier.final:
        body["NgayHenTra"] = clock(dossier.due_at)
    tx.tell("TRANG_THAI", dossier.code, body)
    store.note(tx, dossier, by, text)


def go(
    tx: Transaction, dossier: Dossier, to: Status, text: str, *, by: str = AUTOMATIC, missing: Iterable[Fault] = (), final: bool = False
) -> Dossier:
    """Into the next status, kept and told."""
    moved = keep(tx, model.move(dossier, to, tx.now, final=final))
    say(tx, moved, text, by=by, missing=missing)
    return moved


def parcels_of(tx: Reading, content: Content) -> list[Parcel | None]:
    """The dossier's parcels as the register holds them; None for what it does not know."""
    return [store.find_parcel(tx, *said.place) for said in content.parcels]


def known_parcels(tx: Reading, content: Content) -> list[Parcel]:
    """The same, of an accepted dossier: the check has found them all."""
    return [parcel for parcel in parcels_of(tx, content) if parcel is not None]


def claim(tx: Transaction, dossier: Dossier) -> None:
    """Note which parcels the dossier is about."""
    CLAIMS.remove(tx, dossier=dossier.code)
    CLAIMS.add_all(tx, {Claim(dossier.code, parcel.id) for parcel in parcels_of(tx, dossier.content) if parcel is not None})


def findings(tx: Reading, dossier: Dossier) -> Findings:
    """Every fault of the dossier against the register today."""
    parcels = parcels_of(tx, dossier.content)
    taken = store.open_dossiers(tx, [parcel.id for parcel in parcels if parcel], accepted_only=True)
    others = {parcel: code for parcel, codes in taken.items() for code in codes if code != dossier.code}
    return checks.check(dossier.content, parcels, others, tx.now.date())


def cancel_slip(tx: Transaction, dossier: Dossier, reason: str) -> None:
    """Take back the current slip, whatever tax has made of it by now."""
    slip = store.slip_of(tx, dossier)
    if slip is None or slip.state == "cancelled":
        return
    SLIPS.put(tx, replace(slip, state="cancelled"))
    body = {"SoBienNhan": dossier.code, "SoPhieu": slip.number, "LanLap": slip.revision, "LyDo": reason, "NgayHuy": clock(tx.now)}
    tx.tell("HUY_PHIEU", dossier.code, body)
