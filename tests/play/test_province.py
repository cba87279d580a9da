"""A province behind a relay and doors lives as one without, and each fault does to a dossier what it says, once."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bus import Space
from scenarios.faults import Fault, Reply
from scenarios.scalars import Plain
from tests.e2e.town import Shown
from tests.play.staged import Staged
from tests.support import eventually
from vn.clock import VN

HEARD_OF_NOTICE = "/CapNhatKetQuaThongBaoThue"


def notices(kind: str, hop: str = "exchange->ilis", **said: Any) -> Fault:
    return Fault.model_validate({"as": "f", kind: {"contract": "tax.payment-notice", "hop": hop, **said}})


def reply(path: str, **said: Any) -> Reply:
    return Reply.model_validate({"as": "r", "at": "land", "method": "POST", "path": path, **said})


@pytest.fixture
async def staged(broker: str, space: Space, tmp_path: Path) -> AsyncIterator[Staged]:
    async with Staged(broker, space.name, tmp_path, before=("land",)) as town:
        yield town


async def at_land(town: Staged, dossier: str) -> tuple[list[str], Counter[str]]:
    """The notices that the land office has, and how often its diary says that one came."""
    found: Shown = await town.get("land", f"/ho-so/{dossier}")
    said = Counter(str(each["NoiDung"]) for each in found["LichSu"])
    return sorted(each["SoThongBaoThue"] for each in found["ThongBaoThue"]), Counter(
        {text: count for text, count in said.items() if text.startswith("có thông báo thuế")}
    )


async def test_a_dossier_goes_all_the_way_and_a_notice_that_comes_twice_is_noted_once(staged: Staged) -> None:
    await staged.relay.arm("dup", notices("duplicate", copies="3"))
    dossier = await staged.whole(1)
    known, diary = await at_land(staged, dossier)
    assert len(known) == len(await staged.relay.fired("dup")) >= 2
    assert set(diary.values()) == {1}
    assert len(diary) == len(known)


async def test_a_lost_notice_never_comes_to_the_land_office_and_the_others_hear_of_it(staged: Staged) -> None:
    dossier = await staged.submit()
    await staged.relay.arm("gone", notices("lose"), dossier)
    await staged.pay_all(dossier)
    await staged.status(dossier, 10)
    await staged.at_rest()
    assert await at_land(staged, dossier) == ([], Counter())
    assert len(await staged.relay.fired("gone")) == len(await staged.notices(dossier)) >= 2


async def test_a_delayed_notice_comes_to_the_portal_at_its_instant(staged: Staged) -> None:
    await staged.relay.arm("late", notices("delay", "exchange->dvc", by="2 working-days"))
    dossier = await staged.submit()
    await staged.status(dossier, 4, 5, 6)
    await staged.at_rest()
    due = await staged.relay.next_due()
    assert due == datetime(2026, 3, 4, 9, 0, tzinfo=VN)
    assert (await staged.case(dossier))["ThongBaoThue"] == []
    await staged.jump(due - timedelta(minutes=1))
    await staged.at_rest()
    assert (await staged.case(dossier))["ThongBaoThue"] == []
    await staged.jump(due)
    assert len(await staged.notices(dossier)) == len(await staged.relay.fired("late"))


async def test_an_agency_that_answers_500_twice_and_then_is_well_has_done_it_once(staged: Staged) -> None:
    await staged.doors.arm("broken", reply(HEARD_OF_NOTICE, status="500", times="2"))
    dossier = await staged.whole(1)
    known, diary = await at_land(staged, dossier)
    assert len(await staged.doors.fired("broken")) == 2
    assert len(known) >= 2
    assert set(diary.values()) == {1}


async def test_an_agency_whose_answer_is_lost_has_done_it_once(staged: Staged) -> None:
    await staged.doors.arm("lost", reply("/TiepNhanHoSo", status="504", after="true", times="1"))
    dossier = await staged.whole(1)
    assert len(await staged.doors.fired("lost")) == 1
    assert [each["SoBienNhan"] for each in await staged.get("land", "/ho-so")] == [dossier]


async def test_a_notice_whose_dates_are_in_two_formats_is_refused_by_the_exchange(staged: Staged) -> None:
    await staged.relay.arm("dates", notices("mixed-dates", "tct->exchange", times="1"))
    dossier = await staged.submit()

    async def refused() -> bool:
        found = await staged.journal(dossier, "tax.payment-notice")
        return [each["faultCode"] for each in found if not each["succeeded"]] == ["client.contract_violation"]

    await eventually(refused)


async def test_a_value_tampered_with_on_the_way_out_is_what_the_addressee_sees(staged: Staged) -> None:
    await staged.relay.arm("more", notices("tamper", "exchange->dvc", **{"with": {"/lines/0/subItemName": Plain("Khoản khác")}}))
    dossier = await staged.submit()
    found = await staged.notices(dossier)
    assert all("Khoản khác" in str(each) for each in found)
