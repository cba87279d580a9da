"""Samples go through the agencies as they say: each kind is taken, each fault is noticed by whom its sentence names."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.dvc import translation as portal
from adapters.ilis import translation as office
from adapters.runtime import Answer
from adapters.tax.documents import check, document
from app.samples import FAULTS, KINDS, sample
from services import dvc, land, tax
from services.kit import AgencySettings
from tests.services.serving import at_rest, feed, frozen, serving
from vn.errors import CannotConnect, Unusable

DAYS = {"Mẫu 19": "2025-12-01T08:00:00+07:00", "Mẫu 12/ĐK": "2025-06-10T08:00:00+07:00"}
SEED = 2024


@dataclass(frozen=True)
class Agencies:
    """The portal, the land office and tax, with messages carried by hand."""

    dvc: httpx.Client
    land: httpx.Client
    tax: httpx.Client

    def at(self, moment: str) -> date:
        """All of them as founded, at this moment."""
        for each in (self.dvc, self.land, self.tax):
            each.post("/_lgsp/reset").raise_for_status()
            frozen(each, moment)
        return datetime.fromisoformat(moment).date()

    async def made(self, kind: str, on: date, *, fault: str | None = None, seed: int = 1) -> dict[str, Any]:
        async with httpx.AsyncClient(base_url=self.land.base_url, timeout=30) as register:
            return await sample(kind, fault=fault, seed=seed, land=register, on=on)

    def submitted(self, form: dict[str, Any]) -> str:
        """The dossier at the land office, looked at; its code."""
        answer = self.dvc.post("/ho-so", json=form)
        assert answer.status_code == 201, answer.text
        said = portal.submitted(feed(self.dvc)[-1]["body"])
        self.land.post("/TiepNhanHoSo", json=office.dossier(said)).raise_for_status()
        at_rest(self.land)
        return str(answer.json()["MaHoSo"])

    def status(self, code: str) -> int:
        return int(self.land.get(f"/ho-so/{code}").json()["TrangThai"])

    def at_tax(self, code: str) -> set[str]:
        """The newest slip goes to tax; the kinds of what tax says to it."""
        entry = [each for each in feed(self.land, after=0) if each["kind"] == "PHIEU_CHUYEN" and each["subject"] == code][-1]
        slip = office.slip(entry["body"]).model_dump(mode="json", by_alias=True)
        sent = document("PHIEU_CHUYEN", slip, message_id=entry["id"], said_at=datetime.now(UTC))
        answer = self.tax.post("/gip", content=sent, headers={"Content-Type": "application/xml"})
        assert answer.status_code == 200, answer.text
        check(Answer(answer.status_code, dict(answer.headers), answer.content))
        at_rest(self.tax)
        return {each["kind"] for each in feed(self.tax, after=0) if each["subject"] == code}


@pytest.fixture(scope="module")
def agencies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agencies]:
    folder: Path = tmp_path_factory.mktemp("samples")
    with ExitStack() as stack:
        served = {
            name: stack.enter_context(serving(made(AgencySettings(name, f"sqlite:///{folder}/{name}.db", seed=SEED))))
            for name, made in (("dvc", dvc.create_app), ("land", land.create_app), ("tax", tax.create_app))
        }
        yield Agencies(**served)


@pytest.mark.parametrize("form", DAYS)
@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_is_taken_by_the_portal_the_land_office_and_tax(agencies: Agencies, kind: str, form: str) -> None:
    on = agencies.at(DAYS[form])
    code = agencies.submitted(await agencies.made(kind, on))
    assert agencies.status(code) == 6
    expected = {"KHONG_PHAT_SINH"} if kind in ("gift", "spouse", "sibling") else {"THONG_BAO"}
    assert agencies.at_tax(code) == expected


AT_THE_PORTAL = {
    "identity": "/BenNhan/0/SoDinhDanh",
    "shares": "/BenNhan",
    "price": "/ThuaDat/0/GiaTri",
    "future": "/HopDong/NgayKy",
    "hash": "/TaiLieuNop/0/MaBam",
    "unknown-field": "/GhiChuRieng",
}
REFUSED = ("certificate", "holder", "same-party", "mortgage", "dispute")
RETURNED = ("area", "commune", "deferral", "relation")


@pytest.mark.parametrize("fault", AT_THE_PORTAL)
async def test_what_the_form_shows_is_the_only_thing_the_portal_complains_about(agencies: Agencies, fault: str) -> None:
    on = agencies.at(DAYS["Mẫu 19"])
    answer = agencies.dvc.post("/ho-so", json=await agencies.made("transfer", on, fault=fault))
    assert [error["pointer"] for error in answer.json()["errors"]] == [AT_THE_PORTAL[fault]]


async def test_a_wrong_tax_code_is_found_by_the_portal(agencies: Agencies) -> None:
    on = agencies.at(DAYS["Mẫu 19"])
    answer = agencies.dvc.post("/ho-so", json=await agencies.made("company", on, fault="tax-code"))
    assert "/BenNhan/0/MaSoThue" in [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("fault", REFUSED)
async def test_what_the_register_shows_is_refused_by_the_land_office(agencies: Agencies, fault: str) -> None:
    on = agencies.at(DAYS["Mẫu 19"])
    assert agencies.status(agencies.submitted(await agencies.made("transfer", on, fault=fault))) == 3


@pytest.mark.parametrize("kind", ["transfer", "gift", "change-purpose"])
async def test_a_missing_paper_is_asked_for_by_the_land_office(agencies: Agencies, kind: str) -> None:
    on = agencies.at(DAYS["Mẫu 19"])
    assert agencies.status(agencies.submitted(await agencies.made(kind, on, fault="missing-paper"))) == 5


@pytest.mark.parametrize("form", DAYS)
@pytest.mark.parametrize("fault", RETURNED)
async def test_what_only_tax_can_see_makes_it_return_the_slip(agencies: Agencies, fault: str, form: str) -> None:
    on = agencies.at(DAYS[form])
    code = agencies.submitted(await agencies.made("transfer", on, fault=fault))
    assert agencies.at_tax(code) == {"TRA_PHIEU"}
    back = [each for each in feed(agencies.tax, after=0) if each["kind"] == "TRA_PHIEU"][-1]
    assert back["body"].count("<LOI>") <= 2


async def test_every_fault_is_tested_here_and_described(agencies: Agencies) -> None:
    assert set(FAULTS) == {*AT_THE_PORTAL, "tax-code", *REFUSED, "missing-paper", *RETURNED}


async def test_a_fault_changes_what_its_kind_would_say_or_is_refused_in_one_sentence(agencies: Agencies) -> None:
    on = agencies.at(DAYS["Mẫu 19"])
    right = {kind: await agencies.made(kind, on) for kind in ("transfer", "company", "gift", "change-purpose")}
    for fault in FAULTS:
        sentences = []
        for kind, form in right.items():
            try:
                made = await agencies.made(kind, on, fault=fault)
            except Unusable as error:
                sentences.append(str(error))
            else:
                assert made != form
        assert len(sentences) < len(right)
        assert all("sample" in sentence for sentence in sentences)


async def test_the_same_seed_makes_the_same_dossier_and_another_seed_another(agencies: Agencies) -> None:
    on = agencies.at(DAYS["Mẫu 19"])
    for kind in KINDS:
        one, again, other = [await agencies.made(kind, on, seed=seed) for seed in (1, 1, 2)]
        assert json.dumps(one) == json.dumps(again)
        assert one != other


async def test_a_parcel_that_is_in_work_is_not_taken_again(agencies: Agencies) -> None:
    on = agencies.at(DAYS["Mẫu 19"])
    codes = [agencies.submitted(await agencies.made("transfer", on)) for _ in range(3)]
    assert [agencies.status(code) for code in codes] == [6, 6, 6]


async def test_a_wish_narrows_the_parcels_that_may_be_taken_and_one_that_none_fits_is_said(agencies: Agencies) -> None:
    on = agencies.at(DAYS["Mẫu 19"])
    first = (await agencies.made("transfer", on))["ThuaDat"][0]
    async with httpx.AsyncClient(base_url=agencies.land.base_url, timeout=30) as land:
        form = await sample("transfer", land=land, on=on, only=lambda parcel: parcel["SoHieuBanDo"] != first["SoToBanDo"])
        assert form["ThuaDat"][0]["SoToBanDo"] != first["SoToBanDo"]
        with pytest.raises(Unusable, match="nothing"):
            await sample("transfer", land=land, on=on, only=lambda _: False)


async def test_no_answer_from_the_land_office_is_one_line_not_a_traceback() -> None:
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as nobody:
        with pytest.raises(CannotConnect, match="land office"):
            await sample("transfer", land=nobody, on=date(2025, 12, 1))
