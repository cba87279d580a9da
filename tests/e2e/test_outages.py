"""Path 14: an agency that does not know the dossier, is away, answers nonsense or says no; the other dossiers go on."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.responses import JSONResponse, Response

from app.messages import Archive
from bus import Space
from tests.e2e.front import PAGE, Call, each_once, in_front, nonsense
from tests.e2e.town import QUICK, Shown, Town
from tests.support import eventually

NO = {"title": "Dữ liệu không hợp lệ", "status": 422, "detail": "1 lỗi", "errors": [{"pointer": "/HoTen", "detail": "không đúng"}]}


@pytest.fixture
async def town(broker: str, space: Space, tmp_path: Path) -> AsyncIterator[Town]:
    """One whose adapters do not wait long for an answer."""
    async with Town(broker, space.name, tmp_path, patience=replace(QUICK, call_timeout=1.0, feed_wait=1.0)) as running:
        yield running


async def test_a_dossier_that_an_agency_does_not_know_is_given_back_to_its_sender_and_others_go_on(town: Town) -> None:
    lost = await town.submit()
    await town.notices(lost)
    await town.post("land", "/_lgsp/reset")
    await town.turn(town.at)

    assert (await town.withdraw(lost)).is_success
    await _goes_on_beside(town, lost)
    entry = await _given_back(town, lost, "dossier.withdrawal-requested", "agency.unknown_dossier")
    assert entry["faults"] == []
    await town.healthy()


async def test_an_agency_that_is_away_for_a_day_gets_everything_when_it_is_back(town: Town) -> None:
    await town.stop("tax")
    dossier = await town.submit()
    await town.status(dossier, 6)
    await town.turn(town.at + timedelta(days=1))
    await eventually(lambda: _red(town, "tax-adapter"))
    assert (await town.case(dossier))["ThongBaoThue"] == []

    await town.start("tax")
    await town.pay_all(dossier)
    await town.status(dossier, 10)
    await town.at_rest()
    await town.healthy()
    assert [each for each in await town.journal(dossier) if not each["succeeded"]] == []


async def test_every_answer_spoilt_once_changes_nothing_in_the_end(town: Town) -> None:
    calm = await town.whole(1)
    async with in_front(town, "ilis") as land, in_front(town, "tax") as tax:
        land.after, tax.after = each_once(nonsense()), each_once(nonsense())
        shaken = await town.whole(2)
    await town.healthy()
    assert await town.told(shaken) == await town.told(calm)


@pytest.mark.parametrize(
    ("answer", "code", "faults"),
    [
        pytest.param(Response(PAGE, media_type="text/html"), "agency.nonsense", [], id="a page"),
        pytest.param(
            JSONResponse(NO, 422, media_type="application/problem+json"),
            "agency.answered_no",
            [{"pointer": "", "reason": "/HoTen: không đúng"}],
            id="no",
        ),
    ],
)
async def test_an_answer_that_stays_bad_gives_one_dossier_back_which_can_be_sent_again(
    town: Town, answer: Response, code: str, faults: list[Shown]
) -> None:
    form = await town.form()
    buyer = form["BenNhan"][0]["SoDinhDanh"].encode()

    def about_this_one(call: Call) -> Response | None:
        return answer if call.method == "POST" and buyer in call.body else None

    async with in_front(town, "ilis") as land:
        land.instead = about_this_one
        dossier = await town.hand_in(form)
        await _goes_on_beside(town, dossier)
        entry = await _given_back(town, dossier, "dossier.submitted", code)
        assert entry["faults"] == faults
        assert (await town.case(dossier))["TrangThaiHoSo"] == "1"

    async with Archive.open(town.settings) as archive:
        (letter,) = await archive.dead_letters()
        await archive.replay(letter.name)
    await town.pay_all(dossier)
    await town.status(dossier, 10)


async def _goes_on_beside(town: Town, stuck: str) -> None:
    """Dossiers of all partitions, also of the stuck one's own, come as far as their notices."""
    at = await _partition(town, stuck)
    for seed in range(20, 40):
        other = await town.submit(seed=seed)
        await town.notices(other)
        if await _partition(town, other) == at:
            return
    raise AssertionError("no other dossier in this partition")


async def _partition(town: Town, dossier: str) -> int:
    """The same in every topic, since the dossier is the key."""
    first, *_ = await eventually(lambda: town.journal(dossier))
    return int(first["partition"])


async def _given_back(town: Town, dossier: str, contract: str, code: str) -> Shown:
    """The outcome that stands at the portal's feed entry; the same in the dead letter and on the way to the exchange and back."""

    async def noted() -> Shown:
        entries = (await town.get("dvc", "/_feed/entries", subject=dossier))["items"]
        outcomes = [outcome for each in entries for outcome in each["outcomes"]]
        assert len(outcomes) == 1
        return dict(outcomes[0])

    outcome = await eventually(noted)
    assert (outcome["code"], outcome["recipient"]) == (code, "VN/GOV/H37.15/ilis")
    async with Archive.open(town.settings) as archive:
        (letter,) = [each.letter for each in await archive.dead_letters()]
    assert (letter.code, letter.topic) == (code, f"{town.settings.space}.inbox.VN.GOV.H37.15.ilis")
    assert dict(letter.headers)["ce_type"] == f"vn.gov.{contract}.v1".encode()

    async def journaled() -> bool:  # what is delivered is journaled after it
        told = await town.told(dossier)
        return (
            told["exchange.delivery-failed", "", "ilis", "lgsp", "delivered"]
            == told["exchange.receipt", "", "lgsp", "dvc", "delivered"]
            == 1
        )

    await eventually(journaled)
    return outcome


async def _red(town: Town, part: str) -> bool:
    return bool((await town.health(part))["status"] == "failing")
