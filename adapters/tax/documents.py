"""The gateway's envelope: documents to it, documents from it read without trusting them, and its no."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from lxml import etree

from adapters.runtime import Answer, Nonsense, problem
from adapters.tax.fields import Element, fill, pointer_of
from adapters.tax.tables import BODIES
from vn.clock import VN
from vn.errors import AgencyAnsweredNo, Fault

LARGEST = 8 * 1024 * 1024
OK = "00"
SENDER = ("LGSP", "Trục liên thông tỉnh Lạng Sơn")
RECEIVER = ("TCT", "Cơ quan thuế")
TRAN_CODE = "05031"
TYPES: Mapping[str, tuple[str, str]] = {
    "PHIEU_CHUYEN": ("00201", "Phiếu chuyển thông tin"),
    "HUY_PHIEU": ("00202", "Hủy phiếu chuyển thông tin"),
    "CHUNG_TU": ("00203", "Chứng từ nộp ngân sách"),
    "BIEN_DONG": ("00204", "Biến động đất đai"),
}


def document(body: str, value: Mapping[str, Any], *, message_id: str, said_at: datetime) -> bytes:
    """The document that tells the gateway this JSON object of a contract; MSG_ID is made from the message's id."""
    kind, name = TYPES[body]
    root = etree.Element("DATA")
    header = etree.SubElement(root, "HEADER")
    for tag, text in _header(message_id, said_at).items():
        etree.SubElement(header, tag).text = text
    row = etree.SubElement(etree.SubElement(root, "BODY"), "ROW")
    etree.SubElement(row, "TYPE").text = kind
    etree.SubElement(row, "NAME").text = name
    fill(etree.SubElement(row, body), BODIES[body], value)
    etree.SubElement(root, "SECURITY")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _header(message_id: str, said_at: datetime) -> dict[str, str]:
    local = said_at.astimezone(VN)
    sequence = int.from_bytes(sha256(message_id.encode()).digest()[:8], "big") % 10**10
    filled = {
        "VERSION": "1.0",
        "SENDER_CODE": SENDER[0],
        "SENDER_NAME": SENDER[1],
        "RECEIVER_CODE": RECEIVER[0],
        "RECEIVER_NAME": RECEIVER[1],
        "TRAN_CODE": TRAN_CODE,
        "MSG_ID": f"GIP{local.year:04d}{local:%m}{sequence:010d}",
        "MSG_REFID": "",
        "ID_LINK": "",
        "SEND_DATE": f"{local:%m-%d}-{local.year:04d}",
    }
    rest = ("ORIGINAL_CODE", "ORIGINAL_NAME", "ORIGINAL_DATE", "ERROR_CODE", "ERROR_DESC", "SPARE1", "SPARE2", "SPARE3")
    return {**filled, **dict.fromkeys(rest, "")}


def parsed(raw: bytes) -> Element:
    """A document's root; raises Nonsense for what is none of the gateway's."""
    if len(raw) > LARGEST:
        raise Nonsense(f"the gateway's document is larger than {LARGEST} bytes")
    if b"<!DOCTYPE" in raw or b"\0" in raw:
        raise Nonsense("the gateway's document declares a DOCTYPE, or is not UTF-8")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError:
        raise Nonsense("the gateway's document is not well-formed XML") from None
    if root.tag != "DATA":
        raise Nonsense("the gateway's document has another root than DATA")
    return root


def body_of(text: str, name: str) -> Element:
    """The body element of a document in the feed; raises Nonsense where there is none of that name."""
    found = parsed(text.encode()).find(f"BODY/ROW/{name}")
    if found is None:
        raise Nonsense(f"the gateway's document has no {name}")
    return found


def check(answer: Answer) -> None:
    """A 200 may still be a no: ERROR_CODE says; raises AgencyAnsweredNo."""
    refusal = _refusal(parsed(answer.body))
    if refusal is not None:
        raise refusal


def read_no(answer: Answer) -> AgencyAnsweredNo:
    """The gateway's no with every fault, its paths as pointers into the contract; another server's as it comes."""
    try:
        return _refusal(parsed(answer.body)) or problem(answer)
    except Nonsense:
        return problem(answer)


def _refusal(root: Element) -> AgencyAnsweredNo | None:
    code = root.findtext("HEADER/ERROR_CODE") or OK
    if code == OK:
        return None
    return AgencyAnsweredNo(f"agency.tax.error_{code.lower()}", root.findtext("HEADER/ERROR_DESC") or "no reason given", faults(root))


def faults(around: Element) -> list[Fault]:
    """DS_LOI, each place as a JSON Pointer into the contract; what the contract has no word for is named in the reason."""
    return [_fault(each.findtext("DUONG_DAN") or "", each.findtext("MO_TA") or "no reason given") for each in around.iter("LOI")]


def _fault(path: str, reason: str) -> Fault:
    table = BODIES.get(path.strip("/").partition("/")[0])
    pointer, whole = pointer_of(path, table) if table else ("", not path)
    return Fault(pointer, reason if whole else f"{path}: {reason}")
