"""A scenario of a fault that reaches an adapter passes with a right one, and fails with one that makes the mistake that it is about."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.known import known_of
from app.play.setting import Setting
from app.settings import Settings
from scenarios.reading import read
from scenarios.verdicts import Case, Verdict
from tests.naive.mistakes import MISTAKES
from tests.naive.played import named, played, setting, with_mistakes

FOUND = {
    # duplicate
    ("notice-delivered-twice", "no-key"): "/LichSu/6: expected to be there: false",
    ("dossier-delivered-twice", "no-key"): "exchange.receipt to dvc must not come",
    # reorder, delay, lose
    ("notices-in-the-other-order", "last-is-all"): '/ThongBaoThue: expected what contains {"SoThuTu"',
    ("notices-after-the-completion", "waits-for-notices"): "expected at least 1 ids of land.register-updated to dvc",
    ("notice-lost-to-the-land-office", "waits-for-notices"): "expected exactly 1 ids of land.register-updated to dvc",
    # truncate, corrupt, mixed dates
    ("cut-short-in-the-inbox", "stops-at-poison"): "ilis-adapter has",
    ("cut-short-in-the-inbox", "swallows-poison"): "expected at least 1 ids of exchange.receipt to tct",
    ("overwritten-in-the-inbox", "swallows-poison"): "expected at least 1 ids of exchange.delivery-failed from ilis",
    ("mixed-dates-in-the-inbox", "guesses-dates"): "expected at least 1 ids of exchange.receipt to tct",
    # the agency answers 409, 500, 404, late, or its answer is lost
    ("already-exists", "takes-4xx-for-success"): "expected at least 1 ids of exchange.receipt to dvc",
    ("land-office-answers-500", "no-retry"): "expected at least 1 ids of dossier.status-changed to dvc",
    ("land-office-does-not-know-the-dossier", "no-retry"): "/ThongBaoThue/0: expected to be there: true, found nothing",
    ("land-office-answers-late", "impatient"): "exchange.receipt to dvc must not come",
    ("answer-lost-on-the-way-back", "no-key"): "exchange.receipt to dvc must not come",
    # the broker loses an acknowledgement, expels a member
    ("slip-acknowledgement-lost", "new-id-for-a-resend"): "expected exactly 1 deliveries of land.transfer-slip to tct",
    ("expelled-from-its-group", "no-key"): "/LichSu/6: expected to be there: false",
    ("expelled-from-its-group", "leaves-when-expelled"): "ilis-adapter has",
    # the adapter, or its agency, stops and starts
    ("adapter-down-for-three-days", "reads-from-the-end"): "expected at least 1 ids of land.register-updated to dvc",
    ("withdrawn-while-the-adapter-is-down", "newest-first", "no-retry"): "status: expected 8",
    ("agency-and-adapter-restarted", "commits-first"): "/ThongBaoThue/1: expected to be there: true, found nothing",
    # what tax says is read wrongly
    ("completion-of-an-earlier-revision", "ignores-revision"): "land.register-updated about d (H37.15-260302-0001) must not come",
    ("returned-slip-told-twice", "ignores-revision"): "/TrangThai: expected 6, found 5",
    ("transfer-to-the-register", "first-notice-only"): "/ThongBaoThue/1/TongSo: expected 2, found nothing",
    ("two-notices-two-numbers", "first-notice-only"): "/ThongBaoThue: expected what contains",
    ("a-notice-is-no-receipt", "notice-is-payment"): "land.register-updated about d (H37.15-260302-0001) must not come",
    ("withdrawn-before-payment", "ignores-cancellations"): "/ThongBaoThue/0/LyDoHuy: expected what matches",
}
"""(scenario, mistakes) -> what the report says."""
FEW = {
    ("notice-delivered-twice", "no-key"),
    ("notices-in-the-other-order", "last-is-all"),
    ("cut-short-in-the-inbox", "swallows-poison"),
    ("already-exists", "takes-4xx-for-success"),
    ("adapter-down-for-three-days", "reads-from-the-end"),
    ("completion-of-an-earlier-revision", "ignores-revision"),
}
"""One of each kind; the others belong to `make test-slow`."""
OF_FEW = {name for name, _ in FEW}


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[Setting]:
    async with setting(None) as made:
        yield made


def test_every_mistake_is_found_by_a_scenario() -> None:
    assert {each for _, *mistakes in FOUND for each in mistakes} == MISTAKES.keys()


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in OF_FEW else pytest.mark.slow) for name in sorted({name for name, *_ in FOUND})]
)
async def test_a_plain_adapter_that_is_right_passes(shared: Setting, name: str) -> None:
    (case,) = await played([named(name)], with_mistakes(shared))
    assert (case.verdict, case.reason) == (Verdict.PASSED, "")


@pytest.mark.parametrize(
    ("name", "mistakes"),
    [
        pytest.param(name, mistakes, id=f"{name}-{'+'.join(mistakes)}", marks=() if (name, *mistakes) in FEW else pytest.mark.slow)
        for name, *mistakes in FOUND
    ],
)
async def test_a_mistake_is_found_and_the_report_says_what_is_wrong(shared: Setting, name: str, mistakes: list[str]) -> None:
    (case,) = await played([named(name)], with_mistakes(shared, *mistakes))
    assert case.verdict is Verdict.FAILED
    assert FOUND[name, *mistakes] in _said(case)
    failure = case.steps[-1].failure
    assert failure is not None
    assert failure.nearest or failure.differences or failure.hop or "not at rest" in failure.reason
    if failure.turn is not None:
        assert failure.turn == "member under test"
    if failure.hop is not None and failure.hop.message is not None:
        assert "ilis" in failure.hop.words


async def test_where_the_citizen_has_to_pay_a_right_adapter_is_not_blamed(shared: Setting, tmp_path: Path) -> None:
    path = tmp_path / "unpaid.yaml"
    path.write_text(
        """
scenario: unpaid
title: {vi: Chưa nộp, en: Nobody has paid}
start: 2026-03-02T09:00
steps:
  - submit: {as: d, sample: couple}
  - expect: {contract: land.register-updated, to: dvc, about: d, within: 5 working-days}
""",
        encoding="utf-8",
    )
    (case,) = await played(read(path, known_of(Settings())), with_mistakes(shared))
    failure = case.steps[-1].failure
    assert failure is not None
    assert (failure.turn, failure.turn_words.partition(" (")[0]) == ("simulator", "the citizen's: 3 notice(s) to pay")
    assert failure.hop is not None
    assert failure.hop.message is not None
    assert failure.hop.message.recipient == "ilis"


def _said(case: Case) -> str:
    failure = case.steps[-1].failure
    return "\n".join((case.reason, *(failure.differences if failure else ())))
