"""What was handed in, as a script says it: the step `submit`, and what `supplement` gives."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

from adapters.dvc import words
from app.play.record.parties import Parcel, Parties, identity
from vn.money import split

__all__ = ["HandedIn", "Papers", "declared", "handed_in", "papers_of"]

Said = Mapping[str, Any]
NATIVE = {contract: native for native, contract in words.PAPERS.items()}
RELATIONS = {contract: native for native, contract in words.RELATIONS.items()}
TOLD = ("spouse", "parent-child", "sibling", "grandparent-grandchild")
NEEDED = ("GCN", "HOP_DONG", "QUYET_DINH")  # without these the land office asks for more
RESTRICTIONS = {"đang thế chấp": "mortgage", "đang có tranh chấp": "dispute"}
WRONG = {"không phải giấy chứng nhận": "certificate", "không phải người sử dụng": "holder"}
"""What the land office's check says of a dossier that it refuses, and how a script makes one wrong in this way."""
GIVEN = {"transfer": ("seller", "buyer"), "gift": ("giver", "receiver"), "change-purpose": ("owner", "owner")}
Papers = list[str]


@dataclass(frozen=True)
class HandedIn:
    """The step, and what is wrong with the dossier as in the recording: `papers`, `declared`, `slip`, `refused`."""

    step: Mapping[str, Any]
    mended: frozenset[str]
    parcels: Sequence[Parcel]


def handed_in(said: Said, slip: Said | None, parties: Parties, name: str, *, reasons: str = "") -> HandedIn:
    """Of `dossier.submitted`; `slip` is the last one of this dossier, None where there is none.

    `reasons`: why the land office's own check refused it, as far as the draft may make it wrong in the same way.
    """
    procedure = str(said["procedure"])
    givers, receivers = (list(said.get(side, ())) for side in ("transferors", "transferees"))
    sides = [[parties.name(each["party"], role) for each in side] for side, role in zip((givers, receivers), GIVEN[procedure], strict=True)]
    held = givers or receivers
    parcels = [parties.parcel(said, place, slip, held) for place in range(len(said["parcels"]))]
    step: dict[str, Any] = {"as": name, "procedure": procedure}
    if givers:
        step["from"] = _one(sides[0])
    step["to"] = _shared(sides[1], receivers)
    step["parcel"] = _one([each.name for each in parcels])
    price, single = _price(said, parcels)
    if price:
        step["price"] = price
    claims = said["declarations"].get("relations", ())
    relation, uniform = _relation(said, claims, parties)
    if relation is not None:
        step["relation"] = relation
    missing = _missing(said, claims)
    if missing:
        step["without"] = missing
    now, changes = declared(said, parties), dict[str, Any]()
    changes |= {at: now[at] for at in now if at.endswith("/GiaTri") and not single}
    changes |= {at: value for at, value in now.items() if at == "/QuanHe" and not uniform}
    changes |= {at: value for at, value in now.items() if at.startswith(("/GhiNo", "/NhaDat", "/ChuyenMucDich"))}
    if (wrong := next((word for reason, word in WRONG.items() if reason in reasons), None)) is not None:
        step["wrong"] = wrong
    restriction = next((word for reason, word in RESTRICTIONS.items() if reason in reasons), None)
    if restriction is not None:
        parcels = [parties.restrict(parcels[0], restriction), *parcels[1:]]
    typed = dict(_typed(said, slip, parcels))
    changes |= typed
    if changes:
        step["with"] = changes
    owed = any(dict(said.get("deferral") or {}).values())
    doubled = len({(each["transferor"], each["transferee"]) for each in claims}) < len(claims)
    mended = {
        "papers": any(kind in (*NEEDED, "QUAN_HE") for kind in missing),
        "declared": owed or doubled,
        "slip": bool(typed),
        "refused": "wrong" in step or restriction is not None,
    }
    return HandedIn(step, frozenset(word for word, holds in mended.items() if holds), parcels)


def declared(said: Said, parties: Parties) -> dict[str, Any]:
    """What the declarations of a dossier, or of a supplement, say in the portal's own names, by pointer into its form."""
    found: dict[str, Any] = {}
    told = said.get("declarations") or {}
    for place, value in enumerate(told.get("values", ())):
        found[f"/ThuaDat/{place}/GiaTri"] = value["value"]
    if told.get("relations"):
        found["/QuanHe"] = [
            {
                "BenChuyen": f"{{{parties.names[each['transferor']]}./identity}}",
                "BenNhan": f"{{{parties.names[each['transferee']]}./identity}}",
                "QuanHe": RELATIONS[each["relation"]],
                "GiayToChungMinh": "Giấy tờ về quan hệ",
            }
            for each in told["relations"]
            if each["transferor"] in parties.names and each["transferee"] in parties.names
        ]
    if told.get("onlyHome"):
        found["/NhaDatDuyNhat"] = [f"{{{parties.names[each]}./identity}}" for each in told["onlyHome"] if each in parties.names]
    if any(dict(said.get("deferral") or {}).values()):
        owed = said["deferral"]
        found["/GhiNo"] = {"TienSuDungDat": bool(owed.get("landUseFee")), "LePhiTruocBa": bool(owed.get("registrationFee"))}
    if change := told.get("purposeChange"):
        day = str(change["decidedOn"]).replace("-", "")
        found["/ChuyenMucDich/NgayQuyetDinh"] = day
        found["/ChuyenMucDich/MucDichSau"] = change["toUse"]
        found["/ChuyenMucDich/DienTichChuyen"] = Decimal(str(change["area"]))
    return found


def papers_of(said: Said) -> Papers:
    """The papers given, by the portal's words."""
    kinds = (NATIVE.get(str(each["kind"])) for each in said.get("papers", ()))
    return list(dict.fromkeys(kind for kind in kinds if kind not in (None, "UY_QUYEN", "KHAC")))


def _one(names: Sequence[str]) -> Any:
    return names[0] if len(names) == 1 else list(names)


def _shared(names: Sequence[str], holders: Sequence[Said]) -> Any:
    shares = [str(Fraction(each["share"])) for each in holders]
    return names[0] if shares == ["1"] else dict(zip(names, shares, strict=True))


def _price(said: Said, parcels: Sequence[Parcel]) -> tuple[int, bool]:
    """The whole price, and whether a script's one price is shared out as it was declared."""
    values = [int(each["value"]) for each in said["declarations"].get("values", ())]
    total, areas = sum(values), [Fraction(str(each.area)) for each in parcels]
    return total, not total or (len(values) == len(areas) and split(total, [area / sum(areas) for area in areas]) == values)


def _relation(said: Said, claims: Sequence[Said], parties: Parties) -> tuple[str | None, bool]:
    """The relation that the step claims, and whether it claims just what was claimed."""
    if not claims:
        return None, True
    people = {identity(each["party"]): each["party"] for side in ("transferors", "transferees") for each in said.get(side, ())}
    for claim in claims:
        _tie(claim, people, parties)
    pairs = [
        (identity(one["party"]), identity(other["party"]))
        for one, other in product(said["transferors"], said["transferees"])
        if "organisation" not in (one["party"]["kind"], other["party"]["kind"])
    ]
    kinds = {str(each["relation"]) for each in claims}
    uniform = len(kinds) == 1 and sorted((each["transferor"], each["transferee"]) for each in claims) == sorted(pairs)
    first = str(claims[0]["relation"])
    return (first if first in TOLD else TOLD[0]), uniform and first in TOLD


def _tie(claim: Said, people: Mapping[str, Said], parties: Parties) -> None:
    """Who claims to be related is given as related, where a script can say how."""
    giver, receiver = people.get(claim["transferor"]), people.get(claim["transferee"])
    if giver is None or receiver is None:
        return
    one, other = parties.names[identity(receiver)], parties.names[identity(giver)]
    match claim["relation"]:
        case "spouse" | "sibling" as what:
            parties.relate(one, other, str(what))
        case "parent-child":
            older = str(giver.get("birthDate")) < str(receiver.get("birthDate"))
            parties.relate(one, other, "child" if older else "parent")


def _missing(said: Said, claims: Sequence[Said]) -> Papers:
    """What a script's form has and the recorded one had not."""
    if said["procedure"] == "change-purpose":
        usual: tuple[str, ...] = ("DON_DANG_KY", "GCN", "QUYET_DINH", "CCCD", "TO_KHAI_LPTB")
    else:
        firm = any(each["party"]["kind"] == "organisation" for each in said["transferees"])
        extra = (*(("GCN_DKDN",) if firm else ()), *(("QUAN_HE",) if claims else ()))
        usual = ("DON_DANG_KY", "GCN", "HOP_DONG", "CCCD", "TO_KHAI_TNCN", "TO_KHAI_LPTB", *extra)
    there = {NATIVE.get(str(each["kind"])) for each in said.get("papers", ())}
    return [kind for kind in usual if kind not in there]


def _typed(said: Said, slip: Said | None, parcels: Sequence[Parcel]) -> Iterator[tuple[str, Any]]:
    """What the citizen typed otherwise than the register has it, where a later slip shows that."""
    for place, each in enumerate(said["parcels"] if slip is not None else ()):
        if Decimal(str(each["area"])) != parcels[place].area:
            yield f"/ThuaDat/{place}/DienTich", Decimal(str(each["area"]))
        if slip is not None and each["parcel"]["communeCode"] != slip["parcels"][place]["parcel"]["communeCode"]:
            yield f"/ThuaDat/{place}/MaXa", str(each["parcel"]["communeCode"])
