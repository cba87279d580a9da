"""What the gateway does with documents that are not what they should be: a native no, and no memory lost."""

import os
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import httpx
import psutil
import pytest
from lxml import etree

from adapters.tax.documents import document
from services.kit import AgencySettings
from services.tax.gateway_xml import LIMIT, instant, read_instant
from tests.services.tax_messages import NOW, Tax, slip, tax_office, texts

Make = Callable[..., AgencySettings]
GOOD = document("PHIEU_CHUYEN", slip(), message_id="m", said_at=NOW)


@pytest.fixture(scope="module")
def tax(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tax]:
    folder: Path = tmp_path_factory.mktemp("tax")
    with tax_office(lambda part, **more: AgencySettings(part, f"sqlite:///{folder}/tax.db", **more)) as one:
        yield one


def told(tax: Tax, raw: bytes) -> httpx.Response:
    return tax.client.post("/gip", content=raw, headers={"Content-Type": "application/xml"})


def changed(old: str, new: str) -> bytes:
    assert old in GOOD.decode()
    return GOOD.decode().replace(old, new, 1).encode()


BOMB = """<!DOCTYPE DATA [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>"""


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 400, "11"),
        (b"not xml", 400, "11"),
        (b"<DATA>", 400, "11"),
        (b"{}", 400, "11"),
        (GOOD[:-20], 400, "11"),
        (changed("<DATA>", f"{BOMB}<DATA>"), 400, "12"),
        (changed("<DATA>", '<!DOCTYPE DATA SYSTEM "file:///etc/passwd"><DATA>'), 400, "12"),
        (changed("412/PCTT", "&unknown;"), 400, "11"),
        (b"<DATA>" * 100_000 + b"</DATA>" * 100_000, 413, "10"),
        (b"<a>" * 100_000 + b"</a>" * 100_000, 400, "11"),
        (GOOD + b" " * (2 * 1024 * 1024), 413, "10"),
        (GOOD.decode().replace("UTF-8", "UTF-16").encode("utf-16"), 400, "11"),
        (GOOD.decode().replace("UTF-8", "ISO-8859-1").encode(), 400, "11"),
        (GOOD.replace("ạ".encode(), b"\xe1"), 400, "11"),
        (changed("412/PCTT", "412\0PCTT"), 400, "11"),
        (changed("<DATA>", '<DATA xmlns="urn:other">'), 400, "13"),
        (GOOD.replace(b"DATA>", b"DULIEU>"), 400, "13"),
        (changed("<PHIEU_CHUYEN>", '<PHIEU_CHUYEN xmlns="urn:other">'), 422, "14"),
        (changed("412/PCTT", "412"), 422, "14"),
        (changed("<LAN_LAP>1<", "<LAN_LAP>0<"), 422, "14"),
        (changed("<NGAY_LAP>2025-08-15", "<NGAY_LAP>15/08/2025"), 422, "14"),
        (changed("<NGAY_LAP>2025-08-15", "<NGAY_LAP>2025-02-30"), 422, "14"),
        (changed("<TYPE>00201<", "<TYPE>00203<"), 422, "15"),
        (changed("<TRAN_CODE>05031<", "<TRAN_CODE>05011<"), 422, "15"),
        (changed("08-15-2025", "15-08-2025"), 422, "14"),
    ],
    ids=range(25),
)
def test_what_is_no_document_of_the_gateway_is_refused_in_the_gateways_own_words(tax: Tax, raw: bytes, status: int, code: str) -> None:
    answer = told(tax, raw)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/xml")
    assert texts(answer.text, "ERROR_CODE") == [code]
    assert texts(answer.text, "ERROR_DESC")[0]
    assert tax.kinds() == []


def test_every_fault_against_the_schema_is_named_with_its_place(tax: Tax) -> None:
    raw = changed("412/PCTT", "412").replace(b"<LAN_LAP>1<", b"<LAN_LAP>0<")
    answer = told(tax, raw)
    assert set(texts(answer.text, "DUONG_DAN")) == {"/PHIEU_CHUYEN/SO_PHIEU", "/PHIEU_CHUYEN/LAN_LAP"}


def test_a_person_without_a_personal_id_is_a_fault_at_its_element(tax: Tax) -> None:
    answer = told(tax, re.sub(rb"<SO>\d+</SO>", b"", GOOD, count=1))
    (place,) = texts(answer.text, "DUONG_DAN")
    assert place == "/PHIEU_CHUYEN/DS_NGUOI_NOP_THUE/NGUOI_NOP_THUE[1]/SO"


def test_a_document_of_exactly_the_limit_is_read(tax: Tax) -> None:
    filled = GOOD + b" " * (LIMIT - len(GOOD))
    assert told(tax, filled.replace(b"412/PCTT", b"412xPCTT")).status_code == 422
    assert told(tax, filled + b" ").status_code == 413


def test_memory_stays_flat_under_hostile_documents(tax: Tax) -> None:
    process = psutil.Process(os.getpid())
    hostile = [b"<a>" * 100_000 + b"</a>" * 100_000, b"<DATA>" + b"x" * 2_000_000, changed("<DATA>", f"{BOMB}<DATA>"), b"<a/>" * 250_000]
    for raw in hostile * 3:
        told(tax, raw)
    before = process.memory_info().rss
    for raw in hostile * 15:
        assert told(tax, raw).status_code in (400, 413)
    assert process.memory_info().rss - before < 16 * 1024 * 1024


def test_comments_and_processing_instructions_change_nothing(tax: Tax) -> None:
    raw = changed("<SO_PHIEU>412/PCTT", "<?pi x?><SO_PHIEU>4<!-- -->12/PCTT").replace(b"<LAN_LAP>1<", b"<LAN_LAP>0<")
    assert texts(told(tax, raw).text, "DUONG_DAN") == ["/PHIEU_CHUYEN/LAN_LAP"]


@pytest.mark.parametrize("text", ["2025-08-15 09:00:00.0", "2025-08-15 23:59:59.123456", "0001-01-01 00:00:00.5"])
def test_an_instant_is_written_as_it_was_read(text: str) -> None:
    assert instant(read_instant(text)) == text


def test_the_schema_in_the_package_is_a_schema() -> None:
    etree.XMLSchema(etree.fromstring(files("services.tax").joinpath("xsd/gip.xsd").read_bytes()))
