"""The parts of a citizen's form as the contracts write them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.dvc.words import PAPERS, RELATIONS, SEXES

Native = Mapping[str, Any]
Wire = dict[str, Any]


def holder(native: Native) -> Wire:
    """A party with its share."""
    return {"party": party(native), "share": native["TyLe"]}


def party(native: Native) -> Wire:
    """A person (1) or an organisation (2)."""
    both = {"address": _address(native["DiaChi"]), "phone": native.get("SoDienThoai"), "email": native.get("Email")}
    if native["LoaiDoiTuong"] == "2":
        named = {"taxCode": native["MaSoThue"], "name": native["TenToChuc"], "representative": native.get("NguoiDaiDien")}
        return {"kind": "organisation", **named, **both}
    return {
        "kind": "individual",
        "personalId": native["SoDinhDanh"],
        "name": native["HoTen"],
        "birthDate": _day(native["NgaySinh"]),
        "sex": SEXES[native["GioiTinh"]],
        "taxCode": native.get("MaSoThue"),
        **both,
    }


def parcel(native: Native) -> Wire:
    """A parcel as the dossier names it."""
    return {"parcel": _key(native), "area": native["DienTich"], "certificate": native["SoPhatHanhGCN"]}


def declarations(native: Native) -> Wire:
    """What the tax declarations say; a gift without a declared value is worth 0 in them."""
    contract, change = native.get("HopDong"), native.get("ChuyenMucDich")
    valued = () if native["LoaiThuTuc"] == "CHUYEN_MUC_DICH" else native["ThuaDat"]
    return {
        "contract": contract
        and {"number": contract["SoHopDong"], "signedOn": _day(contract["NgayKy"]), "notary": contract.get("NoiCongChung")},
        "values": [{"parcel": _key(each), "value": each.get("GiaTri", 0)} for each in valued],
        "relations": [
            {
                "transferor": each["BenChuyen"],
                "transferee": each["BenNhan"],
                "relation": RELATIONS[each["QuanHe"]],
                "paper": each["GiayToChungMinh"],
            }
            for each in native.get("QuanHe", ())
        ],
        "onlyHome": native.get("NhaDatDuyNhat", ()),
        "purposeChange": change and _purpose_change(change),
    }


def paper(native: Native) -> Wire:
    """A paper: what its file is, not the file."""
    return {
        "name": native["TenTaiLieu"],
        "kind": PAPERS[native["LoaiGiayTo"]],
        "originals": native["SoBanChinh"],
        "copies": native["SoBanSao"],
        "mediaType": native["DinhDang"],
        "size": native["KichThuoc"],
        "sha256": native["MaBam"],
    }


def _purpose_change(native: Native) -> Wire:
    return {
        "decisionNumber": native["SoQuyetDinh"],
        "decidedOn": _day(native["NgayQuyetDinh"]),
        "issuer": native["CoQuanQuyetDinh"],
        "fromUse": native["MucDichTruoc"],
        "toUse": native["MucDichSau"],
        "area": native["DienTichChuyen"],
        "household": native["ChuHo"],
    }


def _key(native: Native) -> Wire:
    return {"communeCode": native["MaXa"], "mapSheet": native["SoToBanDo"], "parcelNumber": native["SoThua"]}


def _address(native: Native) -> Wire:
    names = {
        "detail": "DiaChiChiTiet",
        "communeCode": "MaXa",
        "communeName": "TenXa",
        "districtCode": "MaHuyen",
        "districtName": "TenHuyen",
    }
    names |= {"provinceCode": "MaTinh", "provinceName": "TenTinh"}
    return {name: native[own] for name, own in names.items() if own in native}


def _day(text: str) -> str:
    return datetime.strptime(text, "%Y%m%d").date().isoformat()
