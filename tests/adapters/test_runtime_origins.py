"""What an agency says is wrong points into the contract, for every message that an adapter tells in JSON."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters.dvc import DVC
from adapters.ilis import ILIS
from adapters.payment import PAYMENT
from adapters.runtime import Adapter, Agency, Answer, Received
from adapters.runtime.origins import in_terms_of_the_contract, origins, placed
from adapters.tax import TAX
from contracts import Catalogue, Payload
from tests.adapters.exchange_side import message
from vn.errors import AgencyAnsweredNo, Fault

EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"
CATALOGUE = Catalogue.load()
ADAPTERS = (DVC, ILIS, PAYMENT)


class Heard:
    """An agency that keeps what it was told last."""

    operation = ""
    body: Any = None

    async def call(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None) -> Answer:
        self.operation, self.body = f"{method} {path}", orjson.loads(content or b"null")
        return Answer(200, headers or {}, b"")


def example(contract: str, name: str) -> Received[Any]:
    raw = (EXAMPLES / contract / f"{name}.json").read_bytes()
    payload = CATALOGUE.decode(CATALOGUE.by_short(contract).type, raw)
    return Received(payload, message(payload, subject="H37.15-260302-0001"))


def at(value: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


RECEIVED = [
    pytest.param(adapter, contract.short, path.stem, id=f"{adapter.name}-{contract.short}-{path.stem}")
    for adapter in ADAPTERS
    for contract in CATALOGUE
    if adapter.member in contract.recipients and contract.short != "exchange.receipt"
    for path in sorted((EXAMPLES / contract.short).glob("good-*.json"))
]


@pytest.mark.parametrize(("adapter", "contract", "name"), RECEIVED)
async def test_every_field_that_an_agency_is_told_as_it_stands_in_the_contract_is_found_there(
    adapter: Adapter, contract: str, name: str
) -> None:
    said, heard = example(contract, name), Heard()
    handler = adapter.handler(said.payload)
    assert handler is not None
    await handler(said, Agency(heard, said.message))
    found = await origins(handler, said, heard.operation)
    payload = orjson.loads(said.payload.to_wire())
    told = {native: (at(heard.body, native), at(payload, into_contract)) for native, into_contract in found.items()}
    assert len(told) >= 3
    same = [native for native, (there, here) in told.items() if there == here]
    assert len(same) >= len(told) / 2, "most is told as it is: that these are equal shows that the right one was found"


@pytest.mark.parametrize(
    ("adapter", "contract", "name", "native", "into_contract"),
    [
        (ILIS, "dossier.submitted", "good-transfer", "/ThongTinThuaDat/0/SoHieuBanDo", "/parcels/0/parcel/mapSheet"),
        (ILIS, "dossier.submitted", "good-transfer", "/BenNhan/0/ChuSuDung/NgaySinh", "/transferees/0/party/birthDate"),
        (ILIS, "dossier.submitted", "good-transfer", "/ToKhai/HopDong/SoHopDong", "/declarations/contract/number"),
        (ILIS, "dossier.submitted", "good-transfer", "/LoaiThuTuc", "/procedure"),
        (ILIS, "dossier.submitted", "good-transfer", "/BenChuyen", "/transferors"),
        (ILIS, "dossier.submitted", "good-transfer", "/ThongTinThuaDat", "/parcels"),
        (ILIS, "tax.payment-notice", "good-income-tax", "/DanhSachThongBaoThue/0/DanhSachKhoan/0/HanNop", "/lines/0/deadline"),
        (ILIS, "tax.payment-notice", "good-income-tax", "/DanhSachThongBaoThue/0/LoaiThue", "/kind"),
        (DVC, "tax.payment-notice", "good-registration-fee", "/LIST/0/MA_TMUC", "/lines/0/subItem"),
        (DVC, "tax.payment-notice", "good-registration-fee", "/NGAY_QUYET_DINH", "/issuedOn"),
        (DVC, "tax.payment-notice", "good-registration-fee", "/LIST", "/lines"),
        (DVC, "tax.receipt-reconciled", "good-part", "/KET_QUA", "/outcome"),
        (DVC, "land.register-updated", "good-transfer", "/DanhSachThua/0/ChuSuDung/0/HoTen", "/parcels/0/holders/0/party/name"),
        (DVC, "dossier.status-changed", "good-supplement-wanted", "/DanhSachYeuCauBoSung/0/NoiDung", "/missing/0/reason"),
        (PAYMENT, "payment.requested", "good-whole", "/ThongTinBienLai/DSKhoanNop/0/SoTien", "/lines/0/amount"),
        (PAYMENT, "payment.requested", "good-whole", "/ThongTinBienLai/TKThuHuong", "/account/treasury"),
    ],
)
async def test_a_native_pointer_becomes_one_into_the_contract(
    adapter: Adapter, contract: str, name: str, native: str, into_contract: str
) -> None:
    (fault,) = await said_no(adapter, contract, name, Fault(native, "sai"))
    assert fault == Fault(into_contract, "sai")


@pytest.mark.parametrize(
    ("adapter", "contract", "name", "native", "into_contract"),
    [
        (ILIS, "dossier.submitted", "good-transfer", "/BenNhan/0/ChuSuDung/NgheNghiep", "/transferees/0/party"),
        (ILIS, "dossier.submitted", "good-transfer", "/KhongCo/0/Gi", ""),
        (DVC, "tax.no-obligation", "good-gift-to-a-child", "/KET_QUA", ""),  # the adapter's own word, whatever the message says
        (PAYMENT, "payment.requested", "good-whole", "/MaXacThuc", ""),  # made of several fields
    ],
)
async def test_what_the_contract_has_no_field_for_is_named_in_the_reason(
    adapter: Adapter, contract: str, name: str, native: str, into_contract: str
) -> None:
    (fault,) = await said_no(adapter, contract, name, Fault(native, "sai"))
    assert fault == Fault(into_contract, f"{native}: sai")


async def test_the_tax_gateway_s_own_table_has_the_last_word_on_its_xml() -> None:
    (fault,) = await said_no(TAX, "land.transfer-slip", "good-form-19-transfer", Fault("/taxOffice", "sai"))
    assert fault == Fault("/taxOffice", "sai")


async def test_a_handler_that_has_to_ask_first_keeps_the_native_names_in_the_reasons() -> None:
    async def asking(said: Received[Payload], agency: Agency) -> None:
        await agency.get("/ho-so")
        await agency.post("/thong-bao", {"SO": "1"})

    no = AgencyAnsweredNo("agency.answered_no", "no", [Fault("/SO", "sai")])
    told = await in_terms_of_the_contract(no, asking, example("payment.failed", "good-failed"), "POST /thong-bao")
    assert told.faults == (Fault("", "/SO: sai"),)


def test_a_fault_of_the_whole_stays_one() -> None:
    assert placed(Fault("", "sai"), {"/A": "/a"}) == Fault("", "sai")


async def said_no(adapter: Adapter, contract: str, name: str, *faults: Fault) -> tuple[Fault, ...]:
    said, heard = example(contract, name), Heard()
    handler = adapter.handler(said.payload)
    assert handler is not None
    operation = "POST /gip"
    if adapter is not TAX:
        await handler(said, Agency(heard, said.message))
        operation = heard.operation
    no = AgencyAnsweredNo("agency.answered_no", "no", faults)
    return (await in_terms_of_the_contract(no, handler, said, operation)).faults
