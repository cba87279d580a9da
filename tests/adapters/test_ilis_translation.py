"""The land office's shapes against the contracts, both ways."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters.ilis import ILIS, translation
from adapters.ilis.mapping import Table
from adapters.ilis.slip import SLIP
from adapters.ilis.tables import DOSSIER, REGISTER, SLIP_CANCELLED
from adapters.runtime import FeedItem
from contracts import FAMILY, Catalogue, Payload
from services.kit import AgencySettings, Native
from services.land.forms import TransferSlip
from services.land.shapes import Received, Supplement
from services.land.tidings import (
    ChuyenTraHoSo,
    HoanThanhNghiaVu,
    HuyThongBaoThue,
    KetQuaThongBaoThue,
    KhongPhatSinhNghiaVu,
    RutHoSo,
)
from tests.services.land_office import SEED, Office, alone, change_of_purpose, garden, land_office, parcel, transfer

EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"
CATALOGUE = Catalogue.load()
TO_LAND: dict[str, tuple[Callable[[Any], dict[str, Any]], type[Native]]] = {
    "dossier.submitted": (translation.dossier, Received),
    "dossier.supplemented": (translation.supplement, Supplement),
    "dossier.withdrawal-requested": (translation.withdrawal, RutHoSo),
    "tax.slip-returned": (translation.slip_returned, ChuyenTraHoSo),
    "tax.payment-notice": (translation.notice, KetQuaThongBaoThue),
    "tax.notice-cancelled": (translation.notice_cancelled, HuyThongBaoThue),
    "tax.no-obligation": (translation.no_obligation, KhongPhatSinhNghiaVu),
    "tax.obligation-completed": (translation.completed, HoanThanhNghiaVu),
}


def examples(contract: str) -> list[Payload]:
    good = sorted((EXAMPLES / contract).glob("good-*.json"))
    assert good
    return [CATALOGUE.decode(f"vn.gov.{contract}.v1", orjson.dumps(orjson.loads(path.read_bytes()))) for path in good]


def wire(payload: Payload) -> Any:
    """To whole seconds of Viet Nam's time, as the land office keeps instants."""

    def seconds(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: seconds(each) for name, each in value.items()}
        if isinstance(value, list):
            return [seconds(each) for each in value]
        if isinstance(value, str) and len(value) > 18 and value[10:11] == "T":
            return int(datetime.fromisoformat(value).timestamp())
        return value

    return seconds(orjson.loads(payload.to_wire()))


@pytest.mark.parametrize(("contract", "payload"), [(name, each) for name in TO_LAND for each in examples(name)])
def test_every_good_message_for_the_land_office_becomes_what_it_takes(contract: str, payload: Payload) -> None:
    to_native, shape = TO_LAND[contract]
    shape.model_validate(orjson.loads(orjson.dumps(to_native(payload))))


@pytest.mark.parametrize("payload", examples("dossier.submitted"))
def test_a_dossier_translated_there_and_back_says_the_same(payload: Payload) -> None:
    back = type(payload).model_validate(DOSSIER.from_native(translation.dossier(payload)))  # type: ignore[arg-type]
    assert wire(back) == wire(payload)


@pytest.mark.parametrize("payload", examples("land.transfer-slip"))
def test_a_slip_of_either_form_translated_there_and_back_says_the_same_in_every_field(payload: Payload) -> None:
    native = SLIP.to_native(payload.model_dump(mode="json"))
    native["KinhGui"] = {name: native.pop(name) for name in ("MaCoQuanThue", "TenCoQuanThue")}
    TransferSlip.model_validate(native)
    assert wire(translation.slip(native)) == wire(payload)


@pytest.mark.parametrize(
    ("contract", "table", "read"),
    [
        ("land.slip-cancelled", SLIP_CANCELLED, translation.slip_cancelled),
        ("land.register-updated", REGISTER, translation.register_updated),
    ],
)
def test_what_the_land_office_says_translated_there_and_back_is_the_same(
    contract: str, table: Table, read: Callable[[Any], Payload]
) -> None:
    for payload in examples(contract):
        assert wire(read(table.to_native(payload.model_dump(mode="json")))) == wire(payload)


def test_a_status_carries_reasons_due_date_and_pointers_into_the_dossier() -> None:
    native = {
        "SoBienNhan": "H37.10-250804-0001",
        "TrangThai": 5,
        "TenTrangThai": "yêu cầu bổ sung giấy tờ",
        "ThoiDiemXuLy": "04/08/2025 08:00:00",
        "NguoiXuLy": "Cán bộ thụ lý",
        "NoiDungXuLy": "hồ sơ chưa đầy đủ",
        "KetThuc": False,
        "DanhSachLoi": [{"Truong": "/ThongTinThuaDat/0/DienTich", "LyDo": "sai"}, {"Truong": "", "LyDo": "thiếu"}],
        "NgayHenTra": "14/08/2025 17:00:00",
    }
    assert translation.status(native).model_dump(mode="json") == {
        "dossier": "H37.10-250804-0001",
        "status": 5,
        "since": "2025-08-04T08:00:00+07:00",
        "by": "Cán bộ thụ lý",
        "note": "hồ sơ chưa đầy đủ",
        "final": False,
        "missing": [{"pointer": "/parcels/0/area", "reason": "sai"}, {"pointer": "", "reason": "thiếu"}],
        "dueAt": "2025-08-14T17:00:00+07:00",
    }


@pytest.mark.parametrize(
    ("contract", "native"),
    [
        ("/parcels/0/areas/parcel", "/ThuaDat/0/DienTich/Thua"),
        ("/parcels/1/parcel/communeCode", "/ThuaDat/1/XaId"),
        ("/deferral/landUseFee", "/GhiNo/TienSuDungDat"),
        ("/taxpayers/2/party/address/communeCode", "/NguoiSuDungDat/2/ChuSuDung/DiaChi/XaId"),
        ("/declarations/values/0/value", "/ToKhai/GiaTriThuaDat/0/GiaTri"),
        ("/number", "/SoPhieu"),
        ("", ""),
    ],
)
def test_pointers_into_a_slip_are_translated_both_ways(contract: str, native: str) -> None:
    assert (SLIP.pointer_to_native(contract), SLIP.pointer_from_native(native)) == (native, contract)


def test_a_pointer_at_what_the_agency_has_flattened_names_the_place_above() -> None:
    assert SLIP.pointer_to_native("/parcels/0/parcel") == "/ThuaDat/0"


def test_a_field_that_no_table_names_is_an_error_and_not_lost() -> None:
    with pytest.raises(ValueError, match="GhiChu"):
        translation.slip_cancelled({"SoBienNhan": "H37.10-250804-0001", "GhiChu": "mới"})


def test_the_tables_cover_the_contracts_that_the_family_gives_the_land_office() -> None:
    received = {model for row in FAMILY if ILIS.member in row.recipients for model in row.models}
    assert set(ILIS.receives) == received
    assert set(ILIS.sends) == {"PHIEU_CHUYEN", "HUY_PHIEU", "TRANG_THAI", "BIEN_DONG"}


@pytest.fixture
def settings(tmp_path: Path) -> AgencySettings:
    return AgencySettings("land", f"sqlite:///{tmp_path}/land.db", seed=SEED)


def said(office: Office) -> Iterator[Payload]:
    """All that the land office has told, through the adapter."""
    for entry in office.client.get("/_feed", params={"after": 0}).json()["items"]:
        fields = {name: entry[name] for name in ("seq", "id", "kind", "subject", "body")}
        payload = ILIS.sends[entry["kind"]](FeedItem(**fields, at=datetime.fromisoformat(entry["at"])))
        assert isinstance(payload, Payload)
        yield payload


@pytest.mark.parametrize("day", ["2024-11-04T08:00:00+07:00", "2026-02-02T08:00:00+07:00"])
def test_all_that_a_real_land_office_says_conforms_to_the_contracts_under_either_division(settings: AgencySettings, day: str) -> None:
    contract = {"SoHopDong": "12/HĐCN", "NgayKy": "01/11/2024"}
    with land_office(settings, at=day) as office:
        body = transfer(parcel(alone), code="H37.10-250804-0003", NgayTiepNhan="04/11/2024 07:45:00")
        office.take_in({**body, "ToKhai": {**body["ToKhai"], "HopDong": contract}})
        office.send_back()
        office.withdraw("H37.10-250804-0003")
        plot = change_of_purpose(parcel(garden), 30, NgayTiepNhan="04/11/2024 07:45:00")
        plot["ToKhai"]["ChuyenMucDich"]["NgayQuyetDinh"] = "01/11/2024"
        office.take_in(plot)
        office.complete()
        office.take_in(transfer(parcel(lambda each: bool(each.dispute)), code="H37.10-250804-0002", NgayTiepNhan="04/11/2024 07:45:00"))
        payloads = list(said(office))
    kinds = {CATALOGUE.of(payload).short for payload in payloads}
    assert kinds == {"land.transfer-slip", "land.slip-cancelled", "land.register-updated", "dossier.status-changed"}
    faults = {CATALOGUE.of(each).short: CATALOGUE.faults(CATALOGUE.of(each), orjson.loads(each.to_wire())) for each in payloads}
    assert {name: found for name, found in faults.items() if found} == {}
