"""What the land office keeps: the register with the history of its holders, dossiers, slips, notices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, bindparam, func, select

from services.kit import DOSSIER, NUMBER, SKIP, Day, Instant, Prepared, Reading, Records, Transaction
from services.land.model import Dossier, Slip
from services.land.register import Certificate, Holding, Land, Parcel, Restriction, RestrictionKind
from vn.status import Status

TABLES = MetaData()
FEW = 20  # parcels up to which each is looked up by itself


@dataclass(frozen=True)
class Notice:
    """A payment notice (thông báo nộp tiền) as tax told it; the land office only shows it."""

    number: str
    dossier: str
    revision: int | None
    said: dict[str, Any]
    cancelled: str | None = None


@dataclass(frozen=True)
class Claim:
    """A dossier is about this parcel."""

    dossier: str
    parcel: str


@dataclass(frozen=True)
class Step:
    """One line of a dossier's history (lịch sử xử lý)."""

    dossier: str
    place: int
    at: datetime
    status: int
    by: str
    note: str


LANDS = Records(
    Land,
    Table(
        "parcels",
        TABLES,
        Column("id", String(20), primary_key=True),
        Column("commune", String(5), nullable=False),
        Column("commune_before", String(5), nullable=False),
        Column("map_sheet", Integer, nullable=False),
        Column("number", Integer, nullable=False),
        Column("uses", JSON, nullable=False),
        Column("site", JSON, nullable=False),
        Index("land_parcel_place", "map_sheet", "number"),  # nearly one parcel, under either division
        comment="thửa đất",
    ),
)

HOLDINGS = Records(
    Holding,
    Table(
        "holdings",
        TABLES,
        Column("parcel", String(20), primary_key=True),
        Column("generation", Integer, primary_key=True),
        Column("place", Integer, primary_key=True),
        Column("party", String(14), nullable=False, index=True),
        Column("holder", JSON, nullable=False),
        Column("since", Day, nullable=False),
        Column("dossier", String(40), info=DOSSIER),
        Column("until", Day),
        Column("ended_by", String(40)),
        comment="người sử dụng đất",
    ),
)

CERTIFICATES = Records(
    Certificate,
    Table(
        "certificates",
        TABLES,
        Column("serial", String(12), primary_key=True, info=NUMBER),
        Column("parcel", String(20), nullable=False, index=True),
        Column("book_number", String(10), nullable=False, info=NUMBER),
        Column("issued_on", Day, nullable=False),
        Column("dossier", String(40), info=DOSSIER),
        Column("replaces", String(12)),
        Column("void_since", Day),
        Column("ended_by", String(40)),
        comment="giấy chứng nhận",
    ),
)

RESTRICTIONS = Records(
    Restriction,
    Table(
        "restrictions",
        TABLES,
        Column("id", Integer, primary_key=True, info=SKIP),
        Column("parcel", String(20), nullable=False, index=True),
        Column("kind", String(10), nullable=False),
        Column("note", String(500), nullable=False),
        Column("since", Day, nullable=False),
        Column("until", Day),
        comment="hạn chế quyền",
    ),
)

DOSSIERS = Records(
    Dossier,
    Table(
        "dossiers",
        TABLES,
        Column("code", String(40), primary_key=True, info=DOSSIER),
        Column("status", Integer, nullable=False, index=True),
        Column("content", JSON, nullable=False),
        Column("received_at", Instant, nullable=False, info=SKIP),
        Column("complete_at", Instant, nullable=False, info=SKIP),
        Column("accepted_at", Instant, info=SKIP),
        Column("due_at", Instant, info=SKIP),
        Column("paused_at", Instant, info=SKIP),
        Column("before", Integer),
        Column("supplemented", Boolean, nullable=False),
        Column("final", Boolean, nullable=False),
        Column("revision", Integer, nullable=False),
        comment="hồ sơ",
    ),
)

CLAIMS = Records(
    Claim,
    Table(
        "dossier_parcels",
        TABLES,
        Column("dossier", String(40), primary_key=True, info=DOSSIER),
        Column("parcel", String(20), primary_key=True, index=True),
    ),
)

SLIPS = Records(
    Slip,
    Table(
        "slips",
        TABLES,
        Column("dossier", String(40), primary_key=True, info=DOSSIER),
        Column("revision", Integer, primary_key=True),
        Column("number", String(20), nullable=False, info=NUMBER),
        Column("body", JSON, nullable=False, info=SKIP),  # the feed has it, without its instants
        Column("issued_at", Instant, nullable=False, info=SKIP),
        Column("state", String(10), nullable=False),
        Column("basis", String(20)),
        Column("faults", JSON, nullable=False),
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
        Column("revision", Integer),
        Column("said", JSON, nullable=False),
        Column("cancelled", String(4000)),
        comment="thông báo nộp tiền",
    ),
)

STEPS = Records(
    Step,
    Table(
        "steps",
        TABLES,
        Column("dossier", String(40), primary_key=True, info=DOSSIER),
        Column("place", BigInteger, primary_key=True, info=SKIP),
        Column("at", Instant, nullable=False, info=SKIP),
        Column("status", Integer, nullable=False, info=SKIP),  # of the moment: a notice may come before or after a change
        Column("by", String(500), nullable=False),
        Column("note", String(8000), nullable=False),
        comment="lịch sử xử lý",
    ),
)


_LAST_RESTRICTION = Prepared(select(func.max(RESTRICTIONS.table.c.id).label("last")))
_claim, _dossier = CLAIMS.table.c, DOSSIERS.table.c
_IN_WORK_ON = Prepared(
    select(_dossier.code, _dossier.accepted_at)
    .join(CLAIMS.table, _dossier.code == _claim.dossier)
    .where(_claim.parcel == bindparam("about"), _dossier.final.is_(False), _dossier.status != int(Status.DONE))
    .where(_dossier.status != int(Status.RETURNED))
    .order_by(_dossier.code)
)


def find_parcel(tx: Reading, commune: str, map_sheet: int, number: int) -> Parcel | None:
    """The parcel with this key, in the codes of either division, as it stands."""
    place = {"map_sheet": map_sheet, "number": number}
    found = LANDS.find(tx, commune=commune, **place) or LANDS.find(tx, commune_before=commune, **place)
    return whole(tx, found[:1])[0] if found else None


def whole(tx: Reading, lands: Sequence[Land]) -> list[Parcel]:
    """Parcels with their holders, valid certificates and standing restrictions."""
    parcels: list[dict[str, Any]] = [{"parcel": land.id} for land in lands] if len(lands) <= FEW else [{}]
    holdings = _by_parcel(each for where in parcels for each in HOLDINGS.find(tx, **where, until=None))
    certificates = _by_parcel(each for where in parcels for each in CERTIFICATES.find(tx, **where, void_since=None))
    restrictions = _by_parcel(each for where in parcels for each in RESTRICTIONS.find(tx, **where, until=None))
    return [Parcel(land, tuple(holdings[land.id]), certificates[land.id][0], tuple(restrictions.get(land.id, ()))) for land in lands]


def _by_parcel(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.parcel, []).append(row)
    return found


def add_parcels(tx: Transaction, parcels: Sequence[Parcel]) -> None:
    """Parcels that are new in the register."""
    LANDS.add_all(tx, [each.land for each in parcels])
    CERTIFICATES.add_all(tx, [each.certificate for each in parcels])
    HOLDINGS.add_all(tx, [holding for each in parcels for holding in each.holdings])
    RESTRICTIONS.add_all(tx, [restriction for each in parcels for restriction in each.restrictions])


def hand_over(tx: Transaction, old: Parcel, new: Parcel, ended: Iterable[Holding]) -> None:
    """The old holdings end, the new ones begin; one certificate takes the place of the other."""
    for holding in ended:
        HOLDINGS.put(tx, holding)
    for holding in new.holdings:
        HOLDINGS.add(tx, holding)
    issued = new.certificate
    CERTIFICATES.put(tx, replace(old.certificate, void_since=issued.issued_on, ended_by=issued.dossier))
    CERTIFICATES.add(tx, issued)


def restrict(tx: Transaction, parcel: str, kind: RestrictionKind, text: str) -> Restriction:
    """A new mortgage or dispute, as of today."""
    last = tx.value(_LAST_RESTRICTION) or 0
    restriction = Restriction(last + 1, parcel, kind, text, tx.now.date())
    RESTRICTIONS.add(tx, restriction)
    return restriction


def open_dossiers(tx: Reading, parcels: Iterable[str], *, accepted_only: bool = False) -> dict[str, list[str]]:
    """For each of these parcels the dossiers in work on it, in the order of their codes."""
    found = {parcel: tx.rows(_IN_WORK_ON, {"about": parcel}) for parcel in parcels}
    return {parcel: [row["code"] for row in rows if row["accepted_at"] or not accepted_only] for parcel, rows in found.items()}


def slip_of(tx: Reading, dossier: Dossier) -> Slip | None:
    """The current revision, if one was sent."""
    return SLIPS.seek(tx, dossier.code, dossier.revision) if dossier.revision else None


def note(tx: Transaction, dossier: Dossier, by: str, text: str) -> None:
    """A line of the history."""
    place = STEPS.count(tx, dossier=dossier.code) + 1
    STEPS.add(tx, Step(dossier.code, place, tx.now, int(dossier.status), by, text))
