"""The oracle: a sound history passes, and each way to break one of its seven points is found, named with what was expected."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from torture.history import Carried, Committed, Effect, History, Said, Sent, Verdict
from torture.oracle import POINTS, Violation, judge

DVC, ILIS, TCT = "VN/GOV/H37.10/dvc", "VN/GOV/H37.15/ilis", "VN/GOV/G12.20/tct"
GROUP, INBOX = "lgsp.VN.GOV.H37.15.ilis", "lgsp.inbox.VN.GOV.H37.15.ilis"
CASE = "H37.15-260302-0001"
DATABASES = {"dvc": {"tables": {"dossiers": [{"code": CASE, "status": 10}], "notices": []}}, "land": {"tables": {}, "feed": {CASE: []}}}

SOUND = History(
    accepted=(CASE,),
    known=frozenset({CASE}),
    said=(Said(DVC, "a", CASE, True), Said(DVC, "b", CASE, True)),
    sent=(
        Sent(DVC, DVC, "a", CASE, 3, 0, "1"),
        Sent(DVC, DVC, "a", CASE, 3, 1, "1"),  # again, after its adapter was killed
        Sent(DVC, DVC, "b", CASE, 3, 2, "2"),
        Sent(DVC, DVC, "bad", CASE, 3, 3, "3"),
        Sent(DVC, DVC, "no", CASE, 3, 4, "4"),
    ),
    journal=(
        Verdict(DVC, "a", ILIS),
        Verdict(DVC, "a", ILIS),
        Verdict(DVC, "b", ILIS),
        Verdict(DVC, "bad", None, "client.contract_violation"),
        Verdict(DVC, "no", ILIS),
        Verdict(DVC, "no", ILIS, "agency.answered_no"),
    ),
    carried=(
        Carried(ILIS, DVC, "a", CASE, 3, 0),
        Carried(ILIS, DVC, "a", CASE, 3, 1),
        Carried(ILIS, DVC, "b", CASE, 3, 2),
        Carried(ILIS, DVC, "no", CASE, 3, 3),
    ),
    effects=(Effect(ILIS, DVC, "a", "POST /TiepNhanHoSo"), Effect(ILIS, DVC, "b", "POST /RutHoSo")),
    dead=frozenset({(DVC, "bad"), (DVC, "no")}),
    committed=(Committed(GROUP, INBOX, 3, 2), Committed(GROUP, INBOX, 3, 4)),
    ends={(GROUP, INBOX, 3): 4, (GROUP, INBOX, 4): 0},
    unread={"dvc": 0, "land": 0},
    databases=DATABASES,
    calm=DATABASES,
)

Break = Callable[[History], History]


def broken(point: int, what: str, change: Break, *said: str) -> object:
    return pytest.param(point, change, said, id=f"{point} {what}")


def more(**rows: tuple[object, ...]) -> Break:
    """Something is there besides."""
    return lambda h: replace(h, **{name: (*getattr(h, name), *added) for name, added in rows.items()})


def fewer(*names: str, id_: str = "b") -> Break:
    """This message is missing there."""
    return lambda h: replace(h, **{name: tuple(row for row in getattr(h, name) if row.id != id_) for name in names})


def turned(name: str) -> Break:
    """The other way round."""
    return lambda h: replace(h, **{name: tuple(reversed(getattr(h, name)))})


def b_first(h: History) -> History:
    """The inbox has b before a."""
    offsets = {"b": -1}
    return replace(h, carried=tuple(each._replace(offset=offsets.get(each.id, each.offset)) for each in h.carried))


ONE = {"code": CASE, "status": 10}
BACK = (Committed(GROUP, INBOX, 3, 3), Committed(GROUP, INBOX, 3, 4))

VIOLATIONS = [
    broken(1, "a dossier is forgotten", lambda h: replace(h, known=frozenset()), CASE),
    broken(1, "an acknowledged entry was never sent", more(said=(Said(DVC, "c", CASE, True),)), "message c", "in the outbox"),
    broken(1, "a message is not judged", more(sent=(Sent(DVC, DVC, "c", CASE, 3, 5, "5"),)), "message c", "verdict"),
    broken(1, "a message is not in its inbox", fewer("carried", "effects"), "message b", "inbox of VN"),
    broken(1, "a message has no effect", fewer("effects"), "message b", f"an effect at {ILIS}"),
    broken(2, "a message is applied twice", lambda h: replace(h, effects=(*h.effects, h.effects[-1])), "message b", "one effect"),
    broken(2, "one id, two contents", more(sent=(Sent(DVC, DVC, "b", CASE, 3, 5, "x"),)), "message b", "one content"),
    broken(3, "the outbox is not as the feed", turned("said"), f"outbox of {DVC}", "as in the feed"),
    broken(3, "the inbox is not as the outbox", b_first, f"in the inbox of {ILIS}", "as in the outbox"),
    broken(3, "effects are not as the inbox", turned("effects"), f"{DVC} at {ILIS}", "as in the inbox"),
    broken(4, "a refused message is delivered", more(carried=(Carried(ILIS, DVC, "bad", CASE, 3, 4),)), "message bad", "nothing delivered"),
    broken(4, "a refused message has an effect", more(effects=(Effect(ILIS, DVC, "bad", "POST /x"),)), "message bad", "no effect"),
    broken(4, "a refused message has no dead letter", lambda h: replace(h, dead=frozenset({(DVC, "no")})), "message bad", "dead letter"),
    broken(5, "an offset goes back", more(committed=BACK), f"{INBOX}/3", "at least 4", "found 3"),
    broken(6, "a feed is not read", lambda h: replace(h, unread={"dvc": 2}), "feed of dvc", "2 entries unread"),
    broken(6, "an inbox is not read", lambda h: replace(h, committed=h.committed[:1]), f"{INBOX}/3", "committed up to the end, 4"),
    broken(6, "a record of an inbox has no effect", more(carried=(Carried(ILIS, TCT, "t", CASE, 3, 4),)), "message t", "applied at"),
    broken(6, "an effect of nothing", more(effects=(Effect(ILIS, TCT, "t", "POST /x"),)), "message t", "in the inbox of"),
    broken(7, "a database differs", lambda h: with_dossiers(h, {**ONE, "status": 6}), "dvc/tables/dossiers", '"status":10', '"status":6'),
    broken(7, "a row is there twice", lambda h: with_dossiers(h, ONE, ONE), "dvc/tables/dossiers", "1 rows"),
]


def with_dossiers(h: History, *rows: dict[str, object]) -> History:
    return replace(h, databases={**DATABASES, "dvc": {"tables": {"dossiers": list(rows), "notices": []}}})


def test_a_run_that_was_survived_has_no_violation() -> None:
    assert judge(SOUND) == []


@pytest.mark.parametrize(("point", "change", "said"), VIOLATIONS)
def test_each_broken_point_is_found_and_says_for_whom_and_what_was_expected(point: int, change: Break, said: tuple[str, ...]) -> None:
    found = judge(change(SOUND))
    assert point in {each.point for each in found}, [str(each) for each in found]
    (first, *_) = [str(each) for each in found if each.point == point]
    assert all(part in first for part in said), first
    assert POINTS[point] in first


def test_every_point_has_a_violation_that_is_found() -> None:
    assert {each.values[0] for each in VIOLATIONS} == set(POINTS)  # type: ignore[attr-defined]


def test_what_is_carried_twice_and_applied_once_is_no_violation() -> None:
    again = replace(
        SOUND, carried=(*SOUND.carried, Carried(ILIS, DVC, "b", CASE, 3, 4)), ends={}, journal=(*SOUND.journal, SOUND.journal[2])
    )
    assert judge(again) == []


def test_what_an_agency_would_not_take_and_was_given_back_is_no_loss() -> None:
    kept = replace(SOUND, journal=tuple(each for each in SOUND.journal if each.code != "agency.answered_no"))
    assert {each.point for each in judge(kept)} == {1, 6}


def test_a_broker_that_was_told_to_change_the_order_is_judged_by_how_records_lie() -> None:
    other = replace(SOUND, said=tuple(reversed(SOUND.said)), stored_order=True)
    assert judge(other) == []
    assert {each.point for each in judge(turned("effects")(other))} == {3}


def test_a_violation_reads_as_a_sentence() -> None:
    said = str(Violation(5, "g in t/3", "at least 4", "3"))
    assert said == "(5) committed offsets never go back: g in t/3: expected at least 4, found 3"
