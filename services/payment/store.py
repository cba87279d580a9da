"""What the payment platform keeps: attempts, receipts, and what tax said about them."""

from sqlalchemy import JSON, BigInteger, Column, Integer, MetaData, String, Table

from services.kit import DOSSIER, NUMBER, SKIP, Instant, Records
from services.payment.model import Attempt, Receipt, Reconciliation

TABLES = MetaData()

ATTEMPTS = Records(
    Attempt,
    Table(
        "attempts",
        TABLES,
        Column("reference", String(17), primary_key=True, info=NUMBER),
        Column("dossier", String(40), nullable=False, index=True, info=DOSSIER),
        Column("notice", String(60), nullable=False, info=NUMBER),
        Column("amount", BigInteger, nullable=False),
        Column("state", String(10), nullable=False),
        Column("order", JSON, nullable=False),
        Column("started_at", Instant, nullable=False, info=SKIP),
        Column("expires_at", Instant, nullable=False, info=SKIP),
        Column("ended_at", Instant, info=SKIP),
        Column("reason", String(500), nullable=False),
        comment="giao dịch",
    ),
)

RECEIPTS = Records(
    Receipt,
    Table(
        "receipts",
        TABLES,
        Column("number", String(40), primary_key=True, info=NUMBER),
        Column("reference", String(17), nullable=False, unique=True, info=NUMBER),
        Column("dossier", String(40), nullable=False, index=True, info=DOSSIER),
        Column("notice", String(60), nullable=False, info=NUMBER),
        Column("amount", BigInteger, nullable=False),
        Column("channel", String(10), nullable=False),
        Column("paid_at", Instant, nullable=False, info=SKIP),
        comment="chứng từ",
    ),
)

RECONCILIATIONS = Records(
    Reconciliation,
    Table(
        "reconciliations",
        TABLES,
        Column("receipt", String(40), primary_key=True),
        Column("place", Integer, primary_key=True),
        Column("dossier", String(40), nullable=False, info=DOSSIER),
        Column("outcome", String(10), nullable=False),
        Column("remaining", BigInteger, nullable=False),
        Column("refundable", BigInteger, nullable=False),
        Column("said_at", Instant, nullable=False, info=SKIP),
        comment="kết quả đối soát",
    ),
)
