"""The tax adapter's two directions: every contract example becomes a valid document, every document a valid payload."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

import contracts
from adapters.runtime import Answer, FeedItem, Nonsense, Received
from adapters.tax import TAX
from adapters.tax.documents import body_of, document, faults, read_no
from adapters.tax.fields import pointer_of, read
from adapters.tax.tables import BODIES, SLIP
from bus.envelope import Message
from contracts import Catalogue, Payload
from services.kit import AgencySettings
from services.tax import slip_xml
from services.tax.gateway_xml import read as read_document
from tests.services.serving import feed
from tests.services.tax_messages import DOSSIER, NOW, Tax, home, slip, slip_parcel, tax_office
from vn.clock import VN
from vn.errors import AgencyAnsweredNo, Fault

EXAMPLES = Path(contracts.__file__).parent / "examples"
INCOMING = {
    "land.transfer-slip": "PHIEU_CHUYEN",
    "land.slip-cancelled": "HUY_PHIEU",
    "payment.receipt": "CHUNG_TU",
    "land.register-updated": "BIEN_DONG",
}
GOOD = sorted((contract, path.stem) for contract in INCOMING for path in (EXAMPLES / contract).glob("good-*.json"))
SCHEMA = etree.XMLSchema(etree.fromstring(files("services.tax").joinpath("xsd/gip.xsd").read_bytes()))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def example(catalogue: Catalogue, contract: str, name: str) -> Payload:
    return catalogue.decode(catalogue.by_short(contract).type, (EXAMPLES / contract / f"{name}.json").read_bytes())


def wire(value: Payload) -> dict[str, Any]:
    return dict(value.model_dump(mode="json", by_alias=True))


def in_vietnam(value: Any) -> Any:
    """The same instants, all written in Viet Nam's time."""
    if isinstance(value, dict):
        return {name: in_vietnam(each) for name, each in value.items()}
    if isinstance(value, list):
        return [in_vietnam(each) for each in value]
    if isinstance(value, str) and len(value) > 19 and value[10] == "T":
        return datetime.fromisoformat(value).astimezone(VN).isoformat()
    return value


def message(value: Payload, catalogue: Catalogue, contract: str) -> Received[Payload]:
    type_ = catalogue.by_short(contract).type
    return Received(value, Message(id="m-1", source="VN/GOV/H37.15/ilis", type=type_, subject=DOSSIER, time=NOW, payload=value.to_wire()))


class Told:
    """An agency that keeps what a handler tells it, and answers as it is told to."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.path = ""
        self.content = b""

    async def post(self, path: str, body: object = None, *, content_type: str = "application/json") -> Answer:
        assert content_type == "application/xml"
        assert isinstance(body, bytes)
        self.path, self.content = path, body
        return self.answer


def answering(code: str, *faults: tuple[str, str]) -> Answer:
    listed = "".join(f"<LOI><DUONG_DAN>{place}</DUONG_DAN><MO_TA>{why}</MO_TA></LOI>" for place, why in faults)
    header = f"<HEADER><ERROR_CODE>{code}</ERROR_CODE><ERROR_DESC>lý do</ERROR_DESC></HEADER>"
    text = f"<DATA>{header}<BODY><ROW><KET_QUA><DS_LOI>{listed}</DS_LOI></KET_QUA></ROW></BODY></DATA>"
    return Answer(200, {"content-type": "application/xml"}, text.encode())


@pytest.mark.parametrize(("contract", "name"), GOOD)
async def test_every_good_example_becomes_a_valid_document_and_reads_back_the_same(catalogue: Catalogue, contract: str, name: str) -> None:
    said = example(catalogue, contract, name)
    told = Told(answering("00"))
    handler = TAX.handler(said)
    assert handler is not None
    await handler(message(said, catalogue, contract), told)  # type: ignore[arg-type]
    root = etree.fromstring(told.content)
    assert told.path == "/gip"
    assert SCHEMA.validate(root), SCHEMA.error_log
    body = root.find(f"BODY/ROW/{INCOMING[contract]}")
    again = type(said).model_validate(read(body, BODIES[INCOMING[contract]]))
    assert in_vietnam(wire(again)) == in_vietnam(wire(said))


@pytest.mark.parametrize("name", [name for contract, name in GOOD if contract == "land.transfer-slip"])
def test_the_tax_authority_reads_a_slip_as_it_was_said(catalogue: Catalogue, name: str) -> None:
    said = wire(example(catalogue, "land.transfer-slip", name))
    found = slip_xml.slip(read_document(document("PHIEU_CHUYEN", said, message_id="m", said_at=NOW)).body)
    assert (found.form, found.ref.number, found.dossier) == (said["form"], said["number"], said["dossier"])
    assert [str(each.share) for each in found.taxpayers] == [each["share"].removesuffix("/1") for each in said["taxpayers"]]
    assert [float(each.areas.parcel) for each in found.parcels] == [each["areas"]["parcel"] for each in said["parcels"]]
    assert [each.table_price for each in found.parcels] == [each["valuation"]["tablePrice"] for each in said["parcels"]]
    assert found.issued_on.isoformat() == said["issuedOn"]


def test_an_instant_keeps_its_microseconds_and_a_slip_without_lists_stays_without() -> None:
    said = slip(completeAt="2025-08-12T23:30:00.120000Z", attachments=[])
    body = read_document(document("PHIEU_CHUYEN", said, message_id="m", said_at=NOW)).body
    assert body.findtext("NGAY_NHAN_DU_HS") == "2025-08-13 06:30:00.12"
    assert body.find("DS_GIAY_TO_KEM") is None
    assert read(body, SLIP)["completeAt"] == datetime.fromisoformat("2025-08-13T06:30:00.12+07:00")


def test_text_that_xml_cannot_carry_is_a_no_with_its_place() -> None:
    said = slip()
    said["taxpayers"][1]["party"]["name"] = "Nguyễn\u0001"
    with pytest.raises(AgencyAnsweredNo) as caught:
        document("PHIEU_CHUYEN", said, message_id="m", said_at=NOW)
    assert [fault.pointer for fault in caught.value.faults] == ["/taxpayers/1/party/name"]


def test_markup_in_text_stays_text() -> None:
    said = slip(sender="<!DOCTYPE x> & ]]> \"'<b>\r\n\t")
    body = read_document(document("PHIEU_CHUYEN", said, message_id="m", said_at=NOW)).body
    assert body.findtext("DON_VI_CHUYEN") == said["sender"]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/PHIEU_CHUYEN", ""),
        ("/PHIEU_CHUYEN/DS_THUA_DAT/THUA_DAT[2]/DIEN_TICH/DT_THUA", "/parcels/1/areas/parcel"),
        ("/PHIEU_CHUYEN/DS_THUA_DAT/THUA_DAT/MA_DBHC", "/parcels/0/parcel/communeCode"),
        ("/PHIEU_CHUYEN/DS_THUA_DAT/THUA_DAT[1]/MA_GCN", "/parcels/0/certificate"),
        ("/PHIEU_CHUYEN/DS_NGUOI_NOP_THUE", "/taxpayers"),
        ("/PHIEU_CHUYEN/DS_NGUOI_NOP_THUE/NGUOI_NOP_THUE[3]/VAI_TRO", "/taxpayers/2/role"),
        ("/PHIEU_CHUYEN/DS_NGUOI_NOP_THUE/NGUOI_NOP_THUE[3]", "/taxpayers/2"),
        ("/PHIEU_CHUYEN/TO_KHAI/DS_NHA_DUY_NHAT/SO[2]", "/declarations/onlyHome/1"),
        ("/PHIEU_CHUYEN/TO_KHAI/DS_QUAN_HE/QUAN_HE[1]/SO_BEN_NHAN", "/declarations/relations/0/transferee"),
        ("/PHIEU_CHUYEN/TO_KHAI/CHUYEN_MDSD/DT_CHUYEN", "/declarations/purposeChange/area"),
        ("/PHIEU_CHUYEN/GHI_NO", "/deferral"),
        ("/PHIEU_CHUYEN/MA_CQ_THUE", "/taxOffice"),
    ],
)
def test_a_place_in_the_document_is_a_pointer_into_the_contract(path: str, pointer: str) -> None:
    assert pointer_of(path, SLIP) == (pointer, True)


@pytest.mark.parametrize(
    ("path", "place", "reason"),
    [
        ("", "", "sai"),
        ("/PHIEU_CHUYEN/MA_CQ_THUE", "/taxOffice", "sai"),
        ("/PHIEU_CHUYEN/KHONG_CO", "", "/PHIEU_CHUYEN/KHONG_CO: sai"),
        ("/PHIEU_CHUYEN/DS_THUA_DAT/THUA_DAT[2]/LA", "/parcels/1", "/PHIEU_CHUYEN/DS_THUA_DAT/THUA_DAT[2]/LA: sai"),
        ("/DATA/HEADER/MSG_ID", "", "/DATA/HEADER/MSG_ID: sai"),
    ],
)
def test_a_place_that_the_contract_does_not_know_is_named_in_the_reason(path: str, place: str, reason: str) -> None:
    around = etree.fromstring(f"<DS_LOI><LOI><DUONG_DAN>{path}</DUONG_DAN><MO_TA>sai</MO_TA></LOI></DS_LOI>")
    assert faults(around) == [Fault(place, reason)]


def test_a_no_of_the_gateway_names_its_code_and_every_fault(catalogue: Catalogue) -> None:
    no = answering("22", ("/CHUNG_TU/MA_HS", "thuộc hồ sơ khác"), ("/HUY_PHIEU/LAN_LAP", "không có"))
    said = read_no(Answer(422, no.headers, no.body))
    assert (said.code, said.message) == ("agency.tax.error_22", "lý do")
    assert [(fault.pointer, fault.reason) for fault in said.faults] == [("/dossier", "thuộc hồ sơ khác"), ("/slip/revision", "không có")]


async def test_a_no_inside_a_200_is_a_no(catalogue: Catalogue) -> None:
    value = example(catalogue, "payment.receipt", "good-whole")
    handler = TAX.handler(value)
    assert handler is not None
    with pytest.raises(AgencyAnsweredNo, match="lý do"):
        await handler(message(value, catalogue, "payment.receipt"), Told(answering("21")))  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [b"", b"<html/>", b"<DATA", b"<!DOCTYPE a><DATA/>", b"<a>" * 100_000, b"{}"])
def test_another_servers_no_is_still_a_no(body: bytes) -> None:
    assert isinstance(read_no(Answer(400, {}, body)), AgencyAnsweredNo)


@pytest.mark.parametrize("text", ["", "<DATA/>", "<DATA><BODY><ROW><DOI_SOAT/></ROW></BODY></DATA>", "<!DOCTYPE DATA><DATA/>"])
def test_nonsense_in_the_feed_is_called_nonsense(text: str) -> None:
    with pytest.raises(Nonsense):
        body_of(text, "THONG_BAO")


# --- what a real tax authority says ---


@pytest.fixture
def tax(tmp_path: Path) -> Iterator[Tax]:
    make: Callable[..., AgencySettings] = lambda part, **more: AgencySettings(part, f"sqlite:///{tmp_path}/tax.db", **more)  # noqa: E731
    with tax_office(make) as one:
        yield one


def said(tax: Tax, catalogue: Catalogue) -> list[tuple[str, dict[str, Any]]]:
    """Everything in the feed as payloads, checked against the compiled schemas of their contracts."""
    found = []
    for item in feed(tax.client, after=0, limit=1000):
        made = TAX.sends[item["kind"]](FeedItem(**{**item, "at": datetime.fromisoformat(item["at"])}))
        assert isinstance(made, Payload)
        contract = catalogue.of(made)
        assert catalogue.faults(contract, json.loads(made.to_wire())) == []
        found.append((contract.short, wire(made)))
    return found


def test_notices_receipts_interest_completion_and_cancellation_are_valid_payloads(tax: Tax, catalogue: Catalogue) -> None:
    plain = slip()
    seller = plain["taxpayers"][0]["party"]["personalId"]
    tax.tell("PHIEU_CHUYEN", {**plain, "declarations": {**plain["declarations"], "onlyHome": [seller]}})
    tax.at("2025-09-26T09:00:00+07:00")
    tax.pay(tax.notice("LPTB"), 25_000_000, 1, on="2025-09-26")
    tax.pay(tax.notice("CHAM_NOP"), 75_000, 2, on="2025-09-27")
    tax.cancel()
    told = said(tax, catalogue)
    assert [contract.removesuffix(".v1") for contract, _ in told] == [
        "tax.payment-notice",
        "tax.receipt-reconciled",
        "tax.payment-notice",
        "tax.receipt-reconciled",
        "tax.obligation-completed",
        *("tax.notice-cancelled", "tax.receipt-reconciled") * 2,
    ]
    notice, interest = told[0][1], told[2][1]
    assert notice["lines"] == [
        {
            "subItem": "2801",
            "subItemName": "Lệ phí trước bạ nhà đất",
            "chapter": "857",
            "base": 5_000_000_000,
            "rate": 0.005,
            "amount": 25_000_000,
            "deadline": "2025-09-15",
        }
    ]
    assert (notice["kind"], notice["total"], notice["ordinal"], notice["of"]) == ("registration-fee", 25_000_000, 1, 1)
    assert notice["account"] == {
        "account": "7111",
        "treasury": "2001",
        "treasuryName": notice["account"]["treasuryName"],
        "collector": "1020901",
    }
    assert [(each["kind"], each["taxpayer"]) for each in notice["exempted"]] == [("personal-income-tax", seller)]
    assert (interest["kind"], interest["cites"], interest["total"], interest["exempted"]) == ("late-interest", notice["notice"], 75_000, [])
    assert told[1][1]["outcome"] == "settled"
    assert told[-1][1] | {"reconciledAt": ""} == {
        "dossier": DOSSIER,
        "notice": interest["notice"],
        "receipt": "C1-02/NS-250820-0000002",
        "attempt": f"{2:017d}",
        "outcome": "notice-cancelled",
        "amount": 75_000,
        "paid": 0,
        "remaining": 0,
        "refundable": 75_000,
        "reconciledAt": "",
    }


def test_a_returned_slip_points_into_the_contract(tax: Tax, catalogue: Catalogue) -> None:
    tax.tell("PHIEU_CHUYEN", slip(parcels=[slip_parcel(home(), certificate="BK 999999")], taxOffice="20999"))
    ((contract, returned),) = said(tax, catalogue)
    assert contract.startswith("tax.slip-returned")
    assert [fault["pointer"] for fault in returned["faults"]] == ["/taxOffice", "/parcels/0/certificate"]
    assert returned["slip"] == {"number": "412/PCTT", "revision": 1}


def test_no_obligation_is_a_valid_payload(tax: Tax, catalogue: Catalogue) -> None:
    plain = slip(procedure="gift")
    one, other = (each["party"]["personalId"] for each in plain["taxpayers"])
    claim = {"transferor": one, "transferee": other, "relation": "sibling", "paper": "Giấy khai sinh"}
    tax.tell("PHIEU_CHUYEN", {**plain, "declarations": {**plain["declarations"], "relations": [claim]}})
    ((contract, nothing),) = said(tax, catalogue)
    assert contract.startswith("tax.no-obligation")
    assert [(duty["kind"], duty["taxpayer"]) for duty in nothing["duties"]] == [("registration-fee", other), ("personal-income-tax", other)]
