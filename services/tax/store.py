"""What the tax authority keeps: slips, notices, receipts, the land-tax book, uses of the once-only right."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, MetaData, String, Table

from services.kit import DOSSIER, NUMBER, SKIP, Day, Instant, Records
from services.tax.land_use_fee import Use
from services.tax.model import BookEntry, Case, Receipt
from services.tax.notices import Notice

TABLES = MetaData()

CASES = Records(
    Case,
    Table(
        "slips",
        TABLES,
        Column("dossier", String(40), primary_key=True, info=DOSSIER),
        Column("number", String(20), primary_key=True, info=NUMBER),
        Column("revision", Integer, primary_key=True),
        Column("state", String(20), nullable=False),
        Column("slip", JSON, nullable=False),
        Column("declaration", Integer, nullable=False, info=SKIP),
        Column("nil", JSON, nullable=False),
        comment="phiếu chuyển thông tin",
    ),
)

NOTICES = Records(
    Notice,
    Table(
        "notices",
        TABLES,
        Column("number", String(60), primary_key=True, info=NUMBER),
        Column("dossier", String(40), nullable=False, index=True, info=DOSSIER),
        Column("slip_number", String(20), nullable=False),
        Column("slip_revision", Integer, nullable=False),
        Column("kind", String(20), nullable=False),
        Column("principal", String(20), nullable=False),
        Column("ordinal", Integer, nullable=False),
        Column("of", Integer, nullable=False),
        Column("issued_on", Day, nullable=False),
        Column("tax_office", String(5), nullable=False),
        Column("taxpayer", String(20), nullable=False),
        Column("lines", JSON, nullable=False),
        Column("total", BigInteger, nullable=False),
        Column("cites", String(60), index=True),
        Column("state", String(20), nullable=False),
        Column("paid", BigInteger, nullable=False),
        Column("settled_at", Instant, info=SKIP),
        comment="thông báo nộp tiền",
    ),
)

RECEIPTS = Records(
    Receipt,
    Table(
        "receipts",
        TABLES,
        Column("id", Integer, primary_key=True, autoincrement=False, info=SKIP),
        Column("dossier", String(40), nullable=False, index=True, info=DOSSIER),
        Column("notice", String(60), nullable=False, index=True),
        Column("attempt", String(17), nullable=False, index=True, info=NUMBER),
        Column("number", String(40), nullable=False, index=True, info=NUMBER),
        Column("amount", BigInteger, nullable=False),
        Column("paid_at", Instant, nullable=False, info=SKIP),
        Column("channel", String(20), nullable=False),
        Column("payer", String(20), nullable=False),
        Column("payer_name", String(500), nullable=False),
        Column("outcome", String(20)),
        Column("counted", BigInteger, nullable=False),
        Column("refundable", BigInteger, nullable=False),
        comment="chứng từ",
    ),
)

BOOK = Records(
    BookEntry,
    Table(
        "land_tax_book",
        TABLES,
        Column("commune", String(5), primary_key=True),
        Column("map_sheet", Integer, primary_key=True),
        Column("parcel_number", Integer, primary_key=True),
        Column("commune_before", String(5), nullable=False),
        Column("area", String(12), nullable=False),
        Column("use", String(3), nullable=False),
        Column("certificate", String(20), nullable=False),
        Index("tax_book_place", "map_sheet", "parcel_number"),  # nearly one entry, under either division
        comment="thửa đất trong sổ thuế đất",
    ),
)

USES = Records(
    Use,
    Table(
        "reduced_fee_uses",
        TABLES,
        Column("household", String(12), primary_key=True),
        Column("dossier", String(40), primary_key=True, info=DOSSIER),
        Column("decided_on", Day, nullable=False),
        comment="lần hưởng mức thu giảm",
    ),
)
