"""Changes the register (chỉnh lý biến động): new holders and certificates, or another use, in one transaction with what is told."""

from typing import Any

from services.kit import Transaction
from services.land import checks, model, register, store
from services.land.acts import AUTOMATIC, cancel_slip, clock, go, keep, known_parcels, say
from services.land.model import Dossier, Slip
from services.land.register import Certificate, Parcel
from services.land.shapes import Procedure
from services.land.slips import office
from services.land.store import CERTIFICATES, LANDS
from vn.chance import draw
from vn.errors import NotAllowed
from vn.identifiers import new_certificate_serial
from vn.status import Status

NEW_SERIES = "DA"  # letters of certificates issued by the simulator
FIRST_BOOK_NUMBER = 1000  # the seeded certificates lie below


def update(tx: Transaction, dossier: Dossier, by: str = AUTOMATIC) -> Dossier:
    """Change the register as the dossier asks, once tax has said its word on the current slip; done with that."""
    slip = store.slip_of(tx, dossier)
    if slip is None or slip.state != "settled":
        raise NotAllowed("chưa có xác nhận của cơ quan thuế về phiếu hiện hành")
    parcels = known_parcels(tx, dossier.content)
    lost = checks.not_holding(dossier.content, parcels)
    if lost:
        ended = model.move(dossier, Status.STOPPED, tx.now, final=True)
        cancel_slip(tx, dossier, "thửa đất đã có người sử dụng khác")
        say(tx, keep(tx, ended), "thửa đất đã có người sử dụng khác theo sổ địa chính", by=by, missing=lost)
        return ended
    restricted = list(checks.restricted(parcels))
    if restricted:
        return go(tx, dossier, Status.STOPPED, "thửa đất bị hạn chế quyền, tạm dừng chỉnh lý", by=by, missing=restricted)
    changed = [_change(tx, dossier, parcel) for parcel in parcels]
    tx.tell("BIEN_DONG", dossier.code, _told(tx, dossier, slip, changed))
    return go(tx, dossier, Status.DONE, "đã chỉnh lý biến động", by=by)


def _change(tx: Transaction, dossier: Dossier, parcel: Parcel) -> Parcel:
    content, change = dossier.content, dossier.content.declarations.purpose_change
    if content.procedure is Procedure.CHANGE_PURPOSE and change is not None:
        other = register.changed_use(parcel, change.from_use, change.to_use, change.area)
        LANDS.put(tx, other.land)
        return other
    certificate = _certificate(tx, dossier, parcel)
    new, ended = register.transferred(parcel, content.transferees, certificate, dossier.code)
    store.hand_over(tx, parcel, new, ended)
    return new


def _certificate(tx: Transaction, dossier: Dossier, parcel: Parcel) -> Certificate:
    attempt = 0
    while CERTIFICATES.seek(tx, serial := new_certificate_serial(draw(dossier.code, parcel.id, attempt), NEW_SERIES)) is not None:
        attempt += 1
    book = "CT" if all(each.party.kind == 2 for each in dossier.content.transferees) else "CS"
    number = f"{book}{FIRST_BOOK_NUMBER + tx.number(book):05d}"
    return Certificate(serial, parcel.id, number, tx.now.date(), dossier.code, replaces=parcel.certificate.serial)


def _told(tx: Transaction, dossier: Dossier, slip: Slip, parcels: list[Parcel]) -> dict[str, Any]:
    today = tx.now.date()
    return {
        "SoBienNhan": dossier.code,
        "CanCu": {"Loai": slip.basis, "SoPhieu": slip.number, "LanLap": slip.revision},
        "ThuaDat": [_parcel(parcel, parcel.key(today)) for parcel in parcels],
        "DonViCapNhat": office(parcels[0], today),
        "NgayCapNhat": clock(tx.now),
    }


def _parcel(parcel: Parcel, key: tuple[str, int, int]) -> dict[str, Any]:
    held = parcel.certificate
    certificate = {"SoPhatHanh": held.serial, "SoVaoSo": held.book_number, "NgayCap": held.issued_on.strftime("%d/%m/%Y")}
    return {
        "XaId": key[0],
        "SoHieuBanDo": key[1],
        "SoThuTuThua": key[2],
        "DienTich": float(parcel.area),
        "MucDich": parcel.use,
        "NguoiSuDung": [each.holder.model_dump(mode="json", by_alias=True, exclude_none=True) for each in parcel.holdings],
        "GiayChungNhan": {**certificate, "ThayThe": held.replaces} if held.replaces else certificate,
    }
