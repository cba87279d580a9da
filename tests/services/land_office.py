"""The land office under test: dossiers about parcels it really holds, and what the one-stop and tax would tell it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from typing import Any

import httpx

from services.kit import AgencySettings
from services.land import create_app
from services.land.seed import party
from services.land.shapes import written
from tests.services.serving import at_rest, feed, frozen, serving
from vn.parcels import Parcel, Parcels
from vn.people import Person, Population
from vn.units import NEW_DIVISION

DOSSIER = "H37.10-250804-0001"
MONDAY = "2025-08-04T08:00:00+07:00"
SEED = 2024


@cache
def people() -> Population:
    return Population(SEED)


@cache
def land() -> Parcels:
    return Parcels(people(), seed=SEED)


def parcel(fits: Callable[[Parcel], bool]) -> Parcel:
    """The first parcel that fits."""
    return next(each for each in land() if fits(each))


def alone(each: Parcel) -> bool:
    return len(each.holders) == 1 and len(each.uses) == 1 and isinstance(each.holders[0].party, Person) and free(each)


def free(each: Parcel) -> bool:
    return not each.mortgage and not each.dispute


def in_city(each: Parcel) -> bool:
    return not each.commune(NEW_DIVISION).mountain


def garden(each: Parcel) -> bool:
    return len(each.uses) == 2


def buyer(*not_these: Parcel) -> Person:
    """Somebody who holds none of these."""
    holders = {holding.party for each in not_these for holding in each.holders}
    return next(person for person in people().people if person not in holders)


def holder(one: Any, share: Fraction = Fraction(1)) -> dict[str, Any]:
    return {"ChuSuDung": party(one).model_dump(mode="json", by_alias=True, exclude_none=True), "TyLe": written(share)}


def paper(kind: str) -> dict[str, Any]:
    rest = {"SoBanChinh": 1, "SoBanSao": 0, "DinhDang": "application/pdf", "KichThuoc": 1000, "MaBam": "ab" * 32}
    return {"TenGiayTo": f"Giấy tờ {kind}", "LoaiGiayTo": kind, **rest}


def key(each: Parcel) -> dict[str, Any]:
    code, sheet, number = each.key(NEW_DIVISION)
    return {"XaId": code, "SoHieuBanDo": sheet, "SoThuTuThua": number}


def said(each: Parcel) -> dict[str, Any]:
    return {**key(each), "DienTich": float(each.area), "SoPhatHanhGCN": each.certificate}


def transfer(*parcels: Parcel, code: str = DOSSIER, to: Person | None = None, **changes: Any) -> dict[str, Any]:
    """TiepNhanHoSo of a transfer of whole parcels by all who hold them."""
    sellers = parcels[0].holders
    body = {
        "SoBienNhan": code,
        "LoaiThuTuc": "CHUYEN_NHUONG",
        "MaQuyTrinh": "1.012784",
        "KenhThucHien": 2,
        "NgayTiepNhan": "04/08/2025 07:45:00",
        "ThongTinNguoiNopDon": holder(sellers[0].party)["ChuSuDung"],
        "BenChuyen": [holder(each.party, each.share) for each in sellers],
        "BenNhan": [holder(to or buyer(*parcels))],
        "ThongTinThuaDat": [said(each) for each in parcels],
        "ToKhai": {
            "HopDong": {"SoHopDong": "12/HĐCN", "NgayKy": "01/08/2025", "NoiCongChung": "Văn phòng công chứng số 1"},
            "GiaTriThuaDat": [{**key(each), "GiaTri": 900_000_000} for each in parcels],
        },
        "DanhSachGiayToDinhKem": [paper("certificate"), paper("contract")],
    }
    return {**body, **changes}


def change_of_purpose(of: Parcel, area: float, *, code: str = DOSSIER, **changes: Any) -> dict[str, Any]:
    """TiepNhanHoSo of a change of garden into house land."""
    head = of.holders[0].party
    assert isinstance(head, Person)
    decision = {
        "SoQuyetDinh": "15/QĐ-UBND",
        "NgayQuyetDinh": "01/08/2025",
        "CoQuanQuyetDinh": "UBND xã",
        "MucDichTruoc": "CLN",
        "MucDichSau": of.uses[0].code,
        "DienTichChuyen": area,
        "ChuHo": head.personal_id,
    }
    body = transfer(of, code=code) | {
        "LoaiThuTuc": "CHUYEN_MUC_DICH",
        "BenChuyen": [],
        "BenNhan": [holder(each.party, each.share) for each in of.holders],
        "ToKhai": {"ChuyenMucDich": decision},
        "DanhSachGiayToDinhKem": [paper("certificate"), paper("decision")],
    }
    return {**body, **changes}


class Office:
    """One land office over HTTP; every call of the exchange has its own key."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self._calls = 0

    def post(self, path: str, body: dict[str, Any], *, id: str | None = None) -> httpx.Response:
        """As an adapter does, and then everything that is due is done."""
        self._calls += 1
        headers = {"Idempotency-Key": f"VN/GOV/X/x {id or self._calls}", "X-Correlation-Id": "case"}
        answer = self.client.post(path, json=body, headers=headers)
        at_rest(self.client)
        return answer

    def take_in(self, body: dict[str, Any]) -> None:
        assert self.post("/TiepNhanHoSo", body).json()["data"] == 1

    def decide(self, action: str, *, code: str = DOSSIER, **more: Any) -> httpx.Response:
        return self.post(f"/ho-so/{code}/quyet-dinh", {"HanhDong": action, **more})

    def manual(self, *decisions: str) -> None:
        self.client.put("/_lgsp/policy", json=dict.fromkeys(decisions, "manual")).raise_for_status()

    def dossier(self, code: str = DOSSIER) -> dict[str, Any]:
        return dict(self.client.get(f"/ho-so/{code}").raise_for_status().json())

    def status(self, code: str = DOSSIER) -> int:
        return int(self.dossier(code)["TrangThai"])

    def parcel(self, of: Parcel) -> dict[str, Any]:
        return dict(self.client.get("/thua-dat/{}/{}/{}".format(*of.key(NEW_DIVISION))).raise_for_status().json())

    def holders(self, of: Parcel) -> list[str]:
        return [each["ChuSuDung"]["SoDinhDanh"] for each in self.parcel(of)["NguoiSuDung"]]

    def told(self, kind: str | None = None) -> list[dict[str, Any]]:
        return [each["body"] for each in feed(self.client, after=0) if kind in (None, each["kind"])]

    def statuses(self) -> list[int]:
        """The statuses told, in order."""
        return [each["TrangThai"] for each in self.told("TRANG_THAI")]

    def slip(self) -> dict[str, Any]:
        return self.told("PHIEU_CHUYEN")[-1]

    def about_slip(self, **more: Any) -> dict[str, Any]:
        slip = self.slip()
        return {"SoBienNhan": slip["SoBienNhan"], "SoPhieu": slip["SoPhieu"], "LanLap": slip["LanLap"], **more}

    def complete(self, **more: Any) -> httpx.Response:
        paid = {"SoThongBaoThue": "LTB0000001-TK0000001/TB-CCT", "SoTien": 1, "NgayHoanThanh": "05/08/2025 09:00:00"}
        rest = {"NgayHoanThanh": "05/08/2025 09:00:00", "TongTien": 1, "DanhSachThongBaoThue": [paid]}
        return self.post("/HoanThanhNghiaVu", self.about_slip(**rest) | more)

    def nothing_due(self) -> httpx.Response:
        free_of = [{"LoaiThue": "TNCN", "MaSoThue": "020079238759", "CanCuPhapLy": "miễn"}]
        return self.post("/KhongPhatSinhNghiaVu", self.about_slip(NgayXacNhan="05/08/2025 09:00:00", DanhSachMien=free_of))

    def send_back(self, *faults: tuple[str, str], **more: Any) -> httpx.Response:
        listed = [{"Truong": where, "LyDo": why} for where, why in faults or (("/ThuaDat/0/DienTich/Thua", "khác sổ thuế"),)]
        return self.post("/ThueChuyenTraHoSoDoSai", self.about_slip(NgayChuyenTra="05/08/2025 09:00:00", DanhSachLoi=listed) | more)

    def notice(self, number: str = "LTB0000001-TK0000001/TB-CCT", code: str = DOSSIER) -> httpx.Response:
        line = {"TieuMuc": "2801", "TenTieuMuc": "Lệ phí trước bạ", "SoTien": 4_500_000, "HanNop": "03/09/2025"}
        notice = {
            "SoThongBaoThue": number,
            "LoaiThue": "LPTB",
            "HoVaTen": "Lành Văn Tùng",
            "MaSoThue": "020079238759",
            "SoThuTu": 1,
            "TongSo": 1,
            "TongTien": 4_500_000,
            "DanhSachKhoan": [line],
        }
        head = {"SoBienNhan": code, "SoPhieu": "1/PCTT", "LanLap": 1, "NguoiXuLy": "Chi cục Thuế", "NgayCoKetQuaThue": "05/08/2025"}
        return self.post("/CapNhatKetQuaThongBaoThue", {**head, "DanhSachThongBaoThue": [notice]})

    def withdraw(self, code: str = DOSSIER) -> httpx.Response:
        return self.post("/RutHoSo", {"SoBienNhan": code, "NgayYeuCau": "05/08/2025 09:00:00", "LyDo": "đổi ý"})

    def supplement(self, **given: Any) -> httpx.Response:
        return self.post("/BoSungHoSo", {"SoBienNhan": DOSSIER, "NgayBoSung": "05/08/2025 09:00:00", **given})

    def mortgage(self, of: Parcel) -> int:
        path = "/thua-dat/{}/{}/{}/han-che".format(*of.key(NEW_DIVISION))
        return int(self.post(path, {"Loai": "the-chap", "NoiDung": "Ngân hàng A"}).json()["HanChe"][-1]["Id"])

    def at(self, moment: str) -> None:
        frozen(self.client, moment)


@contextmanager
def land_office(settings: AgencySettings, at: str = MONDAY) -> Iterator[Office]:
    """A running office whose clock stands still."""
    with serving(create_app(settings)) as client:
        frozen(client, at)
        yield Office(client)
