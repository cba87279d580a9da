"""`lgsp up --compact`: two processes, one HTTP address, two more addresses for Kafka's clients."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import httpx
import pytest

from app.alive import main as alive
from app.ports import assign
from app.settings import Settings
from tests.app.lgsp import Up, lgsp
from tests.app.test_up import until

PORTS = ("supervisor", "broker-network", "broker-host")


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    """Free ones, known before the start as a container's are."""
    return assign(Settings(), PORTS, {})


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, ports: dict[str, int]) -> Iterator[Up]:
    """Without the payment platform's adapter, said by a variable."""
    chosen = {f"LGSP_{part.upper().replace('-', '_')}_PORT": str(port) for part, port in ports.items()}
    state = tmp_path_factory.mktemp("compact") / "state"
    with Up(state, "--compact", LGSP_LOG_LEVEL="error", LGSP_KAFKA_HOST_ADVERTISED="later", LGSP_WITHOUT="payment-adapter", **chosen) as it:
        yield it


@pytest.fixture(scope="module")
def http(up: Up, ports: dict[str, int]) -> Iterator[httpx.Client]:
    """At the one address of all."""
    with httpx.Client(base_url=f"http://127.0.0.1:{ports['supervisor']}", timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def told(http: httpx.Client, ports: dict[str, int]) -> dict[str, dict[str, str]]:
    """The listeners, once the host's clients can be told the address that somebody else has mapped."""
    before = http.get("/_lgsp/health")
    assert (before.status_code, before.json()["parts"]["broker"]) == (503, "failing")
    found: dict[str, dict[str, str]] = http.put("/_lgsp/listeners/host", json={"advertised": f"127.0.0.1:{ports['broker-host']}"}).json()
    return found


def test_it_is_two_processes(up: Up) -> None:
    assert len(up.everything()) == 2


def test_it_is_well_once_the_host_s_clients_can_be_told(
    told: dict[str, dict[str, str]], http: httpx.Client, ports: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told["host"]["advertised"] == f"127.0.0.1:{ports['broker-host']}"
    assert told["network"]["advertised"] == f"{socket.gethostname()}:{ports['broker-network']}"
    assert http.get("/_lgsp/listeners").json() == told
    health = http.get("/_lgsp/health")
    assert (health.status_code, set(health.json()["parts"].values())) == (200, {"ok"})
    monkeypatch.setenv("LGSP_SUPERVISOR_PORT", str(ports["supervisor"]))
    assert alive() == 0
    monkeypatch.setenv("LGSP_SUPERVISOR_PORT", "9")
    assert alive() == 1


def test_a_dossier_handed_in_at_the_one_address_comes_to_the_notices(
    told: dict[str, dict[str, str]], up: Up, http: httpx.Client, ports: dict[str, int], tmp_path: Path
) -> None:
    base = str(http.base_url).rstrip("/")
    elsewhere = {f"LGSP_{name.upper()}_URL": f"{base}/{name}" for name in ("dvc", "land", "tax", "payment")}
    elsewhere["LGSP_KAFKA_BOOTSTRAP"] = told["host"]["advertised"]
    form = lgsp("sample", "transfer", state=tmp_path, variables=elsewhere).out
    code = lgsp("submit", "-", state=tmp_path, given=form, variables=elsewhere).out.strip()
    until(up, code, "the citizen's: 2 notice(s) to pay")
    assert lgsp("trace", code, "--json", state=tmp_path, variables=elsewhere).objects[-1]["turn"].startswith("the citizen's")


def test_tests_in_any_language_get_a_dossier_and_wait_for_messages_over_http(told: dict[str, dict[str, str]], http: httpx.Client) -> None:
    assert "transfer" in http.get("/_lgsp/samples").json()["kinds"]
    code = http.post("/dvc/ho-so", json=http.get("/_lgsp/samples/gift", params={"seed": 3}).json()).json()["MaHoSo"]
    slip = http.get("/_lgsp/messages", params={"contract": "land.transfer-slip", "about": code, "wait": 20}).json()["messages"]
    assert [(each["payload"]["dossier"], each["headers"]["ce_subject"], each["verdict"]["succeeded"]) for each in slip] == [
        (code, code, True)
    ]
    assert http.get("/_lgsp/messages", params={"about": code, "outcome": "refused", "wait": 0.1}).json() == {"messages": [], "total": 0}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/samples/trasfer", "did you mean 'transfer'?"),
        ("/samples/transfer?fault=prise", "did you mean 'price'?"),
        ("/messages?contract=tax.paymnt-notice", "did you mean 'tax.payment-notice'?"),
        ("/messages?outcome=deliverd", "did you mean 'delivered'?"),
    ],
)
def test_what_is_misspelt_is_told_with_the_nearest(http: httpx.Client, path: str, words: str) -> None:
    no = http.get(f"/_lgsp{path}")
    assert (no.status_code, no.headers["content-type"]) == (422, "application/problem+json")
    assert words in no.json()["detail"]


def test_a_repeated_call_is_the_same_by_either_address(http: httpx.Client) -> None:
    land = http.get("/_lgsp/info").json()["urls"]["land"]
    headers = {"Idempotency-Key": "one"}
    restriction = {"Loai": "the-chap", "NoiDung": "Thế chấp"}
    parcel = http.get("/land/thua-dat").json()["DanhSach"][0]
    path = f"/thua-dat/{parcel['XaId']}/{parcel['SoHieuBanDo']}/{parcel['SoThuTuThua']}/han-che"
    first = http.post(f"/land{path}", json=restriction, headers=headers)
    again = httpx.post(f"{land}{path}", json=restriction, headers=headers, trust_env=False)
    assert first.status_code < 300
    assert (again.status_code, again.content) == (first.status_code, first.content)


@pytest.mark.parametrize("part", ["land", "exchange", "tax-adapter"])
def test_the_pages_of_a_part_stand_below_its_name(http: httpx.Client, part: str) -> None:
    page = http.get(f"/{part}/docs").text
    links = [each.split('"')[0] for each in page.split('href="')[1:]] + [f"/{part}/openapi.json"]
    assert f"url: '/{part}/openapi.json'" in page
    assert [http.get(link).status_code for link in links] == [200] * len(links)
    assert http.get(f"/{part}/openapi.json").json()["servers"] == [{"url": f"/{part}"}]


def test_adapters_pages_are_led_to_by_their_name_alone(http: httpx.Client) -> None:
    assert http.get("/exchange").headers["location"] == "/exchange/docs"


def test_what_is_not_there_is_told_with_what_is(http: httpx.Client) -> None:
    no = http.get("/lnad/ho-so")
    assert (no.status_code, no.headers["content-type"]) == (404, "application/problem+json")
    assert "nothing here is called 'lnad'" in no.json()["detail"]
    assert "land, tax" in no.json()["detail"]


def test_what_a_part_refuses_comes_as_it_says_it(http: httpx.Client) -> None:
    no = http.post("/dvc/ho-so", content="{", headers={"content-type": "application/json"})
    assert no.status_code == 422
    assert no.json()["errors"]
    assert http.get("/land/khong-co").json()["title"] == "Không tìm thấy"


def test_all_begins_anew(http: httpx.Client, told: dict[str, dict[str, str]]) -> None:
    assert http.post("/_lgsp/reset", timeout=60).status_code == 204
    assert http.get("/_lgsp/health").status_code == 200
    assert http.get("/dvc/ho-so").json() == []


def test_ctrl_c_ends_both_processes(up: Up) -> None:
    code, seconds = up.interrupt()
    assert code == 130
    assert seconds < 12


def test_an_address_can_be_told_as_soon_as_anything_answers(tmp_path: Path) -> None:
    ports = assign(Settings(), PORTS, {})
    chosen = {f"LGSP_{part.upper().replace('-', '_')}_PORT": str(port) for part, port in ports.items()}
    begun = Up(tmp_path / "state", "--compact", LGSP_LOG_LEVEL="error", LGSP_KAFKA_HOST_ADVERTISED="later", **chosen)
    told: list[int] = []

    def tell() -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{ports['supervisor']}", timeout=60, trust_env=False) as client:
            while not told:
                with suppress(httpx.ConnectError):
                    told.append(client.put("/_lgsp/listeners/host", json={"advertised": "127.0.0.1:1"}).status_code)

    thread = Thread(target=tell)
    thread.start()
    with begun:
        thread.join(60)
    assert told == [200]
