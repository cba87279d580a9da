"""The payment platform with the treasury behind it: attempts to pay, receipts, and their reconciliation.

A partner sends INIT, the payer pays on the platform's page (or policy pays for them), the treasury's receipt goes to the
feed as `CHUNG_TU`; an attempt that fails or expires goes there as `THAT_BAI`. What tax makes of a receipt comes back to
`/doi-soat`.

MaXacThuc of INIT is HMAC-SHA256, in lower-case hex, under the partner's secret, of these fields joined by `|`, an absent
one empty: LoaiBanTin PhienBan MaDoiTac MaThamChieu SoTien LoaiHinhThanhToan MaKenhThanhToan MaThietBi NgonNgu MaTienTe
MaNganHang ThongTinGiaoDich ThoiGianGD Ip. NgonNgu counts as `vi` where it is absent.
"""

from collections.abc import Mapping

from fastapi import FastAPI

from services.kit import AgencySettings, Profession, assemble
from services.payment.api import router
from services.payment.desk import DECISIONS, OUTCOMES, WORK
from services.payment.model import TIME_TO_PAY
from services.payment.store import TABLES
from vn.fidelity import Fact

__all__ = ["DECISIONS", "FACTS", "OUTCOMES", "SECRETS", "create_app"]

SECRETS: Mapping[str, str] = {"H37.10": "lgsp-sim: khóa dùng chung của cổng dịch vụ công"}
"""Per partner (MaDoiTac), the secret shared with it; this one is public and for the simulator only."""

FACTS = (
    Fact(
        "Fields of the INIT message of PayPlat",
        "PhienBan 1.0.6; MaThamChieu 17 digits; DSKhoanNop {NoiDung, SoTien}",
        "a running client",
        "observed",
        varies="version of PayPlat",
    ),
    Fact(
        "MaXacThuc of INIT",
        "HMAC-SHA256 (hex) of 14 pipe-joined fields",
        "observed: a hash of pipe-joined fields and a secret; which fields and which hash is not known",
        "assumption",
    ),
    Fact("Time to pay before an attempt expires", f"{TIME_TO_PAY.seconds // 60} minutes", "chosen by us", "assumption", varies="bank"),
    Fact("Number of a receipt", "C1-02/NS-<yyMMdd>-<7 digits>", "the form is C1-02/NS; the number's shape is chosen by us", "assumption"),
    Fact("Budget sub-item of a line of INIT", "MaNDKT, optional", "the treasury's own name for it; not seen in INIT", "assumption"),
    Fact("Channels", "DVCQG, NGANHANG, ETAX, KBNN", "the channels exist; their codes are chosen by us", "assumption"),
)


def create_app(settings: AgencySettings, *, secrets: Mapping[str, str] = SECRETS) -> FastAPI:
    """The platform as a FastAPI application over its own database."""
    profession = Profession(
        title="Nền tảng thanh toán và Kho bạc (mô phỏng)",
        summary="Khởi tạo giao dịch PayPlat, nộp tiền vào ngân sách, chứng từ C1-02/NS, đối soát",
        tables=TABLES,
        decisions=DECISIONS,
        work=WORK,
        outcomes=OUTCOMES,
        canonical_body=lambda _, body: {name: body[name] for name in body if name not in ("ThoiGianThanhToan", "ThoiGian")},
    )
    app = assemble(settings, profession, router)
    app.state.secrets = dict(secrets)
    return app
