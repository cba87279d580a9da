"""The parts of a sample: people, parcels and papers as the portal's form names them, drawn from the seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from hashlib import sha256
from typing import Any, TypeAlias, TypeVar

from vn.calendar import is_working_day
from vn.chance import choice, draw, integer
from vn.errors import Unusable
from vn.people import Address, Organisation, Person, Population
from vn.units import NEW_DIVISION

T = TypeVar("T")
Form: TypeAlias = dict[str, Any]
Parcel: TypeAlias = Mapping[str, Any]

PAPERS = {
    "DON_DANG_KY": "Đơn đăng ký biến động đất đai, tài sản gắn liền với đất",
    "GCN": "Giấy chứng nhận quyền sử dụng đất",
    "HOP_DONG": "Hợp đồng đã công chứng",
    "CCCD": "Căn cước của các bên",
    "GCN_DKDN": "Giấy chứng nhận đăng ký doanh nghiệp",
    "TO_KHAI_TNCN": "Tờ khai thuế thu nhập cá nhân, mẫu 03/BĐS-TNCN",
    "TO_KHAI_LPTB": "Tờ khai lệ phí trước bạ, mẫu 01/LPTB",
    "QUAN_HE": "Giấy tờ chứng minh quan hệ",
    "QUYET_DINH": "Quyết định cho phép chuyển mục đích sử dụng đất",
}
RELATIONS = {
    "spouse": ("VO_CHONG", "Giấy chứng nhận kết hôn"),
    "parent-child": ("CHA_ME_CON", "Giấy khai sinh"),
    "adoptive-parent-child": ("CHA_ME_CON_NUOI", "Giấy chứng nhận nuôi con nuôi"),
    "parent-in-law": ("CHA_ME_DAU_RE", "Giấy khai sinh, giấy chứng nhận kết hôn"),
    "grandparent-grandchild": ("ONG_BA_CHAU", "Giấy khai sinh của hai đời"),
    "sibling": ("ANH_CHI_EM", "Giấy khai sinh của hai người"),
}


@dataclass(frozen=True)
class Scene:
    """What a sample is drawn in: the register as it stands, the people of its seed, the day."""

    kind: str
    seed: int
    on: date
    population: Population
    register: Sequence[Parcel]
    candidates: Sequence[Parcel]

    def choice(self, options: Sequence[T], *what: int | str) -> T:
        """One of them, by the seed."""
        if not options:
            raise Unusable(f"the land register has nothing (left) for this sample of {self.kind}: another kind or fault, or `lgsp reset`")
        return choice(options, self.seed, self.kind, *what)

    def integer(self, low: int, high: int, *what: int | str) -> int:
        """A number from `low` to `high`, by the seed."""
        return integer(low, high, self.seed, self.kind, *what)

    def draw(self, *what: int | str) -> float:
        """A number in [0, 1), by the seed."""
        return draw(self.seed, self.kind, *what)

    def stranger(self, others: Sequence[str], *what: int | str) -> Person:
        """Somebody who is none of them, and related to none."""
        related = self.population.relation
        fit = [
            each for each in self.population.people if not any(each.personal_id == one or related(each.personal_id, one) for one in others)
        ]
        return self.choice(fit, *what)

    def recent(self, *what: int | str) -> date:
        """A working day of the last three weeks."""
        days = [self.on - timedelta(n) for n in range(1, 22)]
        return self.choice([day for day in days if is_working_day(day)], *what)

    def holder(self, number: str) -> Person | Organisation:
        """A holder, person or company, who is known by name."""
        found = self.population.person(number) or self.population.organisation(number)
        if found is None:
            raise Unusable("the land register was founded with another LGSP_SEED or LGSP_PEOPLE than now; `lgsp reset` founds it anew")
        return found

    def head(self, one: Person | Organisation) -> Person:
        """The head of the household (chủ hộ), or who acts for the company."""
        return one.representative if isinstance(one, Organisation) else (self.population.household(one.personal_id) or (one,))[0]

    def price(self, parcel: Parcel) -> int:
        """What it could be sold for, in đồng: 80 to 160 % of the table's, in whole millions."""
        table: float = sum(use["DienTich"] * use["GiaTheoBangGia"] for use in parcel["MucDichSuDung"])
        percent = self.integer(80, 160, "price", parcel["SoHieuBanDo"], parcel["SoThuTuThua"])
        return max(1, round(table * percent / 100 / 1_000_000)) * 1_000_000


def holders(parcel: Parcel) -> dict[str, Fraction]:
    """Who holds it, with which share."""
    return {each["ChuSuDung"]["SoDinhDanh"]: Fraction(each["TyLe"]) for each in parcel["NguoiSuDung"]}


def of_people(parcel: Parcel) -> bool:
    """Whether only people hold it."""
    return all(each["ChuSuDung"]["LoaiDoiTuong"] == 1 for each in parcel["NguoiSuDung"])


def codes(parcel: Parcel, on: date) -> tuple[str, str]:
    """Its commune's code under the division of that day, and under the other."""
    old, new = (each["XaId"] for each in parcel["DonViHanhChinh"])
    return (new, old) if on >= NEW_DIVISION else (old, new)


def party(one: Person | Organisation, on: date, share: Fraction = Fraction(1)) -> Form:
    """A party with its share."""
    both = {
        "DiaChi": _address(one.address, on),
        "TyLe": f"{share.numerator}/{share.denominator}",
        "SoDienThoai": one.phone,
        "Email": one.email,
    }
    if isinstance(one, Organisation):
        return {"LoaiDoiTuong": "2", "TenToChuc": one.name, "MaSoThue": one.tax_code, "NguoiDaiDien": one.representative.name, **both}
    sex = "Nam" if one.sex == "male" else "Nữ"
    return {
        "LoaiDoiTuong": "1",
        "HoTen": one.name,
        "SoDinhDanh": one.personal_id,
        "NgaySinh": f"{one.born:%Y%m%d}",
        "GioiTinh": sex,
        **both,
    }


def applicant(one: Form) -> Form:
    """Who hands the dossier in, one of its parties."""
    if one["LoaiDoiTuong"] == "2":
        named = {"ChuHoSo": one["TenToChuc"], "DinhDanhCHS": {"LoaiDinhDanh": "3", "SoDinhDanh": one["MaSoThue"]}}
    else:
        named = {"ChuHoSo": one["HoTen"], "DinhDanhCHS": {"LoaiDinhDanh": "1", "SoDinhDanh": one["SoDinhDanh"]}}
    return {**named, "SoDienThoai": one["SoDienThoai"], "Email": one["Email"]}


def parcel_said(scene: Scene, parcel: Parcel, *, price: int | None = None) -> Form:
    """A parcel as its certificate names it, and what is declared as its price."""
    said = {
        "MaXa": codes(parcel, scene.on)[0],
        "SoToBanDo": parcel["SoHieuBanDo"],
        "SoThua": parcel["SoThuTuThua"],
        "DienTich": parcel["DienTich"],
        "SoPhatHanhGCN": parcel["GiayChungNhan"]["SoPhatHanh"],
    }
    return said if price is None else {**said, "GiaTri": price}


def papers(scene: Scene, *kinds: str) -> list[Form]:
    """Papers of these kinds: their files are made up, only size and hash are said."""
    return [
        {
            "TenTaiLieu": PAPERS[kind],
            "LoaiGiayTo": kind,
            "SoBanChinh": int(kind != "CCCD"),
            "SoBanSao": scene.integer(1, 2, "copies", kind),
            "DinhDang": "application/pdf",
            "KichThuoc": scene.integer(40_000, 2_000_000, "size", kind),
            "MaBam": sha256(f"{scene.kind} {scene.seed} {kind}".encode()).hexdigest(),
        }
        for kind in kinds
    ]


def contract(scene: Scene) -> Form:
    """A contract signed before a notary not long ago."""
    signed = scene.recent("signed")
    number = f"{scene.integer(1, 9999, 'contract'):04d}/{signed.year}/HĐ-CC"
    return {"SoHopDong": number, "NgayKy": f"{signed:%Y%m%d}", "NoiCongChung": "Phòng Công chứng số 1 tỉnh Lạng Sơn (mô phỏng)"}


def _address(address: Address, on: date) -> Form:
    return {"DiaChiChiTiet": address.detail, "MaXa": address.commune(on).code}
