"""Makes the transfer slip (phiếu chuyển thông tin) from dossier and register: the form by its day, all its fields."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from services.land import forms
from services.land.checks import FIRST_FORM
from services.land.deadlines import DECREE_151
from services.land.forms import TransferSlip
from services.land.model import Dossier
from services.land.register import Parcel
from services.land.shapes import Content, Declarations, DossierParcel, Holder, PurposeChange
from vn.clock import VN
from vn.errors import NotAllowed
from vn.fidelity import Fact
from vn.parcels import price_table

OFFICE = "Văn phòng đăng ký đất đai tỉnh Lạng Sơn"
POLICE = "Cục Cảnh sát quản lý hành chính về trật tự xã hội"
NEW_EACH_TIME = frozenset({"SoPhieu", "LanLap", "NgayLap"})


def form_of(day: date) -> forms.Form:
    """Mẫu 12/ĐK from 1 August 2024, Mẫu 19 from 1 July 2025; NotAllowed before."""
    if day < FIRST_FORM:
        raise NotAllowed(f"phiếu lập ngày {day:%d/%m/%Y}: mẫu phiếu trước {FIRST_FORM:%d/%m/%Y} (TTLT 88/2016) không được mô phỏng")
    return "19" if day >= DECREE_151 else "12/DK"


def office(parcel: Parcel, day: date) -> str:
    """The branch of the district until 30 June 2025, then the provincial office."""
    district = parcel.commune(day).district_name
    return f"Chi nhánh {OFFICE[0].lower()}{OFFICE[1:].replace(' tỉnh Lạng Sơn', '')} {district}" if district else OFFICE


def make(dossier: Dossier, parcels: Sequence[Parcel], day: date, *, number: str, revision: int) -> dict[str, Any]:
    """The slip of one revision, in native names; the first takes area and commune as typed, later ones from the register."""
    form, content, tax_office = form_of(day), dossier.content, parcels[0].commune(day).tax_office
    typed = revision == 1
    slip = TransferSlip(
        MauPhieu=form,
        SoPhieu=number,
        LanLap=revision,
        NgayLap=day,
        DonViChuyen=office(parcels[0], day),
        KinhGui=forms.TaxOffice(MaCoQuanThue=tax_office.code, TenCoQuanThue=tax_office.name),
        SoBienNhan=dossier.code,
        NgayNhanDuHoSo=dossier.complete_at.astimezone(VN),
        LoaiThuTuc=content.procedure,
        NguoiSuDungDat=(
            *(_taxpayer(each, "BEN_CHUYEN", form) for each in content.transferors),
            *(_taxpayer(each, "BEN_NHAN", form) for each in content.transferees),
        ),
        ThuaDat=tuple(_parcel(content, said if typed else None, each, day) for said, each in zip(content.parcels, parcels, strict=True)),
        TaiSan=tuple(each for parcel in parcels for each in _buildings(parcel, form)),
        ToKhai=content.declarations if typed else _with_keys_of_the_register(content, parcels, day),
        GhiNo=content.deferral,
        GiayToKemTheo=content.papers,
    )
    return written(slip)


def written(slip: TransferSlip) -> dict[str, Any]:
    """As it goes out: what a form does not ask for is absent."""
    body: dict[str, Any] = _present(slip.model_dump(mode="json", by_alias=True))
    if slip.MauPhieu == "12/DK":
        body["ThuaDat"] = [{name: value for name, value in parcel.items() if name != "GiayToQSDD"} for parcel in body["ThuaDat"]]
    return body


def says_the_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two revisions differ in no more than number, revision and day."""
    return all(one.get(name) == other.get(name) for name in (one.keys() | other.keys()) - NEW_EACH_TIME)


def edited(body: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The slip with an officer's changes: objects are merged, lists entry by entry, everything else is replaced."""
    return written(
        TransferSlip.model_validate(_merged(body, {name: value for name, value in changes.items() if name not in NEW_EACH_TIME}))
    )


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{name: _merged(old.get(name), value) for name, value in new.items()}}
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [_merged(one, other) for one, other in zip(old, new, strict=True)]
    return new


def _present(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _present(each) for name, each in value.items() if each is not None}
    return [_present(each) for each in value] if isinstance(value, list) else value


def _taxpayer(holder: Holder, role: Any, form: forms.Form) -> forms.Taxpayer:
    person = holder.party.kind == 1
    paper = forms.IdentityPaper(
        LoaiGiayTo="Căn cước công dân" if person else "Giấy chứng nhận đăng ký doanh nghiệp",
        SoGiayTo=holder.party.id,
        NoiCap=None if form == "19" else POLICE if person else "Phòng Đăng ký kinh doanh tỉnh Lạng Sơn",
    )
    return forms.Taxpayer(VaiTro=role, ChuSuDung=holder.party, TyLe=holder.share, GiayTo=paper)


def _parcel(content: Content, typed: DossierParcel | None, parcel: Parcel, day: date) -> forms.SlipParcel:
    commune, site, change = parcel.commune(day), parcel.land.site, content.declarations.purpose_change
    prices = _prices(parcel, change, day)
    old = day < DECREE_151
    area = typed.area if typed else parcel.area
    return forms.SlipParcel(
        XaId=typed.commune_code if typed else commune.code,
        TenXa=commune.name,
        HuyenId=commune.district_code,
        TenHuyen=commune.district_name,
        SoHieuBanDo=parcel.land.map_sheet,
        SoThuTuThua=parcel.land.number,
        SoPhatHanhGCN=parcel.certificate.serial,
        DiaChiChiTiet=site.place.text(day),
        ViTri=_position(parcel) if old else None,
        Gia=None if old else forms.Price(CanCu="BANG_GIA", DonGia=prices.GiaTheoBangGia),
        DienTich=_areas(area, parcel, change, old=old),
        NguonGoc=site.origin,
        NguonGocChiTiet=site.origin_text,
        MucDich=change.to_use if change else parcel.use,
        MucDichTruoc=change.from_use if change else None,
        ThoiHan=_term(parcel),
        ThoiDiemSuDung=site.used_since,
        HinhThucSuDung=None if old else "RIENG" if len(parcel.holdings) == 1 else "CHUNG",
        GiaDat=prices.GiaTheoBangGia if old else None,
        GiayToQSDD=() if old else _right_papers(parcel, change),
        BangGia=prices,
    )


def _prices(parcel: Parcel, change: PurposeChange | None, day: date) -> forms.Valuation:
    if change is None:
        return forms.Valuation(GiaTheoBangGia=parcel.table_price, TenBangGia=price_table(day), HanMuc=parcel.land.site.quota)
    return forms.Valuation(
        GiaTheoBangGia=parcel.land.site.house_price,
        TenBangGia=price_table(change.decided_on),
        GiaTruocChuyen=next((use.price for use in parcel.land.uses if use.code == change.from_use), None),
        HanMuc=parcel.land.site.quota,
    )


def _areas(area: Decimal, parcel: Parcel, change: PurposeChange | None, *, old: bool) -> forms.Areas:
    alone = len(parcel.holdings) == 1
    subject = min(change.area, area) if change else Decimal(0)
    counted = subject if change else area
    within = min(counted, parcel.land.site.quota)
    return forms.Areas(
        Thua=area,
        Chung=Decimal(0) if alone else area,
        Rieng=area if alone else Decimal(0),
        PhaiNopTSDD=subject,
        KhongPhaiNopTSDD=area - subject,
        TrongHanMuc=within,
        NgoaiHanMuc=counted - within,
        ChuyenMucDich=None if old else subject,
    )


def _position(parcel: Parcel) -> forms.Position:
    site = parcel.land.site
    return forms.Position(DuongDoanKhuVuc=site.place.detail, SoViTri=site.position, ChieuSau=site.depth, ChieuRongNgo=site.alley_width)


def _term(parcel: Parcel) -> forms.Term:
    ends, since = parcel.land.site.term_ends, parcel.land.site.used_since
    if ends is None:
        return forms.Term(Loai="LAU_DAI")
    return forms.Term(Loai="CO_THOI_HAN", SoNam=max(1, min(99, ends.year - since.year)), TuNgay=since, DenNgay=ends)


def _right_papers(parcel: Parcel, change: PurposeChange | None) -> tuple[forms.RightPaper, ...]:
    held = parcel.certificate
    kind = "Giấy chứng nhận quyền sử dụng đất"
    papers = (forms.RightPaper(LoaiGiayTo=kind, SoGiayTo=held.serial, Ngay=held.issued_on, TrichYeu=f"Số vào sổ {held.book_number}"),)
    if change is None:
        return papers
    summary = f"Chuyển mục đích {change.area} m² từ {change.from_use} sang {change.to_use}"
    decision = forms.RightPaper(LoaiGiayTo="Quyết định", SoGiayTo=change.decision_number, Ngay=change.decided_on, TrichYeu=summary)
    return (*papers, decision)


def _buildings(parcel: Parcel, form: forms.Form) -> list[forms.SlipBuilding]:
    alone = len(parcel.holdings) == 1
    return [
        forms.SlipBuilding(
            LoaiNha=each.kind,
            CapHang=each.grade,
            DienTichXayDung=each.construction_area,
            DienTichSan=each.floor_area,
            SoHuuChung=Decimal(0) if alone else each.floor_area,
            SoHuuRieng=each.floor_area if alone else Decimal(0),
            SoTangNoi=each.floors,
            SoTangHam=0,
            NguonGoc="Tự xây dựng",
            NamHoanThanh=each.completed_in if form == "19" else None,
            ThoiHanSoHuu="Sở hữu lâu dài" if form == "19" else None,
        )
        for each in parcel.land.site.buildings
    ]


def _with_keys_of_the_register(content: Content, parcels: Sequence[Parcel], day: date) -> Declarations:
    keys = {said.place: parcel.key(day) for said, parcel in zip(content.parcels, parcels, strict=True)}
    values = tuple(
        value.model_copy(update=dict(zip(("commune_code", "map_sheet", "parcel_number"), keys.get(value.place, value.place), strict=True)))
        for value in content.declarations.values
    )
    return content.declarations.model_copy(update={"values": values})


FACTS = (
    Fact(
        "Form of the slip",
        f"Mẫu 12/ĐK from {FIRST_FORM:%d/%m/%Y}, Mẫu 19 from {DECREE_151:%d/%m/%Y}",
        "NĐ 101/2024; NĐ 151/2025",
        "law",
        "period",
    ),
    Fact("First revision of a slip", "area and commune code as the dossier typed them; later revisions from the register", "", "simulator"),
    Fact("Table price of a parcel with several uses", "the mean by area", "", "assumption"),
    Fact(
        "Areas within and beyond the quota",
        "of the changed area, or of the whole parcel; what house land there was is not counted",
        "",
        "assumption",
    ),
    Fact("Several holders", "use the land together: all of it is shared (Chung)", "", "assumption"),
    Fact("Day of issue of an identity paper", "absent: no register of the simulator holds it", "2.5 of Mẫu 12/ĐK", "simulator"),
)
