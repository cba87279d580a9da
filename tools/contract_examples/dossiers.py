"""Good payloads of dossier.*."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from world import (
    BUYER,
    CHANGE,
    CHANGED,
    CHILD,
    GARDEN,
    GIFT,
    GIVEN,
    GIVER,
    HEAD,
    HOME,
    HOUSE,
    OFFICE,
    SALE,
    SELLERS,
    SOLD,
    at,
    declarations,
    holder,
    key,
    paper,
    party,
)

import contracts as c
from vn.calendar import due_date


def submitted(dossier: str, day: date) -> c.DossierSubmitted:
    sides: dict[str, Any] = {
        SALE: (BUYER, tuple(holder(each, "1/2", day) for each in SELLERS), (holder(BUYER, "1/1", day),), HOUSE),
        GIFT: (CHILD, (holder(GIVER, "1/1", day),), (holder(CHILD, "1/1", day),), HOME),
        CHANGE: (HEAD, (), (holder(HEAD, "1/1", day),), GARDEN),
    }
    applicant, transferors, transferees, land = sides[dossier]
    return c.DossierSubmitted(
        dossier=dossier,
        procedure={SALE: c.Procedure.TRANSFER, GIFT: c.Procedure.GIFT, CHANGE: c.Procedure.CHANGE_PURPOSE}[dossier],
        procedure_code={SALE: "1.012783", GIFT: "1.012783", CHANGE: "1.012796"}[dossier],
        channel=2,
        submitted_at=at(day, 9, 15),
        applicant=party(applicant, day),
        transferors=transferors,
        transferees=transferees,
        parcels=(c.DossierParcel(parcel=key(land, day), area=land.area, certificate=land.certificate),),
        declarations=declarations(dossier),
        papers=(paper("Giấy chứng nhận quyền sử dụng đất", "certificate"), paper("Đơn đăng ký biến động (Mẫu 18)", "application")),
    )


def dossiers() -> Iterator[tuple[str, c.Payload]]:
    yield "dossier.submitted/transfer", submitted(SALE, SOLD)
    yield "dossier.submitted/gift-under-districts", submitted(GIFT, GIVEN)
    yield "dossier.submitted/change-of-purpose", submitted(CHANGE, CHANGED)
    more = (paper("Giấy xác nhận tình trạng hôn nhân", "marital-status"),)
    yield "dossier.supplemented/papers", c.DossierSupplemented(dossier=SALE, supplemented_at=at(date(2025, 8, 14), 10), papers=more)
    yield (
        "dossier.supplemented/parcels",
        c.DossierSupplemented(dossier=SALE, supplemented_at=at(date(2025, 8, 14), 10, 30), parcels=submitted(SALE, SOLD).parcels),
    )
    for name, dossier, reason in (
        ("changed-mind", SALE, "Hai bên thỏa thuận không chuyển nhượng nữa."),
        ("wrong-parcel", GIFT, "Kê khai nhầm thửa đất."),
    ):
        yield (
            f"dossier.withdrawal-requested/{name}",
            c.WithdrawalRequested(dossier=dossier, requested_at=at(date(2025, 8, 18), 8, 5), reason=reason),
        )
    yield (
        "dossier.status-changed/accepted",
        c.StatusChanged(dossier=SALE, status=2, since=at(SOLD, 10), by="Bộ phận Một cửa", due_at=due_date(at(SOLD, 10), 8)),
    )
    yield (
        "dossier.status-changed/supplement-wanted",
        c.StatusChanged(
            dossier=SALE,
            status=5,
            since=at(date(2025, 8, 13), 15, 30),
            by=OFFICE,
            note="Đề nghị bổ sung giấy xác nhận tình trạng hôn nhân.",
            missing=(c.FaultAt(pointer="/papers", reason="thiếu giấy xác nhận tình trạng hôn nhân"),),
        ),
    )
    yield (
        "dossier.status-changed/refused",
        c.StatusChanged(dossier=GIFT, status=3, since=at(GIVEN, 16), by=OFFICE, note="Không thuộc thẩm quyền giải quyết.", final=True),
    )
