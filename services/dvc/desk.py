"""What the portal does with a dossier: one function per act, each inside one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from services.dvc import checks, model, reading, shown
from services.dvc.forms import DECLARED, HoSoNop
from services.dvc.model import Dossier, File, Progress, Step
from services.dvc.procedures import ONE_STOP
from services.dvc.store import DOSSIERS, FILES, HISTORY, RESULTS, SETTLEMENTS, history_of, payments_of, receipts_known
from services.dvc.sync import CapNhatTienDo, DongBo, HoSoDongBo, TraLoi
from services.dvc.taxwords import KetQuaHoSo
from services.kit import Reading, Transaction, Work
from vn.errors import Fault, NotAllowed
from vn.identifiers import DossierCode
from vn.status import Status

RETURN = "return-result"
DECISIONS = {RETURN: "Trả kết quả cho người nộp hồ sơ"}
OUTCOMES: Mapping[str, Mapping[str, str]] = {}
"""Nothing here is left to chance."""
CITIZEN = "Người nộp hồ sơ"


def submit(tx: Transaction, form: HoSoNop) -> Dossier:
    """Take a citizen's dossier in: a code of its own, status 1, and word to the land office."""
    said = form.model_dump(mode="json", exclude={"TaiLieuNop"})
    code = _new_code(tx, form.DonViXuLy)
    papers = _keep_files(tx, code, form.model_dump(mode="json")["TaiLieuNop"])
    dossier = Dossier(
        code=code,
        unit=form.DonViXuLy,
        procedure=form.LoaiThuTuc,
        applicant=form.DinhDanhCHS.SoDinhDanh,
        status=Status.NEW,
        final=False,
        synced=False,
        content={**said, "TaiLieuNop": papers},
        submitted_at=tx.now,
    )
    DOSSIERS.add(tx, dossier)
    _remember(tx, code, Progress(Status.NEW, tx.now, CITIZEN, "Nộp hồ sơ"))
    tx.tell("HO_SO_MOI", code, shown.handed_in(dossier, tx.now.date()))
    return dossier


def supplement(tx: Transaction, code: str, raw: Mapping[str, Any]) -> Dossier:
    """Take in what was asked for; the land office looks at it again, until then the status stays."""
    dossier = DOSSIERS.get(tx, code)
    model.may_supplement(dossier)
    named = {name: value for name, value in raw.items() if value is not None}
    if not (named.keys() - {"TaiLieuNop"} or named.get("TaiLieuNop")):
        raise NotAllowed("không có nội dung bổ sung", [Fault("", "phải có ít nhất một trường hoặc một giấy tờ")])
    given = reading.supplement(named, dossier.content, tx.now.date())
    said = given.model_dump(mode="json")
    said["TaiLieuNop"] = _keep_files(tx, code, said["TaiLieuNop"])
    dossier = replace(dossier, content=model.supplemented(dossier.content, said))
    DOSSIERS.put(tx, dossier)
    given_names = ", ".join(name for name, value in said.items() if value)
    _remember(tx, code, Progress(dossier.status, tx.now, CITIZEN, f"Bổ sung hồ sơ: {given_names}"))
    # declarations are told whole, so that whoever keeps them can replace them
    parts = {name for name in said if said[name] is not None} | (
        set(DECLARED) if any(said[name] is not None for name in DECLARED) else set()
    )
    told = {name: dossier.content[name] for name in parts} | {"TaiLieuNop": said["TaiLieuNop"]}
    body = {"MaHoSo": code, "LoaiThuTuc": dossier.procedure, "NgayBoSung": shown.moment(tx.now)}
    tx.tell("BO_SUNG", code, {**body, **shown.told(told, tx.now.date())})
    return dossier


def withdraw(tx: Transaction, code: str, reason: str) -> Dossier:
    """The citizen wants out: status 7 until the land office has answered."""
    dossier = model.withdraw(DOSSIERS.get(tx, code), receipts=receipts_known(tx, code))
    DOSSIERS.put(tx, dossier)
    _remember(tx, code, Progress(Status.WITHDRAWAL, tx.now, CITIZEN, reason))
    tx.tell("RUT_HO_SO", code, {"MaHoSo": code, "LyDo": reason, "NgayYeuCau": shown.moment(tx.now)})
    return dossier


def progress(tx: Transaction, said: CapNhatTienDo) -> Dossier:
    """The land office (or the one-stop of a synced dossier) says how far it is."""
    return _advance(tx, DOSSIERS.get(tx, said.MaHoSo), said.progress())


def result(tx: Transaction, said: KetQuaHoSo) -> None:
    """The register changed; this may come before status 9."""
    dossier = DOSSIERS.get(tx, said.MaHoSo)
    tx.about(dossier.code)
    for parcel in said.parcels():
        RESULTS.put(tx, parcel)
    _plan_return(tx, dossier)


def return_result(tx: Transaction, code: str) -> Dossier:
    """An officer hands the result over."""
    dossier = DOSSIERS.get(tx, code)
    returned = model.give_back(dossier, tx.now, has_result=_has_result(tx, code))
    tx.complete(RETURN, code)
    return _returned(tx, returned, ONE_STOP)


def return_due(tx: Transaction, work: Work) -> None:
    """By policy the result is handed over now."""
    dossier = DOSSIERS.get(tx, work.subject)
    if dossier.status is Status.DONE:
        _returned(tx, model.give_back(dossier, tx.now, has_result=_has_result(tx, dossier.code)), ONE_STOP)


def sync(tx: Transaction, said: DongBo) -> TraLoi:
    """DongBoHoSoMC: all of its dossiers, or none and every reason."""
    first = said.isUpdating == "False"
    reasons = [reason for each in said.data if (reason := _unfit(tx, each, first=first))]
    if reasons:
        return TraLoi(error_code="-1", message="; ".join(reasons))
    for each in said.data:
        known = DOSSIERS.seek(tx, each.MaHoSo)
        tx.about(each.MaHoSo)
        if known is None:
            DOSSIERS.add(tx, each.dossier())
            _remember(tx, each.MaHoSo, Progress(each.dossier().status, each.NgayTiepNhan, each.DonViXuLy, "Đồng bộ lần đầu"))
        else:
            promised = known.promised_for or each.NgayHenTra
            updated = replace(known, content=each.content(), promised_for=promised, due_at=each.NgayHenTra or known.due_at)
            status = each.dossier().status
            if status is known.status:
                DOSSIERS.put(tx, updated)
            else:
                _advance(tx, updated, Progress(status, tx.now, each.DonViXuLy, "Đồng bộ cập nhật"))
    return TraLoi()


def known_of(tx: Reading, code: str) -> shown.Known:
    """All that the portal knows of one dossier."""
    return shown.Known(
        dossier=DOSSIERS.get(tx, code),
        history=history_of(tx, code),
        payments=payments_of(tx, code),
        settlements=SETTLEMENTS.find(tx, dossier=code),
        results=RESULTS.find(tx, dossier=code),
    )


def _advance(tx: Transaction, dossier: Dossier, said: Progress) -> Dossier:
    advanced = model.advance(dossier, said)
    DOSSIERS.put(tx, advanced)
    tx.about(dossier.code)
    _remember(tx, dossier.code, said)
    _plan_return(tx, advanced)
    return advanced


def _plan_return(tx: Transaction, dossier: Dossier) -> None:
    """The result can be handed over once it is here and the land office is done, whichever comes first."""
    if dossier.status is Status.DONE and _has_result(tx, dossier.code) and not tx.work(subject=dossier.code, kind=RETURN):
        tx.decide(RETURN, dossier.code)


def _returned(tx: Transaction, dossier: Dossier, by: str) -> Dossier:
    DOSSIERS.put(tx, dossier)
    _remember(tx, dossier.code, Progress(Status.RETURNED, tx.now, by, "Trả kết quả cho người nộp hồ sơ"))
    return dossier


def _has_result(tx: Reading, code: str) -> bool:
    return RESULTS.count(tx, dossier=code) > 0


def _remember(tx: Transaction, code: str, said: Progress) -> None:
    place = HISTORY.count(tx, dossier=code) + 1
    HISTORY.add(tx, Step(code, place, said.status, said.since, said.by, said.note, said.missing))


def _new_code(tx: Transaction, unit: str) -> str:
    day = tx.now.date()
    while True:
        code = str(DossierCode(unit, day, tx.number(f"dossiers {unit} {day:%y%m%d}")))
        if DOSSIERS.seek(tx, code) is None:  # a one-stop may have synced one with this number
            return code


def _keep_files(tx: Transaction, code: str, papers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Papers without their contents; the contents stay here under their hash."""
    kept = []
    for paper in papers:
        content = checks.content_of(paper)
        named = {name: value for name, value in paper.items() if name != "NoiDung"}
        if content is not None:
            named |= {"KichThuoc": len(content), "MaBam": checks.sha256(content)}
            FILES.put(tx, File(code, named["MaBam"], paper["DinhDang"], content))
        kept.append(named)
    return kept


def _unfit(tx: Reading, said: HoSoDongBo, *, first: bool) -> str | None:
    known = DOSSIERS.seek(tx, said.MaHoSo)
    if first:
        return f"Hồ sơ {said.MaHoSo} đã tồn tại" if known else None
    if known is None:
        return f"Hồ sơ {said.MaHoSo} chưa tồn tại"
    return None if known.synced else f"Hồ sơ {said.MaHoSo} do cổng tiếp nhận, tiến độ cập nhật qua CapNhatTienDoHoSoMC"


WORK: Mapping[str, Callable[[Transaction, Work], None]] = {RETURN: return_due}
