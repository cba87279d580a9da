"""docker-compose.yml as a province would run it: a dossier ends in the register, whatever is scaled or killed meanwhile."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from app.settings import ADAPTERS, AGENCIES
from tests.containers.engine import healthy, kill
from tests.containers.project import PARTS, Project, TownOutside
from tests.support import eventually

pytestmark = pytest.mark.containers

ADAPTER_PARTS = tuple(f"{name}-adapter" for name in ADAPTERS)
Form = dict[str, Any]
ONE_OF_EACH_KIND = ("exchange", "land", "ilis-adapter", "postgres", "kafka")
"""The others, which are no other kind, are killed when CI has more time."""


@dataclass
class Citizens:
    """Those who hand in, and those who have to pay: at every kill there is somebody at either end of the way."""

    town: TownOutside
    forms: dict[str, Form] = field(default_factory=dict)
    """All that were handed in, by dossier."""
    to_pay: list[str] = field(default_factory=list)
    paid: list[str] = field(default_factory=list)
    _parcels: set[tuple[str, str]] = field(default_factory=set)
    _seed: int = 0

    async def hand_in(self) -> None:
        """A transfer of a parcel that no other dossier is about."""
        while True:
            self._seed += 1
            form = await self.town.form(seed=self._seed)
            parcels = {(each["SoToBanDo"], each["SoThua"]) for each in form["ThuaDat"]}
            if not parcels & self._parcels:
                break
        self._parcels |= parcels
        dossier = await self.town.hand_in(form)
        self.forms[dossier] = form
        self.to_pay.append(dossier)

    async def pay(self) -> None:
        """All that was announced to those who wait for it."""
        paying, self.to_pay = self.to_pay, []
        for dossier in paying:
            await self.town.pay_all(dossier)
            self.paid.append(dossier)

    async def all_registered(self) -> None:
        """The register names the buyer of every dossier that was paid, and nobody's message was refused or given up."""
        for dossier in self.paid:
            await self.town.status(dossier, 10)
            form = self.forms[dossier]
            buyers = {each["SoDinhDanh"] for each in form["BenNhan"]}
            assert {holder for holder, _ in await self.town.holders(form)} == buyers


@pytest.fixture(scope="module")
async def citizens(town: TownOutside) -> Citizens:
    """With one dossier that waits for its citizen through all that happens."""
    made = Citizens(town)
    await made.hand_in()
    return made


async def test_everything_starts_in_order_and_tells_where_it_is(project: Project, capsys: pytest.CaptureFixture[str]):
    with capsys.disabled():
        print(f"\nall services healthy after {project.took:.1f} s")
    assert set(project.services()) >= {"kafka", "postgres", *PARTS}
    assert await project.lgsp("wait") == "ready\n"


async def test_what_is_not_ready_is_named_from_inside(project: Project):
    said = project.tried("exec", "-T", "exchange", "lgsp", "wait", "http://nobody:8080", "--timeout", "0")
    assert (said.returncode, said.stdout) == (11, ""), said
    assert "lgsp: not ready after 0 s: http://nobody:8080 does not answer at http://nobody:8080 (ConnectError)" in said.stderr


async def test_a_dossier_handed_in_from_outside_ends_in_the_register(project: Project, town: TownOutside):
    form = await project.lgsp("sample", "transfer", "--seed", "77")
    code = (await project.lgsp("submit", "-", given=form)).strip()
    await town.notices(code)
    await project.lgsp("pay", code)
    await town.status(code, 10)
    (seller,) = {each["SoDinhDanh"] for each in json.loads(form)["BenChuyen"]}
    assert seller not in {holder for holder, _ in await town.holders(json.loads(form))}
    traced = await project.lgsp("trace", code)
    assert "land.register-updated" in traced
    assert "nobody's: result returned (status 10)" in traced


@pytest.mark.parametrize("agency", AGENCIES)
async def test_an_agency_comes_into_its_own_database_and_into_no_other(project: Project, agency: str):
    own = f"postgresql://{agency}:{project.passwords[agency]}@127.0.0.1"
    code, said = project.query(f"{own}/{agency}", "SELECT count(*) > 0 FROM information_schema.tables WHERE table_schema = current_user")
    assert (code, said.strip()) == (0, "t")
    for other in (*AGENCIES, "postgres", "template1"):
        if other != agency:
            code, said = project.query(f"{own}/{other}", "SELECT 1")
            assert code != 0
            assert f'permission denied for database "{other}"' in said


async def test_three_exchanges_share_the_work(project: Project, citizens: Citizens):
    project.call("up", "--detach", "--no-build", "--no-recreate", "--scale", "exchange=3")
    three = project.containers("exchange")
    assert len(three) == 3

    async def shared() -> bool:
        # each has partitions of the outboxes, which it counts in its health
        parts = [json.loads(_inside(project, number)) for number in (1, 2, 3)]
        assert all(part["status"] == "ok" and part["lagByPartition"] for part in parts), parts
        return all(healthy(each) for each in three)

    await eventually(shared, within=90)
    for _ in range(4):
        await citizens.hand_in()
    await citizens.pay()
    await citizens.all_registered()


def _inside(project: Project, exchange: int) -> str:
    ask = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8080/_lgsp/health').read().decode())"
    return project.call("exec", "-T", f"--index={exchange}", "exchange", "python", "-c", ask)


@pytest.mark.parametrize(
    "service",
    [
        pytest.param(each, marks=() if each in ONE_OF_EACH_KIND else pytest.mark.slow)
        for each in ("exchange", *AGENCIES, *ADAPTER_PARTS, "postgres", "kafka")
    ],
)
async def test_whatever_is_killed_comes_again_and_no_dossier_is_lost(project: Project, citizens: Citizens, service: str):
    await citizens.hand_in()
    await citizens.town.notices(citizens.to_pay[-1])
    await citizens.pay()  # these are answered; what follows from them is on its way
    for _ in range(2):
        await citizens.hand_in()
    for container in project.containers(service):
        await kill(container)
    await _answering(citizens.town)
    await citizens.pay()
    await citizens.all_registered()


async def _answering(town: TownOutside) -> None:
    """Whoever was killed beside may be away a moment longer."""

    async def all_well() -> bool:
        try:
            return all([(await town.health(agency))["status"] == "ok" for agency in AGENCIES])
        except httpx.HTTPError as error:
            raise AssertionError(repr(error)) from error

    await eventually(all_well, within=60)


async def test_after_all_of_it_every_message_was_delivered(project: Project, citizens: Citizens):
    await citizens.pay()
    await citizens.all_registered()
    refused = [each for each in await citizens.town.journal() if not each["succeeded"]]
    assert refused == []
    assert await project.lgsp("dead-letters", "list", "--json") == ""
