"""The tax authority at work: slips in, notices out, receipts reconciled, and all that may cross."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from services.kit import AgencySettings
from tests.services.serving import feed
from tests.services.tax_messages import DOSSIER, Tax, home, key, people, slip, slip_parcel, tax_office, taxpayer, texts

Make = Callable[..., AgencySettings]
GIFT = {"contract": {"number": "1/2025", "signedOn": "2025-08-08"}, "values": []}


@pytest.fixture
def tax(settings: Make) -> Iterator[Tax]:
    with tax_office(settings) as one:
        yield one


@pytest.fixture
def slow(settings: Make) -> Iterator[Tax]:
    with tax_office(settings, assess="manual", reconcile="manual") as one:
        yield one


def test_a_right_slip_becomes_one_notice_for_each_taxpayer_and_sub_item(tax: Tax) -> None:
    assert tax.tell("PHIEU_CHUYEN", slip()).status_code == 200
    assert tax.kinds() == ["THONG_BAO", "THONG_BAO"]
    fee, income = tax.notice("LPTB"), tax.notice("TNCN")
    assert (fee["SO_TIEN"], fee["MA_TMUC"], fee["THU_TU"], fee["TONG_SO"]) == ("25000000", "2801", "1", "2")
    assert (income["SO_TIEN"], income["MA_TMUC"], income["THU_TU"]) == ("100000000", "1006", "2")
    assert fee["BANG_CHU"] == "Hai mươi lăm triệu đồng"
    assert fee["HAN_NOP"] == "2025-09-15 00:00:00.0"
    assert (fee["MA_CHUONG"], fee["LOAI_TK_NSNN"]) == ("857", "7111")
    assert fee["SO_QUYET_DINH"] == "LTB0000001-TK0000001/TB-TCS"
    assert fee["SEND_DATE"] == "08-15-2025"
    assert fee["MSG_ID"].startswith("GIP202508")


def test_a_wrong_slip_comes_back_with_every_fault_and_the_next_revision_is_assessed(tax: Tax) -> None:
    land = home()
    wrong = slip_parcel(land, certificate="BK 999999")
    wrong["areas"] = {**wrong["areas"], "parcel": float(land.area) + 1}
    tax.tell("PHIEU_CHUYEN", slip(parcels=[wrong], deferral={"landUseFee": True, "registrationFee": False}))
    (item,) = feed(tax.client, after=0)
    assert item["kind"] == "TRA_PHIEU"
    place = "/PHIEU_CHUYEN/DS_THUA_DAT/THUA_DAT[1]"
    assert set(texts(item["body"], "DUONG_DAN")) == {
        f"{place}/DIEN_TICH/DT_THUA",
        f"{place}/DIEN_TICH/DT_RIENG",
        f"{place}/DIEN_TICH/DT_PHAI_NOP",
        f"{place}/MA_GCN",
        "/PHIEU_CHUYEN/GHI_NO",
    }
    tax.tell("PHIEU_CHUYEN", slip(revision=2))
    assert tax.kinds() == ["TRA_PHIEU", "THONG_BAO", "THONG_BAO"]
    assert tax.dossier()["TrangThai"] == "đã thông báo"


def test_a_gift_within_the_family_has_no_obligation_and_each_duty_has_its_ground(tax: Tax) -> None:
    plain = slip()
    seller, buyer = (each["party"]["personalId"] for each in plain["taxpayers"])
    claim = {"transferor": seller, "transferee": buyer, "relation": "parent-child", "paper": "Giấy khai sinh"}
    tax.tell("PHIEU_CHUYEN", slip(procedure="gift", declarations={**GIFT, "relations": [claim]}))
    (item,) = feed(tax.client, after=0)
    assert item["kind"] == "KHONG_PHAT_SINH"
    assert texts(item["body"], "LOAI") == ["LPTB", "TNCN"]
    assert all("cha đẻ, mẹ đẻ với con đẻ" in ground for ground in texts(item["body"], "CAN_CU"))


def test_nil_duties_beside_due_ones_stand_under_exempted(tax: Tax) -> None:
    plain = slip()
    seller = plain["taxpayers"][0]["party"]["personalId"]
    tax.tell("PHIEU_CHUYEN", slip(declarations={**plain["declarations"], "onlyHome": [seller]}))
    assert tax.kinds() == ["THONG_BAO"]
    assert "duy nhất" in tax.notice("LPTB")["CAN_CU"]


def test_paying_all_notices_completes_the_obligation_once(tax: Tax) -> None:
    tax.tell("PHIEU_CHUYEN", slip())
    tax.pay(tax.notice("LPTB"), 25_000_000, 1)
    assert tax.of("DOI_SOAT")[-1]["KET_QUA_DS"] == "DU"
    assert "HOAN_THANH" not in tax.kinds()
    tax.pay(tax.notice("TNCN"), 40_000_000, 2)
    part = tax.of("DOI_SOAT")[-1]
    assert (part["KET_QUA_DS"], part["CON_PHAI_NOP"], part["DUOC_HOAN"]) == ("MOT_PHAN", "60000000", "0")
    tax.pay(tax.notice("TNCN"), 60_000_001, 3)
    over = tax.of("DOI_SOAT")[-1]
    assert (over["KET_QUA_DS"], over["DA_NOP"], over["CON_PHAI_NOP"], over["DUOC_HOAN"]) == ("THUA", "100000000", "0", "1")
    assert tax.of("HOAN_THANH")[0]["TONG_TIEN"] == "125000000"
    tax.pay(tax.notice("TNCN"), 5, 4)
    assert tax.of("DOI_SOAT")[-1]["DUOC_HOAN"] == "5"
    assert tax.kinds().count("HOAN_THANH") == 1
    assert tax.dossier()["TrangThai"] == "đã hoàn thành nghĩa vụ"


@pytest.mark.parametrize(("number", "attempt"), [(1, 7), (2, 1)])
def test_the_same_receipt_number_or_attempt_a_second_time_is_repeated_and_refundable(tax: Tax, number: int, attempt: int) -> None:
    tax.tell("PHIEU_CHUYEN", slip())
    tax.pay(tax.notice("TNCN"), 40_000_000, 1)
    tax.pay(tax.notice("TNCN"), 40_000_000, number, attempt=attempt)
    again = tax.of("DOI_SOAT")[-1]
    assert (again["KET_QUA_DS"], again["DA_NOP"], again["CON_PHAI_NOP"], again["DUOC_HOAN"]) == (
        "TRUNG",
        "40000000",
        "60000000",
        "40000000",
    )


def test_one_message_delivered_twice_has_one_effect_and_one_answer(tax: Tax) -> None:
    first = tax.tell("PHIEU_CHUYEN", slip(), message_id="same")
    again = tax.tell("PHIEU_CHUYEN", slip(), message_id="same")
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert tax.kinds() == ["THONG_BAO", "THONG_BAO"]


def test_a_late_receipt_brings_a_further_notice_and_completion_waits_for_it(tax: Tax) -> None:
    tax.tell("PHIEU_CHUYEN", slip())
    tax.pay(tax.notice("LPTB"), 25_000_000, 1)
    tax.at("2025-09-26T09:00:00+07:00")
    tax.pay(tax.notice("TNCN"), 100_000_000, 2, on="2025-09-26")
    # deadline 15 September; 16 to 25 September are 10 days: 100,000,000 x 10 x 0.0003
    late = tax.notice("CHAM_NOP")
    assert (late["SO_TIEN"], late["MA_TMUC"], late["SO_QD_GOC"]) == ("300000", "4917", tax.notice("TNCN")["SO_QUYET_DINH"])
    assert (late["THU_TU"], late["TONG_SO"], late["TY_LE"]) == ("3", "3", "0.0003")
    assert tax.kinds()[-2:] == ["DOI_SOAT", "THONG_BAO"]
    tax.at("2026-02-01T09:00:00+07:00")
    tax.pay(late, 300_000, 3, on="2026-02-01")
    assert tax.kinds()[-1] == "HOAN_THANH"  # late itself, and no interest on interest
    assert tax.of("HOAN_THANH")[0]["TONG_TIEN"] == "125300000"


def test_a_land_use_fee_has_two_tranches_and_each_is_charged_when_it_is_late(tax: Tax) -> None:
    land = home()
    area = min(float(land.area), 50.0)
    parcel = slip_parcel(land, useBefore="CLN")
    parcel["areas"] = {**parcel["areas"], "subjectToLandUseFee": area, "freeOfLandUseFee": float(land.area) - area, "changed": area}
    parcel["valuation"] = {"tablePrice": 2_000_000, "priceTable": "Bảng giá", "priceBefore": 1_000_000, "quota": 120}
    holder = land.holders[0].party
    decision = {"decisionNumber": "1/QĐ", "decidedOn": "2025-08-01", "issuer": "UBND", "fromUse": "CLN", "toUse": "ODT"}
    change = {"purposeChange": {**decision, "area": area, "household": holder.personal_id}}
    tax.tell(
        "PHIEU_CHUYEN",
        slip(procedure="change-purpose", taxpayers=[taxpayer("transferee", holder)], parcels=[parcel], declarations=change),
    )
    (item,) = feed(tax.client, after=0)
    half = int(area * 1_000_000) // 2
    assert texts(item["body"], "SO_CON_PHAI_NOP") == [str(half), str(half)]
    assert texts(item["body"], "HAN_NOP") == ["2025-09-15 00:00:00.0", "2025-11-13 00:00:00.0"]
    tax.at("2025-11-25T09:00:00+07:00")
    tax.pay(tax.notice("TSDD"), 2 * half, 1, on="2025-11-25")
    late = next(each for each in feed(tax.client, after=0) if "CHAM_NOP" in each["body"])
    # 70 days for the first tranche, 11 for the second
    assert texts(late["body"], "SO_CON_PHAI_NOP") == [str(half * 70 * 3 // 10_000), str(half * 11 * 3 // 10_000)]


def test_a_second_reduced_fee_of_the_household_is_charged_in_full_and_a_cancelled_slip_frees_the_right(tax: Tax) -> None:
    tax.at("2026-03-18T09:00:00+07:00")
    land = home()
    holder = land.holders[0].party
    parcel = slip_parcel(land, useBefore="CLN", valuation={"tablePrice": 2, "priceTable": "B", "priceBefore": 1, "quota": 10_000})
    area = float(land.area)
    parcel["areas"] = {**parcel["areas"], "subjectToLandUseFee": area, "freeOfLandUseFee": 0, "changed": area}
    parcel["valuation"] = {"tablePrice": 2_000_000, "priceTable": "B", "priceBefore": 1_000_000, "quota": 10_000}
    decision = {"decisionNumber": "1/QĐ", "decidedOn": "2026-03-09", "issuer": "UBND", "fromUse": "CLN", "toUse": "ODT"}
    change = {"purposeChange": {**decision, "area": area, "household": holder.personal_id}}
    asked = {"procedure": "change-purpose", "taxpayers": [taxpayer("transferee", holder)], "parcels": [parcel], "declarations": change}
    fees = []
    for n in range(2):
        tax.tell("PHIEU_CHUYEN", slip(**asked, dossier=f"H37.15-250812-000{n + 1}", number=f"{n + 1}/PCTT"))
        fees.append(int(tax.of("THONG_BAO")[-1]["SO_TIEN"]))
    assert fees == [int(area * 300_000), int(area * 1_000_000)]
    for n in range(2):
        ref = {"slip": {"number": f"{n + 1}/PCTT", "revision": 1}, "reason": "rút", "cancelledAt": "2026-03-18T09:00:00+07:00"}
        tax.tell("HUY_PHIEU", {"dossier": f"H37.15-250812-000{n + 1}", **ref})
    tax.tell("PHIEU_CHUYEN", slip(**asked, dossier="H37.15-250812-0003", number="3/PCTT"))
    assert int(tax.of("THONG_BAO")[-1]["SO_TIEN"]) == fees[0]


def test_a_cancelled_slip_cancels_its_notices_and_makes_all_receipts_refundable_even_after_completion(tax: Tax) -> None:
    tax.tell("PHIEU_CHUYEN", slip())
    tax.pay(tax.notice("LPTB"), 25_000_000, 1)
    tax.pay(tax.notice("TNCN"), 100_000_010, 2)
    assert tax.kinds()[-1] == "HOAN_THANH"
    before = len(tax.kinds())
    tax.cancel()
    assert tax.kinds()[before:] == ["HUY_THONG_BAO", "DOI_SOAT", "HUY_THONG_BAO", "DOI_SOAT"]
    refunds = [(each["KET_QUA_DS"], each["DUOC_HOAN"]) for each in tax.of("DOI_SOAT")[-2:]]
    assert refunds == [("TB_HUY", "25000000"), ("TB_HUY", "100000010")]
    tax.pay(tax.notice("LPTB"), 7, 3)
    assert tax.of("DOI_SOAT")[-1]["KET_QUA_DS"] == "TB_HUY"
    assert tax.dossier()["TrangThai"] == "đã hủy"


def test_a_slip_cancelled_before_assessment_is_not_assessed(slow: Tax) -> None:
    slow.tell("PHIEU_CHUYEN", slip())
    slow.cancel()
    assert slow.kinds() == []
    assert slow.decide("xac-dinh").status_code == 409


def test_a_returned_slip_that_is_cancelled_stays_cancelled(tax: Tax) -> None:
    tax.tell("PHIEU_CHUYEN", slip(taxOffice="20999"))
    assert tax.cancel().status_code == 200
    assert tax.cancel().status_code == 200
    assert tax.kinds() == ["TRA_PHIEU"]
    assert tax.dossier()["TrangThai"] == "đã hủy"


def test_a_new_revision_takes_the_place_of_an_assessed_one_and_its_notices(tax: Tax) -> None:
    tax.tell("PHIEU_CHUYEN", slip())
    tax.pay(tax.notice("LPTB"), 25_000_000, 1)
    tax.tell("PHIEU_CHUYEN", slip(revision=2, value=6_000_000_000))
    assert tax.kinds()[3:] == ["HUY_THONG_BAO", "DOI_SOAT", "HUY_THONG_BAO", "THONG_BAO", "THONG_BAO"]
    assert tax.of("THONG_BAO")[-1]["SO_TIEN"] == "120000000"
    late = tax.tell("PHIEU_CHUYEN", slip(revision=2))
    assert (late.status_code, texts(late.text, "ERROR_CODE")) == (409, ["21"])


def test_what_is_not_known_yet_is_a_404_in_the_gateways_own_words(tax: Tax) -> None:
    answer = tax.pay({"SO_QUYET_DINH": "LTB0000009-TK0000009/TB-TCS", "SO": "020079238759"}, 5, 1)
    assert answer.status_code == 404
    assert texts(answer.text, "ERROR_CODE") == ["20"]
    assert tax.cancel().status_code == 404
    assert tax.client.get(f"/ho-so/{DOSSIER}").status_code == 404


def test_a_receipt_under_another_dossier_is_refused_at_its_element(tax: Tax) -> None:
    tax.tell("PHIEU_CHUYEN", slip())
    said: dict[str, Any] = {"dossier": "H37.15-250812-0002", "notice": tax.notice("LPTB")["SO_QUYET_DINH"], "attempt": "0" * 17}
    said |= {"receipt": "C1-02/NS-250820-0000001", "amount": 5, "paidAt": "2025-08-20T10:00:00+07:00", "channel": "bank"}
    answer = tax.tell("CHUNG_TU", {**said, "payer": "020079238759", "payerName": "A"})
    assert answer.status_code == 422
    assert texts(answer.text, "DUONG_DAN") == ["/CHUNG_TU/MA_HS"]


def test_the_book_follows_the_register(tax: Tax) -> None:
    land = home()
    holder = {"party": slip()["taxpayers"][1]["party"], "share": "1/1"}
    updated = {
        "parcel": key(land),
        "area": float(land.area) + 2,
        "use": "ODT",
        "holders": [holder],
        "certificate": {"serial": "CM 765432", "bookNumber": "CS00001", "issuedOn": "2025-08-30", "replaces": land.certificate},
    }
    tax.tell(
        "BIEN_DONG",
        {
            "dossier": DOSSIER,
            "restsOn": {"basis": "obligation-completed", "slip": {"number": "1/PCTT", "revision": 1}},
            "parcels": [updated],
            "office": "VPĐK",
            "updatedAt": "2025-08-30T10:00:00+07:00",
        },
    )
    tax.tell("PHIEU_CHUYEN", slip())
    assert tax.kinds() == ["TRA_PHIEU"]
    assert "CM 765432" in feed(tax.client, after=0)[0]["body"]


def test_a_query_of_the_land_tax_book_shows_what_is_still_to_pay(tax: Tax) -> None:
    tax.tell("PHIEU_CHUYEN", slip())
    income = tax.notice("TNCN")
    tax.pay(income, 40_000_000, 1)
    asked = f"""<DATA><HEADER><VERSION/><SENDER_CODE/><SENDER_NAME/><RECEIVER_CODE/><RECEIVER_NAME/><TRAN_CODE>05011</TRAN_CODE>
<MSG_ID>GIP2025081</MSG_ID><MSG_REFID/><ID_LINK/><SEND_DATE>08-15-2025</SEND_DATE><ORIGINAL_CODE/><ORIGINAL_NAME/><ORIGINAL_DATE/>
<ERROR_CODE/><ERROR_DESC/><SPARE1/><SPARE2/><SPARE3/></HEADER><BODY><ROW><TYPE>00110</TYPE><NAME/><TRUY_VAN><MA_HS>{DOSSIER}</MA_HS>
<SO>{income["SO"]}</SO></TRUY_VAN></ROW></BODY><SECURITY/></DATA>"""
    answer = tax.client.post("/gip", content=asked.encode())
    assert texts(answer.text, "SO_CON_PHAI_NOP") == ["60000000"]
    assert texts(answer.text, "MSG_REFID") == ["GIP2025081"]
    nobody = tax.client.post("/gip", content=asked.replace(income["SO"], "020000000000").encode())
    assert texts(nobody.text, "TRANGTHAI") == ["02"]


def test_an_officer_decides_where_policy_leaves_it_to_them(slow: Tax) -> None:
    slow.tell("PHIEU_CHUYEN", slip())
    assert slow.kinds() == []
    assert slow.decide("tra-phieu").status_code == 422
    assert slow.decide("tra-phieu", "Thiếu tờ khai").json()["TrangThai"] == "đã chuyển trả"
    slow.tell("PHIEU_CHUYEN", slip(revision=2))
    assert slow.decide("xac-dinh").json()["TrangThai"] == "đã thông báo"
    assert slow.decide("doi-soat").status_code == 409
    for number, kind in enumerate(("LPTB", "TNCN"), 1):
        slow.pay(slow.notice(kind), int(slow.notice(kind)["SO_TIEN"]), number)
    assert "DOI_SOAT" not in slow.kinds()
    assert slow.decide("doi-soat").json()["TrangThai"] == "đã hoàn thành nghĩa vụ"


def test_what_the_office_says_names_what_caused_it(slow: Tax) -> None:
    slow.tell("PHIEU_CHUYEN", slip(), message_id="the-slip")
    slow.decide("xac-dinh")
    assert {item["cause"] for item in feed(slow.client, after=0)} == {"VN/GOV/H37.15/ilis the-slip"}


def test_equal_runs_have_equal_canonical_forms_whatever_the_numbers(settings: Make) -> None:
    forms = []
    for name, order in (("one", (0, 1)), ("two", (1, 0))):
        with tax_office(lambda part, name=name, **more: settings(part, name=name, **more)) as tax:
            for n in order:
                buyer = taxpayer("transferee", people().people[-1 - n])
                mine = slip(home(n), dossier=f"H37.15-250812-000{n}", number=f"{order.index(n) + 7}/PCTT")
                tax.tell("PHIEU_CHUYEN", {**mine, "taxpayers": [mine["taxpayers"][0], buyer]})
            forms.append(tax.client.get("/_lgsp/canonical").json())
    assert forms[0] == forms[1] | {"part": forms[0]["part"]}
    assert forms[0]["feed"]
