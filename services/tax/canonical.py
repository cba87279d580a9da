"""A document of the gateway as JSON without what may differ between equal runs: its own number and the moment it was made."""

from typing import Any

from lxml import etree

from services.tax.gateway_xml import Element, careful_parser

MOMENTS = frozenset(
    {"MSG_ID", "SEND_DATE", "NGAY_TRA", "NGAY_HUY", "NGAY_XAC_NHAN", "NGAY_DOI_SOAT", "NGAY_HOAN_THANH"},
)


def without_moments(_kind: str, body: str) -> Any:
    """`[tag, text or children]`, moments and empty header fields left out."""
    return _plain(etree.fromstring(body.encode(), careful_parser()))


def _plain(each: Element) -> Any:
    children = [_plain(child) for child in each if child.tag not in MOMENTS]
    return [each.tag, children or each.text or ""]
