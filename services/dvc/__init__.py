"""The public service portal: takes a citizen's dossier in, shows how far it is and what is to pay, hands the result over.

The feed says `HO_SO_MOI` (a new dossier), `BO_SUNG` (what was asked for), `RUT_HO_SO` (the citizen wants out) and
`THANH_TOAN` (an attempt to pay). Dossiers of a one-stop that come by DongBoHoSoMC are shown for tracking only.
"""

from typing import Any

from fastapi import FastAPI

from services.dvc import checks, model, money, procedures
from services.dvc.api import router as people
from services.dvc.desk import DECISIONS, OUTCOMES, WORK
from services.dvc.machines import router as machines
from services.dvc.store import TABLES
from services.kit import AgencySettings, Profession, assemble
from vn.fidelity import Fact

__all__ = ["DECISIONS", "FACTS", "OUTCOMES", "create_app"]

INSTANTS = ("NgayNopHoSo", "NgayBoSung", "NgayYeuCau", "ThoiGianGD")

FACTS = (
    Fact("Fields of DongBoHoSoMC and CapNhatTienDoHoSoMC", "as in services/dvc/sync.py", "running clients", "observed"),
    Fact("KetThuc, DanhSachYeuCauBoSung in CapNhatTienDoHoSoMC", "added, to say what is final and what is missing", "", "simulator"),
    Fact("Answer to a second first sync", "error_code -1, message with «đã tồn tại»", "running clients", "observed"),
    Fact("Answer where a dossier is not known, or may not be", "HTTP 404, 409 beside error_code -1", "", "simulator"),
    Fact("Import of tax notices", "JSON with the names of ImportThongBaoThue's XML", "the XML is observed, JSON is ours", "assumption"),
    Fact("LoaiDinhDanh", "1 CCCD, 2 CMND (synced dossiers only), 3 mã số thuế", "1 and 2 observed, 3 is ours", "assumption"),
    Fact("Acceptance slip", "mẫu số 01 as JSON", "TT 01/2018/TT-VPCP", "secondary"),
    *model.FACTS,
    *checks.FACTS,
    *money.FACTS,
    *procedures.FACTS,
)


def create_app(settings: AgencySettings) -> FastAPI:
    """The portal as a FastAPI application over its own database."""
    profession = Profession(
        title="Cổng dịch vụ công và hệ thống thông tin một cửa (mô phỏng)",
        summary="Nộp, bổ sung, rút, tra cứu hồ sơ đất đai; thông báo thuế, thanh toán; trả kết quả",
        tables=TABLES,
        decisions=DECISIONS,
        work=WORK,
        canonical_body=_without_instants,
        outcomes=OUTCOMES,
        version=2,
    )
    return assemble(settings, profession, people, machines)


def _without_instants(_: str, body: Any) -> Any:
    return {name: value for name, value in body.items() if name not in INSTANTS}
