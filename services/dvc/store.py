"""What the portal keeps: dossiers with their history and files, and what was said about money and results."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Integer, LargeBinary, MetaData, String, Table, Text

from services.dvc.model import Dossier, File, ResultParcel, Step
from services.dvc.money import Attempt, Cancellation, Notice, Payments, Receipt, Reconciliation, Settlement
from services.kit import DOSSIER, NUMBER, SKIP, Day, Instant, Reading, Records

TABLES = MetaData()

DOSSIERS = Records(
    Dossier,
    Table(
        "dossiers",
        TABLES,
        Column("code", String(40), primary_key=True, info=DOSSIER),
        Column("unit", String(40), nullable=False),
        Column("procedure", String(500), nullable=False),
        Column("applicant", String(20), nullable=False, index=True),
        Column("status", Integer, nullable=False, index=True),
        Column("final", Boolean, nullable=False),
        Column("synced", Boolean, nullable=False),
        Column("content", JSON, nullable=False),
        Column("submitted_at", Instant, nullable=False, info=SKIP),
        Column("accepted_at", Instant, info=SKIP),
        Column("promised_for", Instant, info=SKIP),
        Column("due_at", Instant, info=SKIP),
        Column("ended_at", Instant, info=SKIP),
        Column("back_to", Integer),
        Column("missing", JSON, nullable=False),
        comment="hồ sơ",
    ),
)

HISTORY = Records(
    Step,
    Table(
        "history",
        TABLES,
        Column("dossier", String(40), primary_key=True, info=DOSSIER),
        Column("place", Integer, primary_key=True),
        Column("status", Integer, nullable=False),
        Column("since", Instant, nullable=False, info=SKIP),
        Column("by", String(500), nullable=False),
        Column("note", Text),
        Column("missing", JSON, nullable=False),
        comment="bước xử lý",
    ),
)

FILES = Records(
    File,
    Table(
        "files",
        TABLES,
        Column("dossier", String(40), primary_key=True, info=DOSSIER),
        Column("sha256", String(64), primary_key=True),
        Column("media_type", String(100), nullable=False),
        Column("content", LargeBinary, nullable=False, info=SKIP),  # its hash stands for it
        comment="tệp tài liệu",
    ),
)

NOTICES = Records(
    Notice,
    Table(
        "notices",
        TABLES,
        Column("number", String(60), primary_key=True, info=NUMBER),
        Column("dossier", String(40), nullable=False, index=True, info=DOSSIER),
        Column("slip", String(60), nullable=False, info=NUMBER),
        Column("revision", Integer, nullable=False),
        Column("kind", String(10), nullable=False),
        Column("ordinal", Integer, nullable=False),
        Column("of", Integer, nullable=False),
        Column("issued_on", Day, nullable=False),
        Column("issuer", String(500), nullable=False),
        Column("taxpayer", String(20), nullable=False),
        Column("taxpayer_name", String(500), nullable=False),
        Column("total", BigInteger, nullable=False),
        Column("total_in_words", Text, nullable=False),
        Column("cites", String(60)),
        Column("lines", JSON, nullable=False),
        Column("account", JSON, nullable=False),
        Column("exempted", JSON, nullable=False),
        comment="thông báo nộp tiền",
    ),
)

CANCELLATIONS = Records(
    Cancellation,
    Table(
        "cancellations",
        TABLES,
        Column("notice", String(60), primary_key=True),
        Column("dossier", String(40), nullable=False, index=True, info=DOSSIER),
        Column("reason", Text, nullable=False),
        Column("cancelled_at", Instant, nullable=False, info=SKIP),
        comment="thông báo hủy",
    ),
)

ATTEMPTS = Records(
    Attempt,
    Table(
        "attempts",
        TABLES,
        Column("reference", String(17), primary_key=True, info=NUMBER),
        Column("dossier", String(40), nullable=False, index=True, info=DOSSIER),
        Column("notice", String(60), nullable=False),
        Column("amount", BigInteger, nullable=False),
        Column("state", String(10), nullable=False),
        Column("started_at", Instant, nullable=False, info=SKIP),
        Column("reason", Text),
        comment="lần thanh toán",
    ),
)

RECEIPTS = Records(
    Receipt,
    Table(
        "receipts",
        TABLES,
        Column("number", String(40), primary_key=True, info=NUMBER),
        Column("dossier", String(40), nullable=False, index=True, info=DOSSIER),
        Column("reference", String(17), nullable=False, index=True),
        Column("notice", String(60), nullable=False),
        Column("amount", BigInteger, nullable=False),
        Column("paid_at", Instant, nullable=False, info=SKIP),
        Column("channel", String(10), nullable=False),
        Column("payer", String(20), nullable=False),
        Column("payer_name", String(500), nullable=False),
        comment="chứng từ nộp tiền",
    ),
)

RECONCILIATIONS = Records(
    Reconciliation,
    Table(
        "reconciliations",
        TABLES,
        Column("receipt", String(40), primary_key=True),
        Column("place", Integer, primary_key=True),
        Column("dossier", String(40), nullable=False, index=True, info=DOSSIER),
        Column("notice", String(60), nullable=False),
        Column("reference", String(17), nullable=False),
        Column("outcome", String(10), nullable=False),
        Column("amount", BigInteger, nullable=False),
        Column("paid", BigInteger, nullable=False),
        Column("remaining", BigInteger, nullable=False),
        Column("refundable", BigInteger, nullable=False),
        Column("said_at", Instant, nullable=False, info=SKIP),
        comment="kết quả đối soát",
    ),
)

SETTLEMENTS = Records(
    Settlement,
    Table(
        "settlements",
        TABLES,
        Column("dossier", String(40), primary_key=True, info=DOSSIER),
        Column("slip", String(60), primary_key=True, info=NUMBER),
        Column("revision", Integer, primary_key=True),
        Column("basis", String(20), nullable=False),
        Column("total", BigInteger, nullable=False),
        Column("duties", JSON, nullable=False),
        Column("said_at", Instant, nullable=False, info=SKIP),
        comment="kết quả nghĩa vụ tài chính",
    ),
)

RESULTS = Records(
    ResultParcel,
    Table(
        "results",
        TABLES,
        Column("dossier", String(40), primary_key=True, info=DOSSIER),
        Column("place", Integer, primary_key=True),
        Column("commune", String(5), nullable=False),
        Column("map_sheet", Integer, nullable=False),
        Column("parcel_number", Integer, nullable=False),
        Column("area", Float, nullable=False),
        Column("use", String(3), nullable=False),
        Column("certificate", String(60), nullable=False, info=NUMBER),
        Column("book_number", String(60), nullable=False, info=NUMBER),
        Column("issued_on", Day, nullable=False),
        Column("replaces", String(60)),
        Column("holders", JSON, nullable=False),
        Column("office", String(500), nullable=False),
        Column("updated_at", Instant, nullable=False, info=SKIP),
        comment="kết quả",
    ),
)


def payments_of(tx: Reading, dossier: str) -> Payments:
    """Everything about money in one dossier."""
    return Payments(
        notices=NOTICES.find(tx, dossier=dossier),
        cancellations=CANCELLATIONS.find(tx, dossier=dossier),
        attempts=ATTEMPTS.find(tx, dossier=dossier),
        receipts=RECEIPTS.find(tx, dossier=dossier),
        reconciliations=RECONCILIATIONS.find(tx, dossier=dossier),
    )


def history_of(tx: Reading, dossier: str) -> list[Step]:
    """What happened to a dossier, in order."""
    return HISTORY.find(tx, dossier=dossier)


def receipts_known(tx: Reading, dossier: str) -> int:
    """How many receipts of a dossier have come."""
    return RECEIPTS.count(tx, dossier=dossier)
