"""The land registration office with its cadastral register (iLIS): checks dossiers, sends slips to tax, changes the register.

What it tells, by kind of feed entry: `PHIEU_CHUYEN` (the slip, all fields of its form), `HUY_PHIEU`, `TRANG_THAI`,
`BIEN_DONG`. Days are written dd/MM/yyyy, instants dd/MM/yyyy HH:mm:ss in Viet Nam's time, shares as fractions (1/3).
The deadline of a supplement is the one decision that waits for an officer unless the policy says otherwise.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from services.kit import AgencySettings, Profession, assemble
from services.land import api, cadastre, checks, deadlines, entry, model, slips
from services.land.desk import WORK
from services.land.model import DEADLINE, DECISIONS, OUTCOMES
from services.land.seed import found
from services.land.store import TABLES
from vn.fidelity import Fact

__all__ = ["DECISIONS", "FACTS", "OUTCOMES", "create_app"]

INSTANTS = frozenset({"ThoiDiemXuLy", "NgayHenTra", "NgayHuy", "NgayCapNhat", "NgayNhanDuHoSo"})

FACTS = (
    *model.FACTS,
    *deadlines.FACTS,
    *checks.FACTS,
    *slips.FACTS,
    *entry.FACTS,
    Fact(
        "Names of the land office's calls",
        "TiepNhanHoSo, BoSungHoSo, CapNhatKetQuaThongBaoThue, ThueChuyenTraHoSoDoSai and the reply {data, status}",
        "iLIS and VBDLIS of running clients",
        "observed",
        "product: iLIS, VBDLIS",
    ),
    Fact(
        "The other calls and fields of the land office",
        "RutHoSo, HuyThongBaoThue, HoanThanhNghiaVu, KhongPhatSinhNghiaVu, parties and declarations in TiepNhanHoSo, the feed",
        "chosen by us in the style of iLIS",
        "simulator",
    ),
    Fact("Certificate after a transfer", "a new one, which makes the old one void; a change of purpose keeps it", "", "assumption"),
    Fact("A restriction set down while the slip is with tax", "pauses the dossier before the register changes", "", "assumption"),
)


def create_app(settings: AgencySettings) -> FastAPI:
    """The land office as a FastAPI application over its own database."""
    profession = Profession(
        title="Văn phòng đăng ký đất đai (mô phỏng iLIS)",
        summary="Sổ địa chính, thẩm định hồ sơ, phiếu chuyển thông tin, chỉnh lý biến động",
        tables=TABLES,
        decisions=DECISIONS,
        work=WORK,
        found=found,
        canonical_body=_without_instants,
        outcomes=OUTCOMES,
    )
    policy: Mapping[str, Any] = {DEADLINE: "manual", **settings.policy}
    return assemble(replace(settings, policy=policy), profession, api.router, cadastre.router)


def _without_instants(_kind: str, body: Any) -> Any:
    return {name: value for name, value in body.items() if name not in INSTANTS}
