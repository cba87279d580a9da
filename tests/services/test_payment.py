"""The payment platform pays once, tells what happened, and remembers what tax made of it."""

import hashlib
import hmac
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
import structlog

from services.kit import AgencySettings
from services.payment import SECRETS, create_app
from tests.services.serving import at_rest, feed, frozen, serving

DOSSIER = "H37.15.2-251201-0001"
REFERENCE = "25120108000000001"
NOTICE = "LTB2500001-TK0000001/TB-CCT"
SIGNED = (
    *("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan", "MaKenhThanhToan"),
    *("MaThietBi", "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich", "ThoiGianGD", "Ip"),
)
Make = Callable[..., AgencySettings]


def sign(message: dict[str, Any], secret: str = SECRETS["H37.10"]) -> dict[str, Any]:
    """Written from the documentation, not from the code."""
    text = "|".join(str(message.get(name, "")) for name in SIGNED)
    return {**message, "MaXacThuc": hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()}


def message(reference: str = REFERENCE, amount: int = 1_158_500, dossier: str = DOSSIER, **more: Any) -> dict[str, Any]:
    slip = {
        "MaHoSo": dossier,
        "SoQD": NOTICE,
        "NgayQD": "01/12/2025",
        "MaCoQuanQD": "1056789",
        "KhoBac": "1811",
        "TKThuHuong": "7111.0.1056789",
        "TaiKhoanThuNSNN": "7111",
        "HoTenNguoiNop": "Nguyễn Thị Mô Phỏng",
        "SoCMNDNguoiNop": "020190123456",
        "DSKhoanNop": [{"NoiDung": "Lệ phí trước bạ nhà đất", "SoTien": amount, "MaNDKT": "2801"}],
    }
    return {
        "LoaiBanTin": "INIT",
        "PhienBan": "1.0.6",
        "MaDoiTac": "H37.10",
        "MaThamChieu": reference,
        "SoTien": amount,
        "LoaiHinhThanhToan": "THUE_DAT",
        "MaKenhThanhToan": "DVCQG",
        "NgonNgu": "vi",
        "MaTienTe": "VND",
        "ThongTinGiaoDich": "Nộp lệ phí trước bạ",
        "ThoiGianGD": "20251201080000",
        "ThongTinBienLai": slip,
        **more,
    }


@pytest.fixture
def payplat(settings: Make):
    """Nobody pays until the payer does."""
    with serving(create_app(settings("payment", policy={"payment": "manual"}))) as client:
        frozen(client)
        yield client


def init(client: httpx.Client, **more: Any) -> httpx.Response:
    return client.post("/payplat/init", json=sign(message(**more)))


def state(client: httpx.Client, reference: str = REFERENCE) -> str:
    return str(client.get(f"/giao-dich/{reference}").raise_for_status().json()["TrangThai"])


def test_by_instant_policy_a_started_attempt_is_paid_and_its_receipt_told(settings: Make):
    with serving(create_app(settings("payment"))) as client:
        frozen(client)
        headers = {"Idempotency-Key": "VN/GOV/H37.10/dvc 1", "X-Correlation-Id": "case-1"}
        answer = client.post("/payplat/init", json=sign(message()), headers=headers)
        assert answer.json()["MaLoi"] == "00"
        [entry] = feed(client, wait=10)
        assert (entry["kind"], entry["subject"], entry["cause"]) == ("CHUNG_TU", DOSSIER, "VN/GOV/H37.10/dvc 1")
        body = entry["body"]
        assert (body["MauChungTu"], body["SoChungTu"], body["MaThamChieu"]) == ("C1-02/NS", "C1-02/NS-251201-0000001", REFERENCE)
        assert (body["SoQD"], body["SoTien"], body["ThoiGianThanhToan"]) == (NOTICE, 1_158_500, "20251201080000")
        assert (body["NgayQD"], body["TKThuHuong"], body["KhoBac"]) == ("01/12/2025", "7111.0.1056789", "1811")
        assert state(client) == "DA_THANH_TOAN"
        assert client.get("/_lgsp/work").json() == {"items": []}


def test_an_attempt_waits_for_the_payer_who_pays_once_however_often_he_clicks(payplat: httpx.Client):
    started = init(payplat).json()
    assert (started["HanThanhToan"], state(payplat)) == ("20251201081500", "KHOI_TAO")
    with ThreadPoolExecutor(10) as threads:
        receipts = list(threads.map(lambda _: payplat.post(started["UrlThanhToan"], json={"MaKenhThanhToan": "ETAX"}), range(10)))
    assert {answer.status_code for answer in receipts} == {200}
    assert {answer.json()["SoChungTu"] for answer in receipts} == {"C1-02/NS-251201-0000001"}
    [entry] = feed(payplat)
    assert (entry["kind"], entry["body"]["MaKenhThanhToan"]) == ("CHUNG_TU", "ETAX")
    assert len(payplat.get("/chung-tu", params={"MaHoSo": DOSSIER}).json()) == 1


def test_the_payers_page_needs_no_body(payplat: httpx.Client):
    init(payplat)
    assert payplat.post(f"/giao-dich/{REFERENCE}/thanh-toan").json()["MaKenhThanhToan"] == "DVCQG"


def test_the_same_reference_with_the_same_content_gets_the_first_answer_and_pays_once(payplat: httpx.Client):
    first = init(payplat)
    payplat.post(f"/giao-dich/{REFERENCE}/thanh-toan")
    payplat.post("/_lgsp/clock/jump", json={"seconds": 60})
    later = init(payplat, ThoiGianGD="20251201080100")
    assert (later.status_code, later.json()) == (200, first.json())
    assert len(feed(payplat)) == len(payplat.get("/chung-tu").json()) == 1


def test_the_same_reference_with_other_content_is_an_error(payplat: httpx.Client):
    init(payplat)
    answer = init(payplat, amount=5)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/MaThamChieu"]
    assert payplat.get(f"/giao-dich/{REFERENCE}").json()["SoTien"] == 1_158_500


def test_concurrent_requests_with_one_reference_start_one_attempt(payplat: httpx.Client):
    with ThreadPoolExecutor(20) as threads:
        answers = list(
            threads.map(lambda n: payplat.post("/payplat/init", json=sign(message()), headers={"Idempotency-Key": f"S {n}"}), range(20))
        )
    assert {answer.content for answer in answers} == {answers[0].content}
    assert len(payplat.get("/giao-dich").json()) == 1
    assert len(payplat.get("/_lgsp/work").json()["items"]) == 2


def test_part_payments_are_attempts_of_one_dossier_each_with_a_receipt(payplat: httpx.Client):
    for reference, amount in (("25120108000000001", 1_000_000), ("25120108000000002", 158_500)):
        init(payplat, reference=reference, amount=amount)
        payplat.post(f"/giao-dich/{reference}/thanh-toan")
    assert [item["body"]["SoTien"] for item in feed(payplat)] == [1_000_000, 158_500]


def test_a_broken_off_attempt_is_told_with_its_reason_and_cannot_be_paid(payplat: httpx.Client):
    init(payplat)
    assert payplat.post(f"/giao-dich/{REFERENCE}/that-bai", json={"LyDo": "tài khoản không đủ tiền"}).status_code == 200
    [entry] = feed(payplat)
    assert (entry["kind"], entry["body"]["MaLoi"], entry["body"]["LyDo"]) == ("THAT_BAI", "THAT_BAI", "tài khoản không đủ tiền")
    answer = payplat.post(f"/giao-dich/{REFERENCE}/thanh-toan")
    assert (answer.status_code, "thất bại" in answer.json()["detail"]) == (409, True)
    assert payplat.get("/_lgsp/work").json() == {"items": []}


def test_a_paid_attempt_cannot_be_broken_off(payplat: httpx.Client):
    init(payplat)
    payplat.post(f"/giao-dich/{REFERENCE}/thanh-toan")
    assert payplat.post(f"/giao-dich/{REFERENCE}/that-bai", json={"LyDo": "x"}).status_code == 409
    assert state(payplat) == "DA_THANH_TOAN"


def test_an_attempt_expires_when_the_clock_jumps_over_its_time(payplat: httpx.Client):
    init(payplat)
    payplat.post("/_lgsp/clock/jump", json={"seconds": timedelta(minutes=15).total_seconds() - 1})
    at_rest(payplat)
    assert state(payplat) == "KHOI_TAO"
    payplat.post("/_lgsp/clock/jump", json={"seconds": 86_400})
    [entry] = feed(payplat, wait=10)
    assert (entry["kind"], entry["body"]["MaLoi"], entry["body"]["ThoiGian"]) == ("THAT_BAI", "HET_HAN", "20251201081500")
    assert state(payplat) == "HET_HAN"
    assert payplat.post(f"/giao-dich/{REFERENCE}/thanh-toan").status_code == 409
    assert payplat.get("/_lgsp/work").json() == {"items": []}


def test_when_policy_becomes_instant_what_waits_is_paid(payplat: httpx.Client):
    init(payplat)
    payplat.put("/_lgsp/policy", json={"payment": "instant"})
    assert [item["kind"] for item in feed(payplat, wait=10)] == ["CHUNG_TU"]


def test_a_policy_of_working_days_lets_an_attempt_live_that_long(payplat: httpx.Client):
    payplat.put("/_lgsp/policy", json={"payment": {"workingDays": 2}})
    init(payplat)
    payplat.post("/_lgsp/clock/jump", json={"seconds": 7 * 86_400})
    assert [(item["kind"], item["at"][:10]) for item in feed(payplat, wait=10)] == [("CHUNG_TU", "2025-12-03")]


def test_a_message_signed_with_another_secret_or_changed_afterwards_is_refused(payplat: httpx.Client):
    for wrong in (sign(message(), "other"), sign(message()) | {"ThongTinGiaoDich": "changed"}):
        answer = payplat.post("/payplat/init", json=wrong)
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/MaXacThuc"]
    answer = payplat.post("/payplat/init", json=sign(message(MaDoiTac="H99.1")))
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/MaDoiTac"]
    assert payplat.get("/giao-dich").json() == []


def test_a_secret_of_the_settings_takes_the_place_of_the_public_one(settings: Make):
    with serving(create_app(settings("payment"), secrets={"X": "y"})) as client:
        assert client.post("/payplat/init", json=sign(message(MaDoiTac="X"), "y")).status_code == 200
        assert init(client, reference="25120108000000009").status_code == 422


def test_lines_that_do_not_add_up_are_refused(payplat: httpx.Client):
    answer = payplat.post("/payplat/init", json=sign(message() | {"SoTien": 5}))
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/SoTien"]


def test_twenty_faults_are_reported_at_once_in_vietnamese_and_without_the_values(payplat: httpx.Client):
    bad = message(
        LoaiBanTin="PAY",
        PhienBan="9",
        MaDoiTac="",
        MaThamChieu="12",
        SoTien=1.5,
        LoaiHinhThanhToan=None,
        MaKenhThanhToan="FAX",
        NgonNgu="fr",
        MaTienTe="USD",
        ThongTinGiaoDich="",
        ThoiGianGD="2025-12-01",
        Ip="x" * 50,
        MaXacThuc="GHI",
        Thua="secret",
    )
    bad["ThongTinBienLai"] |= {
        "NgayQD": "31/02/2025",
        "SoCMNDNguoiNop": "02019012345x",
        "HoTenNguoiNop": "",
        "MaHoSo": "A" * 41,
        "La": "secret",
        "DSKhoanNop": [{"NoiDung": "x", "SoTien": -1}, {"SoTien": "5", "MaNDKT": "28"}],
    }
    del bad["ThongTinBienLai"]["KhoBac"]
    answer = payplat.post("/payplat/init", json=bad)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert len(pointers) == len(set(pointers)) == 24
    assert {"/ThongTinBienLai/KhoBac", "/ThongTinBienLai/DSKhoanNop/1/NoiDung", "/Thua", "/ThoiGianGD"} <= set(pointers)
    assert all(not error["detail"].isascii() for error in answer.json()["errors"])
    assert "02019012345x" not in answer.text
    assert "secret" not in answer.text


def reconciled(result: str, *, remaining: int = 0, refundable: int = 0, **more: str) -> dict[str, Any]:
    said = {"SoChungTu": "C1-02/NS-251201-0000001", "MaThamChieu": REFERENCE, "KetQua": result, "ThoiGian": "20251201090000"}
    return {**said, "SoTienConPhaiNop": remaining, "SoTienDuocHoan": refundable, **more}


@pytest.mark.parametrize("result", ["MOT_PHAN", "DU", "THUA", "TRUNG", "TB_HUY"])
def test_what_tax_made_of_a_receipt_is_kept_and_its_refund_shown(payplat: httpx.Client, result: str):
    init(payplat)
    payplat.post(f"/giao-dich/{REFERENCE}/thanh-toan")
    assert payplat.post("/doi-soat", json=reconciled(result, refundable=500)).status_code == 200
    [receipt] = payplat.get("/chung-tu").json()
    assert [said["KetQua"] for said in receipt["DoiSoat"]] == [result]
    assert receipt["SoTienDuocHoan"] == 500


def test_the_last_word_of_tax_stands_and_the_earlier_ones_are_kept(payplat: httpx.Client):
    init(payplat)
    payplat.post(f"/giao-dich/{REFERENCE}/thanh-toan")
    headers = {"Idempotency-Key": "VN/GOV/G12.20/tct 1"}
    for _ in range(2):
        payplat.post("/doi-soat", json=reconciled("DU"), headers=headers)
    payplat.post("/doi-soat", json=reconciled("TB_HUY", refundable=1_158_500))
    [receipt] = payplat.get("/chung-tu").json()
    assert [said["KetQua"] for said in receipt["DoiSoat"]] == ["DU", "TB_HUY"]
    assert receipt["SoTienDuocHoan"] == 1_158_500


def test_a_reconciliation_of_an_unknown_receipt_is_404_and_of_another_attempts_receipt_422(payplat: httpx.Client):
    assert payplat.post("/doi-soat", json=reconciled("DU")).status_code == 404
    init(payplat)
    payplat.post(f"/giao-dich/{REFERENCE}/thanh-toan")
    assert payplat.post("/doi-soat", json=reconciled("DU", MaThamChieu="25120108000000002")).status_code == 422


def test_an_unknown_attempt_is_404(payplat: httpx.Client):
    assert payplat.get(f"/giao-dich/{REFERENCE}").status_code == 404
    assert payplat.post(f"/giao-dich/{REFERENCE}/thanh-toan").status_code == 404
    assert payplat.get("/giao-dich/12").status_code == 422


def test_two_platforms_that_paid_the_same_in_another_order_and_at_another_time_have_one_canonical_form(settings: Make):
    one, two = "H37.15.2-251201-0001", "H37.15.2-251201-0002"
    references = {one: "25120108000000001", two: "25120108000000002"}
    forms = []
    for name, order in (("first", (one, two)), ("second", (two, one))):
        with serving(create_app(settings("payment", name=name))) as client:
            for dossier in order:
                init(client, reference=references[dossier], dossier=dossier)
                at_rest(client)
            forms.append(client.get("/_lgsp/canonical").json())
    assert forms[0]["tables"] == forms[1]["tables"]
    assert forms[0]["feed"] == forms[1]["feed"]
    assert forms[0]["feed"][one][0]["body"]["SoChungTu"] == f"number#1@{one}"


def test_logs_name_the_dossier_and_the_case_and_nobody(payplat: httpx.Client):
    with structlog.testing.capture_logs() as logs:
        init(payplat)
        payplat.post(f"/giao-dich/{REFERENCE}/thanh-toan")
        payplat.post("/payplat/init", json=message() | {"SoTien": "x"})
    [told] = [log for log in logs if log["event"] == "told"]
    assert (told["kind"], told["dossier"], told["correlation"]) == ("CHUNG_TU", DOSSIER, feed(payplat)[0]["correlation"])
    assert "Mô Phỏng" not in str(logs)
    assert "020190123456" not in str(logs)
