"""The register's checks of a dossier: every fault at once, told apart by whether the citizen can mend it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.land.register import RESTRICTIONS, Parcel
from services.land.shapes import Content, Holder, Procedure, PurposeChange, written
from vn.errors import Fault
from vn.fidelity import Fact

PAPERS: dict[Procedure, dict[str, str]] = {
    Procedure.TRANSFER: {"certificate": "giấy chứng nhận (GCN)", "contract": "hợp đồng chuyển nhượng"},
    Procedure.GIFT: {"certificate": "giấy chứng nhận (GCN)", "contract": "hợp đồng tặng cho"},
    Procedure.CHANGE_PURPOSE: {"certificate": "giấy chứng nhận (GCN)", "decision": "quyết định cho phép chuyển mục đích sử dụng đất"},
}
HOUSE_LAND = ("ONT", "ODT")
FIRST_FORM = date(2024, 8, 1)  # Mẫu 12/ĐK of NĐ 101/2024/NĐ-CP; older forms are not simulated
PARCELS, SELLERS, BUYERS = "/ThongTinThuaDat", "/BenChuyen", "/BenNhan"


@dataclass(frozen=True)
class Findings:
    """What is wrong for good (the dossier is refused), and what is missing (the citizen is asked)."""

    wrong: tuple[Fault, ...] = ()
    missing: tuple[Fault, ...] = ()

    @property
    def all(self) -> tuple[Fault, ...]:
        """Every fault, what is wrong first."""
        return self.wrong + self.missing


def check(content: Content, parcels: Sequence[Parcel | None], others: Mapping[str, str], on: date) -> Findings:
    """All faults of a dossier against the register; `others`: parcel id to the dossier that is already in work on it."""
    wrong = [*_parcels(content, parcels, others), *restricted(parcels), *_parties(content)]
    wrong += [] if content.procedure is Procedure.CHANGE_PURPOSE else _sellers(content, parcels)
    missing = [*_papers(content), *_declared(content, on)]
    change = content.declarations.purpose_change
    if content.procedure is Procedure.CHANGE_PURPOSE and change is not None:
        wrong += _purpose(content, change, parcels)
    if on < FIRST_FORM:
        wrong.append(Fault("", f"ngày lập phiếu chuyển thông tin trước {FIRST_FORM:%d/%m/%Y}: mẫu phiếu thời kỳ này không được mô phỏng"))
    return Findings(tuple(wrong), tuple(missing))


def restricted(parcels: Sequence[Parcel | None]) -> Iterator[Fault]:
    """Every mortgage and dispute on the parcels."""
    for place, parcel in enumerate(parcels):
        for each in parcel.restrictions if parcel else ():
            yield Fault(f"{PARCELS}/{place}", f"thửa đất {RESTRICTIONS[each.kind]}: {each.note}")


def not_holding(content: Content, parcels: Sequence[Parcel]) -> list[Fault]:
    """Why those who give, or whose land's use changes, do not hold the parcels as the dossier says."""
    if content.procedure is Procedure.CHANGE_PURPOSE:
        return [fault for place, parcel in enumerate(parcels) for fault in _against(content.transferees, BUYERS, place, parcel)]
    return [fault for place, parcel in enumerate(parcels) for fault in _against(content.transferors, SELLERS, place, parcel)]


def _parcels(content: Content, parcels: Sequence[Parcel | None], others: Mapping[str, str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, (said, parcel) in enumerate(zip(content.parcels, parcels, strict=True)):
        at = f"{PARCELS}/{place}"
        if parcel is None:
            yield Fault(at, f"không có {said} trong sổ địa chính")
            continue
        if parcel.id in seen:
            yield Fault(at, f"{said} được nêu hai lần")
        seen.add(parcel.id)
        if said.certificate != parcel.certificate.serial:
            reason = f"giấy chứng nhận {said.certificate} không phải giấy chứng nhận đang có hiệu lực của thửa đất"
            yield Fault(f"{at}/SoPhatHanhGCN", reason)
        if parcel.id in others:
            yield Fault(at, f"thửa đất đang được giải quyết trong hồ sơ {others[parcel.id]}")


def _parties(content: Content) -> Iterator[Fault]:
    sellers = Counter(each.party.id for each in content.transferors)
    for side, holders in ((SELLERS, content.transferors), (BUYERS, content.transferees)):
        for party, times in Counter(each.party.id for each in holders).items():
            if times > 1:
                yield Fault(side, f"{party} được nêu {times} lần")
        total = sum((each.share for each in holders), Fraction(0))
        if holders and total != 1:
            yield Fault(side, f"tổng các phần quyền là {written(total)}, phải là 1/1")
    for place, each in enumerate(content.transferees):
        if each.party.id in sellers:
            yield Fault(f"{BUYERS}/{place}", "bên nhận cũng là bên chuyển")
    if content.procedure is Procedure.CHANGE_PURPOSE and content.transferors:
        yield Fault(SELLERS, "chuyển mục đích sử dụng đất không có bên chuyển")


def _sellers(content: Content, parcels: Sequence[Parcel | None]) -> Iterator[Fault]:
    if not content.transferors:
        yield Fault(SELLERS, "phải có bên chuyển")
        return
    for place, parcel in enumerate(parcels):
        if parcel is not None:
            yield from _against(content.transferors, SELLERS, place, parcel)


def _against(holders: Sequence[Holder], side: str, parcel_place: int, parcel: Parcel) -> Iterator[Fault]:
    held = parcel.shares
    for place, each in enumerate(holders):
        share = held.pop(each.party.id, None)
        if share is None:
            yield Fault(f"{side}/{place}", f"không phải người sử dụng thửa đất thứ {parcel_place + 1} theo sổ địa chính")
        elif share != each.share:
            reason = f"phần quyền ở thửa đất thứ {parcel_place + 1} theo sổ địa chính là {written(share)}"
            yield Fault(f"{side}/{place}/TyLe", reason)
    for _ in held:
        yield Fault(side, f"thiếu một người cùng sử dụng thửa đất thứ {parcel_place + 1} theo sổ địa chính")


def _purpose(content: Content, change: PurposeChange, parcels: Sequence[Parcel | None]) -> Iterator[Fault]:
    at = "/ToKhai/ChuyenMucDich"
    if len(parcels) != 1:
        yield Fault(PARCELS, "mỗi hồ sơ chuyển mục đích chỉ có một thửa đất")
    if change.to_use not in HOUSE_LAND:
        yield Fault(f"{at}/MucDichSau", f"chỉ mô phỏng chuyển sang đất ở ({', '.join(HOUSE_LAND)})")
    for place, parcel in enumerate(parcels):
        if parcel is None:
            continue
        yield from _against(content.transferees, BUYERS, place, parcel)
        uses = {use.code: use for use in parcel.land.uses}
        if change.from_use not in uses:
            yield Fault(f"{at}/MucDichTruoc", f"thửa đất không có mục đích {change.from_use}, chỉ có {', '.join(uses)}")
        elif change.area > uses[change.from_use].area:
            yield Fault(f"{at}/DienTichChuyen", f"thửa đất chỉ có {uses[change.from_use].area} m² {change.from_use}")


def _papers(content: Content) -> Iterator[Fault]:
    given = {paper.kind for paper in content.papers}
    for kind, name in PAPERS[content.procedure].items():
        if kind not in given:
            yield Fault("/DanhSachGiayToDinhKem", f"thiếu {name}")


def _declared(content: Content, on: date) -> Iterator[Fault]:
    said = content.declarations
    if content.procedure is Procedure.CHANGE_PURPOSE:
        if said.purpose_change is None:
            yield Fault("/ToKhai/ChuyenMucDich", "phải có quyết định cho phép chuyển mục đích sử dụng đất")
        elif said.purpose_change.decided_on > on:
            yield Fault("/ToKhai/ChuyenMucDich/NgayQuyetDinh", "ngày quyết định chưa đến")
        return
    if said.contract is None:
        yield Fault("/ToKhai/HopDong", "phải có hợp đồng")
    elif said.contract.signed_on > on:
        yield Fault("/ToKhai/HopDong/NgayKy", "ngày ký hợp đồng chưa đến")
    yield from _values(content)
    for place, claim in enumerate(said.relations):
        for name, party, side in (("BenChuyen", claim.transferor, content.transferors), ("BenNhan", claim.transferee, content.transferees)):
            if party not in _ids(side):
                yield Fault(f"/ToKhai/QuanHeDuocMien/{place}/{name}", "không phải một bên của hồ sơ")


def _values(content: Content) -> Iterator[Fault]:
    named = [parcel.place for parcel in content.parcels]
    valued = Counter(value.place for value in content.declarations.values)
    for place, value in enumerate(content.declarations.values):
        if value.place not in named:
            yield Fault(f"/ToKhai/GiaTriThuaDat/{place}", "không phải một thửa đất của hồ sơ")
    for place, key in enumerate(named):
        least = 0 if content.procedure is Procedure.GIFT else 1  # a gift has no price
        if not least <= valued[key] <= 1:
            said = "thiếu giá trị" if not valued[key] else "có hơn một giá trị"
            yield Fault("/ToKhai/GiaTriThuaDat", f"{said} của thửa đất thứ {place + 1}")


def _ids(holders: Iterable[Holder]) -> set[str]:
    return {each.party.id for each in holders}


FACTS = (
    Fact("Papers that a dossier must have", str({each.value: list(papers) for each, papers in PAPERS.items()}), "", "assumption"),
    Fact("First day of a slip", f"{FIRST_FORM:%d/%m/%Y}", "Mẫu 12/ĐK, NĐ 101/2024/NĐ-CP", "law", "period"),
    Fact("Area and commune as the dossier types them", "not compared with the register before the first slip", "", "simulator"),
    Fact("Parts of a right", "only the whole right of all holders is transferred", "", "simulator"),
    Fact("A parcel in another dossier", "refused while that one is in work", "", "assumption"),
)
