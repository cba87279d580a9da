"""The tax authority: checks transfer slips, assesses duties, issues notices, reconciles receipts.

Machines speak XML to `POST /gip`; what the authority has to say stands in the feed as documents of the same gateway:
TRA_PHIEU, THONG_BAO, HUY_THONG_BAO, KHONG_PHAT_SINH, DOI_SOAT, HOAN_THANH. Officers have JSON: `/ho-so`, `/thong-bao`.
"""

from fastapi import FastAPI

from services.kit import AgencySettings, Profession, assemble
from services.tax import duties, gateway_xml, grounds, land_use_fee, notices, settlement, slip_checks
from services.tax.api import router
from services.tax.canonical import without_moments
from services.tax.desk import DECISIONS, OUTCOMES, WORK, found
from services.tax.store import TABLES

__all__ = ["DECISIONS", "FACTS", "OUTCOMES", "create_app"]

FACTS = (
    *slip_checks.FACTS,
    *duties.FACTS,
    *grounds.FACTS,
    *land_use_fee.FACTS,
    *notices.FACTS,
    *settlement.FACTS,
    *gateway_xml.FACTS,
)


def create_app(settings: AgencySettings) -> FastAPI:
    """The tax authority as a FastAPI application over its own database."""
    profession = Profession(
        title="Cơ quan thuế (mô phỏng)",
        summary="Cổng XML nhận phiếu chuyển thông tin, thông báo nộp tiền, đối soát chứng từ, sổ thuế đất",
        tables=TABLES,
        decisions=DECISIONS,
        work=WORK,
        found=found,
        canonical_body=without_moments,
        outcomes=OUTCOMES,
    )
    return assemble(settings, profession, router)
