"""The gateway's XML: reading it without trusting it, and the envelope around everything the tax authority says."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree

from vn.clock import VN
from vn.errors import AgencyAnsweredNo, Fault
from vn.fidelity import Fact

LIMIT = 1024 * 1024
MOST_FAULTS = 100
VERSION = "1.0"
TAX = ("TCT", "Cơ quan thuế")

Element = Any  # lxml-stubs' _Element is private

OK = "00"
TOO_LARGE = "10"
UNREADABLE = "11"
DOCTYPE = "12"
NOT_GIP = "13"
NOT_VALID = "14"
UNKNOWN_TYPE = "15"
NOT_KNOWN = "20"
NOT_NOW = "21"
NOT_ALLOWED = "22"

STATUS: Mapping[str, int] = {
    TOO_LARGE: 413,
    UNREADABLE: 400,
    DOCTYPE: 400,
    NOT_GIP: 400,
    NOT_VALID: 422,
    UNKNOWN_TYPE: 422,
    NOT_KNOWN: 404,
    NOT_NOW: 409,
    NOT_ALLOWED: 422,
}
"""HTTP status beside each ERROR_CODE."""

_ENCODING = re.compile(r"""^\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([^"']*)["']""")


@dataclass(frozen=True)
class Types:
    """What a document is about: TRAN_CODE, TYPE, NAME, and the name of its body element; all but SOTHUE are ours (a)."""

    tran_code: str
    type: str
    name: str
    body: str


INCOMING = {
    each.body: each
    for each in (
        Types("05031", "00201", "Phiếu chuyển thông tin", "PHIEU_CHUYEN"),
        Types("05031", "00202", "Hủy phiếu chuyển thông tin", "HUY_PHIEU"),
        Types("05031", "00203", "Chứng từ nộp ngân sách", "CHUNG_TU"),
        Types("05031", "00204", "Biến động đất đai", "BIEN_DONG"),
        Types("05011", "00110", "Truy vấn sổ thuế nhà đất", "TRUY_VAN"),
    )
}
OUTGOING = {
    each.body: each
    for each in (
        Types("05012", "00110", "Trả lời truy vấn sổ thuế nhà đất", "SOTHUE"),
        Types("05032", "00200", "Trả lời tiếp nhận", "KET_QUA"),
        Types("05041", "00301", "Chuyển trả phiếu sai", "TRA_PHIEU"),
        Types("05041", "00302", "Thông báo nộp tiền", "THONG_BAO"),
        Types("05041", "00303", "Hủy thông báo nộp tiền", "HUY_THONG_BAO"),
        Types("05041", "00304", "Không phát sinh nghĩa vụ tài chính", "KHONG_PHAT_SINH"),
        Types("05041", "00305", "Đối soát chứng từ", "DOI_SOAT"),
        Types("05041", "00306", "Hoàn thành nghĩa vụ tài chính", "HOAN_THANH"),
    )
}


@dataclass(frozen=True)
class Asked:
    """A document that came in: its own number, and its body."""

    msg_id: str
    body: Element


def read(raw: bytes) -> Asked:
    """A document of the gateway, checked against the schema; raises AgencyAnsweredNo with an ERROR_CODE and every fault.

    Nothing is expanded, fetched or recovered; what is refused costs no more memory than its own bytes.
    """
    if len(raw) > LIMIT:
        raise AgencyAnsweredNo(TOO_LARGE, f"bản tin tối đa {LIMIT} byte")
    text = _text(raw)
    if "<!DOCTYPE" in text:
        raise AgencyAnsweredNo(DOCTYPE, "bản tin không được khai báo DOCTYPE")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise AgencyAnsweredNo(UNREADABLE, f"bản tin không phải XML đúng cú pháp: {error.msg}"[:300]) from None
    if root.tag != "DATA":
        raise AgencyAnsweredNo(NOT_GIP, "gốc của bản tin phải là DATA, không có không gian tên")
    faults = _against_schema(root)
    if faults:
        raise AgencyAnsweredNo(NOT_VALID, "bản tin không đúng mẫu", faults)
    return _asked(root)


def _against_schema(root: Element) -> list[Fault]:
    schema = _schema()
    schema.validate(root)
    found = list(schema.error_log)[:MOST_FAULTS]
    return list(dict.fromkeys(Fault(native_path(entry.path), str(entry.message)[:500]) for entry in found))


def careful_parser() -> etree.XMLParser:
    """Nothing is expanded or fetched; depth and size keep libxml2's own bounds."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True)


def _text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AgencyAnsweredNo(UNREADABLE, "bản tin phải mã hóa UTF-8") from None
    said = _ENCODING.match(text)
    if "\0" in text or (said and said[1].lower() not in ("utf-8", "utf8")):
        raise AgencyAnsweredNo(UNREADABLE, "bản tin phải mã hóa UTF-8")
    return text


def _asked(root: Element) -> Asked:
    body = root.find("BODY/ROW")[2]
    known = INCOMING[body.tag]
    said = (root.findtext("HEADER/TRAN_CODE"), root.findtext("BODY/ROW/TYPE"))
    if said != (known.tran_code, known.type):
        reason = f"TRAN_CODE {said[0]}, TYPE {said[1]} không đi với {body.tag} ({known.tran_code}, {known.type})"
        raise AgencyAnsweredNo(UNKNOWN_TYPE, reason)
    return Asked(root.findtext("HEADER/MSG_ID"), body)


@cache
def _schema() -> Any:
    path = files("services.tax").joinpath("xsd/gip.xsd")
    return etree.XMLSchema(etree.fromstring(path.read_bytes()))


def native_path(path: str | None) -> str:
    """The place in the body: `/PHIEU_CHUYEN/...` for `/DATA/BODY/ROW/PHIEU_CHUYEN/...`."""
    return (path or "").removeprefix("/DATA/BODY/ROW")


@dataclass(frozen=True)
class Stamp:
    """What every outgoing document is stamped with."""

    sequence: int
    now: datetime
    reply_to: str = ""


def write(body: Element, stamp: Stamp, *, code: str = OK, message: str = "Thành công") -> str:
    """The document around a body; SEND_DATE is MM-dd-yyyy, every other date yyyy-MM-dd HH:mm:ss.0, as observed."""
    known = OUTGOING[body.tag]
    header = {
        "VERSION": VERSION,
        "SENDER_CODE": TAX[0],
        "SENDER_NAME": TAX[1],
        "RECEIVER_CODE": "",
        "RECEIVER_NAME": "",
        "TRAN_CODE": known.tran_code,
        "MSG_ID": f"GIP{stamp.now:%Y%m}{stamp.sequence:010d}",
        "MSG_REFID": stamp.reply_to,
        "ID_LINK": "",
        "SEND_DATE": f"{stamp.now:%m-%d-%Y}",
        **dict.fromkeys(("ORIGINAL_CODE", "ORIGINAL_NAME", "ORIGINAL_DATE"), ""),
        "ERROR_CODE": code,
        "ERROR_DESC": message[:500],
        **dict.fromkeys(("SPARE1", "SPARE2", "SPARE3"), ""),
    }
    row = element("ROW", {"TYPE": known.type, "NAME": known.name}, body)
    root = element("DATA", {}, element("HEADER", header), element("BODY", {}, row), element("SECURITY"))
    return str(etree.tostring(root, encoding="unicode"))


def element(tag: str, texts: Mapping[str, object] = {}, *children: Element) -> Element:
    """An element with text children, None left out, then the other children."""
    made = etree.Element(tag)
    for name, value in texts.items():
        if value is not None:
            etree.SubElement(made, name).text = str(value)
    made.extend(children)
    return made


def error_document(code: str, message: str, faults: Iterable[Fault], stamp: Stamp) -> str:
    """The gateway's no: ERROR_CODE, ERROR_DESC, and every fault with its path."""
    return write(element("KET_QUA", {}, fault_list(faults)), stamp, code=code, message=message)


def fault_list(faults: Iterable[Fault]) -> Element:
    """DS_LOI."""
    return element("DS_LOI", {}, *(element("LOI", {"DUONG_DAN": fault.pointer, "MO_TA": fault.reason}) for fault in faults))


def read_instant(text: str) -> datetime:
    """An instant as Java's Timestamp writes it, in Viet Nam's time; raises ValueError for a day that does not exist."""
    return datetime.fromisoformat(f"{text[:19]}.{text[20:26]:0<6}").replace(tzinfo=VN)


def instant(moment: datetime | date) -> str:
    """`yyyy-MM-dd HH:mm:ss.0`; a fraction of a second is kept as far as there is one."""
    if not isinstance(moment, datetime):
        return f"{moment.isoformat()} 00:00:00.0"
    local = moment.astimezone(VN)
    fraction = f"{local.microsecond:06d}".rstrip("0") or "0"
    return f"{local.replace(microsecond=0, tzinfo=None).isoformat(' ')}.{fraction}"


FACTS = (
    Fact(
        "Envelope, header and date formats of the gateway",
        "DATA, HEADER, BODY; MSG_ID GIP+yyyyMM+seq",
        "bank ESB tests",
        "observed",
    ),
    Fact("Bodies other than SOTHUE, and their TRAN_CODE and TYPE", ", ".join(INCOMING), "only the paper forms are public", "assumption"),
    Fact("ERROR_CODE", ", ".join([OK, *STATUS]), "", "simulator"),
    Fact("HTTP status beside ERROR_CODE", "404 not known yet, 4xx no, 5xx later; the real gateway answers SOAP", "", "simulator"),
    Fact("Largest document", f"{LIMIT} bytes", "", "simulator"),
)
