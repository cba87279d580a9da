"""Whole forms of the portal, composed of parties, parcels and papers: a sale, a gift, a change of use."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from app.samples.parts import (
    RELATIONS,
    Form,
    Parcel,
    Scene,
    applicant,
    contract,
    holders,
    papers,
    parcel_said,
    party,
)
from vn.people import Organisation, Person

Side: TypeAlias = Sequence[tuple[Person | Organisation, Fraction]]

HOUSE_LAND = ("ODT", "ONT")


def sale(
    scene: Scene, parcels: Sequence[Parcel], sellers: Side, buyers: Side, *, relation: str | None = None, prices: Sequence[int] = ()
) -> Form:
    """The whole of these parcels is sold; without prices each gets one near the table's."""
    chosen = prices or [scene.price(each) for each in parcels]
    said = [parcel_said(scene, each, price=price) for each, price in zip(parcels, chosen, strict=True)]
    return {"LoaiThuTuc": "CHUYEN_NHUONG", **_handed_over(scene, said, sellers, buyers, relation=relation)}


def gift(
    scene: Scene, parcels: Sequence[Parcel], sellers: Side, buyers: Side, *, relation: str | None = None, prices: Sequence[int] = ()
) -> Form:
    """They are given away; `relation`, a key of RELATIONS, is claimed of every giver to every receiver, with its paper."""
    chosen: Sequence[int | None] = prices or [None] * len(parcels)
    said = [parcel_said(scene, each, price=price) for each, price in zip(parcels, chosen, strict=True)]
    return {"LoaiThuTuc": "TANG_CHO", **_handed_over(scene, said, sellers, buyers, relation=relation)}


def change_of_use(scene: Scene, parcel: Parcel, users: Side, *, part: Fraction = Fraction(1)) -> Form:
    """So much of what is no house land becomes house land."""
    side, decided = [party(one, scene.on, share) for one, share in users], scene.recent("decided")
    uses = {use["MucDich"]: Fraction(str(use["DienTich"])) for use in parcel["MucDichSuDung"]}
    before = next((code for code in uses if code not in HOUSE_LAND), next(iter(uses)))
    first = users[0][0]
    return {
        "LoaiThuTuc": "CHUYEN_MUC_DICH",
        **applicant(side[0]),
        "BenChuyen": [],
        "BenNhan": side,
        "ThuaDat": [parcel_said(scene, parcel)],
        "ChuyenMucDich": {
            "SoQuyetDinh": f"{scene.integer(1, 999, 'decision')}/QĐ-UBND",
            "NgayQuyetDinh": f"{decided:%Y%m%d}",
            "CoQuanQuyetDinh": f"Ủy ban nhân dân (mô phỏng), {parcel['TenXa']}",
            "MucDichTruoc": before,
            "MucDichSau": next((code for code in uses if code in HOUSE_LAND), "ODT"),
            "DienTichChuyen": round(float(uses[before] * part), 2),
            "ChuHo": scene.head(first).personal_id,
        },
        "TaiLieuNop": papers(scene, "DON_DANG_KY", "GCN", "QUYET_DINH", "CCCD", "TO_KHAI_LPTB"),
    }


def all_holders(scene: Scene, parcel: Parcel) -> list[tuple[Person | Organisation, Fraction]]:
    """Who holds a parcel by the register, each with the share."""
    return [(scene.holder(number), share) for number, share in holders(parcel).items()]


def _handed_over(scene: Scene, parcels: Sequence[Form], sellers: Side, buyers: Side, *, relation: str | None) -> Form:
    receiving = [party(one, scene.on, share) for one, share in buyers]
    firm = ["GCN_DKDN"] if any(isinstance(one, Organisation) for one, _ in buyers) else []
    related = ["QUAN_HE"] if relation is not None else []
    return {
        **applicant(receiving[0]),
        "BenChuyen": [party(one, scene.on, share) for one, share in sellers],
        "BenNhan": receiving,
        "ThuaDat": list(parcels),
        "HopDong": contract(scene),
        "TaiLieuNop": papers(scene, "DON_DANG_KY", "GCN", "HOP_DONG", "CCCD", *firm, "TO_KHAI_TNCN", "TO_KHAI_LPTB", *related),
        **({} if relation is None else {"QuanHe": _claims(sellers, buyers, relation)}),
    }


def _claims(sellers: Side, buyers: Side, relation: str) -> list[Form]:
    code, paper = RELATIONS[relation]
    people = [[one.personal_id for one, _ in side if isinstance(one, Person)] for side in (sellers, buyers)]
    claimed = {"QuanHe": code, "GiayToChungMinh": paper}
    return [{"BenChuyen": giver, "BenNhan": receiver, **claimed} for giver, receiver in product(*people)]
