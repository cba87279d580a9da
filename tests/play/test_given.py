"""What a script is given, in a province that runs: parcels of its people, forms that go through to the end, dossiers on their way."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest

from app.play import acts
from app.play.agencies import Agencies
from app.play.begun import begin
from app.play.communes import old_commune
from app.play.given import Cast
from app.play.policies import set_policies
from scenarios.acts import Pay, Submit, Supplement
from scenarios.scalars import Plain
from scenarios.scenario import Begun, Given
from tests.e2e.town import Town
from vn.clock import VN
from vn.errors import Unusable

SEED = 7
PEOPLE = [
    {"as": "an"},
    {"as": "binh", "related": {"an": "spouse"}},
    {"as": "chi", "related": {"an": "child"}},
    {"as": "stranger"},
    {"as": "company", "kind": "organisation"},
]
PARCELS = [
    {"as": "plot", "holder": "an", "commune": "Đồng Đăng", "area": "120.5"},
    {"as": "together", "holder": {"an": "1/2", "binh": "1/2"}, "commune": "06184", "area": "80"},
    {"as": "beside", "holder": {"an": "1/2", "binh": "1/2"}, "commune": "thị trấn Đồng Đăng", "area": "40"},
    {"as": "garden", "holder": "an", "commune": "Kỳ Lừa", "uses": {"ODT": "100", "CLN": "250.5"}, "price": "5_000_000"},
    {"as": "pledged", "holder": "stranger", "restriction": "mortgage"},
    {"as": "yard", "holder": "company", "use": "TMD", "area": "900"},
]


@pytest.fixture(scope="module")
async def town(broker: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with Town(broker, f"given-{uuid4().hex[:6]}", tmp_path_factory.mktemp("given"), seed=SEED) as running:
        running.within = 60.0
        yield running


@pytest.fixture(scope="module")
def agencies(town: Town) -> Agencies:
    return Agencies(town.http, town.province.urls)


async def cast_of(town: Town, agencies: Agencies, **given: Any) -> Cast:
    said = Given.model_validate({"people": PEOPLE, "parcel": PARCELS, **given})
    return await Cast.settled(said, seed=SEED, agencies=agencies, on=town.at.date())


@pytest.fixture(scope="module")
async def cast(town: Town, agencies: Agencies) -> Cast:
    return await cast_of(town, agencies)


async def to_the_end(town: Town, agencies: Agencies, cast: Cast, submit: dict[str, Any], *, free: bool = False) -> str:
    """The dossier's code, once the register has changed."""
    done = await acts.submit(agencies, await cast.form(Submit.model_validate(submit), on=town.at.date()))
    assert done.dossier is not None
    await town.at_rest()
    if not free:
        assert (await acts.pay(agencies, done.dossier, Pay.model_validate({"dossier": "d", "all": "true"}))).attempts
    await town.status(done.dossier, 10)
    await town.at_rest()
    return done.dossier


async def holders(town: Town, cast: Cast, parcel: str) -> dict[str, str]:
    shown = await town.get("land", cast.parcel(parcel).path)
    return {each["ChuSuDung"]["SoDinhDanh"]: each["TyLe"] for each in shown["NguoiSuDung"]}


async def test_parcels_stand_in_the_register_as_the_script_says(town: Town, cast: Cast) -> None:
    garden = await town.get("land", cast.parcel("garden").path)
    assert [(use["MucDich"], use["DienTich"]) for use in garden["MucDichSuDung"]] == [("ODT", 100.0), ("CLN", 250.5)]
    assert (garden["TenXa"], garden["GiaDatO"]) == ("Phường Kỳ Lừa", 5_000_000)
    assert [each["Loai"] for each in (await town.get("land", cast.parcel("pledged").path))["HanChe"]] == ["the-chap"]
    pledged = cast.values()["pledged"]
    assert (await town.get("land", pledged["path"]))["GiayChungNhan"]["SoPhatHanh"] == pledged["certificate"]
    assert cast.values()["company"]["identity"] == cast.identity("company")
    assert await holders(town, cast, "together") == {cast.identity("an"): "1/2", cast.identity("binh"): "1/2"}


async def test_a_sale_to_a_company_with_a_price_goes_through_to_the_new_holder(town: Town, agencies: Agencies, cast: Cast) -> None:
    script = {"procedure": "transfer", "from": "an", "to": "company", "parcel": "plot", "price": "1_950_000_000"}
    dossier = await to_the_end(town, agencies, cast, script)
    assert await holders(town, cast, "plot") == {cast.identity("company"): "1/1"}
    assert {each["TongTien"] for each in (await town.case(dossier))["ThongBaoThue"]} == {9_750_000, 39_000_000}


async def test_two_parcels_of_a_couple_are_sold_to_several_with_shares_for_one_price(town: Town, agencies: Agencies, cast: Cast) -> None:
    script = {"procedure": "transfer", "to": {"stranger": "2/3", "chi": "1/3"}, "parcel": ["together", "beside"], "price": "900_000_000"}
    form = await cast.form(Submit.model_validate(script), on=town.at.date())
    assert [each["GiaTri"] for each in form["ThuaDat"]] == [600_000_000, 300_000_000]
    await to_the_end(town, agencies, cast, script)
    assert await holders(town, cast, "beside") == {cast.identity("stranger"): "2/3", cast.identity("chi"): "1/3"}


async def test_a_gift_to_a_child_with_its_relation_is_free_and_a_garden_becomes_house_land(
    town: Town, agencies: Agencies, cast: Cast
) -> None:
    await to_the_end(town, agencies, cast, {"procedure": "change-purpose", "to": "an", "parcel": "garden"})
    assert [use["MucDich"] for use in (await town.get("land", cast.parcel("garden").path))["MucDichSuDung"]] == ["ODT"]
    gift = {"procedure": "gift", "from": "an", "to": "chi", "parcel": "garden", "relation": "parent-child"}
    await to_the_end(town, agencies, cast, gift, free=True)
    assert await holders(town, cast, "garden") == {cast.identity("chi"): "1/1"}


async def test_a_dossier_without_its_contract_ends_well_once_it_is_supplemented(town: Town, agencies: Agencies, cast: Cast) -> None:
    script = {"procedure": "transfer", "to": "an", "parcel": "yard", "without": ["HOP_DONG"], "with": {"/ThuaDat/0/GiaTri": Plain("1")}}
    done = await acts.submit(agencies, await cast.form(Submit.model_validate(script), on=town.at.date()))
    assert (done.dossier, done.form) != (None, None)
    await town.status(str(done.dossier), 5)
    asked = {"dossier": "d", "papers": ["HOP_DONG"], "with": {"/ThuaDat/0/GiaTri": Plain("2_000_000_000")}}
    given = await cast.supplement(Supplement.model_validate(asked), done.form or {}, on=town.at.date())
    assert given.keys() == {"ThuaDat", "TaiLieuNop"}
    await acts.supplement(agencies, str(done.dossier), given)
    await town.status(str(done.dossier), 6)


async def test_a_sample_never_takes_what_a_script_gave_and_two_of_a_kind_differ(town: Town, cast: Cast) -> None:
    one, other = [await cast.form(Submit.model_validate({"sample": "transfer"}), on=town.at.date()) for _ in range(2)]
    assert one["HopDong"] != other["HopDong"]
    assert {each["SoToBanDo"] for form in (one, other) for each in form["ThuaDat"]} != {900}
    wrong = await cast.form(Submit.model_validate({"sample": "transfer", "wrong": "price"}), on=town.at.date())
    assert wrong["ThuaDat"][0]["GiaTri"] == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"parcel": [{"as": "x", "holder": "ann"}]}, "given.people has no 'ann'; did you mean 'an'?"),
        ({"parcel": [{"as": "x", "holder": "an", "commune": "Đồng Dăng"}]}, "no commune 'Đồng Dăng'; did you mean 'Đồng Đăng'?"),
        ({"parcel": [{"as": "an", "holder": "an"}]}, "given: 'an': two things have this name"),
        ({"parcel": [{"as": "x", "holder": "an", "use": "OTD"}]}, "/MucDichSuDung/0/MucDich: không có mã"),
        ({"parcel": [{"as": "x", "holder": {"an": "1/2", "binh": "1/3"}}]}, "/NguoiSuDung: tổng các phần quyền là 5/6"),
    ],
)
async def test_what_is_asked_in_vain_is_told_in_the_scripts_own_names(
    town: Town, agencies: Agencies, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(Unusable) as told:
        await cast_of(town, agencies, **given)
    assert words in str(told.value)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"procedure": "transfer", "to": "an", "parcel": "plott"}, "given.parcel has no 'plott'; did you mean 'plot'?"),
        ({"sample": "transferr"}, "sample has no 'transferr'; did you mean 'transfer'?"),
        ({"sample": "transfer", "wrong": "prise"}, "wrong has no 'prise'; did you mean 'price'?"),
        ({"sample": "transfer", "without": ["HOPDONG"]}, "the dossier has no 'HOPDONG'; did you mean 'HOP_DONG'?"),
        ({"sample": "transfer", "with": {"/HopDongg/NgayKy": Plain("20260101")}}, "/HopDongg/NgayKy: there is no 'HopDongg'"),
    ],
)
async def test_a_form_that_cannot_be_made_is_told_with_what_may_be_meant(
    town: Town, cast: Cast, script: dict[str, Any], words: str
) -> None:
    with pytest.raises(Unusable) as told:
        await cast.form(Submit.model_validate(script), on=town.at.date())
    assert words in str(told.value)


def test_a_commune_is_named_by_code_or_name_of_either_division_and_a_doubtful_name_asks_for_the_code() -> None:
    before, after = date(2025, 3, 3), date(2026, 3, 2)
    assert [old_commune(text, after) for text in ("Đồng Đăng", "xã đồng đăng", "06184", "Xã Mai Pha")] == ["06184"] * 3 + ["05992"]
    assert (old_commune("Chi Lăng", after), old_commune("Phường Chi Lăng", before)) == (old_commune("Xã Chi Lăng", after), "05983")
    with pytest.raises(Unusable, match=r"communes 'Tân Thành': give the code, .*huyện"):
        old_commune("Tân Thành", before)


@pytest.mark.parametrize("at", ["accepted", "awaiting-payment", "paid"])
async def test_a_dossier_begun_stands_where_the_script_says_and_policies_are_as_before(
    at: str, town: Town, agencies: Agencies, cast: Cast
) -> None:
    script = Given.model_validate(
        {"policies": {"land": {"slip": "by-hand", "update": "by-hand"}, "payment": {"payment": "3 working-days"}}}
    )
    await set_policies(agencies, script.policies)
    before = await town.get("land", "/_lgsp/policy"), await town.get("payment", "/_lgsp/policy")
    assert (before[0]["slip"], before[1]["payment"]) == ("manual", {"workingDays": 3})
    done = await begin(Begun.model_validate({"as": "d", "at": at}), cast, agencies, on=town.at.date(), settle=town.at_rest)
    await town.at_rest()
    assert (await town.get("land", "/_lgsp/policy"), await town.get("payment", "/_lgsp/policy")) == before
    case = await town.case(str(done.dossier))
    open_, notices = [each for each in case["ThongBaoThue"] if each["ConPhaiNop"]], case["ThongBaoThue"]
    assert (case["TrangThaiHoSo"], bool(open_), bool(notices)) == {
        "accepted": ("4", False, False),
        "awaiting-payment": ("6", True, True),
        "paid": ("4", False, True),
    }[at]
    assert bool(done.attempts) == (at == "paid")
    back = {"land": {"slip": "instant", "update": "instant"}, "payment": {"payment": "instant"}}
    await set_policies(agencies, Given.model_validate({"policies": back}).policies)
    await town.at_rest()


async def test_a_dossier_that_does_not_come_so_far_says_why(town: Town, agencies: Agencies, cast: Cast) -> None:
    begun = {"as": "d", "at": "awaiting-payment", "submit": {"procedure": "transfer", "to": "an", "parcel": "pledged"}}
    with pytest.raises(
        Unusable, match=r"given.dossier 'd' does not come to awaiting-payment: .*\n.*/ThongTinThuaDat/0: thửa đất đang thế chấp"
    ):
        await begin(Begun.model_validate(begun), cast, agencies, on=town.at.date(), settle=town.at_rest)
    refused = {**begun, "submit": {"sample": "transfer", "wrong": "price"}}
    with pytest.raises(Unusable, match="/ThuaDat/0/GiaTri"):
        await begin(Begun.model_validate(refused), cast, agencies, on=town.at.date(), settle=town.at_rest)
    free = {**begun, "submit": {"sample": "spouse"}}
    with pytest.raises(Unusable, match="no notice came; it is 'Đang xử lý'"):
        await begin(Begun.model_validate(free), cast, agencies, on=town.at.date(), settle=town.at_rest)


async def test_dossiers_begun_one_after_the_other_do_not_move_each_other(town: Town, agencies: Agencies, cast: Cast) -> None:
    hold = {"land": {"slip": "by-hand", "update": "by-hand"}}
    await set_policies(agencies, Given.model_validate({"policies": hold}).policies)
    order = ("accepted", "paid", "awaiting-payment", "paid", "accepted")
    begun = [
        await begin(Begun.model_validate({"as": "d", "at": at}), cast, agencies, on=town.at.date(), settle=town.at_rest) for at in order
    ]
    await town.at_rest()
    assert [(await town.case(str(each.dossier)))["TrangThaiHoSo"] for each in begun] == ["4", "4", "6", "4", "4"]
    back = {"land": {"slip": "instant", "update": "instant"}}
    await set_policies(agencies, Given.model_validate({"policies": back}).policies)
    await town.at_rest()
    assert [(await town.case(str(each.dossier)))["TrangThaiHoSo"] for each in begun] == ["6", "10", "6", "10", "6"]


async def test_policies_are_told_in_short_words_and_unknown_decisions_with_what_may_be_meant(town: Town, agencies: Agencies) -> None:
    said = {"land": {"decides": "by-hand"}, "tax": {"notice-after": "2 working-days"}}
    await set_policies(agencies, Given.model_validate({"policies": said}).policies)
    assert (await town.get("land", "/_lgsp/policy"))["check"] == "manual"
    assert (await town.get("tax", "/_lgsp/policy"))["assess"] == {"workingDays": 2}
    await set_policies(agencies, Given.model_validate({"policies": {"land": {"check": "instant"}, "tax": {"decides": "instant"}}}).policies)
    with pytest.raises(Unusable) as told:
        await set_policies(agencies, Given.model_validate({"policies": {"land": {"slipp": "instant"}, "tax": {"x": "instant"}}}).policies)
    assert "policies.land: no decision 'slipp'; did you mean 'slip'?" in str(told.value)
    assert "policies.tax: no decision 'x'; there are assess, reconcile, decides, notice-after" in str(told.value)


async def test_a_parcel_of_the_old_division_is_sold_before_and_after_july_2025(
    broker: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("old")
    async with Town(broker, f"old-{uuid4().hex[:6]}", folder, seed=SEED, at=datetime(2025, 6, 2, 9, tzinfo=VN)) as town:
        town.within = 60.0
        agencies = Agencies(town.http, town.province.urls)
        parcels = [{"as": name, "holder": "an", "commune": "Xã Mai Pha"} for name in ("one", "other")]
        cast = await cast_of(town, agencies, parcel=parcels)
        assert cast.parcel("one").commune == "05992"
        await to_the_end(town, agencies, cast, {"procedure": "transfer", "to": "stranger", "parcel": "one"})
        await town.turn("2025-08-04T09:00")
        await to_the_end(town, agencies, cast, {"procedure": "transfer", "to": "company", "parcel": "other"})
        assert await holders(town, cast, "other") == {cast.identity("company"): "1/1"}
