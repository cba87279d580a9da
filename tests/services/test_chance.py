"""Decisions that a policy leaves to chance: what comes of them at each agency when chance is sure."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from services.kit import AgencySettings
from services.payment import create_app
from tests.services.land_office import DOSSIER, SEED, Office, land_office, paper, parcel, transfer
from tests.services.land_office import alone as alone_on_it
from tests.services.serving import at_rest, feed, frozen, serving
from tests.services.tax_messages import slip, tax_office
from tests.services.test_payment import init

Make = Callable[..., AgencySettings]
HOME = parcel(alone_on_it)
LATER = "2025-08-11T09:00:00+07:00"


def surely(outcome: str) -> dict[str, Any]:
    return {"workingDays": 1, "outcomes": {outcome: 1}}


@pytest.fixture
def office(settings: Make) -> Iterator[Office]:
    with land_office(settings("land", seed=SEED)) as running:
        yield running


def policy(office: Office, **said: Any) -> None:
    assert office.client.put("/_lgsp/policy", json=said).status_code == 200


def test_an_officer_may_refuse_what_no_rule_refuses(office: Office):
    policy(office, check=surely("refuse"))
    office.take_in(transfer(HOME))
    office.at(LATER)
    at_rest(office.client)
    assert office.statuses() == [3]


def test_an_officer_may_ask_for_more_once_and_the_rules_have_the_word_after_it(office: Office):
    policy(office, check=surely("ask"))
    office.take_in(transfer(HOME))
    office.at(LATER)
    at_rest(office.client)
    assert office.statuses() == [5]
    office.supplement(DanhSachGiayToDinhKem=[paper("identity")])
    office.at("2025-08-18T09:00:00+07:00")
    at_rest(office.client)
    assert office.statuses()[:3] == [5, 2, 4]


def test_an_officer_may_deny_a_withdrawal_and_the_dossier_goes_on(office: Office):
    policy(office, withdrawal=surely("deny"), check="manual")
    office.take_in(transfer(HOME))
    office.withdraw()
    office.at(LATER)
    at_rest(office.client)
    assert office.dossier(DOSSIER)["TrangThai"] == 1


def test_tax_may_return_the_first_revision_of_a_slip_and_assesses_the_second(settings: Make):
    with tax_office(settings, assess={"workingDays": 1, "outcomes": {"return": 1}}) as tax:
        tax.tell("PHIEU_CHUYEN", slip())
        tax.client.post("/_lgsp/clock/jump", json={"seconds": 7 * 86_400})
        assert [item["kind"] for item in feed(tax.client, wait=10)] == ["TRA_PHIEU"]
        tax.tell("PHIEU_CHUYEN", slip(revision=2))
        tax.client.post("/_lgsp/clock/jump", json={"seconds": 7 * 86_400})
        at_rest(tax.client)
        assert tax.kinds()[:2] == ["TRA_PHIEU", "THONG_BAO"]


def test_a_bank_may_refuse_the_first_attempt_for_a_notice_and_takes_the_second(settings: Make):
    with serving(create_app(settings("payment", policy={"payment": surely("fail")}))) as client:
        frozen(client, "2025-12-01T08:00:00+07:00")
        kinds = [_attempt(client, reference) for reference in ("25120108000000001", "25120108000000002")]
    assert kinds == ["THAT_BAI", "CHUNG_TU"]


def _attempt(client: httpx.Client, reference: str) -> str:
    init(client, reference=reference)
    client.post("/_lgsp/clock/jump", json={"seconds": 3 * 86_400})
    at_rest(client)
    return str(feed(client, after=0)[-1]["kind"])
