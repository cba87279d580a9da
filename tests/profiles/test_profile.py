"""Profiles: what is read, what is refused and where, which dossiers it plans."""

from collections import Counter
from contextlib import suppress
from datetime import datetime, time
from pathlib import Path

import pytest

from adapters.runtime import AgencyClient
from app.profiles.citizens import Citizens
from app.profiles.forms import Forms, people_for
from app.profiles.history import History
from app.profiles.planned import Planned, plan, quotas
from app.profiles.profile import AT_THE_PORTAL, load, names, read
from vn.calendar import is_working_day
from vn.clock import VN
from vn.errors import Retry, Unusable

SHIPPED = load("langson-2024")
TEXT = SHIPPED.path.read_text(encoding="utf-8")


def test_the_shipped_profiles_read_without_a_fault():
    assert [load(name).profile for name in names()] == names()


def test_the_pilot_has_the_totals_of_the_plan():
    said = SHIPPED.published
    assert (said.received, said.slips, said.noticed, said.finished) == (7881, 2286, 2233, 4075)
    assert "[A]" in said.source


def changed(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = tmp_path / "p.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("old", "new", "place", "why"),
    [
        ("seed: 2024", "sead: 2024", "sead", "no such key"),
        ("    transfer: 52", "    transfer: 50", "procedures/shares", "add up to 98"),
        ("    couple: 8", "    cuople: 8", "procedures/shares/cuople", "did you mean 'couple'"),
        ("    holder: 7", "    holder: 90", "errors/shares", "more than 100"),
        ("    hash: 0.3", "    hsah: 0.3", "errors/shares/hsah", "did you mean 'hash'"),
        ("2024-11: 24", "2025-11: 24", "months/shares/2025-11", "not within"),
        ("first: 2024-08-01", "first: 2024-07-01", "period", "before 2024-08-01"),
        ("first: 2024-08-01", "first: 2024-08-31", "months/shares/2024-08", "no working day"),
        ("last: 2024-12-31", "last: 2023-12-31", "period", "lies before"),
        ("received: 7881", "received: many", "published/received", "integer"),
        (
            'source: "assumption: two in three bring what was asked for"',
            'source: "somewhere"',
            "citizens/supplement/source",
            "assumption: WHY",
        ),
        ("    correct:\n", "    corect:\n", "policies/land/corect", "no such decision"),
        ("outcomes: {deny: 0.03}", "outcomes: {lose: 0.03}", "policies/land/withdrawal/outcomes/lose", "deny"),
        ("workingDays: 15", "workingDays: soon", "policies/land/supplement-deadline", "workingDays"),
    ],
)
def test_what_is_wrong_in_a_profile_is_told_with_its_line(tmp_path: Path, old: str, new: str, place: str, why: str):
    file = changed(tmp_path, (old, new))
    with pytest.raises(Unusable) as refused:
        read(file)
    said = next(line for line in str(refused.value).splitlines() if f": {place}: " in line)
    assert why in said
    line = int(said.removeprefix(f"{file}:").partition(":")[0])
    assert place.rpartition("/")[2] in file.read_text(encoding="utf-8").splitlines()[line - 1]


def test_all_faults_of_a_profile_are_told_at_once(tmp_path: Path):
    file = changed(
        tmp_path, ("    transfer: 52", "    transfer: 50"), ("    hash: 0.3", "    hsah: 0.3"), ("    correct:\n", "    corect:\n")
    )
    with pytest.raises(Unusable) as refused:
        read(file)
    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize("text", ["", "- a", "a: [", "a: \x00"])
def test_what_is_no_mapping_is_refused_in_one_line(tmp_path: Path, text: str):
    file = tmp_path / "p.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Unusable, match=r"p\.yaml") as refused:
        read(file)
    assert "\n" not in str(refused.value)


def test_an_unknown_profile_is_told_what_there_is():
    with pytest.raises(Unusable, match="did you mean 'langson-2024'"):
        load("langson-2025")


def test_a_message_that_is_journaled_again_counts_once():
    histories = []
    for times in (1, 2):
        history = History()
        for succeeded in (True, False):
            entry = {
                "messageId": f"{succeeded}",
                "type": "vn.gov.tax.payment-notice.v1",
                "source": "tct",
                "recipient": "dvc",
                "subject": "D",
            }
            entry |= {"succeeded": succeeded, "faultCode": None if succeeded else "client.expired", "ceTime": "2024-08-05T08:00:00+07:00"}
            for _ in range(times):
                history.add(entry)
        history.fold()
        histories.append((history.messages, history.deliveries, history.refusals, history.digests))
    assert histories[0] == histories[1]
    assert histories[0][:3] == (2, 2, {"client.expired": 1})


def test_quotas_keep_the_shares_and_lose_nothing():
    assert quotas({"a": 50, "b": 30, "c": 20}, 7) == {"a": 4, "b": 2, "c": 1}
    assert sum(quotas(dict.fromkeys(range(7), 1), 100).values()) == 100


def test_a_plan_has_as_many_dossiers_as_were_received_and_their_shares():
    planned = plan(SHIPPED, scale=1, seed=7)
    first = [each for each in planned if each.number < 7881]
    assert len(first) == 7881
    faults = Counter(each.fault for each in first)
    assert {name: round(100 * faults[name] / 7881, 1) for name in SHIPPED.errors.shares} == SHIPPED.errors.shares
    assert all(is_working_day(each.day) and SHIPPED.period.first <= each.day <= SHIPPED.period.last for each in planned)


def test_what_the_portal_will_refuse_is_handed_in_again_without_a_fault():
    planned = plan(SHIPPED, scale=1, seed=7)
    again = [each for each in planned if each.number >= 7881]
    assert len(again) == sum(each.fault in AT_THE_PORTAL for each in planned) > 0
    assert {each.fault for each in again} == {None}


def test_the_same_seed_plans_the_same_and_another_seed_otherwise():
    assert plan(SHIPPED, scale=0.1, seed=7) == plan(SHIPPED, scale=0.1, seed=7) != plan(SHIPPED, scale=0.1, seed=8)


async def test_a_portal_that_is_away_or_a_register_that_is_used_up_is_one_error_of_the_run():
    day = SHIPPED.period.first
    planned, forms = [Planned(0, day, "shared")], Forms(7, 240)
    at = datetime.combine(day, time(23), VN)
    async with AgencyClient("http://127.0.0.1:1") as portal:
        with pytest.raises(Retry, match="cannot be reached"):
            await Citizens(portal, forms, planned, profile=SHIPPED, seed=7).turn(at)
        with suppress(Unusable):
            while True:
                forms.make(planned[0])
        with pytest.raises(Unusable, match="no parcel left for shared"):
            await Citizens(portal, forms, planned, profile=SHIPPED, seed=7).turn(at)


@pytest.mark.parametrize(("scale", "seed"), [(0.005, 7), (0.1, 8), (1, 2024)])
def test_no_parcel_is_taken_twice_and_there_is_one_for_everybody(scale: float, seed: int):
    planned = plan(SHIPPED, scale=scale, seed=seed)
    forms = Forms(seed, people_for(len(planned)))
    taken = [(said["SoToBanDo"], said["SoThua"]) for each in planned for said in forms.make(each).form["ThuaDat"]]
    assert len(set(taken)) == len(taken) >= len(planned)
