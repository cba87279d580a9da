"""The payment platform's shapes against the contracts, both ways."""

from datetime import datetime
from pathlib import Path

import orjson
import pytest

from adapters.payment import translation
from contracts import Catalogue
from services.payment import SECRETS
from services.payment import model as platform
from services.payment.shapes import BanTinInit, DoiSoat
from vn.clock import VN

EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"
CATALOGUE = Catalogue.load()
RECEIPT = {
    "SoChungTu": "C1-02/NS-260105-0000001",
    "MaThamChieu": "11020000000000001",
    "MaHoSo": "H37.15-260105-0001",
    "SoQD": "LTB0000001-TK0000001/TB-CCT",
    "SoTien": 1_158_500,
    "ThoiGianThanhToan": "20260105093000",
    "MaKenhThanhToan": "DVCQG",
    "SoCMNDNguoiNop": "020190000001",
    "HoTenNguoiNop": "Hoàng Thị Mẫu",
}


def examples(contract: str) -> list[bytes]:
    return [orjson.dumps(orjson.loads(path.read_bytes())) for path in sorted((EXAMPLES / contract).glob("good-*.json"))]


@pytest.mark.parametrize("raw", examples("payment.requested"))
def test_a_request_becomes_an_init_that_the_platform_takes_and_whose_code_it_accepts(raw: bytes) -> None:
    asked = CATALOGUE.decode("vn.gov.payment.requested.v1", raw)
    message = BanTinInit.model_validate(translation.init(asked))  # type: ignore[arg-type]
    platform.check(message.order(), signed=message.signed(), code=message.MaXacThuc, secrets=SECRETS)
    assert (message.MaThamChieu, message.SoTien) == (asked.attempt, asked.amount)  # type: ignore[attr-defined]


@pytest.mark.parametrize("raw", examples("tax.receipt-reconciled"))
def test_a_reconciliation_becomes_what_the_platform_takes(raw: bytes) -> None:
    said = CATALOGUE.decode("vn.gov.tax.receipt-reconciled.v1", raw)
    assert DoiSoat.model_validate(translation.reconciliation(said)).SoTienDuocHoan == said.refundable  # type: ignore[arg-type, attr-defined]


@pytest.mark.parametrize(("native", "channel"), list(translation.CHANNELS.items()))
def test_a_native_receipt_becomes_a_receipt_that_conforms_by_every_channel(native: str, channel: str) -> None:
    made = translation.receipt({**RECEIPT, "MaKenhThanhToan": native})
    assert made.channel == channel
    assert made.paid_at == datetime(2026, 1, 5, 9, 30, tzinfo=VN)
    assert CATALOGUE.faults(CATALOGUE.of(made), made.model_dump(mode="json")) == []


@pytest.mark.parametrize(("native", "outcome"), list(translation.OUTCOMES.items()))
def test_an_attempt_that_came_to_nothing_becomes_a_failure_that_conforms(native: str, outcome: str) -> None:
    body = {**RECEIPT, "MaLoi": native, "LyDo": "Hết thời gian thanh toán", "ThoiGian": "20260105094500"}
    made = translation.failed(body)
    assert made.outcome == outcome
    assert CATALOGUE.faults(CATALOGUE.of(made), made.model_dump(mode="json")) == []
