"""A scenario with parts outside is run only where everything is known that it needs; else it says what is missing."""

from pathlib import Path
from typing import Any

import pytest

from app.known import known_of
from app.play.bindings import Bindings
from app.play.bound import Bound
from app.play.fitness import Means, why_not
from app.play.outsiders import Outsiders
from app.settings import Settings
from scenarios.reading import Script, read

STARTED = {"members": {"ilis": {"start": ["x"]}}}
SUBMIT = "submit: {as: d, procedure: transfer, from: s, to: b, parcel: plot, price: 1_000_000}"
PEOPLE = "people: [{as: s}, {as: b}]"
PLOT = f"{PEOPLE}, parcel: {{as: plot, holder: s}}"
BOUND_PLOT = {"parcels": {"plot": {"commune": "06184", "sheet": "45", "number": "12", "certificate": "CM 700001"}}}
BOTH = "land, ilis"


def script(folder: Path, *steps: str, outside: str = BOTH, given: str = "") -> Script:
    path = folder / "one.yaml"
    lines = [
        "scenario: one",
        "title: {vi: một, en: one}",
        "start: 2026-03-02T09:00",
        f"outside: [{outside}]",
        f"given: {{{given}}}",
        "steps:",
    ]
    path.write_text("\n".join([*lines, *(f"  - {each}" for each in steps)]), encoding="utf-8")
    (found,) = read(path, known_of(Settings()))
    return found


def bound(*said: dict[str, Any]) -> Bound:
    return Bound(Bindings.model_validate({key: value for each in said for key, value in each.items()}))


def test_an_agency_outside_of_an_adapter_of_ours_needs_an_address(tmp_path: Path) -> None:
    played = script(tmp_path, "advance: {by: 1 hours}", outside="tax")
    assert "agencies.tax.url" in why_not(played, Means())
    assert why_not(played, Means(bound=bound({"agencies": {"tax": {"url": "http://127.0.0.1:1"}}}))) == ""


def test_a_member_outside_must_find_us_by_a_start_command_or_by_an_address_that_was_known_before(tmp_path: Path) -> None:
    played = script(tmp_path, "advance: {by: 1 hours}")
    assert "ilis is outside and cannot find us" in why_not(played, Means())
    assert why_not(played, Means(findable=True)) == ""
    assert why_not(played, Means(bound=bound(STARTED))) == ""
    assert why_not(played, Means(bound=bound({"agencies": {"land": {"start": ["x"]}}}))) == ""


@pytest.mark.parametrize(
    ("steps", "given", "reason"),
    [
        ([SUBMIT], PLOT, "which parcel is 'plot'?"),
        (["submit: {as: d, sample: couple}"], "", "a sample takes its parcels from our land office"),
        (["advance: {by: 1 hours}"], "dossier: {as: d, at: accepted}", "given.dossier comes there by decisions at our own agencies"),
        (["call: {at: land, path: /x}"], "", "call: land is outside, and no agencies.land.url"),
        (["reply: {as: r, at: land, path: /x, status: 500}"], "", "nobody of ours calls it"),
        (["repeat: {times: 2, every: 1 hours, steps: [{state: {at: land, path: /x}}]}"], "", "state at land in a repeat"),
    ],
)
def test_what_is_done_at_agencies_of_ours_alone_is_not_run(tmp_path: Path, steps: list[str], given: str, reason: str) -> None:
    assert reason in why_not(script(tmp_path, *steps, given=given), Means(bound=bound(STARTED)))


def test_a_decision_needs_a_call_or_somebody_who_makes_it(tmp_path: Path) -> None:
    played = script(tmp_path, SUBMIT, "decide: {at: land, dossier: d, action: accept}", given=PLOT)
    means = bound(STARTED, BOUND_PLOT)
    assert "an officer has to do it by hand" in why_not(played, Means(somebody=False, bound=means))
    assert why_not(played, Means(somebody=True, bound=means)) == ""
    called = bound(STARTED, BOUND_PLOT, {"agencies": {"land": {"url": "http://127.0.0.1:1", "decide": {"path": "/x"}}}})
    assert why_not(played, Means(somebody=False, bound=called)) == ""


def test_a_part_that_a_script_stops_needs_a_command_where_it_is_outside(tmp_path: Path) -> None:
    played = script(tmp_path, "stop: ilis-adapter", "start: ilis-adapter")
    assert "stop: ilis-adapter is outside, and --bindings has no start command" in why_not(played, Means(findable=True))
    assert why_not(played, Means(bound=bound(STARTED))) == ""


def test_bindings_may_say_who_is_outside_of_any_script(tmp_path: Path) -> None:
    played = script(tmp_path, "advance: {by: 1 hours}", outside="")
    assert Outsiders.of(played, bound({"outside": ["land", "ilis"]})).left_out == {"land", "ilis-adapter"}
    assert Outsiders.of(played, bound()).left_out == frozenset()


def test_a_code_of_the_bindings_is_a_name_that_scripts_may_use(tmp_path: Path) -> None:
    path = tmp_path / "coded.yaml"
    path.write_text(
        'scenario: coded\ntitle: {vi: mã, en: code}\nstart: 2026-03-02T09:00\nsteps: [{call: {at: dvc, path: "/x/{ward}"}}]\n',
        encoding="utf-8",
    )
    known = known_of(Settings())
    with pytest.raises(Exception, match="'ward'"):
        read(path, known)
    assert read(path, known.__class__(**{**vars(known), "codes": ("ward",)}))
